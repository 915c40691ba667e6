"""Answering on the tablet: each type of answer, the stopwatch, a gate, what is proposed, and
finding one's way, by hand and by keyboard."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import records, tablet
from tests.browser.conftest import Site

CHINESE = re.compile(r"[\u4e00-\u9fff]+")


@pytest.fixture
def visit(site: Site) -> str:
    """A planned visit with the short questionnaire of the mystery shopper."""
    return records.planned(site)


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("MY-ARR-01", {"yes": "", "no": "✕ 失 1 分"}),
        ("MY-ASK-01", {"no": "✕ 失 3 分", "na": ""}),
        ("MY-EXI-02", {"8": "✓ 得 2.4 分", "4": "✕ 失 1.8 分"}),
        ("MY-ARR-04", {"0": "✓ 得 2 分", "1": "◐ 得一半 · 失 1 分", "5": "✕ 失 2 分"}),
        ("MY-WAI-02", {"601": "◐ 得一半 · 失 2 分", "na": "不适用，不计入得分"}),
    ],
    ids=["yes or no", "not applicable", "score", "number", "duration"],
)
def test_an_answer_is_given_changed_and_taken_back(
    code: str, given: dict[str, str], site: Site, visit: str, open_as: Callable[..., Page]
) -> None:
    page = open_as("shopper")
    tablet.open_visit(page, visit)
    tablet.go_to(page, code.split("-")[1])
    for value, verdict in given.items():
        tablet.answer(page, code, value)
        tablet.expect_verdict(page, code, verdict)
        tablet.expect_received(page, code)
        records.expect_answers(site, visit, {code: value})
    tablet.clear(page, code)
    tablet.expect_verdict(page, code, "")
    expect(page.locator("[data-answered]")).to_have_text("0 / 42 项")
    tablet.expect_received(page, code)
    records.expect_answers(site, visit, {})


def test_the_stopwatch_survives_a_reload_and_is_stopped_reset_and_overruled_by_hand(
    site: Site, visit: str, open_as: Callable[..., Page]
) -> None:
    page = open_as("shopper")
    page.clock.install()
    tablet.open_visit(page, visit)
    tablet.go_to(page, "GRE")
    watch = tablet.item(page, "MY-GRE-02").locator("stop-watch")
    face, run = watch.locator("output"), watch.locator("[data-run]")
    run.click()
    page.clock.fast_forward(35_000)
    page.reload()
    tablet.expect_armed(page)
    expect(run).to_have_text("■ 停止")
    expect(face).to_have_text(re.compile(r"00:[345]\d\.\d"))

    tablet.go_to(page, "ARR")
    running = page.locator("[data-running]").first
    page.clock.fast_forward(1_000)
    expect(running).to_contain_text("MY-GRE-02 计时中")
    running.click()
    run.click()
    tablet.expect_verdict(page, "MY-GRE-02", "◐ 得一半 · 失 1.5 分")
    tablet.expect_received(page, "MY-GRE-02")
    assert 35 <= int(records.answers(site, visit)["MY-GRE-02"]) < 60

    watch.locator("[data-reset]").click()
    watch.locator("[data-reset]").click()
    expect(face).to_have_text("00:00.0")
    tablet.expect_verdict(page, "MY-GRE-02", "")
    tablet.answer(page, "MY-GRE-02", "30")
    tablet.expect_verdict(page, "MY-GRE-02", "✓ 得 3 分")
    tablet.expect_received(page, "MY-GRE-02")
    records.expect_answers(site, visit, {"MY-GRE-02": "30"})


def test_a_failed_gate_skips_the_rest_of_its_section_until_it_is_undone(
    visit: str, open_as: Callable[..., Page]
) -> None:
    page = open_as("shopper")
    tablet.open_visit(page, visit)
    tablet.go_to(page, "GRE")
    tablet.answer(page, "MY-GRE-03", "2")
    tablet.expect_verdict(page, "MY-GRE-03", "✓ 得 1.33 分")
    tablet.answer(page, "MY-GRE-01", "no")
    tablet.expect_verdict(page, "MY-GRE-01", "✕ 前置项不符合 · 失 3 分，本区其余各项跳过并计 0 分")
    for code in ("MY-GRE-02", "MY-GRE-03", "MY-GRE-06"):
        tablet.expect_verdict(page, code, "前置项不符合，本项跳过")
    expect(page.locator("[data-chip='GRE'] [data-done]")).to_have_text("6/6")
    tablet.answer(page, "MY-GRE-01", "yes")
    tablet.expect_verdict(page, "MY-GRE-03", "✓ 得 1.33 分")
    tablet.expect_verdict(page, "MY-GRE-02", "")
    expect(page.locator("[data-chip='GRE'] [data-done]")).to_have_text("2/6")


def test_an_outlet_not_lately_fitted_out_is_proposed_not_applicable_in_one_tap(
    site: Site, open_as: Callable[..., Page]
) -> None:
    page = open_as("inspector")
    lately, long_ago = (records.planned(site, "onsite", at) for at in ("YA0302", "YA0303"))
    tablet.open_visit(page, lately)
    tablet.go_to(page, "FAC")
    proposal = tablet.item(page, "ON-FAC-11").locator("[data-proposal]")
    expect(tablet.item(page, "ON-FAC-11")).to_be_visible()
    expect(proposal).to_be_hidden()

    tablet.open_visit(page, long_ago)
    tablet.go_to(page, "FAC")
    expect(proposal).to_be_visible()
    proposal.locator("[data-accept]").click()
    expect(proposal).to_be_hidden()
    expect(tablet.item(page, "ON-FAC-11").locator("label.na input")).to_be_checked()
    tablet.expect_received(page, "ON-FAC-11")
    records.expect_answers(site, long_ago, {"ON-FAC-11": "na"})


def test_filters_show_what_is_open_and_what_failed_and_next_leads_to_the_next_open_one(
    visit: str, open_as: Callable[..., Page]
) -> None:
    page = open_as("shopper")
    tablet.open_visit(page, visit)
    for code, value in {"MY-ARR-01": "no", "MY-ARR-02": "yes", "MY-ARR-04": "0"}.items():
        tablet.answer(page, code, value)
    shown = page.locator("checklist-item:visible")
    expect(shown).to_have_count(4)

    page.locator("[data-filter=failed]").click()
    expect(shown).to_have_count(1)
    expect(shown).to_have_id("MY-ARR-01")
    page.locator("[data-filter=unanswered]").click()
    expect(shown).to_have_count(39)
    expect(tablet.item(page, "MY-ARR-02")).to_be_hidden()

    page.locator("[data-filter=section]").click()
    page.locator("[data-next]").click()
    expect(tablet.item(page, "MY-GRE-01")).to_be_focused()
    expect(shown).to_have_count(6)
    tablet.answer(page, "MY-GRE-01", "yes")
    page.locator("[data-next]").click()
    expect(tablet.item(page, "MY-GRE-02")).to_be_focused()


def test_without_a_mouse_one_answers_and_moves_on(
    site: Site, visit: str, open_as: Callable[..., Page]
) -> None:
    page = open_as("shopper")
    tablet.open_visit(page, visit)
    tab_to(page, "#MY-ARR-02 input")
    page.keyboard.press("Space")
    tab_to(page, "#MY-ARR-03 input")
    page.keyboard.press("ArrowRight")
    tab_to(page, "#MY-ARR-04 input")
    page.keyboard.type("1")
    tab_to(page, "[data-next]")
    page.keyboard.press("Enter")
    expect(tablet.item(page, "MY-GRE-01")).to_be_focused()
    tab_to(page, "#MY-GRE-01 input")
    page.keyboard.press("Space")
    for code in ("MY-ARR-02", "MY-ARR-03", "MY-ARR-04", "MY-GRE-01"):
        tablet.expect_received(page, code)
    given = {"MY-ARR-02": "yes", "MY-ARR-03": "no", "MY-ARR-04": "1", "MY-GRE-01": "yes"}
    records.expect_answers(site, visit, given)
    page.keyboard.press("Delete")
    tablet.expect_verdict(page, "MY-GRE-01", "")
    expect(tablet.item(page, "MY-GRE-01").locator("input:checked")).to_have_count(0)


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until something is focused, as somebody without a mouse does."""
    wanted = page.locator(f"{selector}:focus")
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.count():
            return
    pytest.fail(f"Tab does not lead to {selector}")


