"""The inbox: what was told is counted, read, opened, and gone from the count."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from inspector.db import db
from tests import cast as make
from tests import rows
from tests.browser.conftest import Site


def test_an_outlet_head_reads_what_was_told_and_opens_the_notice(
    site: Site, open_as: Callable[..., Page]
) -> None:
    with site.app.test_request_context():
        cast = make.Cast.now()
        notice = rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed"), 0, "issued")
        for rule in ("sign", "soon", "late"):
            rows.a_reminder(notice, cast.outlet, rule)
        db.session.commit()
        address = f"{site.url}/notices/{notice.id}"
        db.session.remove()
    page = open_as("outlet")
    page.goto("/")
    number = page.locator("#unread")
    expect(number).to_have_text("3条未读")
    page.get_by_role("link", name="消息").click()
    first = page.locator(".inbox > li").first
    first.get_by_role("button", name="标为已读").click()
    expect(number).to_have_text("2条未读")
    expect(first.get_by_role("button", name="标为已读")).to_have_count(0)
    page.locator(".inbox > li").nth(1).get_by_role("button", name="查看整改通知").click()
    expect(page).to_have_url(address)
    expect(number).to_have_text("1条未读")
    page.get_by_role("link", name="消息").click()
    page.get_by_role("button", name="全部标为已读").click()
    expect(number).to_be_hidden()
