"""The board of very many outlets: counted by the worker, told with its time."""

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from inspector import clock, snapshots
from inspector.clock import SHANGHAI
from inspector.db import db
from inspector.desk import ageing
from inspector.desk.counting import BOARD, count
from inspector.findings.counting import FINDINGS
from inspector.notices import queries
from inspector.notices.counting import NOTICES
from inspector.queue import queue
from inspector.snapshots import Countable, Snapshot
from inspector.visits.counting import VISITS
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf, CountQueries
from tests.desk.test_board import main_of
from tests.population import a_mixed_department

NOW = datetime(2026, 11, 28, 10, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _many(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The outlets of the cast are very many."""
    monkeypatch.setitem(app.config, "COUNTED_AT_ONCE", 0)
    at(monkeypatch)


def at(monkeypatch: pytest.MonkeyPatch, **later: float) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(**later))


def look() -> None:
    """What a worker does every minute."""
    db.session.rollback()  # it waits for whoever writes
    queue()._look()


def test_what_the_worker_counted_is_what_would_be_counted_now(cast: Cast) -> None:
    a_mixed_department(cast)
    db.session.commit()
    assert BOARD.told() == (count(), None), "nobody has counted yet"
    BOARD.keep()
    told, as_of = BOARD.told()
    assert as_of == NOW
    assert told == count()
    assert told.proof == queries.proof()


def test_the_page_says_when_it_was_counted_and_counts_anew_when_asked(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_mixed_department(cast)
    db.session.commit()
    BOARD.keep()
    at(monkeypatch, minutes=5)
    before = queries.proof().on_spot
    rows.on_spot(rows.a_finding(rows.a_visit_at(cast, "confirmed"), 9), cast.channel)
    client = client_of(cast.channel)
    page = main_of(client.get("/desk").text)
    assert "统计于" in page
    assert "10:00" in page
    assert f"<b>{before}</b>" in page
    page = main_of(client.get("/desk?anew=1").text)
    assert "统计于" not in page
    assert f"<b>{before + 1}</b>" in page


@pytest.mark.parametrize(
    ("path", "one", "name"),
    [
        ("/visits", VISITS, "confirmed"),
        ("/findings", FINDINGS, "confirmed"),
        ("/notices", NOTICES, "to_acknowledge"),
    ],
)
def test_the_chips_of_the_lists_too(
    cast: Cast,
    client_of: ClientOf,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    one: Countable[dict[str, int]],
    name: str,
) -> None:
    rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed"), 0, "issued")
    db.session.commit()
    one.keep()
    at(monkeypatch, minutes=5)
    rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed"), 1, "issued")
    db.session.commit()
    told, as_of = one.told()
    assert (told[name], as_of) == (1, NOW)
    client = client_of(cast.channel)
    assert "统计于" in main_of(client.get(path).text)
    assert "统计于" not in main_of(client.get(f"{path}?anew=1").text)
    assert one.told(anew=True)[0][name] == 2


def test_under_filters_that_leave_much_nothing_is_counted(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = rows.a_visit_at(cast, "confirmed")
    for n in range(3):
        rows.a_notice_at(cast, visit, n, "issued")
    client = client_of(cast.channel)
    monkeypatch.setattr(snapshots, "COUNTED_OF_MANY", 3)
    page = main_of(client.get("/ledger?kind=onsite").text)
    assert re.search(r"待签收\s*<b>3</b>", page)
    assert "3 项" in page
    monkeypatch.setattr(snapshots, "COUNTED_OF_MANY", 2)
    page = main_of(client.get("/ledger?kind=onsite").text)
    assert "待签收" in page
    assert not re.search(r"待签收\s*<b>", page)
    assert "超过 2 项" in page


def test_with_few_outlets_it_is_counted_each_time(
    cast: Cast, app: Flask, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    BOARD.keep()
    monkeypatch.setitem(app.config, "COUNTED_AT_ONCE", 500)
    assert BOARD.told()[1] is None
    assert "统计于" not in client_of(cast.channel).get("/desk").text


def test_what_is_too_old_is_told_no_more(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    BOARD.keep()
    at(monkeypatch, minutes=60)
    assert BOARD.told()[1] == NOW
    at(monkeypatch, minutes=61)
    assert BOARD.told()[1] is None


def test_the_worker_counts_every_ten_minutes_and_one_worker_only(
    cast: Cast, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def counted_at() -> datetime | None:
        db.session.rollback()
        return db.session.get_one(Snapshot, "board").counted_at

    look()
    assert counted_at() == NOW
    at(monkeypatch, minutes=9)
    look()
    assert counted_at() == NOW
    at(monkeypatch, minutes=10)
    db.session.get_one(Snapshot, "board").begun_at = clock.now()  # another worker has it in hand
    db.session.commit()
    look()
    assert counted_at() == NOW
    at(monkeypatch, minutes=20)
    look()
    assert counted_at() == clock.now()


def test_nothing_is_kept_where_it_is_counted_each_time(
    cast: Cast, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "COUNTED_AT_ONCE", 500)
    look()
    assert db.session.scalars(select(Snapshot)).all() == []


def test_of_what_was_counted_no_row_is_looked_at_again(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    a_mixed_department(cast)
    db.session.commit()
    BOARD.keep()
    client = client_of(cast.channel)
    with count_queries() as sent:
        client.get("/desk")
    assert [one for one in sent if "count(" in one and "FROM finding" in one] == []
    assert [one for one in sent if "open_rows" in one] == []


def test_of_very_many_sub_branches_the_worst_are_shown(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_mixed_department(cast)
    every = ageing.counted(cast.channel)
    found = ageing.tables_of(every)["branch"]
    assert len(found) == every.subbranches > 1
    monkeypatch.setattr(ageing, "SHOWN", 1)
    told = ageing.counted(cast.channel)
    (worst,) = ageing.tables_of(told)["branch"]
    late = [sum(number.count for number in row.numbers[2:]) for row in found]
    assert sum(number.count for number in worst.numbers[2:]) == max(late) > 0
    assert (told.subbranches, told.whole, told.late) == (len(found), every.whole, sum(late))
    page = main_of(client_of(cast.channel).get("/desk?anew=1").text)
    assert f"共{len(found)}项，列出前1项。" in page
    assert page.count(f'<th scope="row">{worst.name}</th>') == 2


def test_who_issues_all_drafts_is_told_how_many_there_are_now(
    cast: Cast, client_of: ClientOf
) -> None:
    rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed"), 0, "draft")
    db.session.commit()
    NOTICES.keep()
    rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed"), 1, "draft")
    db.session.commit()
    page = main_of(client_of(cast.channel).get("/notices?only=draft").text)
    assert re.search(r"待下发\s*<b>1</b>", page), "what the worker counted"
    assert "全部下发（2 份）" in page
    assert "下发 2 份通知书？" in page
