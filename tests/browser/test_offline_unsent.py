"""What cannot be sent stays, says why, goes out as a file and in again, or is given up by name with
a reason: nothing vanishes without a trace."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, select

from inspector import clock
from inspector.db import db
from inspector.history import Event
from inspector.offline.models import Operation, Stream
from tests import cast as make
from tests.browser import records, tablet
from tests.browser.conftest import Site
from tests.browser.test_pictures import at_each_width
from tests.walls import past_the_walls

NO_NETWORK = "net::ERR_CONNECTION"
LOSE_BYTES = """
async () => {
  const person = document.getElementById("main").dataset.person;
  const opening = indexedDB.open(`inspector-${person}`);
  await new Promise((done) => { opening.onsuccess = done; });
  const tx = opening.result.transaction("bytes", "readwrite");
  tx.objectStore("bytes").clear();
  await new Promise((done) => { tx.oncomplete = done; });
  opening.result.close();
}
"""


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


def open_unsent(page: Page) -> None:
    """Open the page of unsent work."""
    page.goto("/unsent")
    tablet.expect_armed(page)


def keep_pictures(page: Page, name: str) -> None:
    """Look at the page, light and dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        at_each_width(page, name, scheme)


def save_all(page: Page, folder: Path) -> Path:
    """Save all unsent work as a file."""
    with page.expect_download() as download:
        page.locator("[data-save-all]").click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def test_unsent_work_goes_out_as_a_file_and_into_another_tablet_which_sends_it(
    site: Site,
    visit: str,
    photo: Path,
    tmp_path: Path,
    open_as: Callable[..., Page],
    forgive: list[str],
) -> None:
    forgive.append(NO_NETWORK)
    page = open_as("shopper")
    tablet.take_along(page, visit)
    tablet.open_visit(page, visit)
    other = open_as("shopper")
    site.stop()
    try:
        tablet.answer(page, "MY-ARR-01", "no")
        tablet.write(page, "MY-ARR-01", "note", "门头灯箱缺字")
        tablet.take_photo(page, "MY-ARR-01", photo)
        tablet.expect_state(page, "MY-ARR-01", "已存本机")
        open_unsent(page)
        card = page.locator("[data-visits] section")
        expect(card).to_contain_text("待发送：记录 4 条，照片 1 张")
        file = save_all(page, tmp_path)
        expect(page.locator("[data-said]")).to_contain_text("发送之前，这些内容仍保留在本机上")
        page.locator("[data-take-in]").set_input_files(file)
        expect(page.locator("[data-said]")).to_contain_text("该文件由本机保存")
    finally:
        site.start()
    with zipfile.ZipFile(file) as archive:
        told = archive.read("read-me.html").decode()
    assert "门头灯箱缺字" in told
    assert "胜利路" in told
    page.close()  # the tablet is broken
    open_unsent(other)
    other.locator("[data-take-in]").set_input_files(file)
    expect(other.locator("[data-said]")).to_contain_text("已导入 4 条记录")
    records.expect_answers(site, visit, {"MY-ARR-01": "no"})
    expect(other.locator("[data-unsent]")).to_have_text("本机没有待发送的记录。", timeout=15_000)
    with records.database(site):
        kept = records.visit_of(visit)
        assert [shot.picture is not None for shot in kept.photos] == [True]
        assert [answer.note for answer in kept.answers.values()] == ["门头灯箱缺字"]

    desk = open_as("channel")
    desk.goto("/tablets")
    desk.get_by_role("link", name="导入未发送记录").click()
    desk.locator("#file").set_input_files(file)
    desk.get_by_role("button", name="查看内容").click()
    found = desk.locator("#unsent-file")
    expect(found).to_contain_text("4 条，其中 4 条已收到")
    keep_pictures(desk, "unsent-file")
    desk.get_by_role("button", name="确认导入").click()
    expect(found).to_contain_text("新收到 0 条记录和 0 张照片")


def called_off(site: Site, visit: str) -> None:
    """The channel department calls the visit off."""
    with records.database(site) as cast:
        records.visit_of(visit).cancel(reason="与其他检查撞期", by=cast.channel, at=clock.now())


