"""Chinese unless one asks for English; both complete, and the page says which it is."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask, session

from inspector import clock
from inspector.templating import day, moment, month, points
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_pages_are_chinese_by_default_and_say_so(cast: Cast, client_of: ClientOf) -> None:
    html = client_of(cast.channel).get("/desk").text
    assert '<html lang="zh-CN">' in html
    assert "退出" in html


def test_the_browser_s_own_language_does_not_matter(client_of: ClientOf) -> None:
    page = client_of().get("/sign-in", headers={"Accept-Language": "en"})
    assert '<html lang="zh-CN">' in page.text


def test_one_button_changes_the_language_and_comes_back(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.channel)
    response = client.post("/language", data={"language": "en", "next": "/visits"})
    assert (response.status_code, response.location) == (303, "/visits")
    english = client.get("/visits").text
    assert '<html lang="en">' in english
    assert "Sign out" in english
    assert re.search(r'name="language"\s+value="zh_CN"', english)
    client.post("/language", data={"language": "zh_CN"})
    chinese = client.get("/visits").text
    assert '<html lang="zh-CN">' in chinese
    assert re.search(r'name="language"\s+value="en"', chinese)


def test_a_stranger_can_read_the_sign_in_page_in_english(client_of: ClientOf) -> None:
    client = client_of()
    client.post("/language", data={"language": "en", "next": "/sign-in"})
    assert '<html lang="en">' in client.get("/sign-in").text


def test_a_language_that_we_do_not_speak_changes_nothing(client_of: ClientOf) -> None:
    client = client_of()
    client.post("/language", data={"language": "de"})
    assert '<html lang="zh-CN">' in client.get("/sign-in").text


@pytest.mark.parametrize("path", ["/desk", "/visits", "/visits/new", "/notices", "/findings"])
def test_english_pages_keep_no_chinese_but_names(
    cast: Cast, client_of: ClientOf, path: str
) -> None:
    client = client_of(cast.channel)
    client.post("/language", data={"language": "en"})
    html = client.get(path).text.replace("中文", "")
    for person in vars(cast).values():
        html = html.replace(person.name, "")
    assert CHINESE.findall(html) == []


def test_nor_do_the_pages_of_a_visit_and_of_a_notice(cast: Cast, client_of: ClientOf) -> None:
    on_the_way = rows.a_visit_at(cast, "in_progress")
    visit = rows.a_visit_at(cast, "confirmed")
    notice = rows.a_notice_at(cast, visit, 0, "issued")
    pages = [
        (cast.inspector, f"/visits/{on_the_way.id}"),
        (cast.channel, f"/visits/{visit.id}"),
        (cast.outlet, f"/notices/{notice.id}"),
    ]
    for person, path in pages:
        client = client_of(person)
        client.post("/language", data={"language": "en"})
        html = client.get(path).text.replace("中文", "").replace(str(notice.number), "")
        for name in (cast.inspector.name, cast.channel.name, cast.outlet.name):
            html = html.replace(name, "")
        assert CHINESE.findall(html) == [], path


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("zh_CN", ["2026年11月24日", "2026年11月", "2026年1月2日"]),
        ("en", ["24 Nov 2026", "Nov 2026", "2 Jan 2026"]),
    ],
)
def test_dates_are_written_as_the_language_does_on_the_bank_s_calendar(
    app: Flask, language: str, expected: list[str]
) -> None:
    late_in_the_evening_utc = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    with app.test_request_context():
        session["language"] = language
        assert [
            day(late_in_the_evening_utc),
            month(late_in_the_evening_utc),
            day(date(2026, 1, 2)),
        ] == expected


@pytest.mark.parametrize(
    ("language", "this_year", "another"),
    [
        ("zh_CN", "11月24日 00:30", "2025年11月24日 00:30"),
        ("en", "24 Nov 00:30", "24 Nov 2025 00:30"),
    ],
)
def test_a_moment_carries_its_year_only_when_it_is_not_this_one(
    app: Flask, monkeypatch: pytest.MonkeyPatch, language: str, this_year: str, another: str
) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2026, 12, 1))
    with app.test_request_context():
        session["language"] = language
        assert moment(datetime(2026, 11, 23, 16, 30, tzinfo=UTC)) == this_year
        assert moment(datetime(2025, 11, 23, 16, 30, tzinfo=UTC)) == another


@pytest.mark.parametrize(
    ("value", "shown"),
    [("86.625", "86.63"), ("86.624", "86.62"), ("0", "0.00"), ("100", "100.00"), (None, "—")],
)
def test_points_have_two_decimals_half_up(value: str | None, shown: str) -> None:
    assert points(None if value is None else Decimal(value)) == shown
