"""Which outlets meet the unified standard: the numbers, what each opens, and the file."""

import csv
import io
import re
from datetime import date
from html import unescape

import pytest
from flask import Flask
from openpyxl import load_workbook

from inspector.clock import Quarter
from inspector.db import db
from inspector.fitout import queries
from inspector.fitout.rules import Count, Scope
from inspector.fitout.standard import standard
from tests import cast as make
from tests.cast import Cast
from tests.conftest import ClientOf, CountQueries
from tests.fitout.conftest import ITEMS, inspected

Q3 = Quarter(2026, 3)
FITTED = ("YA0103", "YA0108", "YA0302", "YA0503", "YA0902", "YA1303")
"""The six outlets of the bundled file that were moved or refurbished in that quarter."""

SEPTEMBER = date(2026, 9, 20)


def report(cast: Cast, scope: Scope = Scope.FITTED, quarter: Quarter = Q3) -> queries.Report:
    db.session.flush()
    return queries.report(quarter, scope, standard(), cast.channel)


def by_code(found: queries.Report) -> dict[str, Count]:
    return {item.code: found.items[item.issue] for part in standard() for item in part.items}


def test_the_six_outlets_of_the_quarter_appear_by_themselves(
    cast: Cast, client_of: ClientOf
) -> None:
    assert [one.outlet.code for one in queries.fitted_out(Q3, cast.channel)] == list(FITTED)
    page = client_of(cast.channel).get("/fitout/2026Q3").text
    assert "有 6 家网点迁址装修后还没有现场检查" in page
    assert 'href="/plans/2026Q4?kind=onsite"' in page
    for code in FITTED:
        assert f'href="/visits/new?branch={make.branch(code).id}"' in page
    assert "还没有现场检查" not in client_of(cast.channel).get("/fitout/2026Q4").text


def test_the_plan_s_form_has_the_outlet_chosen(cast: Cast, client_of: ClientOf) -> None:
    key = make.branch("YA0503").id
    page = client_of(cast.channel).get(f"/visits/new?branch={key}").text
    assert f'<option selected value="{key}">' in page


def test_where_nobody_was_no_wall_of_noughts_stands(cast: Cast, client_of: ClientOf) -> None:
    page = client_of(cast.channel).get("/fitout/2026Q3").text
    assert "还没有网点接受检查" in page
    assert "ON-RAK-01" not in page.partition('id="trend"')[0]
    address = "/fitout/2026Q3/outlets?scope=fitted&amp;state=missing"
    assert f'href="{address}"' in page


def test_an_outlet_with_a_visit_since_leads_to_it(cast: Cast, client_of: ClientOf) -> None:
    visit = inspected(cast, "YA0302", SEPTEMBER, "yes", stage="submitted")
    earlier = inspected(cast, "YA0503", date(2026, 8, 1), "yes")
    page = client_of(cast.leader).get("/fitout/2026Q3").text
    assert "有 5 家网点" in page
    assert f'href="/visits/{visit.id}"' in page
    assert str(earlier.id) not in page, "what was there before tells nothing"
    assert "/visits/new" not in page, "the leader plans nothing"


def test_each_item_counts_who_meets_it_who_does_not_and_who_was_not_looked_at(cast: Cast) -> None:
    inspected(cast, "YA0302", SEPTEMBER, "yes", "yes", "na")
    inspected(cast, "YA0103", SEPTEMBER, "no", "yes", "yes")
    inspected(cast, "YA0108", SEPTEMBER, "no rejected", "no withdrawn", "na")
    inspected(cast, "YA0902", SEPTEMBER, "yes", "yes", "yes", stage="submitted")
    inspected(cast, "YA0503", SEPTEMBER, "yes", "yes", "yes", stage="void")
    found = report(cast)
    assert by_code(found) == {
        "ON-RAK-01": Count(met=2, unmet=1, na=0, missing=3),
        "ON-RAK-03": Count(met=3, unmet=0, na=0, missing=3),
        "ON-BRD-01": Count(met=1, unmet=0, na=2, missing=3),
    }
    assert found.sections == {
        "RAK": Count(met=2, unmet=1, na=0, missing=3),
        "BRD": Count(met=1, unmet=0, na=2, missing=3),
    }
    assert found.whole == Count(met=2, unmet=1, na=0, missing=3)
    assert found.items_share == pytest.approx(100 * 6 / 7)


