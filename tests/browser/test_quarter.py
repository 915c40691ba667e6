"""A quarter is frozen and confirmed, a visit proves to be void, and the next quarter tells it."""

import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from inspector import clock
from inspector.clock import Quarter
from inspector.db import db
from inspector.notices import repeats
from inspector.visits.models import Visit
from tests import cast as make
from tests.browser.conftest import Site
from tests.browser.records import database
from tests.cast import Cast


def test_a_quarter_is_frozen_and_what_comes_later_is_told_in_the_next(
    site: Site, open_as: Callable[..., Page]
) -> None:
    channel, leader = open_as("channel", width=1440), open_as("leader", width=390)
    subbranch = open_as("subbranch", width=390)
    before = Quarter.of(clock.today()).before
    good, bad = visits_of(site, before)
    freeze(channel, before)
    score = figure(channel, "吴起支行")
    confirm(leader, before)
    channel.goto(f"/scores?quarter={before}")
    expect(channel.get_by_text("已锁定并确认")).to_be_visible()
    read_down_to_the_photo(subbranch, before, bad)

    declare_void(channel, leader, bad)
    channel.goto(f"/scores?quarter={before}")
    assert figure(channel, "吴起支行") == score
    channel.get_by_label("季度考核", exact=True).get_by_role("link").first.click()
    line = channel.locator("#adjustments tr", has_text="检查作废")
    expect(line).to_contain_text("检查员走错网点")
    expect(line.locator("b")).to_contain_text("+")
    subbranch.goto("/scores")
    expect(subbranch.locator("#adjustments")).to_contain_text("检查作废")
    expect(subbranch.locator("#adjustments")).not_to_contain_text("刘行")
    assert good != bad


def visits_of(site: Site, quarter: Quarter) -> tuple[str, str]:
    """Two confirmed visits of the quarter at two outlets of Wuqi, the second with findings."""
    with database(site):
        cast = Cast.now()
        made = [
            a_visit(cast, at, failed, quarter)
            for at, failed in (("YA0301", ()), ("YA0302", ("ON-RAK-02", "ON-RAK-03")))
        ]
        db.session.commit()
        return str(made[0].id), str(made[1].id)


def a_visit(cast: Cast, at: str, failed: tuple[str, ...], quarter: Quarter) -> Visit:
    visit = make.submitted(cast, failed, at=at)
    day = quarter.start + timedelta(days=40)
    visit.started_at, visit.submitted_at = day, day + timedelta(hours=2)
    repeats.confirm_visit(visit, by=cast.channel, at=day + timedelta(hours=3))
    return visit


def freeze(page: Page, quarter: Quarter) -> None:
    page.goto(f"/scores?quarter={quarter}")
    page.get_by_role("button", name="锁定季度").click()
    page.get_by_role("button", name="锁定", exact=True).click()
    expect(page.get_by_text("季度已锁定。")).to_be_visible()


def figure(page: Page, name: str) -> str:
    return page.get_by_role("row", name=re.compile(name)).locator("b").first.inner_text()


def confirm(page: Page, quarter: Quarter) -> None:
    page.goto(f"/scores?quarter={quarter}")
    page.get_by_role("button", name="确认", exact=True).click()
    page.locator("#confirm").get_by_role("button", name="确认").click()
    expect(page.get_by_text("季度已确认。")).to_be_visible()


def read_down_to_the_photo(page: Page, quarter: Quarter, visit: str) -> None:
    """From the sub-branch to the outlet, to the item, and to the photo that lost the point."""
    page.goto(f"/scores?quarter={quarter}")
    page.get_by_role("link", name="胜利路").click()
    photo = page.get_by_role("link", name="照片1").first.get_attribute("href") or ""
    assert photo.startswith(f"/visits/{visit}/photos/")
    assert page.request.get(photo).headers["content-type"] == "image/jpeg"
    page.locator("details.card td.broad a").first.click()
    expect(page.locator("article.finding:target")).to_be_visible()


def declare_void(channel: Page, leader: Page, visit: str) -> None:
    channel.goto(f"/visits/{visit}")
    channel.get_by_role("button", name="作废", exact=True).click()
    dialog = channel.locator("dialog[open]")
    dialog.get_by_label("理由").fill("检查员走错网点")
    dialog.get_by_role("button", name="提交申请", exact=True).click()
    expect(channel.locator(".flash", has_text="由分管副行长决定")).to_be_visible()
    leader.goto(f"/visits/{visit}")
    leader.get_by_role("button", name="作废", exact=True).click()
    leader.locator("#confirm").get_by_role("button", name="确认").click()
    expect(leader.locator("#visit-result")).to_contain_text("已作废")
