"""From a number of the board to its rows, to the notice, and to the photo that proves it."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from inspector import clock
from inspector.db import db
from tests import cast as make
from tests.browser.conftest import Site
from tests.browser.records import database
from tests.cast import Cast


def test_a_number_opens_its_rows_and_they_their_evidence(
    site: Site, open_as: Callable[..., Page]
) -> None:
    number = a_late_notice(site)
    page = open_as("channel", width=1440, scheme="dark")
    page.goto("/desk")
    late = page.locator("#by-branch").get_by_role("link", name="吴起支行, 晚 3–6 天: 1")
    late.click()
    row = page.get_by_role("row").filter(has_text=number)
    expect(row).to_contain_text("胜利路")
    expect(page.locator("tbody tr")).to_have_count(1)

    row.get_by_role("link", name="胜利路").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("胜利路")
    page.locator("#open").get_by_role("link", name=number).click()
    photo = page.locator(".photo a").first.get_attribute("href") or ""
    assert page.request.get(photo).headers["content-type"] == "image/jpeg"

    page.goto("/desk")
    drawn = page.locator(".plot svg").first
    assert drawn.evaluate("svg => getComputedStyle(svg.querySelector('.fill-ink')).fill") == (
        "rgb(232, 235, 240)"  # --ink by night: our style sheet has reached it
    )
    page.get_by_text("以表格查看").first.click()
    expect(page.locator(".plot details[open] table")).to_be_visible()


def a_late_notice(site: Site) -> str:
    """A notice of Shengli Road that is four days late, and its number."""
    with database(site):
        notice = make.issued(Cast.now())
        notice.due_on = notice.rectification.due_on = clock.today() - timedelta(days=4)
        db.session.commit()
        return str(notice.number)
