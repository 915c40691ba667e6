"""Who takes the tablet apart finds names and numbers, but no word, value or picture of what was
recorded."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests import cast as make
from tests.browser import records, tablet
from tests.browser.conftest import Site

ITEM = "MY-ARR-01"
NOTE = "门头灯箱缺字，需要更换"
READ_ALL = """
async () => {
  const letter = (byte) => String.fromCharCode(byte);
  const text = (bytes) => Array.from(new Uint8Array(bytes), letter).join("");
  const utf8 = (value) => text(new TextEncoder().encode(value));
  const plain = (value) => {
    if (value instanceof ArrayBuffer) return text(value);
    if (ArrayBuffer.isView(value)) return text(value.buffer);
    if (value === null || typeof value !== "object") return utf8(String(value));
    const parts = Object.entries(value).map(([name, part]) => `${utf8(name)}=${plain(part)}`);
    return parts.join("\\n");
  };
  const asked = (request) => new Promise((resolve) => {
    request.onsuccess = () => resolve(request.result);
  });
  const person = document.getElementById("main").dataset.person;
  const db = await asked(indexedDB.open(`inspector-${person}`));
  const found = {};
  for (const name of db.objectStoreNames) {
    const table = db.transaction(name).objectStore(name);
    found[name] = plain([await asked(table.getAll()), await asked(table.getAllKeys())]);
  }
  db.close();
  return found;
}
"""


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo as a camera gives it."""
    file = tmp_path / "IMG_0001.jpg"
    file.write_bytes(make.picture_bytes("indianred", (1600, 1200)))
    return file


def test_what_lies_on_the_disk_shows_no_word_no_answer_and_no_picture(
    site: Site, photo: Path, open_as: Callable[..., Page], forgive: list[str]
) -> None:
    forgive.append("ERR_CONNECTION_REFUSED")
    page = open_as("shopper")
    tablet.open_visit(page, records.planned(site))
    site.stop()
    try:
        tablet.answer(page, ITEM, "no")
        tablet.write(page, ITEM, "note", NOTE)
        tablet.take_photo(page, ITEM, photo)
        tablet.expect_state(page, ITEM, "已存本机")
        found = page.evaluate(READ_ALL)
    finally:
        site.start()
    disk = "\n".join(found.values())
    assert "answer.set" in disk  # what stands in the open is found
    assert len(found["bytes"]) > 10_000
    secrets = (NOTE, NOTE[:2], ITEM, "indianred", "JFIF", "\xff\xd8\xff\xe0", "image/jpeg")
    for secret in secrets:
        assert secret not in disk
        assert secret.encode().decode("latin-1") not in disk
