"""Nothing recorded on the tablet is lost: a reload mid-word, a server that is down, a session that
has ended, a second tab, a visit called off meanwhile. The page says how safe each entry is."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from inspector import clock
from tests import cast as make
from tests.browser import records, tablet
from tests.browser.conftest import Site

NO_NETWORK = "ERR_CONNECTION_REFUSED"


@pytest.fixture
def visit(site: Site) -> str:
    """A planned visit with the short questionnaire of the mystery shopper."""
    return records.planned(site)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo as a camera gives it."""
    file = tmp_path / "IMG_0001.jpg"
    file.write_bytes(make.picture_bytes("indianred", (1600, 1200)))
    return file


def test_a_note_is_kept_when_the_page_is_reloaded_in_the_middle_of_a_word(
    visit: str, open_as: Callable[..., Page]
) -> None:
    page = open_as("shopper")
    tablet.open_visit(page, visit)
    tablet.answer(page, "MY-ARR-01", "no")
    note = tablet.item(page, "MY-ARR-01").locator("[data-text=note]")
    note.press_sequentially("门头灯箱缺字，半句")
    tablet.expect_state(page, "MY-ARR-01", "保存中")
    page.reload()
    tablet.expect_armed(page)
    expect(note).to_have_value("门头灯箱缺字，半句")
    tablet.expect_received(page, "MY-ARR-01")


def test_what_is_recorded_while_the_server_is_down_arrives_when_it_is_back(
    site: Site, visit: str, photo: Path, open_as: Callable[..., Page], forgive: list[str]
) -> None:
    forgive.append(NO_NETWORK)
    page = open_as("shopper")
    tablet.open_visit(page, visit)
    site.stop()
    try:
        tablet.answer(page, "MY-ARR-01", "no")
        tablet.take_photo(page, "MY-ARR-01", photo)
        tablet.write(page, "MY-ARR-01", "note", "门头灯箱缺字")
        tablet.answer(page, "MY-ARR-02", "yes")
        for code in ("MY-ARR-01", "MY-ARR-02"):
            tablet.expect_state(page, code, "已存本机")
        expect(page.locator("[data-why]")).to_have_text("无网络，联网后自动发送")
        expect(page.locator("[data-arrivals]")).to_have_text("已收到 0/2 · 照片 0/1")
    finally:
        site.start()
    page.locator("[data-sync]").click()
    for code in ("MY-ARR-01", "MY-ARR-02"):
        tablet.expect_received(page, code)
    expect(page.locator("[data-arrivals]")).to_have_text("已收到 2/2 · 照片 1/1")
    records.expect_answers(site, visit, {"MY-ARR-01": "no", "MY-ARR-02": "yes"})
    with records.database(site):
        kept = records.visit_of(visit)
        assert [answer.note for answer in kept.answers.values() if answer.note] == ["门头灯箱缺字"]
        assert [shot.picture is not None for shot in kept.photos] == [True]


def test_when_the_session_has_ended_all_is_kept_and_sent_after_signing_in_again(
    site: Site, visit: str, open_as: Callable[..., Page], forgive: list[str]
) -> None:
    forgive.append("401 (UNAUTHORIZED)")
    page = open_as("shopper")
    tablet.open_visit(page, visit)
    page.context.clear_cookies()
    tablet.answer(page, "MY-ARR-01", "no")
    tablet.write(page, "MY-ARR-01", "place", "正门")
    expect(page.locator("[data-alerts]")).to_contain_text("登录已失效。所有记录都保存在本机")
    tablet.expect_state(page, "MY-ARR-01", "已存本机")
    assert records.answers(site, visit) == {}

    page.locator("[data-sign-in]").click()
    page.fill("#username", "shopper")
    page.fill("#password", make.PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    tablet.expect_armed(page)
    tablet.expect_received(page, "MY-ARR-01")
    expect(tablet.item(page, "MY-ARR-01").locator("[data-text=place]")).to_have_value("正门")
    records.expect_answers(site, visit, {"MY-ARR-01": "no"})


def test_two_tabs_see_each_other_and_one_of_them_sends(
    site: Site, visit: str, open_as: Callable[..., Page]
) -> None:
    one = open_as("shopper")
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/api/ops"):
            sent.extend(op["op_id"] for op in json.loads(request.post_data or "")["ops"])

    one.context.on("request", note)
    other = one.context.new_page()
    for page in (one, other):
        tablet.open_visit(page, visit)
        tablet.go_to(page, "CNT")
    given = {f"MY-CNT-{n:02}": "yes" for n in (1, 2, 3, 4, 6)}
    for n, code in enumerate(given):
        tablet.answer((one, other)[n % 2], code, "yes")
    tablet.answer(other, "MY-CNT-05", "480")
    tablet.answer(one, "MY-CNT-02", "no")
    given |= {"MY-CNT-05": "480", "MY-CNT-02": "no"}

    for page in (one, other):
        for code in given:
            tablet.expect_received(page, code)
        expect(tablet.item(page, "MY-CNT-02").locator("label.no input")).to_be_checked()
        expect(page.locator("[data-answered]")).to_have_text("6 / 42 项")
    records.expect_answers(site, visit, given)
    entries = records.operations(site, visit)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert len({entry.stream_id for entry in entries}) == 1
    assert sorted(sent) == sorted(str(entry.op_id) for entry in entries)


def test_a_visit_called_off_meanwhile_takes_no_entries_and_the_tablet_shows_which(
    site: Site, visit: str, open_as: Callable[..., Page]
) -> None:
    page = open_as("shopper")
    tablet.open_visit(page, visit)
    tablet.answer(page, "MY-ARR-01", "yes")
    tablet.expect_received(page, "MY-ARR-01")
    with records.database(site) as cast:
        called_off = records.visit_of(visit)
        called_off.cancel(reason="与其他检查撞期", by=cast.channel, at=clock.now())

    tablet.answer(page, "MY-ARR-02", "yes")
    tablet.answer(page, "MY-ARR-03", "no")
    alerts = page.locator("[data-alerts]")
    expect(alerts).to_contain_text("有 2 条记录未被服务器接受，仍保存在本机。")
    alerts.locator("summary").click()
    for code in ("MY-ARR-02", "MY-ARR-03"):
        line = alerts.locator("li", has_text=code)
        expect(line).to_contain_text("本次检查已取消，不能再记录。")
        tablet.expect_state(page, code, "已存本机")
    expect(tablet.item(page, "MY-ARR-03").locator("label.no input")).to_be_checked()
    assert records.answers(site, visit) == {"MY-ARR-01": "yes"}


def test_a_tab_of_safari_on_an_ipad_says_that_unsent_entries_are_not_safe_for_ever(
    site: Site, visit: str, open_as: Callable[..., Page], forgive: list[str]
) -> None:
    """Only there is `navigator.standalone` known and false (offline.md 3.5)."""
    forgive.append("ERR_CONNECTION_REFUSED")
    page = open_as("shopper")
    page.add_init_script("Object.defineProperty(navigator, 'standalone', { value: false })")
    tablet.take_along(page, visit)
    site.stop()
    tablet.open_visit(page, visit)
    tablet.answer(page, "MY-ARR-01", "yes")
    warning = page.locator("[data-volatile]")
    expect(warning).to_contain_text("连续 7 天未使用")
    page.goto("/visits")
    expect(warning).to_contain_text("连续 7 天未使用")
    site.start()
    page.reload()
    expect(warning).to_be_empty()
    tablet.open_visit(page, visit)
    expect(warning).to_be_hidden()
