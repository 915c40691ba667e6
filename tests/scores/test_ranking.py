"""The ranking of very many outlets: worked out by the worker, told with its time."""

from dataclasses import fields
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from inspector import clock
from inspector.clock import SHANGHAI
from inspector.db import db
from inspector.people.models import Level
from inspector.queue import queue
from inspector.scores import ranking, views
from inspector.scores.models import Adjustment
from inspector.scores.ranking import Line
from inspector.scores.whole import with_lines
from inspector.snapshots import Snapshot
from tests.cast import Cast
from tests.conftest import ClientOf, CountQueries
from tests.scores.quarters import Q3, Q4, A, a_counted_visit, frozen, the_worked_example
from tests.scores.test_adjust import void

NOW = datetime(2026, 11, 28, 10, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _many(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The outlets of the cast are very many."""
    monkeypatch.setitem(app.config, "COUNTED_AT_ONCE", 0)
    monkeypatch.setattr(clock, "now", lambda: NOW)


def work() -> list[str]:
    """What a worker does every minute, and what is kept then."""
    db.session.commit()  # it waits for whoever writes
    queue()._look()
    return list(db.session.scalars(select(Snapshot.name).order_by(Snapshot.name)))


def an_adjusted_quarter(cast: Cast) -> None:
    """The fourth of 2026 has a visit of its own, and a line for a void one of the third."""
    visits = the_worked_example(cast)
    frozen(cast)
    void(cast, next(iter(visits.values())))
    a_counted_visit(cast, "80", at=A, on="2026-10-20")


def plain(line: Adjustment) -> dict[str, object]:
    return {field.name: getattr(line, field.name) for field in fields(Line)}


def test_a_line_has_all_that_a_row_has() -> None:
    columns = {column.key for column in Adjustment.__table__.columns}
    assert {field.name for field in fields(Line)} == columns - {"id", "freeze_id"}


def test_what_the_worker_worked_out_is_what_comes_out_now(cast: Cast) -> None:
    an_adjusted_quarter(cast)
    whole, lines = with_lines(Q4)
    assert lines
    others = ["board", "findings", "ledger", "notices", "visits"]
    assert work() == sorted([*others, f"ranking {Q4}"]), "what is frozen is read"
    found, kept, as_of = ranking.ranking(Q4)
    assert as_of == NOW
    assert found.standings == [one for one in whole.standings if one.level != Level.OUTLET]
    assert found.ranks == whole.ranks
    assert any(one.adjusted for one in found.standings)
    assert [plain(line) for line in kept] == [plain(line) for line in lines]
    assert [(line.outlet, line.by) for line in kept] == [(line.outlet, line.by) for line in lines]
    assert not db.session.new


def test_a_frozen_quarter_is_as_it_was_frozen(cast: Cast) -> None:
    an_adjusted_quarter(cast)
    found, _lines, as_of = ranking.ranking(Q3)
    assert as_of is None
    assert found.freeze is not None
    assert found.standings == with_lines(Q3, outlets=False)[0].standings


def test_the_page_says_when_it_was_counted_and_counts_anew_when_asked(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_adjusted_quarter(cast)
    work()
    before = ranking.ranking(Q4)[0].at(Level.CITY)[0].inspected
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=40))
    a_counted_visit(cast, "90", at="YA0102", on="2026-11-02")
    client = client_of(cast.channel)
    page = client.get("/scores?quarter=2026Q4").text
    assert "统计于" in page
    assert f"<b>{before} / " in page
    anew = client.get("/scores?quarter=2026Q4&anew=1").text
    assert "统计于" not in anew
    assert f"<b>{before + 1} / " in anew


def test_the_page_of_what_was_worked_out_looks_at_no_visit(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    an_adjusted_quarter(cast)
    work()
    client = client_of(cast.channel)
    with count_queries() as sent:
        client.get("/scores?quarter=2026Q4")
    assert [one for one in sent if "visit.score" in one.partition("FROM")[0]] == []
    assert [one for one in sent if "counted_visit" in one] == []


def test_of_very_many_sub_branches_the_first_are_shown(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_adjusted_quarter(cast)
    monkeypatch.setattr(views, "FIRST", 1)
    client = client_of(cast.channel)
    page = client.get("/scores?quarter=2026Q4").text
    every = client.get("/scores?quarter=2026Q4&all=1").text
    every_row = every.count('<th scope="row" class="broad">')
    assert page.count('<th scope="row" class="broad">') == 1
    assert every_row == len(ranking.ranking(Q4)[0].ranks) > 1
    assert f"共{every_row}项，列出前1项。" in page
    assert "all=1" in page
    assert "列出前" not in every
