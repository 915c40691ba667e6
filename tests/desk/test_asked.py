"""What the worker counts of very many outlets once somebody asks: heat map, figures, fit-out."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import fmean

import pytest
from flask import Flask
from sqlalchemy import select

from inspector import clock
from inspector.clock import SHANGHAI
from inspector.db import db
from inspector.desk import figures, heatmap
from inspector.fitout.counting import reports
from inspector.fitout.queries import report
from inspector.fitout.rules import Scope
from inspector.fitout.standard import standard
from inspector.people.models import Branch, Level
from inspector.queue import queue
from inspector.scores import results
from inspector.snapshots import BeingCounted, Snapshot
from tests import cast as make
from tests.cast import Cast
from tests.conftest import Client, ClientOf, CountQueries
from tests.desk.test_board import main_of, rows_of
from tests.desk.test_heatmap import LINK
from tests.fitout.conftest import inspected
from tests.scores.quarters import Q3, Q4, A, B, a_counted_visit, a_real_visit

NOW = datetime(2026, 11, 28, 10, tzinfo=SHANGHAI)
PATHS = ("/heatmap/2026Q3", "/desk/figures?quarter=2026Q3", "/fitout/2026Q3")


@pytest.fixture(autouse=True)
def _many(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The outlets of the cast are very many, and nothing waits from another test: on PostgreSQL the
    queue is of a database that is gone."""
    monkeypatch.setitem(app.config, "COUNTED_AT_ONCE", 0)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    vars(queue()).pop("_opened", None)
    huey, _do = queue()._opened
    huey.flush()
    yield
    huey.storage.close()
    del queue()._opened


def work_off() -> list[str]:
    """Do what a worker finds in the queue; what was counted by then."""
    db.session.commit()  # it waits for whoever writes
    huey, _do = queue()._opened
    while task := huey.dequeue():
        huey.execute(task)
    return list(db.session.scalars(select(Snapshot.name).order_by(Snapshot.name)))


def counted(client: Client, path: str) -> str:
    """The page once the worker is through."""
    client.get(path)
    work_off()
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.text


def two_cities() -> None:
    """The first sub-branch belongs to another city branch."""
    there = make.branch("YA")
    fields = {
        name: getattr(there, name) for name in ("district", "opened_on", "fitout", "lat", "lon")
    }
    other = Branch(code="YX", name_zh="榆林", name_en="Yulin", level=Level.CITY, **fields)
    db.session.add(other)
    make.branch("YA01").parent = other
    db.session.flush()


@pytest.mark.parametrize("path", PATHS)
def test_who_asks_first_waits_on_a_page_that_comes_again(
    cast: Cast, client_of: ClientOf, path: str
) -> None:
    a_real_visit(cast, ("ON-RAK-02",))
    client = client_of(cast.channel)
    answer = client.get(path)
    assert answer.status_code == 202
    assert answer.headers["Refresh"] == "4"
    assert "正在统计" in answer.text
    assert work_off()
    page = client.get(path)
    assert page.status_code == 200
    assert "Refresh" not in page.headers
    assert "统计于" in page.text


def test_a_file_waits_too(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.channel)
    assert client.get("/fitout/2026Q3/table.csv").status_code == 202
    work_off()
    assert client.get("/fitout/2026Q3/table.csv").mimetype == "text/csv"


def test_it_is_counted_once_however_often_it_is_asked_for(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    client = client_of(cast.channel)
    for _ in range(3):
        client.get("/desk/figures?quarter=2026Q3")
    with count_queries() as sent:
        assert work_off() == ["figures 2026Q3"]
    assert len([one for one in sent if "finding.issue" in one and "GROUP BY" in one]) == 2
    client.get("/desk/figures?quarter=2026Q3")
    assert queue()._opened[0].pending_count() == 0, "it is new"


def test_what_is_old_is_told_and_counted_anew_meanwhile(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_real_visit(cast, ("ON-RAK-02",))
    client = client_of(cast.channel)
    counted(client, "/desk/figures?quarter=2026Q3")
    a_real_visit(cast, ("ON-RAK-02", "ON-BRD-01"), at=A)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=11))
    assert figures.countable(str(Q3)).asked()[0].pareto.total == 1
    work_off()
    assert figures.countable(str(Q3)).asked()[0].pareto.total == 3