def test_what_was_refused_of_a_visit_called_off_is_shown_and_given_up_by_its_name_with_a_reason(
    site: Site, visit: str, open_as: Callable[..., Page], forgive: list[str]
) -> None:
    forgive.append("404 (NOT FOUND)")  # the list looks whether what is kept can be renewed
    page = open_as("shopper")
    tablet.open_visit(page, visit)
    called_off(site, visit)
    tablet.answer(page, "MY-ARR-01", "no")
    expect(page.locator("[data-alerts]")).to_contain_text("有 2 条记录未被服务器接受")
    page.goto("/visits")
    card = page.locator("[data-outbox]")
    expect(card).to_contain_text("2 条未被接受")
    card.get_by_role("link", name="未发送记录").click()
    tablet.expect_armed(page)
    part = page.locator("[data-visits] section")
    expect(part.locator("h2")).to_contain_text("胜利路")
    expect(part.locator("[data-refused]")).to_contain_text("作答：不符合")
    expect(part.locator("[data-refused]")).to_contain_text("本次检查已取消")
    keep_pictures(page, "unsent")

    part.locator("[data-discard]").click()
    dialog = page.locator("#discard")
    dialog.locator("#discard-name").fill("别的网点")
    dialog.get_by_role("button", name="确认放弃").click()
    expect(dialog.locator(".error")).to_contain_text("请准确输入")
    outlet = (part.locator("h2").text_content() or "").split(" · ")[0]
    dialog.locator("#discard-name").fill(outlet)
    dialog.get_by_role("button", name="确认放弃").click()
    expect(dialog.locator(".error")).to_have_text("请填写理由。")
    keep_pictures(page, "unsent-discard")
    dialog.locator("#discard-reason").fill("与其他检查重复")
    dialog.get_by_role("button", name="确认放弃").click()
    expect(page.locator("[data-said]")).to_contain_text("已放弃 2 条，理由已记录。")
    expect(part).to_have_count(0, timeout=15_000)
    kinds = [entry.kind for entry in records.operations(site, visit)]
    assert kinds == ["visit.start", "answer.set", "entry.discard", "entry.discard"]

    desk = open_as("channel")
    desk.goto(visit)
    expect(desk.locator("main")).to_contain_text("与其他检查重复")


def test_a_photo_whose_bytes_are_gone_is_said_the_rest_is_sent_and_the_visit_waits_for_a_decision(
    site: Site, photo: Path, open_as: Callable[..., Page], forgive: list[str]
) -> None:
    visit = records.planned(site, done=True)
    photo.write_bytes(make.picture_bytes("teal", (1600, 1200)))  # one that the server has not seen
    forgive.append(NO_NETWORK)
    page = open_as("shopper")
    tablet.open_visit(page, visit)
    site.stop()
    try:
        tablet.answer(page, "MY-ARR-01", "no")
        tablet.take_photo(page, "MY-ARR-01", photo)
        expect(tablet.tiles(page, "MY-ARR-01")).to_contain_text("已存本机")
        page.evaluate(LOSE_BYTES)
    finally:
        site.start()
    page.locator("[data-sync]").click()
    tile = tablet.tiles(page, "MY-ARR-01")
    expect(tile).to_contain_text("未被接受", timeout=15_000)
    records.expect_answers(site, visit, records.answers(site, visit) | {"MY-ARR-01": "no"})
    page.locator("[data-next]").click()  # nothing is unanswered: it opens the review
    review = page.locator("#review")
    expect(review.locator("[data-remarks]")).to_contain_text("1 张照片无法发送")
    expect(review.locator("[data-submit]")).to_be_disabled()
    with records.database(site):
        assert records.visit_of(visit).submitted_at is None
        assert [shot.picture for shot in records.visit_of(visit).photos] == [None]

    open_unsent(page)
    part = page.locator("[data-visits] section")
    expect(part).to_contain_text("该照片的数据已不在本机上")
    outlet = (part.locator("h2").text_content() or "").split(" · ")[0]
    part.locator("[data-discard]").click()
    page.locator("#discard-name").fill(outlet)
    page.locator("#discard-reason").fill("照片丢失，已重拍")
    page.get_by_role("button", name="确认放弃").click()
    expect(part).to_have_count(0, timeout=15_000)
    with records.database(site):
        assert [shot.removed_at is None for shot in records.visit_of(visit).photos] == [False]


def test_entries_that_the_server_has_forgotten_are_named_and_the_rest_is_sent(
    site: Site, visit: str, open_as: Callable[..., Page], forgive: list[str]
) -> None:
    forgive.append("409 (CONFLICT)")
    page = open_as("shopper")
    tablet.open_visit(page, visit)
    tablet.answer(page, "MY-ARR-01", "no")
    tablet.expect_received(page, "MY-ARR-01")
    with records.database(site):  # a backup was put back: all entries since then are gone
        entries = records.operations_of(visit)
        stream, last = entries[-1].stream_id, entries[-1].op_id
        db.session.get_one(Stream, stream).last_seq = 1
        with past_the_walls() as connection:
            connection.execute(delete(Operation).where(Operation.op_id == last))
    tablet.answer(page, "MY-ARR-02", "yes")
    tablet.expect_received(page, "MY-ARR-02")
    assert records.answers(site, visit)["MY-ARR-02"] == "yes"
    page.goto("/visits")
    expect(page.locator("[data-outbox]")).to_contain_text("有记录缺失")
    open_unsent(page)
    expect(page.locator("[data-gaps]")).to_contain_text("缺少本机的第 2 至第 2 条记录")
    with records.database(site):
        told = db.session.scalars(select(Event).where(Event.verb == "gap")).one()
        assert told.detail == {"first": 2, "last": 2}
