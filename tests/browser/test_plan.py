"""The channel department plans a quarter: draws, looks, adjusts, keeps, reassigns and cancels."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Locator, Page, expect

from inspector import clock
from inspector.clock import Quarter
from tests.browser.conftest import Site

SEED = "立冬 2026"


def test_a_quarter_is_planned_by_lot_and_changed_afterwards(
    site: Site, open_as: Callable[..., Page]
) -> None:
    page, quarter = open_as("channel", width=1440), Quarter.of(clock.today()).after
    look(page, quarter)
    rows = drawn(page)
    expect(rows.first).to_be_visible()
    number = rows.count()
    seen = [row.inner_text() for row in rows.all()]
    with page.expect_navigation():
        page.get_by_role("link", name="换种子重抽").click()
    again_with(page, SEED)
    told = [row.inner_text() for row in rows.all()]
    again_with(page, SEED.lower())
    assert [row.inner_text() for row in rows.all()] == told
    assert len(told) == len(seen) == number

    last_day = quarter.last - timedelta(days=quarter.last.weekday())  # a Monday
    rows.nth(0).locator("input[type=date]").fill(str(last_day))
    rows.nth(1).get_by_role("checkbox").uncheck()
    page.get_by_role("button", name="采用这次抽签").click()
    sure(page)
    expect(page.get_by_text(f"已安排{number - 1}次检查。")).to_be_visible()
    kept = page.locator("#draws tbody tr").first
    expect(kept).to_contain_text(SEED)
    assert kept.locator("td.n").all_inner_texts() == [str(number - 1), "1", "1"]

    page.goto(f"/plans/{quarter}?kind=onsite&subbranch=YA03")
    for tick in page.locator("input[name=visit]").all()[:2]:
        tick.check()
    page.get_by_label("改派给").select_option(label="李巡 · 检查员 · 延安分行")
    page.get_by_role("button", name="改派").click()
    sure(page)
    expect(page.locator("#outcomes .pill")).to_have_text(["已办理", "已办理"])
    assert page.locator(".visit", has_text="李巡").count() >= 2

    page.locator("input[name=visit]").first.check()
    page.get_by_label("取消原因").fill("网点停业装修")
    page.get_by_role("button", name="取消检查").click()
    sure(page)
    expect(page.locator("#outcomes .pill")).to_have_text(["已办理"])
    expect(page.locator("input[name=visit]")).to_have_count(number - 2)


def look(page: Page, quarter: Quarter) -> None:
    """From the navigation to a draw of the on-site visits of one sub-branch."""
    page.goto("/")
    page.get_by_role("link", name="检查计划").click()
    page.get_by_role("link", name=f"{quarter.year}年{quarter.number}季度").click()
    page.get_by_label("支行").select_option("YA03")
    page.get_by_role("button", name="查看").click()
    page.get_by_role("link", name="现场检查", exact=True).click()
    page.get_by_role("link", name="抽签安排").click()


def drawn(page: Page) -> Locator:
    return page.locator("tr", has=page.locator("input[name=take]"))


def again_with(page: Page, seed: str) -> None:
    page.get_by_label("用此种子抽签").fill(seed)
    with page.expect_navigation():
        page.get_by_role("button", name="抽签", exact=True).click()
    expect(page.locator("dd", has_text=SEED)).to_be_visible()


def sure(page: Page) -> None:
    page.locator("#confirm").get_by_role("button", name="确认").click()
