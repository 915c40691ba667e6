"""The storage process dies under the page, as it does on iPads when memory is short: the document
cannot reach its database any more, but a new document can (offline.md 3.4). And what lies on the
disk is sealed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import records, tablet
from tests.browser.conftest import Site

ITEM = "MY-ARR-01"
LOST = """
if (%(where)s) {
  const lose = (owner, name) => {
    const real = owner.prototype[name];
    owner.prototype[name] = function (...args) {
      if (top.storageIsLost) {
        throw new DOMException("Connection to Indexed Database server lost.", "UnknownError");
      }
      return real.apply(this, args);
    };
  };
  lose(IDBFactory, "open");
  lose(IDBDatabase, "transaction");
}
"""
HERE = LOST % {"where": "window === top"}
EVERYWHERE = LOST % {"where": "true"}
SILENT = """
if (window === top) {
  const real = IDBTransaction.prototype.addEventListener;
  IDBTransaction.prototype.addEventListener = function (type, ...rest) {
    if (type === "complete" && window.storageIsSilent && this.mode === "readwrite") return;
    real.call(this, type, ...rest);
  };
}
"""


@pytest.fixture
def visit(site: Site) -> str:
    """A planned visit with the short questionnaire of the mystery shopper."""
    return records.planned(site)


def test_what_this_document_cannot_write_a_new_one_writes_and_the_page_is_loaded_anew(
    site: Site, visit: str, open_as: Callable[..., Page]
) -> None:
    page = open_as("shopper")
    page.add_init_script(HERE)
    tablet.open_visit(page, visit)
    page.evaluate("() => { window.storageIsLost = true }")
    tablet.answer(page, ITEM, "no")
    note = tablet.item(page, ITEM).locator("[data-text=note]")
    with page.expect_event("load"):
        note.fill("门头灯箱缺字")
        note.blur()
    tablet.expect_armed(page)
    tablet.expect_received(page, ITEM)
    expect(note).to_have_value("门头灯箱缺字")
    records.expect_answers(site, visit, {ITEM: "no"})
    assert_in_one_row(site, visit, ["visit.start", "answer.set", "note.set"])


def test_what_was_written_although_nobody_said_so_is_not_written_twice(
    site: Site, visit: str, open_as: Callable[..., Page]
) -> None:
    page = open_as("shopper")
    page.add_init_script(SILENT)
    tablet.open_visit(page, visit)
    page.evaluate("() => { window.storageIsSilent = true }")
    with page.expect_event("load"):
        tablet.answer(page, ITEM, "yes")
    tablet.expect_armed(page)
    tablet.expect_received(page, ITEM)
    assert_in_one_row(site, visit, ["visit.start", "answer.set"])


def test_when_no_document_can_write_it_is_said_and_tried_again(
    site: Site, visit: str, open_as: Callable[..., Page]
) -> None:
    page = open_as("shopper")
    page.add_init_script(EVERYWHERE)
    tablet.open_visit(page, visit)
    page.evaluate("() => { window.storageIsLost = true }")
    tablet.answer(page, ITEM, "no")
    tablet.expect_state(page, ITEM, "未保存")
    expect(page.locator("[data-alerts]")).to_contain_text("有内容未保存。请勿关闭本页")
    expect(tablet.item(page, ITEM).locator("label.no input")).to_be_checked()
    page.evaluate("() => { window.storageIsLost = false }")
    tablet.expect_received(page, ITEM)
    expect(page.locator("[data-alerts]")).to_be_empty()
    assert_in_one_row(site, visit, ["visit.start", "answer.set"])


def assert_in_one_row(site: Site, visit: str, kinds: list[str]) -> None:
    """The server has these entries, each once, numbered without gaps."""
    entries = records.operations(site, visit)
    assert [entry.kind for entry in entries] == kinds
    assert [entry.seq for entry in entries] == list(range(1, len(kinds) + 1))
