"""My account in a browser: the second factor, and a session that is ended from elsewhere."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from inspector.db import db
from inspector.people.second_factor.models import SecondFactor
from tests.browser.conftest import Site
from tests.browser.house import (
    ENTRY,
    NOTE,
    House,
    Tablet,
    expect_recorded,
    fill_sign_in,
    person,
    prepared,
    record,
)
from tests.cast import PASSWORD

OpenAs = Callable[..., Page]


def secret_of(site: Site, username: str) -> str:
    """What an app reads in the QR code."""
    with site.app.app_context():
        found = db.session.get_one(SecondFactor, person(username).id).secret
        db.session.remove()
        return found


@pytest.fixture
def open_elsewhere(chromium: Browser, house: House) -> Iterator[Callable[[str], Page]]:
    """The same server on another machine."""
    context = chromium.new_context(base_url=house.server.url, locale="zh-CN")

    def open_(username: str) -> Page:
        page = context.new_page()
        page.goto("/sign-in")
        fill_sign_in(page, username)
        return page

    yield open_
    context.close()


def test_a_second_factor_is_set_up_by_its_picture_and_then_asked_for(
    site: Site, open_as: OpenAs, forgive: list[str]
) -> None:
    forgive.append("422")
    page = open_as("leader", width=390)
    page.locator(".menu summary").click()
    page.get_by_role("link", name="我的账号").click()
    page.get_by_role("link", name="设置", exact=True).click()
    page.get_by_role("button", name="设置", exact=True).click()
    picture = page.get_by_role("img", name="供应用扫描的二维码")
    assert picture.evaluate("async (img) => { await img.decode(); return img.naturalWidth }") > 100
    totp = pyotp.TOTP(secret_of(site, "leader"))
    page.fill("#code", "000000")
    page.get_by_role("button", name="开启").click()
    expect(page.locator("#code-error")).to_contain_text("验证码不正确")
    page.fill("#code", totp.now())
    page.get_by_role("button", name="开启").click()
    codes = page.locator(".codes li").all_inner_texts()
    assert len(set(codes)) == 10
    page.get_by_role("link", name="已妥善保存").click()
    expect(page.locator("main")).to_contain_text("还剩 10 个恢复码")

    page.locator(".menu summary").click()
    page.get_by_role("button", name="退出登录").click()
    page.fill("#username", "leader")
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.locator("#code")).to_be_focused()
    page.fill("#code", codes[0])
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.locator(".menu summary")).to_contain_text("刘行")
    page.goto("/account")
    expect(page.locator("main")).to_contain_text("还剩 9 个恢复码")


def test_one_sees_where_one_is_signed_in_and_ends_it_there(open_as: OpenAs) -> None:
    here, there = open_as("channel"), open_as("channel", width=390)
    here.goto("/account")
    expect(here.locator("tbody tr")).to_have_count(2)
    here.get_by_role("button", name="结束：").click()
    here.get_by_role("button", name="确认").click()
    expect(here.locator("tbody tr")).to_have_count(1)
    expect(here.locator(".flashes")).to_contain_text("该登录已结束")
    there.goto("/notices")
    expect(there.locator("main")).to_contain_text("您的登录已在其他设备上或由管理员结束")
    fill_sign_in(there, "channel")
    expect(there).to_have_url(here.url.replace("/account", "/notices"))


def test_a_bad_password_is_refused_with_the_reason(open_as: OpenAs, forgive: list[str]) -> None:
    forgive.append("422")
    page = open_as("outlet", width=390)
    page.goto("/account/password")
    page.fill("#present", PASSWORD)
    page.fill("#new", "1998-12-24x")
    page.fill("#again", "1998-12-24x")
    page.get_by_role("button", name="修改密码").click()
    expect(page.locator("#new-error")).to_contain_text("基本上是一个日期")


def test_a_tablet_whose_session_is_ended_from_elsewhere_locks_and_keeps_what_is_unsent(
    house: House, machine: Tablet, photo: Path, open_elsewhere: Callable[[str], Page]
) -> None:
    visit = prepared(house, machine)
    page = machine.page
    page.context.route("**/api/ops", lambda route: route.abort())
    page.goto(f"/visits/{visit}")
    record(page, photo)

    office = open_elsewhere("inspector")
    office.goto("/account")
    office.get_by_role("button", name="结束：").click()
    office.get_by_role("button", name="确认").click()
    expect(office.locator("tbody tr")).to_have_count(1)

    page.context.unroute_all()
    page.locator("[data-sync]").click()
    expect(page.locator("#username")).to_be_visible(timeout=20_000)
    expect(page.locator("main")).to_contain_text("您的登录已在其他设备上或由管理员结束")
    house.server.kill()
    page.goto(f"/visits/{visit}")
    expect(page.locator("[data-locked]")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text(ENTRY[0])

    house.server.start()
    machine.sign_in("colleague")
    assert house.stored(visit) == ("", "", 0, 0), "nobody else sends it"
    machine.end_session()
    machine.sign_in("inspector")
    expect(page.locator("[data-outbox]")).to_have_attribute("data-phase", "idle", timeout=15_000)
    assert house.stored(visit) == (ENTRY[1], NOTE, 1, 4)
    page.goto(f"/visits/{visit}")
    expect_recorded(page)