def test_in_english_everything_is_english(site: Site, open_as: Callable[..., Page]) -> None:
    page = open_as("inspector")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="中文")).to_be_visible()
    visit = records.planned(site, "onsite", "YA0303")
    tablet.open_visit(page, visit)
    tablet.answer(page, "ON-ENV-04", "no")
    tablet.expect_state(page, "ON-ENV-04", "received")
    for section in ("ENV", "FAC", "ACC", "practices"):
        tablet.go_to(page, section)
        assert chinese(page) == []
    page.locator("#practices [data-review]").click()
    assert chinese(page) == []


def chinese(page: Page) -> list[str]:
    """The Chinese that the page shows, but for the name of the language itself."""
    return [one for one in CHINESE.findall(page.locator("body").inner_text()) if one != "中文"]


def test_the_language_changes_on_the_page_itself_and_nothing_recorded_is_lost(
    site: Site, open_as: Callable[..., Page], forgive: list[str]
) -> None:
    forgive.append("ERR_CONNECTION_REFUSED")
    page = open_as("shopper")
    visit = records.planned(site)
    tablet.open_visit(page, visit)
    tablet.answer(page, "MY-ARR-01", "no")
    tablet.write(page, "MY-ARR-01", "note", "门头灯箱缺字")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="中文")).to_be_visible()
    tablet.expect_armed(page)
    note = tablet.item(page, "MY-ARR-01").locator("[data-text=note]")
    expect(note).to_have_value("门头灯箱缺字")
    tablet.expect_state(page, "MY-ARR-01", "received")

    site.stop()  # without a network the page stays as it is
    page.get_by_role("button", name="中文").click()
    expect(page.locator("#problem")).to_contain_text("cannot be reached")
    expect(note).to_be_visible()
    site.start()
