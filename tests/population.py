"""A department in full swing: visits, findings and notices at every stage, for lists and sums."""

from datetime import date, timedelta
from itertools import count

from inspector import clock
from inspector.db import db
from inspector.notices.models import Notice
from tests import rows
from tests.cast import Cast

NOTICES = ("draft", "issued", "acknowledged", "reported", "returned", "closed")


def a_mixed_department(cast: Cast) -> list[Notice]:
    """Findings undecided, rejected, corrected on the spot; notices at each stage, due long ago,
    today, soon and later; on visits of each kind; one notice withdrawn and issued anew,
    one finding withdrawn, one extension asked for."""
    numbers = count(1)
    visits = [
        rows.a_visit_at(cast, "confirmed"),
        rows.a_visit_at(cast, "confirmed", at="YA0102", kind="offsite"),
        rows.a_visit_at(cast, "published"),
        rows.a_visit_at(cast, "submitted", at="YA0901"),
    ]
    for stage in ("assigned", "in_progress", "cancelled"):
        rows.a_visit_at(cast, stage)
    for visit in visits:
        rejected = rows.a_finding(visit, 20, corrected_on_spot=True)
        rows.decided(rejected, cast.channel, "rejected")
        rows.on_spot(rows.a_finding(visit, 21), cast.channel)
    for n in (22, 23):
        rows.a_finding(visits[3], n)

    today = clock.today()
    notices = []
    for visit, days in zip(visits, (-40, 0, 2, 30), strict=True):
        due_on: date = today + timedelta(days=days)
        for n, stage in enumerate(NOTICES):
            seq = 0 if stage == "draft" else next(numbers)
            notices.append(rows.a_notice_at(cast, visit, n, stage, seq=seq, due_on=due_on))
    notices[0].finding.occurrence, notices[6].finding.occurrence = 2, 3
    rows.a_duplicate(rows.a_finding(visits[3], 24), notices[1].finding, cast.channel)
    late = rows.a_duplicate(rows.a_finding(visits[3], 25), notices[2].finding, cast.channel)
    late.not_carried_out = True
    anew = notices[1]
    rows.taken_back(anew, cast.channel)
    db.session.flush()
    due_on = today - timedelta(days=40)
    again = rows.issued(rows.a_notice(anew.rectification), cast.channel, next(numbers), due_on)
    rows.asked_for_more_time(notices[8], cast.subbranch)
    rows.withdrawn(notices[20].finding, cast.leader)
    db.session.flush()
    return [*notices, again]
