"""Handing a visit in: what is missing, the way to it, and one press that counts however often it is
pressed."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import func, select

from inspector.db import db
from inspector.history import Event
from tests.browser import records, tablet
from tests.browser.conftest import Site


def test_the_review_lists_what_is_missing_leads_there_and_submits_once(
    site: Site, open_as: Callable[..., Page]
) -> None:
    visit = records.planned(site, done=True)
    page = open_as("shopper")
    tablet.open_visit(page, visit)
    tablet.answer(page, "MY-ARR-01", "no")
    tablet.go_to(page, "ASK")
    tablet.clear(page, "MY-ASK-03")
    tablet.go_to(page, "GRE")
    tablet.item(page, "MY-GRE-02").locator("[data-run]").click()
    tablet.go_to(page, "practices")
    page.locator("#practices [data-review]").click()
    review = page.locator("#review")
    expect(review.locator("[data-missing] [data-count]")).to_have_text("3")
    expect(review.locator("[data-submit]")).to_be_disabled()
    expect(review.locator(".by-section tbody tr")).to_have_count(8)

    gap(page, "MY-ASK-03", "未作答").click()
    expect(review).to_be_hidden()
    expect(tablet.item(page, "MY-ASK-03")).to_be_focused()
    tablet.answer(page, "MY-ASK-03", "yes")
    page.locator("[data-next]").click()  # nothing is unanswered: it opens the review
    gap(page, "MY-GRE-02", "秒表仍在走").click()
    expect(tablet.item(page, "MY-GRE-02")).to_be_in_viewport()
    tablet.item(page, "MY-GRE-02").locator("[data-run]").click()
    page.locator("[data-next]").click()
    gap(page, "MY-ARR-01", "缺照片，或说明没有照片的原因").click()
    tablet.write(page, "MY-ARR-01", "no_photo_reason", "下雨，无法拍照")
    page.locator("[data-next]").click()
    expect(review.locator("[data-missing]")).to_be_hidden()
    expect(review.locator("[data-remarks]")).to_contain_text("没有遗漏。")
    expect(review.locator("[data-value]")).to_have_text("98.81")

    review.locator("[data-submit]").dblclick()
    expect(page.locator("#visit-result")).to_contain_text("待审核", timeout=15_000)
    expect(page.locator("#visit-result .figure")).to_have_text("98.81")
    kinds = [entry.kind for entry in records.operations(site, visit)]
    assert kinds.count("visit.submit") == 1
    with records.database(site):
        submitted = records.visit_of(visit)
        assert [finding.item_code for finding in submitted.findings] == ["MY-ARR-01"]
        of_visit = Event.subject_id == submitted.id, Event.verb == "submit"
        assert db.session.scalar(select(func.count()).where(*of_visit)) == 1


def test_what_is_still_on_its_way_is_waited_for_and_nothing_changes_meanwhile(
    site: Site, open_as: Callable[..., Page], forgive: list[str]
) -> None:
    forgive.append("ERR_CONNECTION_REFUSED")
    visit = records.planned(site, done=True)
    page = open_as("shopper")
    tablet.take_along(page, visit)
    site.stop()
    tablet.open_visit(page, visit)
    tablet.go_to(page, "ASK")
    tablet.answer(page, "MY-ASK-02", "4")
    page.locator("[data-next]").click()
    page.locator("#review [data-submit]").click()
    progress = page.locator("#review [data-progress-text]")
    expect(progress).to_contain_text("全部收到后自动提交：记录 41/42")
    expect(progress).to_contain_text("无网络，联网后自动发送")
    page.reload()
    tablet.expect_armed(page)
    expect(progress).to_contain_text("全部收到后自动提交")
    expect(page.locator("#ASK")).to_have_attribute("inert", "")

    page.locator("#review [data-stop]").click()
    expect(page.locator("#review [data-submit]")).to_be_enabled()
    assert records.operations(site, visit) == []
    page.locator("#review [data-submit]").click()
    site.start()
    expect(page.locator("#visit-result")).to_contain_text("待审核", timeout=30_000)


def gap(page: Page, code: str, what: str) -> Locator:
    """The line of the review that says what an item lacks."""
    line = page.locator("#review .todo a", has_text=code)
    expect(line).to_contain_text(what)
    return line
