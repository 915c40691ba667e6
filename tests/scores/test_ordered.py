"""Freezing the quarter of very many outlets: ordered by a person, done by the worker."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from inspector import clock
from inspector.clock import SHANGHAI
from inspector.db import db
from inspector.history import Event
from inspector.queue import queue
from inspector.scores import freezing, ordered, results
from inspector.scores.models import FreezeOrder, QuarterScore
from tests.cast import Cast
from tests.conftest import Client, ClientOf
from tests.scores.quarters import Q3, Q4, the_worked_example

NOW = datetime(2026, 11, 28, 10, tzinfo=SHANGHAI)
PAGE = "/scores?quarter=2026Q3"


@pytest.fixture(autouse=True)
def _many(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The outlets of the cast are very many, and the quarter is over."""
    monkeypatch.setitem(app.config, "COUNTED_AT_ONCE", 0)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    the_worked_example(cast)


@pytest.fixture(autouse=True)
def put(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What was put into the queue; tests/desk/test_asked.py sees a real one at work."""
    made: list[tuple[str, str]] = []
    monkeypatch.setattr(queue(), "put", lambda *what: made.append(what))
    return made


def ordered_by(client: Client) -> str:
    """Order the freeze; the page that one comes to."""
    answer = client.post("/scores/2026Q3/freeze")
    assert (answer.status_code, answer.location) == (303, PAGE)
    page = client.get(PAGE)
    assert page.headers["Refresh"] == "4"
    return page.text


def test_who_orders_is_told_that_it_is_being_frozen_and_then_that_it_is(
    cast: Cast, client_of: ClientOf, put: list[tuple[str, str]]
) -> None:
    expected = results.result(Q3).standings
    client = client_of(cast.channel)
    page = ordered_by(client)
    assert "正在锁定" in page
    assert cast.channel.name in page
    assert 'action="/scores/2026Q3/freeze"' not in page
    assert put == [(ordered.FREEZE, "2026Q3")]
    assert results.freeze_of(Q3) is None
    ordered.work(Q3)
    freeze = results.freeze_of(Q3)
    assert freeze is not None
    assert (freeze.frozen_by, freeze.frozen_at) == (cast.channel, NOW)
    assert results.frozen(freeze).standings == expected
    assert db.session.scalar(select(func.count(Event.id)).where(Event.verb == "freeze")) == 1
    page_after = client.get(PAGE)
    assert "Refresh" not in page_after.headers
    assert "正在锁定" not in page_after.text
    assert ordered.order_of(Q3) is None


def test_ordered_twice_it_is_frozen_once(
    cast: Cast, client_of: ClientOf, put: list[tuple[str, str]]
) -> None:
    client = client_of(cast.channel)
    ordered_by(client)
    ordered_by(client)
    ordered.work(Q3)
    units = db.session.scalar(select(func.count(QuarterScore.id)))
    ordered.work(Q3)
    assert db.session.scalar(select(func.count(QuarterScore.id))) == units
    assert client.post("/scores/2026Q3/freeze").status_code == 409, "it is frozen"


def test_two_workers_do_not_freeze_it_both(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered_by(client_of(cast.channel))
    real, frozen = freezing.freeze, []

    def meanwhile(*args: Any, **said: Any) -> None:
        ordered.work(Q3)  # another worker
        frozen.append(real(*args, **said))

    monkeypatch.setattr(freezing, "freeze", meanwhile)
    ordered.work(Q3)
    assert len(frozen) == 1


def test_what_a_worker_left_in_its_hands_is_taken_up_again(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch, put: list[tuple[str, str]]
) -> None:
    ordered_by(client_of(cast.channel))

    def killed(*_: Any, **__: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(freezing, "freeze", killed)
        with pytest.raises(SystemExit):
            ordered.work(Q3)
    db.session.rollback()
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=10))
    ordered.work(Q3)
    assert results.freeze_of(Q3) is None, "the other may still be at it"
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=16))
    put.clear()
    ordered.look_for_forgotten()
    assert put == [(ordered.FREEZE, "2026Q3")]
    ordered.work(Q3)
    assert results.freeze_of(Q3) is not None


def test_what_speaks_against_it_is_told_and_it_can_be_ordered_again(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch, put: list[tuple[str, str]]
) -> None:
    client = client_of(cast.channel)
    ordered_by(client)

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(freezing, "freeze", broken)
        ordered.work(Q3)
    page = client.get(PAGE)
    assert "Refresh" not in page.headers
    assert "未能锁定" in page.text
    put.clear()
    ordered.look_for_forgotten()
    assert put == [], "what failed waits for a person"
    assert "正在锁定" in ordered_by(client)
    ordered.work(Q3)
    assert results.freeze_of(Q3) is not None


def test_what_cannot_be_frozen_is_not_ordered(cast: Cast, client_of: ClientOf) -> None:
    assert client_of(cast.channel).post(f"/scores/{Q4}/freeze").status_code == 409
    assert client_of(cast.leader).post("/scores/2026Q3/freeze").status_code == 403
    assert db.session.scalar(select(func.count()).select_from(FreezeOrder)) == 0
