"""Appeals: filed in time, taken up, decided by a panel; the clock and the points follow."""

import io
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from inspector import clock
from inspector.db import db
from inspector.findings.raising import score_of
from inspector.history import Event
from inspector.notices import queries
from inspector.notices.appeals import Appeal
from inspector.notices.models import Notice
from inspector.people.models import Person
from tests import cast as make
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf

STATEMENT = {"ground": "fact", "statement": "检查当日正在更换资料"}

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def notice(app: object, cast: Cast) -> Notice:
    """A notice that was signed for; the finding was confirmed by the channel department."""
    return rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed"), 0, "acknowledged")


def filed(client_of: ClientOf, cast: Cast, notice: Notice) -> Appeal:
    evidence = (io.BytesIO(make.picture_bytes("teal")), "evidence.jpg")
    client = client_of(cast.subbranch)
    answer = client.post(f"/notices/{notice.id}/appeal", data={**STATEMENT, "photos": evidence})
    assert answer.status_code == 303
    assert notice.appeal
    return notice.appeal


def accepted(client_of: ClientOf, cast: Cast, notice: Notice) -> Appeal:
    appeal = filed(client_of, cast, notice)
    assert client_of(cast.channel).post(f"/appeals/{appeal.id}/acceptance").status_code == 303
    return appeal


def decision(outcome: str, *seats: tuple[Person, str]) -> dict[str, str]:
    form = {"outcome": outcome, "reason": "调阅录像核实"}
    for n, (person, department) in enumerate(seats, 1):
        form |= {f"person_{n}": str(person.id), f"department_{n}": department}
    return form


def panel(cast: Cast) -> list[tuple[Person, str]]:
    return [(cast.leader, "行领导"), (cast.admin, "内控合规部")]


def later(monkeypatch: pytest.MonkeyPatch, days: int) -> datetime:
    moment = clock.now() + timedelta(days=days)
    monkeypatch.setattr(clock, "now", lambda: moment)
    return moment


def test_an_appeal_taken_up_stops_the_clock_and_upheld_gives_the_days_back(
    cast: Cast, client_of: ClientOf, notice: Notice, monkeypatch: pytest.MonkeyPatch
) -> None:
    appeal = filed(client_of, cast, notice)
    assert notice.rectification.stage == "in_progress"  # filing alone stops nothing
    page = client_of(cast.channel).get(f"/notices/{notice.id}").text
    assert "检查当日正在更换资料" in page
    assert f"/appeals/{appeal.id}/photos/{appeal.photos[0].sha256}" in page
    client_of(cast.channel).post(f"/appeals/{appeal.id}/acceptance")
    assert notice.rectification.stage == "paused"
    assert not notice.rectification.is_overdue(rows.DUE + timedelta(days=9))

    later(monkeypatch, 6)
    url = f"/appeals/{appeal.id}/decision"
    client_of(cast.leader).post(url, data=decision("upheld", *panel(cast)))
    assert (appeal.stage, notice.rectification.stage) == ("upheld", "in_progress")
    assert notice.rectification.due_on == rows.DUE + timedelta(days=6)
    assert notice.due_on == rows.DUE  # what is printed stays
    assert {seat.department for seat in appeal.panel} == {"行领导", "内控合规部"}


def test_an_overturned_finding_is_withdrawn_with_its_notice_and_gives_the_points_back(
    cast: Cast, client_of: ClientOf
) -> None:
    notice = make.acknowledged(cast)
    finding, visit = notice.finding, notice.finding.visit
    before = score_of(visit).value
    appeal = accepted(client_of, cast, notice)
    url = f"/appeals/{appeal.id}/decision"
    client_of(cast.leader).post(url, data=decision("overturned", *panel(cast)))
    assert {finding.stage, notice.stage, notice.rectification.stage} == {"withdrawn"}
    assert (finding.withdrawn_reason, notice.withdrawn_reason) == ("调阅录像核实",) * 2
    assert before is not None
    assert visit.score == score_of(visit).value
    assert visit.score is not None
    assert visit.score > before
    assert queries.proof().holds
    verbs = {e.verb for e in db.session.scalars(select(Event).where(Event.by_id == cast.leader.id))}
    assert {"overturn", "withdraw"} <= verbs


