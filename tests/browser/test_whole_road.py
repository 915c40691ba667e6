"""The whole road once, as four people, on the full list of 109 items: plan, inspect, submit,
decide, issue, acknowledge, report, return, report again, strike off."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from inspector.checklists.models import Item
from inspector.db import db
from tests import cast as make
from tests.browser import tablet
from tests.browser.conftest import Site
from tests.notices.paper import words

FAILED = {"ON-ENV-04": "no", "ON-ENV-05": "no", "ON-RAK-02": "3"}
"""Corrected on the spot; to be rejected; to become the notice."""


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo as a camera gives it."""
    file = tmp_path / "IMG_0001.jpg"
    file.write_bytes(make.picture_bytes("indianred", (2400, 1800)))
    return file


def test_from_a_checklist_on_a_tablet_to_a_closed_notice(
    site: Site, open_as: Callable[..., Page], photo: Path, forgive: list[str]
) -> None:
    forgive.append("422 (UNPROCESSABLE")  # the form that meets recusal
    channel = open_as("channel", width=1440)
    visit = plan(channel)

    inspector = open_as("inspector")
    inspect(site, inspector, visit, photo)
    submit(inspector)
    channel.goto(visit)
    assert "未经复核" in linked(channel, "检查反馈单（未经复核）")[0]

    decide(channel, visit)
    notice = issue(channel, visit)
    check_paper(channel, notice)

    outlet = open_as("outlet", width=390)
    acknowledge(outlet)
    report(outlet, photo, "已撤换过期资料")
    subbranch = open_as("subbranch")
    subbranch.goto(notice)
    expect(subbranch.locator("body")).to_contain_text("已撤换过期资料")

    give_back(channel, notice, "照片看不清第三格")
    outlet.goto(notice)
    expect(outlet.locator("body")).to_contain_text("照片看不清第三格")
    report(outlet, photo, "第三格也已撤换")
    strike_off(channel, notice)
    check_proof(channel)
    outlet.goto(notice)
    expect(outlet.locator("body")).to_contain_text("已销号")
    check_papers(outlet)
    outlet.goto(visit)
    assert "限期整改〔2026〕1号" in linked(outlet, "检查反馈单")[0]


def plan(page: Page) -> str:
    """The channel department plans a visit; recusal is enforced. Returns the visit's path."""
    page.goto("/visits/new")
    page.select_option("#branch", label="吴起支行胜利路网点")
    choose(page, "#version", "现场检查")
    choose(page, "#inspector", "王察")
    page.fill("#planned_on", "2026-11-23")
    page.get_by_role("button", name="安排", exact=True).click()
    expect(page.locator("#inspector-error")).to_contain_text("回避")
    choose(page, "#inspector", "李巡")
    page.get_by_role("button", name="安排", exact=True).click()
    page.wait_for_url(re.compile(r"/visits/[0-9a-f-]{36}"))
    return page.url


def choose(page: Page, select: str, word: str) -> None:
    """Choose the option whose text begins with a word."""
    label = page.locator(f"{select} option", has_text=re.compile(f"^{word}")).inner_text()
    page.select_option(select, label=label)


def inspect(site: Site, page: Page, visit: str, photo: Path) -> None:
    """The inspector answers all 109 items, three of them badly, with photos and a good practice."""
    page.get_by_role("link", name="吴起支行胜利路网点").click()
    page.wait_for_url(visit)
    with site.app.app_context():
        sections = [
            (section.code, [(item.code, _value(item)) for item in section.items])
            for section in make.version().sections
        ]
        db.session.remove()
    assert sum(len(items) for _, items in sections) == 109
    for section, items in sections:
        tablet.go_to(page, section)
        for code, value in items:
            tablet.answer(page, code, value)
        if section == "ENV":
            correct_on_the_spot(page, photo)
    tablet.go_to(page, "RAK")
    tablet.write(page, "ON-RAK-02", "place", "大堂西侧资料架")
    tablet.write(page, "ON-RAK-02", "note", "三种单页已停售。")
    tablet.take_photo(page, "ON-RAK-02", photo)
    tablet.expect_received(page, "ON-RAK-02")
    record_good_practice(page, photo)
    page.reload()
    expect(page.locator("[data-answered]")).to_have_text("109 / 109 项")


def _value(item: Item) -> str:
    return FAILED.get(item.code) or make.passing(item)


def correct_on_the_spot(page: Page, photo: Path) -> None:
    """The wet floor is wiped while the inspector looks on."""
    tablet.take_photo(page, "ON-ENV-04", photo)
    tablet.item(page, "ON-ENV-04").locator("[data-corrected]").check()
    tablet.take_photo(page, "ON-ENV-04", photo, stage="after")


def record_good_practice(page: Page, photo: Path) -> None:
    """What other outlets could learn from."""
    tablet.go_to(page, "practices")
    page.locator("good-practices [data-add]").click()
    page.locator("[data-practice-text]").fill("设有老年客户专窗。")
    page.locator(".practice [data-gallery]").set_input_files(photo)
    expect(page.locator(".practice [data-state]")).to_have_text(tablet.RECEIVED, timeout=15_000)


