"""`flask demo history`: made up, but by the product's own rules, and the same each time."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from inspector import clock
from inspector.db import db
from inspector.demo import history
from inspector.demo.history import Wanted, make
from inspector.findings.raising import score_of
from inspector.notices import queries, repeats
from inspector.notices.lifecycle import Stage
from inspector.visits.models import Answer, Visit
from tests.cast import Cast
from tests.walk import laws
from tests.walk.town import Rows

UNTIL = date(2026, 11, 28)
SMALL = Wanted(outlets=6, quarters=4, answered=2, until=UNTIL, seed=7)


@pytest.fixture(autouse=True)
def _in_the_evening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 28, 12, tzinfo=UTC))


def dump(*tables: str) -> list[Any]:
    return [sorted(map(str, db.session.execute(text(f"SELECT * FROM {t}")))) for t in tables]


@pytest.mark.one_engine
def test_what_is_made_keeps_the_laws(app: Flask, cast: Cast) -> None:
    told = list(make(SMALL))
    assert [line.split(":")[0] for line in told] == ["2026Q1", "2026Q2", "2026Q3", "2026Q4"]
    rows = Rows.now()
    assert len(rows.finding) > 150
    for law in (
        laws.one_to_one,
        laws.numbers_have_no_gaps,
        laws.nobody_judges_their_own,
        laws.stages_follow_from_facts,
        laws.nothing_of_a_shopper_is_told_too_early,
    ):
        law(rows)
    assert queries.proof().holds
    assert repeats.recount_all(by=None, at=clock.now()) == []


def test_the_score_of_a_visit_is_that_of_its_answers(app: Flask, cast: Cast) -> None:
    list(make(SMALL))
    answered = select(Visit).where(Visit.id.in_(select(Answer.visit_id)))
    visits = db.session.scalars(answered).all()
    assert len(visits) > 20
    assert {visit.score for visit in visits} == {score_of(visit).value for visit in visits}
    assert min(visit.planned_on for visit in visits) >= date(2026, 7, 1)


def test_the_same_numbers_make_the_same_history(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many outlets are written down together."""
    tables = ("report", "acknowledgement", "reopening", "appeal", "answer", "photo", "notice")
    list(make(SMALL))
    first = dump(*tables, "finding", "visit")
    if db.engine.dialect.name == "postgresql":
        forget = ["TRUNCATE visit, batch, document_series CASCADE"]
    else:
        also = ("rectification", "finding", "visit", "batch", "document_series")
        gone = ("panel_seat", "report_photo", "practice", *tables, *also)
        forget = [
            "PRAGMA defer_foreign_keys=ON",
            *(f"DELETE FROM {table}" for table in gone),
        ]
    for statement in forget:
        db.session.execute(text(statement))
    db.session.commit()
    monkeypatch.setattr(history, "TOGETHER", 2)
    list(make(SMALL))
    assert dump(*tables, "finding", "visit") == first


@pytest.mark.one_engine
def test_notices_stand_at_every_stage(app: Flask, cast: Cast) -> None:
    list(make(Wanted(outlets=38, quarters=2, answered=0, until=UNTIL, seed=7)))
    counts = queries.counts(cast.channel, UNTIL)
    assert [name for name in ("held", "draft", "overdue", "to_verify") if not counts[name]] == []
    rows = Rows.now()
    there = {rows.stage[key] for key in rows.notice}
    assert there == set(Stage)


def test_more_outlets_than_there_are_make_new_cities(app: Flask, cast: Cast) -> None:
    list(make(Wanted(outlets=60, quarters=1, answered=0, until=UNTIL, seed=7)))
    visited = select(func.count(Visit.branch_id.distinct()))
    assert db.session.scalar(visited) == 60


def test_it_is_refused_where_findings_are(app: Flask, cast: Cast) -> None:
    list(make(SMALL))
    with pytest.raises(ValueError, match="empty installation"):
        list(make(SMALL))
    done = app.test_cli_runner().invoke(args=["demo", "history", "--outlets", "1"])
    assert (done.exit_code, "There are findings already" in done.output) == (1, True)