def test_the_newest_answer_of_the_quarter_counts(cast: Cast) -> None:
    inspected(cast, "YA0302", date(2026, 9, 10), "no", "no", "yes")
    inspected(cast, "YA0302", SEPTEMBER, "yes")
    inspected(cast, "YA0302", date(2026, 10, 1), "no", "no", "no")
    counts = by_code(report(cast))
    assert [(counts[code].met, counts[code].unmet) for code in ITEMS] == [(1, 0), (0, 1), (1, 0)]


@pytest.mark.parametrize(("day", "missing"), [(date(2026, 8, 31), 6), (date(2026, 9, 1), 5)])
def test_what_was_seen_before_the_works_does_not_count(cast: Cast, day: date, missing: int) -> None:
    inspected(cast, "YA0302", day, "yes", "yes", "yes")
    assert report(cast).whole.missing == missing


def test_all_outlets_are_the_other_choice(cast: Cast) -> None:
    inspected(cast, "YA0302", date(2026, 8, 1), "yes", "yes", "yes")
    inspected(cast, "YA0101", SEPTEMBER, "no", "yes", "yes")
    found = report(cast, Scope.ALL)
    assert found.whole == Count(met=1, unmet=1, na=0, missing=36)


def test_what_was_found_at_a_merged_outlet_counts_where_it_went(cast: Cast) -> None:
    inspected(cast, "YA0101", SEPTEMBER, "no", "yes", "yes")
    make.branch("YA0101").merged_into_id = make.branch("YA0102").id
    found = report(cast, Scope.ALL)
    assert (found.outlets, found.whole.unmet) == (37, 1)


@pytest.mark.parametrize(
    ("named", "codes"),
    [
        ({"ON-RAK-01"}, ["ON-RAK-01"]),
        ({"DSK.FITOUT", "ON-RAK-01"}, ["ON-RAK-01", "ON-DSK-01"]),
        (set(), []),
    ],
)
def test_what_makes_the_standard_is_a_setting(
    app: Flask,
    cast: Cast,
    client_of: ClientOf,
    monkeypatch: pytest.MonkeyPatch,
    named: set[str],
    codes: list[str],
) -> None:
    monkeypatch.setitem(app.config, "FITOUT_STANDARD", frozenset(named))
    assert [item.code for part in standard() for item in part.items] == codes
    page = client_of(cast.channel).get("/fitout/2026Q3").text
    assert ("尚未设定统一标准" in page) is (not codes)


def test_a_section_named_whole_brings_all_that_can_be_met(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "FITOUT_STANDARD", frozenset({"SMP"}))
    assert [item.code for part in standard() for item in part.items] == [
        f"ON-SMP-0{n}" for n in range(1, 9)
    ]


@pytest.mark.parametrize("scope", ["fitted", "all"])
def test_every_number_opens_the_outlets_that_it_counts(
    cast: Cast, client_of: ClientOf, scope: str
) -> None:
    inspected(cast, "YA0302", SEPTEMBER, "yes", "yes", "na")
    inspected(cast, "YA0103", SEPTEMBER, "no", "no", "yes")
    inspected(cast, "YA0101", SEPTEMBER, "na", "na", "na")
    client = client_of(cast.channel)
    page = client.get(f"/fitout/2026Q3?scope={scope}").text
    numbers = re.findall(
        r'href="(/fitout/2026Q3/outlets[^"]+)"\s+aria-label="[^"]+">(\d+)</a>', page
    )
    assert len(numbers) > 10
    for address, number in numbers:
        listed = client.get(unescape(address)).text
        body = listed.partition("<tbody>")[2].partition("</tbody>")[0]
        assert body.count("<tr>") == int(number), address


