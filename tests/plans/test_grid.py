"""The plan's page: each outlet and kind with its target, what is done, planned and missing."""

import re
from datetime import date

import pytest

from inspector import clock
from inspector.clock import Quarter
from inspector.db import db
from inspector.people.queries import outlets
from inspector.plans import views
from inspector.plans.queries import ONLY, Grid, Wanted
from tests import cast as make
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf, CountQueries

PLAN = "/plans/2026Q4"
LINE = re.compile(r'<th scope="row" class="broad">\s*(\S+)')
CHIP = re.compile(r'<a href="([^"]*)"[^>]*>\s*([^<]*?)\s*<b>(\d+)</b>')


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY)


def grid(cast: Cast, quarter: str = "2026Q4") -> Grid:
    return Grid(Quarter.named(quarter), seen_by=cast.channel, today=MONDAY.date())


def cell(cast: Cast, kind: str = "onsite", at: str = "YA0302") -> tuple[int, int, int, int]:
    lines, _following = grid(cast).lines(Wanted(), "", 100)
    one = next(line for line in lines if line.outlet.code == at).cells[kind]
    return one.done, one.open, one.late, one.missing


@pytest.mark.parametrize(
    ("stage", "told"),
    [
        ("assigned", (0, 1, 0, 0)),
        ("in_progress", (0, 1, 0, 0)),
        ("submitted", (1, 0, 0, 0)),
        ("confirmed", (1, 0, 0, 0)),
        ("cancelled", (0, 0, 0, 1)),
        ("void", (0, 0, 0, 1)),
    ],
)
def test_a_visit_counts_as_done_planned_or_not_at_all(
    cast: Cast, stage: str, told: tuple[int, int, int, int]
) -> None:
    rows.a_visit_at(cast, stage)
    assert cell(cast) == told
    assert cell(cast, kind="offsite") == cell(cast, at="YA0102") == (0, 0, 0, 1)


def test_a_visit_whose_day_is_over_is_late(cast: Cast) -> None:
    rows.a_visit_at(cast, "assigned").planned_on = date(2026, 11, 22)
    assert cell(cast) == (0, 1, 1, 0)


@pytest.mark.parametrize("day", [date(2026, 9, 30), date(2027, 1, 1)])
def test_a_visit_planned_for_another_quarter_does_not_count(cast: Cast, day: date) -> None:
    rows.a_visit_at(cast, "assigned").planned_on = day
    assert cell(cast) == (0, 0, 0, 1)


def test_a_visit_counts_in_the_quarter_in_which_it_began(cast: Cast) -> None:
    rows.a_visit_at(cast, "submitted").planned_on = date(2026, 9, 30)
    assert cell(cast) == (1, 0, 0, 0)


def test_a_visit_counts_for_the_outlet_that_went_on(cast: Cast) -> None:
    visit = rows.a_visit_at(cast, "submitted", at="YA0301")
    visit.branch.merged_into = make.branch("YA0302")
    db.session.flush()
    assert cell(cast) == (1, 0, 0, 0)
    lines, _following = grid(cast).lines(Wanted(), "", 100)
    assert "YA0301" not in {line.outlet.code for line in lines}
    assert not next(line for line in lines if line.outlet.code == "YA0302").is_never


