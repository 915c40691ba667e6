"""The ledger's page: what is chosen stands in the address, and every number opens its rows."""

import re

import pytest
from flask import Flask

from inspector import clock, snapshots
from inspector.db import db
from inspector.demo.town import settle
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf, CountQueries
from tests.population import a_mixed_department

CHIP = re.compile(r'<a href="(/ledger[^"]*)"[^>]*>\s*([^<]*?)\s*<b>(\d+)</b>')


OPTION = re.compile(r'<option value="(D[0-9]+)"')


def count_of(html: str) -> int:
    return html[html.index("<tbody") :].count("<tr") if "<tbody" in html else 0


def test_every_chip_opens_exactly_the_rows_that_it_counts(cast: Cast, client_of: ClientOf) -> None:
    a_mixed_department(cast)
    narrowed = "/ledger?branch=YA0302&severity=major&sort=-number"
    for person, address in ((cast.channel, "/ledger"), (cast.subbranch, narrowed)):
        client = client_of(person)
        chips = CHIP.findall(client.get(address).text)
        assert len(chips) > 6
        for href, label, number in chips:
            html = client.get(href.replace("&amp;", "&")).text
            assert count_of(html) == int(number), (person.username, href, label)


def test_what_waits_for_the_desk_is_no_filter_of_others(cast: Cast, client_of: ClientOf) -> None:
    rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed", kind="mystery"), 0, "draft")
    assert "待发布" in client_of(cast.channel).get("/ledger").text
    for person in (cast.outlet, cast.subbranch, cast.shopper):
        html = client_of(person).get("/ledger").text
        assert "待发布" not in html
        assert "待下发" not in html


def test_what_narrows_stands_in_words_and_can_be_taken_away(
    cast: Cast, client_of: ClientOf
) -> None:
    notice = rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed"), 0, "issued")
    query = {
        "stage": "all",
        "branch": "YA0302",
        "section": notice.finding.item.section.code,
        "severity": "major",
        "repeat": "1",
        "issue": notice.finding.issue,
        "quarter": "2026Q4",
        "since": "2026-11-01",
        "q": "网点",
    }
    html = client_of(cast.channel).get("/ledger", query_string=query).text
    shown = html[html.index('<ul class="chosen"') :]
    shown = shown[: shown.index("</ul>")]
    without = re.findall(r'href="(/ledger[^"]*)"', shown)
    assert len(without) == len(query) - 1, "all but the stage, which is a chip"
    for name in set(query) - {"stage"}:
        assert any(f"{name}=" not in href for href in without), name
    for word in ("YA0302", "2026年第4季度", "主要", "“网点”", notice.finding.text_zh):
        assert word in shown
    assert 'value="2026-11-01"' in html


def test_heads_sort_and_turn_the_order_round(cast: Cast, client_of: ClientOf) -> None:
    a_mixed_department(cast)
    client = client_of(cast.channel)
    assert 'href="/ledger?sort=-due"' in client.get("/ledger").text
    html = client.get("/ledger?sort=-due&kind=onsite").text
    assert 'href="/ledger?kind=onsite"' in html, "the way it stands without being asked"
    assert 'href="/ledger?kind=onsite&amp;sort=number"' in html


def test_what_there_is_none_of_is_not_found(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.channel)
    for path in ("/ledger", "/ledger.csv", "/ledger.pdf"):
        for name in ("stage", "late", "sort", "quarter", "since", "severity", "repeat"):
            assert client.get(f"{path}?{name}=x").status_code == 404, (path, name)


def test_more_rows_than_a_page_counts_are_said_to_be_more(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = rows.a_visit_at(cast, "confirmed")
    for n in range(3):
        rows.a_notice_at(cast, visit, n, "issued")
    assert "3 项" in client_of(cast.channel).get("/ledger").text
    monkeypatch.setattr(snapshots, "COUNTED", 2)
    assert "超过 2 项" in client_of(cast.channel).get("/ledger").text


def test_an_empty_ledger_says_what_to_do(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.channel)
    assert "问题确认后会出现在这里" in client.get("/ledger").text
    assert "去掉一个筛选条件" in client.get("/ledger?kind=mystery").text


def test_a_narrowed_page_takes_as_many_statements_whatever_it_finds(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    client = client_of(cast.channel)
    with count_queries() as none:
        client.get("/ledger?branch=YA03&q=网点")
    a_mixed_department(cast)
    db.session.commit()
    with count_queries() as many:
        client.get("/ledger?branch=YA03&q=网点")
    assert len(many) == len(none)


@pytest.mark.one_engine
def test_of_very_many_units_those_of_one_city_can_be_chosen(
    cast: Cast, app: Flask, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(38 + 60, clock.today(), seed=7)  # two cities more, D00 and D01
    db.session.commit()
    client = client_of(cast.channel)

    def offered(address: str) -> set[str]:
        return set(OPTION.findall(client.get(address).text))

    assert {"D00", "D01", "D0001", "D0113"} - offered("/ledger") == {"D0113"}
    monkeypatch.setitem(app.config, "COUNTED_AT_ONCE", 90)
    assert offered("/ledger") == {"D00", "D01"}
    city = {f"D00{n:02}" for n in range(1, 14)}
    assert offered("/ledger?branch=D00") == {"D00", "D01"} | city
    outlets = {"D000201", "D000202", "D000203"}
    assert offered("/ledger?branch=D0002") == {"D00", "D01"} | city | outlets
    assert offered("/ledger?branch=D000203") == {"D00", "D01"} | city | outlets
