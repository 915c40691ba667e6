"""The chips of the ledger: counted by the worker where there are very many outlets, and only what
is open of all."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from inspector import clock, snapshots
from inspector.clock import SHANGHAI
from inspector.ledger import queries
from inspector.ledger.counting import OPEN, numbers, total
from inspector.ledger.filters import Filters
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf, CountQueries
from tests.population import a_mixed_department

NOW = datetime(2026, 11, 28, 10, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _many(cast: Cast, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The outlets of the cast are very many, and a worker has just counted; then one more row."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    a_mixed_department(cast)
    monkeypatch.setitem(app.config, "COUNTED_AT_ONCE", 0)
    OPEN.keep()
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=5))
    rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed"), 11, "issued", seq=99)


def test_the_desk_is_told_what_was_counted_of_all_that_is_open(cast: Cast) -> None:
    told, as_of = numbers(cast.channel, Filters(sort="branch"))
    anew, now = numbers(cast.channel, Filters(), anew=True)
    assert (as_of, now) == (NOW, None)
    assert anew.stages["open"] == told.stages["open"] + 1 == 20
    assert anew.stages["to_acknowledge"] == told.stages["to_acknowledge"] + 1
    assert set(told.lates) == set(anew.lates)


def test_beside_all_rows_stand_the_numbers_of_the_open_ones(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert numbers(cast.channel, Filters(stage="all"))[1] == NOW
    monkeypatch.setitem(app.config, "COUNTED_AT_ONCE", 500)
    every, _now = numbers(cast.channel, Filters(stage="all"))
    assert every == numbers(cast.channel, Filters())[0]


@pytest.mark.parametrize("stage", ["open", "all", "closed"])
def test_what_is_known_to_be_more_than_is_counted_is_not_counted_once_more(
    cast: Cast, count_queries: CountQueries, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    filters = Filters(stage=stage)
    told, as_of = numbers(cast.channel, filters)
    rows_there = queries.count(cast.channel, filters)
    assert total(cast.channel, filters, told, as_of) == rows_there
    monkeypatch.setattr(snapshots, "COUNTED_OF_MANY", 2)
    with count_queries() as sent:
        assert total(cast.channel, filters, told, as_of) == min(rows_there, 3)
    assert bool(sent) == (stage == "closed")


def test_whatever_narrows_it_is_counted_now_and_so_is_what_a_branch_sees(cast: Cast) -> None:
    for filters in (Filters(kind="onsite"), Filters(late="1"), Filters(stage="closed")):
        assert numbers(cast.channel, filters)[1] is None, filters
    assert numbers(cast.channel, Filters(stage="closed"))[0].stages["open"] == 20
    for person in (cast.outlet, cast.subbranch, cast.inspector):
        assert numbers(person, Filters())[1] is None


def test_the_page_says_when_and_counts_anew_when_asked(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.channel)
    assert "统计于" in client.get("/ledger").text
    assert "统计于" not in client.get("/ledger?anew=1").text
    assert "统计于" not in client_of(cast.outlet).get("/ledger").text
