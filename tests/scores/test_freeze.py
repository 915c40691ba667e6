"""Freezing a quarter: by the channel department, confirmed or given back by the leader."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from inspector import clock
from inspector.clock import SHANGHAI
from inspector.db import db
from inspector.history import Event
from inspector.problems import Problem
from inspector.scores import results
from inspector.scores.lifecycle import MOVES, Facts, Stage, stage_of
from inspector.scores.models import CountedLateness, CountedVisit, Freeze, QuarterScore
from tests.cast import Cast
from tests.conftest import ClientOf, CountQueries
from tests.scores.quarters import (
    FROZEN_AT,
    LATER,
    Q3,
    Q4,
    B,
    a_counted_visit,
    a_late_notice,
    frozen,
    the_worked_example,
)

PAGE = "/scores?quarter=2026Q3"


@pytest.fixture(autouse=True)
def _november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 28, 10, tzinfo=SHANGHAI))


@pytest.mark.parametrize(
    ("facts", "stage"),
    [
        (Facts(), Stage.DRAFT),
        (Facts(frozen=True), Stage.FROZEN),
        (Facts(frozen=True, confirmed=True), Stage.CONFIRMED),
    ],
)
def test_the_stage_is_what_the_facts_amount_to(facts: Facts, stage: Stage) -> None:
    assert stage_of(facts) == stage


def test_a_freeze_keeps_the_numbers_the_weights_and_all_that_they_are_made_of(cast: Cast) -> None:
    visits = the_worked_example(cast)
    freeze = frozen(cast)
    assert freeze.rules == {
        "onsite": "0.4",
        "mystery": "0.4",
        "offsite": "0.2",
        "late": "1",
        "late_at_most": "5",
        "share": "0.40",
        "cap": "59",
    }
    assert freeze.rule_version == 1
    kept = {row.code: row for row in db.session.scalars(select(QuarterScore))}
    assert len(kept) == 52
    sub = kept["YA03"]
    assert (sub.value, sub.contribution) == (Decimal("81.205"), Decimal("32.482"))
    assert (sub.inspected, sub.late) == (2, 1)
    assert kept[B].deduction == 1
    counted = db.session.scalars(select(CountedVisit)).all()
    assert {row.visit_id for row in counted} == {visit.id for visit in visits.values()}
    late = db.session.scalars(select(CountedLateness)).one()
    assert (late.how, late.days) == ("overdue", 10)


def test_what_is_frozen_is_what_was_the_draft(cast: Cast) -> None:
    the_worked_example(cast)
    before = results.result(Q3).standings
    frozen(cast)
    assert results.result(Q3).standings == before


def test_other_weights_later_change_nothing_of_it(cast: Cast, client_of: ClientOf) -> None:
    the_worked_example(cast)
    frozen(cast)
    client = client_of(cast.channel)
    numbers = client.application.config["SCORE"]
    client.application.config["SCORE"] = numbers | {"onsite": Decimal("0.1")}
    try:
        page = client.get(PAGE).text
        assert "81.21" in page
        assert "现场 0.4" in page
        assert "现场 0.1" in client.get("/scores").text
    finally:
        client.application.config["SCORE"] = numbers


def test_the_channel_department_freezes_and_the_leader_confirms(
    cast: Cast, client_of: ClientOf
) -> None:
    the_worked_example(cast)
    channel, leader = client_of(cast.channel), client_of(cast.leader)
    assert "锁定季度" in channel.get(PAGE).text
    assert "锁定季度" not in leader.get(PAGE).text
    assert leader.post("/scores/2026Q3/freeze").status_code == 403
    assert channel.post("/scores/2026Q3/freeze").status_code == 303
    assert channel.post("/scores/2026Q3/freeze").status_code == 409
    assert channel.post("/scores/2026Q3/confirmation").status_code == 403
    assert leader.post("/scores/2026Q3/confirmation").status_code == 303
    assert leader.post("/scores/2026Q3/confirmation").status_code == 303
    assert leader.post("/scores/2026Q3/return", data={"reason": "有误"}).status_code == 409
    freeze = db.session.scalars(select(Freeze)).one()
    assert freeze.stage == Stage.CONFIRMED
    verbs = db.session.scalars(select(Event.verb).where(Event.subject_id == freeze.id)).all()
    assert sorted(verbs) == ["confirm_quarter", "freeze"]
    assert "已锁定并确认" in channel.get(PAGE).text


def test_what_the_leader_gives_back_is_a_draft_again_and_stays_readable(
    cast: Cast, client_of: ClientOf
) -> None:
    the_worked_example(cast)
    frozen(cast)
    leader = client_of(cast.leader)
    assert leader.post("/scores/2026Q3/return", data={"reason": " "}).status_code == 422
    assert leader.post("/scores/2026Q3/return", data={"reason": "漏了一家"}).status_code == 303
    page = client_of(cast.channel).get(PAGE).text
    assert "漏了一家" in page
    assert "未锁定，仍在计算" in page
    a_counted_visit(cast, "60", at="YA0303")
    again = frozen(cast, at=LATER)
    assert db.session.scalar(select(func.count()).select_from(Freeze)) == 2
    assert results.freeze_of(Q3) == again
    kept = {one.code: one for one in results.frozen(again).standings}
    assert kept["YA03"].inspected == 3


def test_a_draft_cannot_be_confirmed_or_given_back(cast: Cast, client_of: ClientOf) -> None:
    for move in ("confirmation", "return"):
        assert client_of(cast.leader).post(f"/scores/2026Q3/{move}").status_code == 409
        assert client_of(cast.channel).post(f"/scores/2026Q3/{move}").status_code == 403


@pytest.mark.parametrize(
    ("at", "possible"),
    [
        (datetime(2026, 9, 30, 23, 59, tzinfo=SHANGHAI), False),
        (datetime(2026, 10, 1, 0, 0, tzinfo=SHANGHAI), True),
    ],
)
def test_a_quarter_is_frozen_after_its_last_day(cast: Cast, at: datetime, possible: bool) -> None:
    if possible:
        assert frozen(cast, at=at).of == Q3
        return
    with pytest.raises(Problem) as caught:
        frozen(cast, at=at)
    assert caught.value.code == "freeze.early"


def test_the_present_quarter_is_not_offered_to_freeze(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.channel)
    assert "锁定季度" not in client.get("/scores").text
    assert client.post(f"/scores/{Q4}/freeze").status_code == 409


def test_the_database_keeps_one_freeze_of_a_quarter_that_stands(cast: Cast) -> None:
    frozen(cast)
    twin = Freeze(
        quarter="2026Q3",
        starts_at=Q3.start,
        ends_at=Q3.end,
        rule_version=1,
        rules={},
        frozen_at=FROZEN_AT,
        frozen_by_id=cast.channel.id,
    )
    db.session.add(twin)
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_more_outlets_need_no_more_statements_to_freeze(
    cast: Cast, count_queries: CountQueries
) -> None:
    def statements() -> int:
        with count_queries() as sent:
            freeze = frozen(cast)
        freeze.give_back(reason="再算", by=cast.leader, at=FROZEN_AT + timedelta(hours=1))
        db.session.flush()
        return len(sent)

    the_worked_example(cast)
    few = statements()
    for n, at in enumerate(("YA0102", "YA0901", "YA0401", "YA0201"), 1):
        a_late_notice(cast, a_counted_visit(cast, "71", at=at), n)
    assert statements() == few


def test_every_move_of_the_table_has_its_button_or_its_refusal(
    cast: Cast, client_of: ClientOf
) -> None:
    paths = {"freeze": "freeze", "give_back": "return", "confirm": "confirmation"}
    assert paths.keys() == MOVES.keys()
    for who in ("channel", "leader", "admin"):
        page = client_of(getattr(cast, who)).get(PAGE).text
        for name, path in paths.items():
            offered = f'action="/scores/2026Q3/{path}"' in page
            assert offered == (who in MOVES[name].roles and Stage.DRAFT in MOVES[name].sources)