def test_coverage_is_told_by_kind_and_in_all(cast: Cast) -> None:
    for _twice in range(2):
        rows.a_visit_at(cast, "submitted")
    rows.a_visit_at(cast, "assigned", at="YA0102")
    told, number = grid(cast).totals(Wanted())[1], len(db.session.scalars(outlets()).all())
    onsite = told["onsite"]
    assert (onsite.target, onsite.done, onsite.open) == (number, 2, 1)
    assert (onsite.missing, onsite.met) == (number - 2, 1)
    assert told[""].target == 3 * number
    assert told[""].missing == 3 * number - 2
    assert (onsite.percent, told["mystery"].percent) == (100 // number, 0)
    here = grid(cast).totals(Wanted(subbranch="YA03"))[1]["onsite"]
    assert here.target == len([b for b in db.session.scalars(outlets()) if "YA03" in b.code])


def test_the_sums_are_those_of_the_lines(cast: Cast) -> None:
    for stage, kind in (("submitted", "onsite"), ("assigned", "mystery"), ("assigned", "onsite")):
        for code in ("YA0101", "YA0302"):
            rows.a_visit_at(cast, stage, at=code, kind=kind).planned_on = date(2026, 11, 2)
    lines, _following = grid(cast).lines(Wanted(), "", 100)
    sums = grid(cast).totals(Wanted())[1]
    for kind in ("onsite", "mystery", "offsite"):
        cells = [line.cells[kind] for line in lines]
        for name in ("done", "open", "late", "missing"):
            assert getattr(sums[kind], name) == sum(getattr(one, name) for one in cells)


def test_every_chip_counts_what_it_opens(cast: Cast, client_of: ClientOf) -> None:
    rows.a_visit_at(cast, "submitted")
    rows.a_visit_at(cast, "assigned", at="YA0102", kind="mystery").planned_on = date(2026, 11, 2)
    rows.a_visit_at(cast, "assigned", at="YA0103")
    reader = client_of(cast.leader)
    for query in ("", "?kind=mystery", "?kind=onsite&subbranch=YA01"):
        chips = CHIP.findall(reader.get(f"{PLAN}{query}").text)
        assert len(chips) == 1 + len(ONLY)
        for href, _label, number in chips:
            page = reader.get(href.replace("&amp;", "&")).text
            table = page.rpartition('<table class="table folds">')[2]
            assert len(LINE.findall(table)) * ("colgroup" in table) == int(number), href


def test_pages_follow_each_other_and_hold_every_outlet_once(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PAGE", 7)
    reader, href, seen = client_of(cast.leader), PLAN, list[str]()
    while href:
        page = reader.get(href).text
        seen += LINE.findall(page.rpartition('<table class="table folds">')[2])
        following = re.search(r'href="([^"]*after=[^"]*)"', page)
        href = following[1].replace("&amp;", "&") if following else ""
    assert sorted(seen) == sorted(branch.name_zh for branch in db.session.scalars(outlets()))


def test_the_page_asks_as_much_of_a_full_plan_as_of_an_empty_one(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    reader = client_of(cast.channel)
    rows.a_visit_at(cast, "assigned", at="YA0103")
    reader.get(PLAN)
    with count_queries() as empty:
        reader.get(PLAN)
    for code in ("YA0101", "YA0102", "YA0302", "YA0901"):
        for kind in ("onsite", "mystery"):
            rows.a_visit_at(cast, "submitted", at=code, kind=kind)
            rows.a_visit_at(cast, "assigned", at=code, kind=kind)
    db.session.commit()
    with count_queries() as full:
        reader.get(PLAN)
    assert len(full) == len(empty)


def test_a_shopper_is_named_to_nobody(cast: Cast, client_of: ClientOf) -> None:
    rows.a_visit_at(cast, "assigned", kind="mystery")
    for person in (cast.leader, cast.admin, cast.channel):
        assert cast.shopper.name not in client_of(person).get(PLAN).text


def test_only_the_channel_department_is_offered_changes(cast: Cast, client_of: ClientOf) -> None:
    rows.a_visit_at(cast, "assigned")
    assert 'name="visit"' in client_of(cast.channel).get(PLAN).text
    page = client_of(cast.leader).get(PLAN).text
    assert 'name="visit"' not in page
    assert "/draw" not in page


@pytest.mark.parametrize("quarter", ["2028Q1", "1999Q4", "2026Q5", "x", "99999Q1"])
def test_a_quarter_that_cannot_be_planned_does_not_exist(
    cast: Cast, client_of: ClientOf, quarter: str
) -> None:
    assert client_of(cast.channel).get(f"/plans/{quarter}").status_code == 404


def test_the_plan_opens_at_the_present_quarter(cast: Cast, client_of: ClientOf) -> None:
    assert client_of(cast.leader).get("/plans").location == PLAN


def test_of_a_quarter_that_is_over_what_is_missing_was_not_inspected(
    cast: Cast, client_of: ClientOf
) -> None:
    page = client_of(cast.channel).get("/plans/2026Q3").text
    assert "未检查：1" in page
    assert "/draw" not in page
