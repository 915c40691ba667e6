"""No room on the tablet, by the browser's own override: what could not be saved says NOT SAVED and
what to do, stays on the screen, and is saved as soon as there is room; nothing earlier is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests import cast as make
from tests.browser import records, tablet
from tests.browser.conftest import Site

FULL = "未保存：本机空间不足"
SIZE = 8 * 1024 * 1024
FILL = """
async () => {
  const opening = indexedDB.open("other things on this tablet", 1);
  const create = () => opening.result.createObjectStore("things", { autoIncrement: true });
  opening.onupgradeneeded = create;
  await new Promise((done) => { opening.onsuccess = done; });
  for (const size of [1e6, 1e5, 1e4, 1e3, 100]) {
    for (let isRoom = true; isRoom;) {
      const bytes = new Uint8Array(size);
      for (let n = 0; n < size; n += 65536) crypto.getRandomValues(bytes.subarray(n, n + 65536));
      const tx = opening.result.transaction("things", "readwrite");
      tx.objectStore("things").add(bytes.buffer);
      isRoom = await new Promise((done) => {
        tx.oncomplete = () => done(true);
        tx.onabort = () => done(false);
      });
    }
  }
  opening.result.close();
}
"""


def quota(session: CDPSession, site: Site, size: int | None) -> None:
    """Give the site so many bytes; None lifts the limit."""
    limit = {} if size is None else {"quotaSize": size}
    session.send("Storage.overrideQuotaForOrigin", {"origin": site.url} | limit)


@pytest.fixture
def page(site: Site, chromium: Browser) -> Iterator[Page]:
    """A page of the shopper's tablet that has not been anywhere yet."""
    context = chromium.new_context(
        viewport={"width": 820, "height": 1100}, locale="zh-CN", base_url=site.url
    )
    yield context.new_page()
    context.close()


def test_no_room_for_a_photo_an_answer_and_a_text_being_written(
    site: Site, page: Page, tmp_path: Path
) -> None:
    visit = records.planned(site)
    photo = tmp_path / "IMG_0001.jpg"
    photo.write_bytes(make.picture_bytes("indianred", (1600, 1200)))
    session = page.context.new_cdp_session(page)
    quota(session, site, SIZE)  # before anything is stored: the browser remembers room for a while
    page.goto("/sign-in")
    page.fill("#username", "shopper")
    page.fill("#password", make.PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    tablet.take_along(page, visit)
    tablet.open_visit(page, visit)
    site.stop()
    try:
        tablet.answer(page, "MY-ARR-01", "no")
        tablet.expect_state(page, "MY-ARR-01", "已存本机")
        page.evaluate(FILL)
        quota(session, site, 1)  # the browser tidies up, and would find a little room again

        tablet.take_photo(page, "MY-ARR-01", photo)
        tile = tablet.tiles(page, "MY-ARR-01")
        expect(tile).to_contain_text("未保存")
        expect(tablet.strip(page, "MY-ARR-01").locator(".error")).to_contain_text("保存为文件")
        tablet.answer(page, "MY-ARR-02", "yes")
        tablet.expect_state(page, "MY-ARR-02", "未保存")
        note = tablet.item(page, "MY-ARR-01").locator("[data-text=note]")
        note.press_sequentially("门头灯箱缺字")
        tablet.expect_state(page, "MY-ARR-01", "未保存")
        alerts = page.locator("[data-alerts]")
        expect(alerts).to_contain_text(FULL)
        expect(alerts.get_by_role("link", name="未发送记录")).to_be_visible()
        expect(note).to_have_value("门头灯箱缺字")
        expect(tablet.item(page, "MY-ARR-02").locator("label.yes input")).to_be_checked()

        quota(session, site, None)
        for code in ("MY-ARR-01", "MY-ARR-02"):
            tablet.expect_state(page, code, "已存本机")
        expect(tile).to_contain_text("已存本机", timeout=20_000)
        expect(alerts).not_to_contain_text(FULL)
    finally:
        site.start()
    page.reload()
    tablet.expect_armed(page)
    for code in ("MY-ARR-01", "MY-ARR-02"):
        tablet.expect_received(page, code)
    expect(note).to_have_value("门头灯箱缺字")
    records.expect_answers(site, visit, {"MY-ARR-01": "no", "MY-ARR-02": "yes"})
    with records.database(site):
        assert [shot.picture is not None for shot in records.visit_of(visit).photos] == [True]
