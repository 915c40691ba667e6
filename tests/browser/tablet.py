"""The tablet's page as an inspector's hands know it."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

RECEIVED = re.compile("已收到")


def open_visit(page: Page, path: str) -> None:
    """Open the page of a visit, and wait until its controls work."""
    page.goto(path)
    expect_armed(page)


def take_along(page: Page, path: str) -> None:
    """On the list: take a visit along, so that its pages open without a network."""
    row = page.locator(f"take-along[data-visit='{path.split('/')[2]}']")
    row.locator("button").click()
    expect(row.locator("[data-state]")).to_contain_text("离线可用", timeout=30_000)


def expect_armed(page: Page) -> None:
    """The page has found out what this tablet keeps, and shows it."""
    expect(page.locator("body[data-armed]")).to_be_attached(timeout=15_000)


def item(page: Page, code: str) -> Locator:
    """The card of an item."""
    return page.locator(f"[data-item='{code}']")


def go_to(page: Page, section: str) -> None:
    """Turn to a section by its chip."""
    page.locator(f"[data-chip='{section}']").click()


def answer(page: Page, code: str, value: str) -> None:
    """Answer an item whose section is open, the way its type asks."""
    card = item(page, code)
    kind = card.get_attribute("data-type")
    if value == "na":
        card.locator("label.na").click()
    elif kind == "yesno":
        card.locator(f"label.{value}").click()
    elif kind == "score":
        card.locator("label", has_text=re.compile(rf"^{value}$")).click()
    elif kind == "number":
        card.locator("[data-number]").fill(value)
        card.locator("[data-number]").press("Enter")
    else:
        card.locator("[data-seconds]").fill(value)
        card.locator("[data-seconds]").press("Enter")


def clear(page: Page, code: str) -> None:
    """Take the answer of an item back."""
    clearing = item(page, code).locator("[data-clear]")
    if not clearing.is_visible():
        item(page, code).locator("button.more").click()
    clearing.click()


def write(page: Page, code: str, field: str, text: str) -> None:
    """Write the note, the place, or why there is no photo."""
    item(page, code).locator(f"[data-text='{field}']").fill(text)


def strip(page: Page, code: str, stage: str = "before") -> Locator:
    """The photos of an item, with the ways to add one."""
    return item(page, code).locator(f"photo-strip[data-stage='{stage}']")


def tiles(page: Page, code: str, stage: str = "before") -> Locator:
    """The photos of an item that the page shows."""
    return strip(page, code, stage).locator("figure.tile")


def take_photo(page: Page, code: str, *files: Path, stage: str = "before") -> None:
    """Choose photos for an item, and wait until they are shown and kept."""
    shown = tiles(page, code, stage).count()
    strip(page, code, stage).locator("[data-gallery]").set_input_files(files)
    expect(tiles(page, code, stage)).to_have_count(shown + len(files))
    expect(tiles(page, code, stage).filter(has_text="处理中")).to_have_count(0)


def draw(page: Page, start: tuple[float, float], *on: tuple[float, float], pad: str = "") -> None:
    """Draw a line on the photo in the editor, or on another canvas; in fractions of it."""
    canvas = page.locator(pad or "#photo-editor canvas")
    expect(canvas).to_be_visible()
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    at = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, *on)]
    page.mouse.move(*at[0])
    page.mouse.down()
    for x, y in at[1:]:
        page.mouse.move(x, y, steps=5)
    page.mouse.up()


def kept_pictures(page: Page) -> set[str]:
    """The names of the pictures whose bytes lie on this tablet, whoever's they are."""
    return set(page.evaluate(KEPT_PICTURES))


KEPT_PICTURES = """async () => {
  const request = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  const names = [];
  for (const { name } of await indexedDB.databases()) {
    const db = await request(indexedDB.open(name));
    for (const table of ["bytes", "thumbs", "pictures"]) {
      if (!db.objectStoreNames.contains(table)) continue;
      names.push(...await request(db.transaction(table).objectStore(table).getAllKeys()));
    }
    db.close();
  }
  return names;
}"""


def expect_received(page: Page, code: str) -> None:
    """The page says beside the item that the server has it."""
    expect(item(page, code).locator("[data-state]")).to_have_text(RECEIVED, timeout=15_000)


def expect_verdict(page: Page, code: str, words: str) -> None:
    """The line beside the answer says exactly this."""
    expect(item(page, code).locator("[data-verdict]")).to_have_text(words)


def expect_state(page: Page, code: str, words: str) -> None:
    """How safe the item is, in the words beside it."""
    expect(item(page, code).locator("[data-state]")).to_contain_text(words, timeout=15_000)