def submit(page: Page) -> None:
    """Check and hand in; the page is the record afterwards."""
    tablet.go_to(page, "practices")
    page.locator("#practices [data-review]").click()
    expect(page.locator("#review [data-missing]")).to_be_hidden()
    page.locator("#review [data-submit]").click()
    expect(page.locator("#visit-result")).to_contain_text("待审核", timeout=30_000)


def decide(page: Page, visit: str) -> None:
    """Three findings: one is confirmed and closed at once, one rejected, one gets its draft."""
    page.goto("/desk")
    page.get_by_role("link", name="吴起支行胜利路网点").click()
    page.wait_for_url(visit)
    before = page.locator("#visit-result .figure").inner_text()
    wet = page.locator("article", has_text="ON-ENV-04")
    wet.get_by_role("button", name="确认", exact=True).click()
    expect(wet).to_contain_text("已当场纠正并销号")
    dark = page.locator("article", has_text="ON-ENV-05")
    dark.get_by_role("button", name="不予认定").first.click()
    dark.locator("dialog textarea").fill("当日检修，已提前公告")
    dark.locator("dialog").get_by_role("button", name="不予认定").click()
    expect(dark).to_contain_text("当日检修，已提前公告")
    after = page.locator("#visit-result .figure")
    expect(after).not_to_have_text(before)
    page.get_by_role("button", name="确认其余问题并结束审核").click()
    page.locator("#confirm").get_by_role("button", name="确认").click()
    expect(page.locator("#visit-result")).to_contain_text("已审核")


def issue(page: Page, visit: str) -> str:
    """The one draft is issued and numbered. Returns the notice's path."""
    page.locator("article", has_text="ON-RAK-02").get_by_role("link", name="草稿").click()
    page.wait_for_url(re.compile("/notices/"))
    page.get_by_role("button", name="下发", exact=True).click()
    page.locator("#confirm").get_by_role("button", name="确认").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("〔2026〕1号")
    return page.url


def check_paper(page: Page, notice: str) -> None:
    """The paper says what was seen, names nobody, and shows the photo."""
    paper = PdfReader(io.BytesIO(page.request.get(f"{notice}/pdf").body()))
    text = "".join(sheet.extract_text() for sheet in paper.pages).replace("\n", "")
    facts = [
        "〔2026〕1号",
        "吴起支行",
        "胜利路网点",
        "ON-RAK-02",
        "三种单页已停售",
        "大堂西侧资料架",
    ]
    assert [fact for fact in facts if fact not in text] == []
    assert "李巡" not in text
    assert len({image.data for sheet in paper.pages for image in sheet.images}) == 1


def acknowledge(page: Page) -> None:
    """The outlet finds its one notice and signs for it."""
    page.goto("/notices")
    page.get_by_role("link", name="〔2026〕1号").click()
    page.get_by_role("button", name="签收", exact=True).click()
    expect(page.locator("#report-form")).to_be_visible()


def report(page: Page, photo: Path, result: str) -> None:
    """The outlet reports cause, measure and result, and proves it."""
    page.fill("#cause", "换季时未清理")
    page.fill("#measure", "每周一逐格检查")
    page.fill("#result", result)
    page.fill("#done_on", "2026-11-23")
    page.set_input_files("#photos", photo)
    page.get_by_role("button", name="报送", exact=True).click()
    expect(page.locator("[id^=report-]", has_text=result)).to_be_visible(timeout=15_000)
    expect(page.locator("#report-form")).to_have_count(0)


def give_back(page: Page, notice: str, reason: str) -> None:
    """The channel department returns the report."""
    page.goto(notice)
    page.get_by_role("button", name="退回").first.click()
    dialog = page.locator("dialog[open]")
    dialog.locator("textarea").fill(reason)
    dialog.get_by_role("button", name="退回").click()
    expect(page.locator("body")).to_contain_text(reason)


def strike_off(page: Page, notice: str) -> None:
    """The channel department verifies and strikes off."""
    page.goto(notice)
    page.get_by_role("button", name="验收销号").click()
    page.locator("dialog[open]").get_by_role("button", name="销号").click()
    expect(page.locator("body")).to_contain_text("予以销号")


def check_papers(page: Page) -> None:
    """Receipt, and report and closing form of each round, are a click away."""
    (receipt,) = linked(page, "签收回执")
    assert "签收岗位" in receipt
    first, second = linked(page, "整改报告（PDF）")
    assert "已撤换过期资料" in first
    assert "第三格也已撤换" in second
    returned, closed = linked(page, "复查验收（销号）单（PDF）")
    assert "退回原因照片看不清第三格" in returned
    assert "验收通过，予以销号" in closed


def linked(page: Page, name: str) -> list[str]:
    """What the papers say that links of this name lead to."""
    hrefs = [link.get_attribute("href") for link in page.get_by_role("link", name=name).all()]
    return [words(page.request.get(href or "").body()) for href in hrefs]


def check_proof(page: Page) -> None:
    """Found 2 = corrected on the spot 1 + notices 1; notices 1 = closed 1 + open 0."""
    page.goto("/desk")
    numbers = page.locator(".sum .equation .number b").all_inner_texts()
    assert numbers == ["2", "1", "1", "1", "1", "0"]
