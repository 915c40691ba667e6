"""The month of visits: whose it shows to whom, and what it must not tell."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask

from inspector import clock
from inspector.calendar.months import Month
from inspector.calendar.queries import SHOWN
from inspector.db import db
from inspector.people.roles import Role
from tests import cast as make
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf, CountQueries

NOVEMBER = "/calendar/2026-11"


@pytest.fixture(autouse=True)
def monday(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY)


def cell(page: str, day: str) -> str:
    """What stands in the sheet on a day."""
    start = page.index(f'<time datetime="{day}">')
    return page[start : page.index("</td>", start)]


def test_the_desk_sees_everybody_s_visits_on_their_days(cast: Cast, client_of: ClientOf) -> None:
    visit = make.a_visit(cast)
    rows.a_visit_at(cast, "submitted", kind="offsite", inspector=cast.reviewer)
    page = client_of(cast.channel).get(NOVEMBER).text
    there = cell(page, "2026-11-23")
    assert f'href="/visits/{visit.id}"' in there
    assert "吴起支行胜利路网点" in there
    assert sorted(said(there, n) for n in range(2)) == [
        ["现场检查", "李巡", "待检查"],
        ["非现场检查", "陈阅", "待审核"],
    ]
    assert "/visits/" not in cell(page, "2026-11-24")
    assert "2 次检查" in page


def test_who_makes_visits_sees_their_own_only(cast: Cast, client_of: ClientOf) -> None:
    make.a_visit(cast)
    theirs = make.a_visit(cast, at="YA0102", inspector=cast.colleague)
    for of_others in (cast.inspector, cast.shopper, cast.reviewer):
        page = client_of(of_others).get(f"{NOVEMBER}?inspector={cast.colleague.id}").text
        assert str(theirs.id) not in page
        assert "王察" not in page
    assert str(theirs.id) in client_of(cast.colleague).get(NOVEMBER).text


def test_the_desk_chooses_whose_visits(cast: Cast, client_of: ClientOf) -> None:
    li = make.a_visit(cast)
    wang = make.a_visit(cast, at="YA0102", inspector=cast.colleague)
    page = client_of(cast.leader).get(f"{NOVEMBER}?inspector={cast.colleague.id}").text
    assert (str(wang.id) in page, str(li.id) in page) == (True, False)
    assert f'href="/calendar/2026-12?inspector={cast.colleague.id}"' in page
    assert 'rel="prev"' not in page


def said(cell: str, n: int = 0) -> list[str]:
    """What the n-th visit of a day says beneath its outlet."""
    small = re.findall(r"<small>(.*?)</small>", cell, re.S)[n]
    return re.findall(r"<span>(.*?)</span>", small)


@pytest.mark.parametrize("who", ["channel", "leader", "admin"])
def test_at_the_desk_a_mystery_visit_names_nobody(
    cast: Cast, client_of: ClientOf, who: str
) -> None:
    visit = make.a_visit(cast, kind="mystery")
    client = client_of(getattr(cast, who))
    for address in (NOVEMBER, f"{NOVEMBER}?day=2026-11-23", f"{NOVEMBER}?inspector=shopper"):
        page = client.get(address).text
        assert str(visit.id) in page
        assert said(cell(page, "2026-11-23")) == ["神秘人检查", "待检查"]
        assert "赵访" not in page
        assert str(cast.shopper.id) not in page


def test_nobody_finds_a_shopper_out_by_choosing(cast: Cast, client_of: ClientOf) -> None:
    visit = make.a_visit(cast, kind="mystery")
    client = client_of(cast.channel)
    assert client.get(f"{NOVEMBER}?inspector={cast.shopper.id}").status_code == 404
    for unknown in ("x", "6f9619ff-8b86-4d11-b42d-00cf4fc964ff"):
        assert client.get(f"{NOVEMBER}?inspector={unknown}").status_code == 404
    cast.shopper.role = Role.INSPECTOR
    page = client.get(f"{NOVEMBER}?inspector={cast.shopper.id}").text
    assert str(visit.id) not in page


def test_a_shopper_sees_their_own_visits(cast: Cast, client_of: ClientOf) -> None:
    visit = make.a_visit(cast, kind="mystery")
    assert str(visit.id) in client_of(cast.shopper).get(NOVEMBER).text


def test_a_full_day_shows_some_and_leads_to_all(cast: Cast, client_of: ClientOf) -> None:
    visits = [make.a_visit(cast) for _ in range(SHOWN + 2)]
    client = client_of(cast.channel)
    page = client.get(NOVEMBER).text
    there = cell(page, "2026-11-23")
    assert there.count("/visits/") == SHOWN
    assert "还有 2 次" in there
    further = re.search(r'class="further"\s+href="([^"#]+)#day"', there)
    assert further
    whole = client.get(further[1]).text
    listed = whole[whole.index('id="day"') :]
    assert all(str(visit.id) in listed for visit in visits)


def test_one_turns_the_pages_over_the_year_s_end(cast: Cast, client_of: ClientOf) -> None:
    make.a_visit(cast).planned_on = date(2027, 2, 1)
    page = client_of(cast.channel).get("/calendar/2026-12").text
    for there in ("2026-11", "2027-01"):
        assert f'href="/calendar/{there}"' in page
    assert client_of(cast.channel).get("/calendar").text.count('aria-current="date"') == 1
    assert 'aria-current="date"' not in page


def test_the_pages_end_where_no_visits_are(cast: Cast, client_of: ClientOf) -> None:
    make.a_visit(cast).planned_on = date(2026, 9, 30)
    make.a_visit(cast, at="YA0102", inspector=cast.colleague).planned_on = date(2026, 2, 1)
    turns = {
        month: re.findall(r'rel="(prev|next)"', client_of(cast.inspector).get(path).text)
        for month in ("2026-09", "2026-10", "2026-12", "2030-01")
        if (path := f"/calendar/{month}")
    }
    assert turns == {
        "2026-09": ["next"],
        "2026-10": ["prev", "next"],
        "2026-12": ["prev"],
        "2030-01": ["prev"],
    }


@pytest.mark.parametrize(
    "path",
    [
        "2026-13",
        "2026-1",
        "1999-12",
        "2100-01",
        "x",
        "20261",
        "2026-11?day=x",
        "2026-11?day=2026-12-01",
    ],
)
def test_what_is_no_month_is_not_there(cast: Cast, client_of: ClientOf, path: str) -> None:
    assert client_of(cast.channel).get(f"/calendar/{path}").status_code == 404


def test_the_first_and_the_last_month_open(cast: Cast, client_of: ClientOf) -> None:
    for month in ("2000-01", "2099-12"):
        assert client_of(cast.channel).get(f"/calendar/{month}").status_code == 200


def test_many_visits_ask_no_more_of_the_database(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    client = client_of(cast.channel)
    make.a_visit(cast)

    def asked() -> int:
        with count_queries() as sent:
            assert client.get(f"{NOVEMBER}?day=2026-11-23").status_code == 200
        return len(sent)

    few = asked()
    for code in ("YA0101", "YA0201", "YA0401"):
        make.a_visit(cast, at=code)
        make.a_visit(cast, at=code, kind="mystery")
        later = make.a_visit(cast, at=code, inspector=cast.colleague)
        later.planned_on += timedelta(days=2)
    db.session.flush()
    assert asked() == few


def test_a_month_has_whole_weeks_from_monday_on() -> None:
    weeks = Month.named("2026-11").weeks
    assert (weeks[0][0], weeks[-1][-1]) == (date(2026, 10, 26), date(2026, 12, 6))
    assert all(len(week) == 7 for week in weeks)
    assert Month.named("2027-01").before == Month.named("2026-12")
