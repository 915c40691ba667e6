"""A quarter that is over, 2026Q3, with visits in it: what the tests of the scores begin from."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from inspector.clock import SHANGHAI, Quarter
from inspector.db import db
from inspector.findings.models import Finding
from inspector.findings.raising import submit
from inspector.notices import issuing, repeats
from inspector.notices.models import Notice
from inspector.scores import freezing
from inspector.scores.models import Freeze
from inspector.visits.models import Visit
from tests import cast as make
from tests import rows
from tests.cast import Cast

Q3, Q4 = Quarter(2026, 3), Quarter(2026, 4)
LAST_DAY = "2026-09-30"
FROZEN_AT = datetime(2026, 10, 10, 10, tzinfo=SHANGHAI)
LATER = FROZEN_AT + timedelta(days=5)
A, B, C = "YA0301", "YA0302", "YA0303"
"""Three outlets of Wuqi (YA03)."""


def moment(day: str) -> datetime:
    """Ten o'clock at the bank, unless a time is given."""
    return datetime.fromisoformat(day if " " in day else f"{day} 10:00").replace(tzinfo=SHANGHAI)


def a_counted_visit(
    cast: Cast, score: str, *, at: str = B, kind: str = "onsite", on: str = "2026-08-10"
) -> Visit:
    """A visit that counts, of which only the score is known."""
    visit = rows.a_visit_at(cast, "confirmed", at=at, kind=kind)
    visit.started_at, visit.score = moment(on), Decimal(score)
    visit.submitted_at, visit.confirmed_at = moment(on), moment(on) + timedelta(days=1)
    db.session.flush()
    if kind == "mystery":
        batch = rows.a_batch(cast, visit, name=uuid.uuid4().hex)
        batch.published_at, batch.published_by_id = moment(on) + timedelta(days=9), cast.channel.id
        db.session.flush()
        visit.published_at = batch.published_at
        db.session.flush()
    return visit


def a_real_visit(
    cast: Cast,
    failed: tuple[str, ...] = ("ON-RAK-02",),
    *,
    at: str = B,
    on: str = "2026-08-10",
    **which: Any,
) -> Visit:
    """A visit with all its answers, its findings confirmed, in the third quarter."""
    visit = make.answered(make.a_visit(cast, at=at, **which), failed)
    visit.started_at = moment(on)
    submit(visit, by=visit.inspector, at=moment(on) + timedelta(hours=2))
    db.session.flush()
    repeats.confirm_visit(visit, by=cast.channel, at=moment(on) + timedelta(hours=3))
    db.session.flush()
    return visit


def a_late_notice(cast: Cast, visit: Visit, n: int = 0, due_on: str = "2026-09-20") -> Notice:
    """A notice that nobody reported on, overdue at the end of the third quarter."""
    due = moment(due_on).date()
    notice = rows.a_notice_at(cast, visit, n, "acknowledged", seq=90 + n, due_on=due)
    notice.issued_at = moment("2026-09-01")
    db.session.flush()
    return notice


def the_worked_example(cast: Cast) -> dict[str, Visit]:
    """The three outlets of the worked example of domain.md 3.7."""
    visits = {
        "a1": a_counted_visit(cast, "88.40", at=A),
        "a2": a_counted_visit(cast, "82.00", at=A, kind="mystery"),
        "a3": a_counted_visit(cast, "90.00", at=A, kind="offsite"),
        "b1": a_counted_visit(cast, "79.50", at=B),
        "b2": a_counted_visit(cast, "75.00", at=B, kind="mystery"),
    }
    a_late_notice(cast, visits["b1"])
    return visits


def frozen(cast: Cast, quarter: Quarter = Q3, at: datetime = FROZEN_AT) -> Freeze:
    """The quarter, frozen by the channel department."""
    made = freezing.freeze(quarter, by=cast.channel, at=at)
    db.session.flush()
    db.session.expire_all()
    return made


def issued_from(cast: Cast, finding: Finding, on: str) -> Notice:
    """The notice of a finding, issued."""
    assert finding.rectification is not None
    notice = finding.rectification.notice
    assert notice is not None
    issuing.issue(notice, by=cast.channel, at=moment(on))
    db.session.flush()
    return notice
