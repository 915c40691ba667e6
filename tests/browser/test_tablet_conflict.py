"""Two tablets of one inspector record different things at the same item."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser import records, tablet
from tests.browser.conftest import Site


def test_a_conflict_is_told_in_words_at_the_item_and_decided_there(
    site: Site, open_as: Callable[..., Page]
) -> None:
    visit = records.planned(site)
    one, other = open_as("shopper"), open_as("shopper")
    for page in (one, other):
        tablet.open_visit(page, visit)
    tablet.answer(one, "MY-ARR-01", "yes")
    tablet.expect_received(one, "MY-ARR-01")
    tablet.answer(other, "MY-ARR-01", "no")
    asked = tablet.item(other, "MY-ARR-01").locator("[data-conflicts]")
    expect(asked).to_contain_text("在此记录：符合。以哪一种为准？")
    expect(tablet.item(other, "MY-ARR-01").locator("label.no input")).to_be_checked()
    other.reload()
    tablet.expect_armed(other)
    expect(asked).to_contain_text("在此记录：符合")
    asked.locator("[data-other]").click()
    expect(asked).to_be_empty()
    tablet.expect_received(other, "MY-ARR-01")
    records.expect_answers(site, visit, {"MY-ARR-01": "yes"})
    one.reload()
    tablet.expect_armed(one)
    expect(tablet.item(one, "MY-ARR-01").locator("[data-conflicts]")).to_be_empty()


def test_the_desk_sees_the_tablet(site: Site, open_as: Callable[..., Page]) -> None:
    visit = records.planned(site)
    page = open_as("shopper")
    with page.expect_response("**/api/heartbeat") as told:
        tablet.open_visit(page, visit)
    assert told.value.status == 200
    desk = open_as("channel")
    desk.goto("/tablets")
    row = desk.locator("tbody tr", has_text="神秘人").first
    expect(row).to_contain_text("无")
