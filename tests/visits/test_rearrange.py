"""Giving a visit to another inspector, or another day."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from inspector import clock
from inspector.db import db
from inspector.history import Event
from inspector.problems import Problem
from inspector.visits.replanning import move, reassign
from tests import cast as make
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY)


@pytest.mark.parametrize("stage", ["assigned", "in_progress"])
def test_a_visit_is_given_to_another_inspector_and_the_trail_names_both(
    cast: Cast, client_of: ClientOf, stage: str
) -> None:
    visit = rows.a_visit_at(cast, stage, at="YA0102")
    to = {"to": str(cast.colleague.id)}
    done = client_of(cast.channel).post(f"/visits/{visit.id}/inspector", data=to)
    assert (done.status_code, visit.inspector, visit.stage) == (303, cast.colleague, stage)
    event = db.session.scalars(select(Event).where(Event.verb == "reassign")).one()
    assert event.detail["before"] == {"inspector": cast.inspector.name}
    assert event.detail["after"] == {"inspector": cast.colleague.name}
    assert client_of(cast.inspector).get(f"/visits/{visit.id}").status_code == 404
    assert client_of(cast.colleague).get(f"/visits/{visit.id}").status_code == 200
    page = client_of(cast.channel).get(f"/visits/{visit.id}").text
    assert f"{cast.inspector.name} → {cast.colleague.name}" in page


@pytest.mark.parametrize("stage", ["submitted", "confirmed", "cancelled", "void"])
def test_not_when_it_is_over(cast: Cast, stage: str) -> None:
    visit = rows.a_visit_at(cast, stage, at="YA0102")
    with pytest.raises(Problem, match=r"move\.not_now"):
        reassign(visit, cast.colleague, by=cast.channel, at=MONDAY)
    with pytest.raises(Problem, match=r"move\.not_now"):
        move(visit, date(2026, 12, 1), by=cast.channel, at=MONDAY)


@pytest.mark.parametrize(
    ("to", "why"),
    [("colleague", "visit.recusal"), ("shopper", "visit.role"), ("channel", "visit.role")],
)
def test_nobody_is_sent_who_may_not_go(cast: Cast, to: str, why: str) -> None:
    visit = rows.a_visit_at(cast, "assigned")
    with pytest.raises(Problem, match=why):
        reassign(visit, getattr(cast, to), by=cast.channel, at=MONDAY)


def test_nobody_is_sent_who_has_left(cast: Cast) -> None:
    visit, gone = rows.a_visit_at(cast, "assigned"), make.a_person(cast)
    gone.closed_at = MONDAY
    with pytest.raises(Problem, match=r"account\.closed"):
        reassign(visit, gone, by=cast.channel, at=MONDAY)


def test_to_the_same_again_is_harmless(cast: Cast) -> None:
    visit = rows.a_visit_at(cast, "assigned")
    reassign(visit, cast.inspector, by=cast.channel, at=MONDAY)
    move(visit, visit.planned_on, by=cast.channel, at=MONDAY + timedelta(days=9))
    db.session.flush()
    assert not db.session.scalars(select(Event).where(Event.verb.in_(["reassign", "move"]))).all()


def test_a_shopper_s_visit_only_by_whoever_may_know_who_shops(
    cast: Cast, client_of: ClientOf
) -> None:
    visit = rows.a_visit_at(cast, "assigned", kind="mystery")
    other = make.a_person(cast, "qian", name="钱访", role="shopper")
    address, channel = f"/visits/{visit.id}/inspector", client_of(cast.channel)
    cast.channel.may_unmask = False
    assert address not in channel.get(f"/visits/{visit.id}").text
    assert channel.post(address, data={"to": "lot"}).status_code == 403
    assert visit.inspector == cast.shopper
    cast.channel.may_unmask = True
    assert address in channel.get(f"/visits/{visit.id}").text
    assert channel.post(address, data={"to": "lot"}).status_code == 303
    assert visit.inspector == other


def test_a_visit_is_moved_to_another_day(cast: Cast, client_of: ClientOf) -> None:
    visit = rows.a_visit_at(cast, "assigned")
    done = client_of(cast.channel).post(f"/visits/{visit.id}/day", data={"on": "2026-12-08"})
    assert (done.status_code, visit.planned_on) == (303, date(2026, 12, 8))
    assert (
        "2026年11月23日 → 2026年12月8日" in client_of(cast.channel).get(f"/visits/{visit.id}").text
    )


@pytest.mark.parametrize("day", ["2026-11-22", "", "2026-02-30"])
def test_not_to_a_day_that_is_over_or_none(cast: Cast, client_of: ClientOf, day: str) -> None:
    visit = rows.a_visit_at(cast, "assigned")
    answer = client_of(cast.channel).post(f"/visits/{visit.id}/day", data={"on": day})
    assert (answer.status_code, visit.planned_on) == (422, date(2026, 11, 23))
