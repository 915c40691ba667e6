"""A month on a phone and on a desk, by keyboard too; and one's own calendar, which follows it."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit
from urllib.request import urlopen

from icalendar import Calendar
from playwright.sync_api import Page, expect

from inspector import clock
from inspector.calendar.months import Month
from inspector.db import db
from inspector.visits.models import Visit
from tests import cast as make
from tests.browser import records
from tests.browser.conftest import Site

OpenAs = Callable[..., Page]


def planned_today(site: Site, at: str = "YA0302", kind: str = "onsite") -> str:
    """Plan a visit for today. Returns its id."""
    with records.database(site) as cast:
        visit = make.a_visit(cast, at=at, kind=kind)
        visit.planned_on = clock.today()
        return str(visit.id)


def test_the_desk_finds_a_visit_in_the_month_and_opens_it(site: Site, open_as: OpenAs) -> None:
    visit, secret = planned_today(site), planned_today(site, at="YA0102", kind="mystery")
    page = open_as("channel", width=1440)
    page.get_by_role("link", name="日历", exact=True).click()
    today = page.locator("td[aria-current=date]")
    expect(today.get_by_role("link")).to_have_count(2)
    expect(page.locator("main")).not_to_contain_text("赵访")
    page.select_option("#inspector", label="李巡 · 延安分行")
    page.get_by_role("button", name="查询").click()
    expect(page.locator(f"a[href='/visits/{secret}']")).to_have_count(0)
    page.locator("a[rel='next']").click()
    expect(page).to_have_url(re.compile(rf"/calendar/{Month.of(clock.today()).after}\b"))
    expect(page.locator("#inspector")).to_have_value(re.compile(r"[-0-9a-f]{36}"))
    page.get_by_role("link", name="今天").click()
    today.get_by_role("link", name="吴起支行胜利路网点").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/visits/{visit}$"))


def test_on_a_phone_each_day_with_visits_is_a_line(site: Site, open_as: OpenAs) -> None:
    planned_today(site)
    page = open_as("inspector", width=390)
    page.goto("/calendar")
    days = page.locator("td:visible")
    expect(days).to_have_count(1)
    expect(days).to_contain_text(f"{clock.today().month}月{clock.today().day}日")
    box = days.get_by_role("link").first.bounding_box()
    assert box is not None
    assert box["height"] >= 48
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_one_s_own_calendar_follows_by_a_link_that_is_shown_once(
    site: Site, open_as: OpenAs
) -> None:
    visit = planned_today(site, at="YA0101")
    page = open_as("inspector", width=390)
    page.goto("/calendar")
    page.get_by_role("link", name="订阅到我的日历").click()
    page.get_by_role("button", name="生成链接").click()
    link = urlsplit(page.locator("#link").input_value()).path
    assert subscribed(site, link)[visit] == "CONFIRMED"
    with records.database(site) as cast:
        found = db.session.query(Visit).filter_by(branch_id=make.branch("YA0101").id).one()
        found.cancel(reason="网点停电", by=cast.channel, at=clock.now())
    assert subscribed(site, link)[visit] == "CANCELLED"
    page.get_by_role("link", name="返回我的账号").click()
    expect(page.locator("#calendar-link")).not_to_contain_text(link)
    page.get_by_role("button", name="更换").click()
    page.get_by_role("button", name="确认").click()
    expect(page.locator("#link")).not_to_have_value(re.compile(re.escape(link)))
    assert page.request.get(link).status == 404


def subscribed(site: Site, link: str) -> dict[str, str]:
    """How each visit stands for a calendar that reads the link; nobody signs it in."""
    with urlopen(site.url + link, timeout=30) as answer:  # noqa: S310
        entries = Calendar.from_ical(answer.read()).walk("VEVENT")
    return {str(entry["UID"]): str(entry["STATUS"]) for entry in entries}
