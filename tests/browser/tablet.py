"""The tablet's page as an inspector's hands know it."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

RECEIVED = re.compile("已收到")


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


def write(page: Page, code: str, field: str, text: str) -> None:
    """Write the note, the place, or why there is no photo."""
    item(page, code).locator(f"[data-text='{field}']").fill(text)


def take_photo(page: Page, code: str, file: Path, stage: str = "before") -> None:
    """Choose a photo for an item, and wait until it is shown."""
    strip = item(page, code).locator(f"photo-strip[data-stage='{stage}']")
    shown = strip.locator("figure.tile").count()
    strip.locator("[data-gallery]").set_input_files(file)
    expect(strip.locator("figure.tile")).to_have_count(shown + 1)


def expect_received(page: Page, code: str) -> None:
    """The page says beside the item that the server has it."""
    expect(item(page, code).locator("[data-state]")).to_have_text(RECEIVED, timeout=15_000)