def test_the_list_says_what_is_not_met_and_where_it_was_seen(
    cast: Cast, client_of: ClientOf
) -> None:
    visit = inspected(cast, "YA0103", SEPTEMBER, "no", "yes", "no")
    page = client_of(cast.channel).get("/fitout/2026Q3/outlets?state=unmet").text
    assert f'href="/visits/{visit.id}"' in page
    assert [code for code in ITEMS if code in page] == ["ON-RAK-01", "ON-BRD-01"]
    section = client_of(cast.channel).get("/fitout/2026Q3/outlets?state=unmet&section=BRD").text
    assert [code for code in ITEMS if code in section] == ["ON-BRD-01"]


def test_a_long_list_leads_on(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "AT_ONCE", 4)
    client = client_of(cast.channel)
    first = client.get("/fitout/2026Q3/outlets?state=missing").text
    further = re.search(r'href="([^"]+after=YA0503)"', first)
    assert further
    rest = client.get(unescape(further[1])).text
    assert not re.search(r'href="[^"]+after=', rest)
    shown = [code for code in FITTED if make.branch(code).name_zh in rest]
    assert shown == ["YA0902", "YA1303"]


def test_the_trend_shows_the_quarters_before(cast: Cast, client_of: ClientOf) -> None:
    inspected(cast, "YA0101", date(2026, 5, 5), "no", "yes", "yes")
    inspected(cast, "YA0101", SEPTEMBER, "yes", "yes", "yes")
    page = client_of(cast.channel).get("/fitout/2026Q3?scope=all").text
    trend = page[page.index('id="trend"') :]
    assert "<svg" in trend
    whole = trend[trend.index("全部达标网点占比</th>") :]
    assert re.findall(r"<small>(\d+ / \d+)</small>", whole)[:2] == ["0 / 1", "1 / 1"]
    assert [one in trend for one in ("2026Q1", "2026Q2", "2026Q3")] == [False, True, True]


def test_the_file_holds_what_the_page_shows(cast: Cast, client_of: ClientOf) -> None:
    inspected(cast, "YA0103", SEPTEMBER, "no", "yes", "na")
    client = client_of(cast.channel)
    content = client.get("/fitout/2026Q3/table.csv").data
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert lines[0][:4] == ["季度", "板块", "编号", "检查项"] or len(lines[0]) == 9
    assert lines[1][4:] == ["0", "1", "0", "5", "0.0"]
    by = {(line[0], line[2]): line[4:] for line in lines[1:]}
    assert by["2026Q3", "ON-RAK-03"] == ["1", "0", "0", "5", "100.0"]
    assert by["2026Q3", "ON-BRD-01"] == ["0", "0", "1", "5", ""]
    assert len(lines) == 1 + 2 * (1 + 2 + len(ITEMS))
    book = load_workbook(io.BytesIO(client.get("/fitout/2026Q3/table.xlsx").data))
    sheet = list(book.worksheets[0].iter_rows(values_only=True))
    assert [sheet[1][4:], len(sheet)] == [(0, 1, 0, 5, 0), len(lines)]


@pytest.mark.parametrize(
    "address",
    [
        "2026Q5",
        "2027Q1",
        "x",
        "2026Q3?scope=x",
        "2026Q3/outlets?state=x",
        "2026Q3/outlets?section=XXX",
        "2026Q3/outlets?item=XXX",
    ],
)
def test_what_does_not_exist_is_not_there(cast: Cast, client_of: ClientOf, address: str) -> None:
    assert client_of(cast.channel).get(f"/fitout/{address}").status_code == 404


def test_many_outlets_ask_no_more_of_the_database(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    client = client_of(cast.channel)
    inspected(cast, "YA0103", SEPTEMBER, "no", "yes", "yes")

    def asked() -> tuple[int, ...]:
        numbers = []
        for path in ("2026Q3?scope=all", "2026Q3/outlets?scope=all&state=unmet"):
            with count_queries() as sent:
                assert client.get(f"/fitout/{path}").status_code == 200
            numbers.append(len(sent))
        return tuple(numbers)

    few = asked()
    for code in ("YA0302", "YA0108", "YA0201", "YA0401"):
        inspected(cast, code, SEPTEMBER, "no", "yes", "yes")
    assert asked() == few