def test_one_that_is_not_taken_up_has_stopped_nothing(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    appeal = filed(client_of, cast, notice)
    url = f"/appeals/{appeal.id}/refusal"
    assert client_of(cast.channel).post(url, data={"reason": ""}).status_code == 422
    client_of(cast.channel).post(url, data={"reason": "已逾三日且无证据"})
    assert (appeal.stage, notice.rectification.stage) == ("refused", "in_progress")
    assert notice.rectification.due_on == rows.DUE
    assert client_of(cast.channel).post(f"/appeals/{appeal.id}/acceptance").status_code == 409


def test_one_appeal_a_notice(cast: Cast, client_of: ClientOf, notice: Notice) -> None:
    filed(client_of, cast, notice)
    again = client_of(cast.subbranch).post(f"/notices/{notice.id}/appeal", data=STATEMENT)
    assert again.status_code == 409


@pytest.mark.parametrize(("day", "status"), [(28, 303), (29, 409)])
def test_it_is_possible_until_the_day_printed_on_the_notice(
    cast: Cast,
    client_of: ClientOf,
    notice: Notice,
    monkeypatch: pytest.MonkeyPatch,
    day: int,
    status: int,
) -> None:
    moment = datetime(2026, 11, day, 23, 59, tzinfo=clock.SHANGHAI)
    assert date(2026, 11, 28) == rows.APPEAL_UNTIL
    monkeypatch.setattr(clock, "now", lambda: moment)
    answer = client_of(cast.subbranch).post(f"/notices/{notice.id}/appeal", data=STATEMENT)
    assert answer.status_code == status


def test_the_panel_is_of_two_departments_and_nobody_who_confirmed(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    appeal = accepted(client_of, cast, notice)
    url = f"/appeals/{appeal.id}/decision"
    wrong = [
        [],
        [(cast.leader, "行领导")],
        [(cast.leader, "内控合规部"), (cast.admin, "内控合规部")],
        [(cast.leader, "行领导"), (cast.leader, "内控合规部")],
        [(cast.leader, "行领导"), (cast.admin, " ")],
    ]
    for seats in wrong:
        answer = client_of(cast.leader).post(url, data=decision("upheld", *seats))
        assert answer.status_code == 422, seats
    confirmer = [(cast.leader, "行领导"), (cast.channel, "渠道部")]
    answer = client_of(cast.leader).post(url, data=decision("overturned", *confirmer))
    assert answer.status_code == 422
    assert (appeal.stage, notice.rectification.stage) == ("accepted", "paused")


def test_who_confirmed_the_finding_does_not_decide_even_as_leader(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    appeal = accepted(client_of, cast, notice)
    notice.finding.decided_by = cast.leader
    db.session.flush()
    url = f"/appeals/{appeal.id}/decision"
    seats = [(cast.channel, "渠道部"), (cast.admin, "内控合规部")]
    assert client_of(cast.leader).post(url, data=decision("upheld", *seats)).status_code == 403
    assert appeal.stage == "accepted"


def test_what_was_reported_meanwhile_cannot_be_taken_up(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    appeal = filed(client_of, cast, notice)
    rows.a_report(notice.rectification, cast.outlet)
    db.session.flush()
    assert client_of(cast.channel).post(f"/appeals/{appeal.id}/acceptance").status_code == 409
    assert appeal.stage == "filed"


def test_the_outlet_leaves_the_appeal_to_its_sub_branch(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    answer = client_of(cast.outlet).post(f"/notices/{notice.id}/appeal", data=STATEMENT)
    assert answer.status_code == 403


def test_an_appeal_against_a_withdrawn_notice_is_over(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    appeal = filed(client_of, cast, notice)
    client_of(cast.channel).post(f"/notices/{notice.id}/reissue", data={"reason": "检查项写错"})
    for answer in ("acceptance", "refusal"):
        url = f"/appeals/{appeal.id}/{answer}"
        assert client_of(cast.channel).post(url, data={"reason": "无证据"}).status_code == 409
    assert (appeal.stage, notice.rectification.stage) == ("filed", "pending")