def test_what_was_kept_is_what_would_be_counted_now(cast: Cast) -> None:
    a_real_visit(cast, ("ON-RAK-02", "ON-BRD-01"), at=A)
    a_real_visit(cast, ("ON-RAK-02",), at=B)
    a_real_visit(cast, ("ON-RAK-02",), at="YA0303")
    inspected(cast, "YA0302", date(2026, 9, 20), "ON-RAK-01")
    for ask in (
        lambda: heatmap.countable(str(Q3), "onsite").asked()[0],
        lambda: figures.countable(str(Q3)).asked()[0],
        lambda: reports(Q3, Scope.ALL, standard())[0],
    ):
        with pytest.raises(BeingCounted):
            ask()
    assert len(work_off()) == 3
    assert heatmap.countable(str(Q3), "onsite").asked()[0] == heatmap.heat(
        Q3, "onsite", cast.channel
    )
    found = figures.countable(str(Q3)).asked()[0]
    assert found == figures.figures(Q3)
    assert found.systemic
    kept, _as_of = reports(Q3, Scope.ALL, standard())
    assert kept[-1] == report(Q3, Scope.ALL, standard(), cast.channel)
    assert kept[-1].whole.unmet


def test_the_heat_map_of_all_is_of_the_city_branches_and_leads_down(
    cast: Cast, client_of: ClientOf
) -> None:
    two_cities()
    a_real_visit(cast, ("ON-RAK-02", "ON-RAK-03", "ON-BRD-01"), at=B)
    a_real_visit(cast, ("ON-RAK-02",), at=A)
    a_real_visit(cast, ("ON-ENV-01",), at="YA0102")
    client = client_of(cast.channel)
    page = main_of(counted(client, "/heatmap/2026Q3"))
    assert re.findall(r'<th scope="row">\s*<a href="([^"]*)"', page) == [
        "/heatmap/2026Q3?kind=onsite&amp;branch=YA",
        "/heatmap/2026Q3?kind=onsite&amp;branch=YX",
    ]
    assert "各市分行各分区扣分率" in page
    city = main_of(client.get("/heatmap/2026Q3?kind=onsite&branch=YA").text)
    assert "branch=YA03" in city
    assert re.findall(r'href="/outlets/(\w+)"', city) == [A, B]
    subbranch = main_of(client.get("/heatmap/2026Q3?kind=onsite&branch=YA03").text)
    assert 'href="/heatmap/2026Q3?kind=onsite&amp;branch=YA"' in subbranch, "the way back"
    for told in (page, city, subbranch):
        links = LINK.findall(told)
        assert links
        for href, number in links:
            assert rows_of(client.get(href.replace("&amp;", "&")).text) == int(number), href
    assert client.get("/heatmap/2026Q3?branch=NOWHERE").status_code == 404


def test_a_city_lost_what_its_outlets_lost(cast: Cast) -> None:
    two_cities()
    for at, failed in ((A, "ON-RAK-02"), (B, "ON-RAK-03"), ("YA0102", "ON-RAK-02")):
        a_real_visit(cast, (failed,), at=at)
    cities = {
        line.code: line.cells["RAK"] for line in heatmap.heat(Q3, "onsite", cast.channel).lines
    }
    below = [
        heatmap.heat(Q3, "onsite", cast.channel, make.branch(code)).lines for code in ("YA", "YX")
    ]
    for city, lines in zip(("YA", "YX"), below, strict=True):
        outlets = [one.cells["RAK"] for line in lines for one in line.outlets]
        assert cities[city].lost == pytest.approx(sum(cell.lost for cell in outlets))
        assert cities[city].points == pytest.approx(sum(cell.points for cell in outlets))
    assert cities["YA"].findings == 2
    assert cities["YX"].findings == 1


def test_several_city_branches_have_the_mean_of_their_outlets(
    cast: Cast, client_of: ClientOf
) -> None:
    two_cities()
    scores = {A: 80, B: 91, "YA0102": 64}
    for at, score in scores.items():
        a_counted_visit(cast, str(score), at=at, on="2026-10-10")
    a_counted_visit(cast, "70")
    whole = results.result(Q4).whole
    assert whole is not None
    assert whole.value is not None
    assert float(whole.value) == pytest.approx(fmean(scores.values()))
    assert whole.contribution == Decimal("0.40") * whole.value
    every = [one for one in results.result(Q4).standings if one.level == Level.CITY]
    assert whole.outlets == sum(one.outlets for one in every)
    assert (whole.inspected, len(every)) == (3, 2)
    page = counted(client_of(cast.channel), "/desk/figures?quarter=2026Q4")
    assert "全部市分行" in page


def test_another_standard_is_another_report(
    app: Flask, cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(cast.channel)
    counted(client, "/fitout/2026Q3?scope=all")
    monkeypatch.setitem(app.config, "FITOUT_STANDARD", frozenset({"ENV"}))
    assert client.get("/fitout/2026Q3?scope=all").status_code == 202


def test_the_city_s_systemic_problems_are_counted_in_full(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "WIDEST", 1)
    for at in (A, B, "YA0303"):
        a_real_visit(cast, ("ON-RAK-02", "ON-BRD-01"), at=at)
    found = figures.figures(Q3)
    assert (len(found.systemic), found.all_systemic) == (1, 2)
