"""A shared tablet: what one person keeps on it is sealed, opens by their PIN or their password, and
stays shut for everybody else, whatever the network does."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.house import (
    ENTRY,
    NOTE,
    House,
    Tablet,
    armed,
    expect_recorded,
    fill_sign_in,
    prepared,
    record,
    sign_out,
)
from tests.cast import PASSWORD

PIN = "804917"
WRONG = "804918"
KEPT = (Path(__file__).parent / "kept.js").read_text()
PLAIN = (ENTRY[0], NOTE, "JFIF", "延安")
"""Words of the visit, the head of every photo, words of every page."""

AGE_THE_HOLDER = """
() => new Promise((resolve) => {
  indexedDB.open("inspector-keys").onsuccess = ({ target: { result: db } }) => {
    const tx = db.transaction("holder", "readwrite");
    const holders = tx.objectStore("holder");
    holders.get("now").onsuccess = ({ target: { result: holder } }) =>
      holders.put({ ...holder, usedAt: holder.usedAt - 12 * 3600_000 }, "now");
    tx.oncomplete = () => { db.close(); resolve(); };
  };
})
"""
NINE_WRONG = """
() => new Promise((resolve) => {
  indexedDB.open("inspector-keys").onsuccess = ({ target: { result: db } }) => {
    const tx = db.transaction("pins", "readwrite");
    const pins = tx.objectStore("pins");
    pins.getAll().onsuccess = ({ target: { result: [row] } }) =>
      pins.put({ ...row, wrong: 9, triedAt: 0 });
    tx.oncomplete = () => { db.close(); resolve(); };
  };
})
"""


def test_a_pin_opens_without_a_network_what_nobody_can_read_while_it_is_locked(
    house: House, machine: Tablet, photo: Path
) -> None:
    visit = prepared(house, machine)
    page = machine.page
    set_pin(page)
    house.server.kill()
    page.goto(f"/visits/{visit}")
    record(page, photo)
    unlocked = kept(page)
    assert any("CryptoKey" in text for text in unlocked)
    assert readable(unlocked) == [], "not even while it is unlocked"

    page.goto("/visits")
    lock(page)
    expect_locked(page)
    assert [text for text in kept(page) if "CryptoKey" in text] == []
    assert readable(kept(page)) == []
    machine.off()

    page = machine.on()
    page.goto(f"/visits/{visit}")
    expect_locked(page)
    unlock(page, WRONG)
    expect(page.locator("#pin-error")).to_contain_text("PIN 码不正确，还可以试 9 次")
    unlock(page, PIN)
    expect_recorded(page)

    house.server.start()
    page.locator("[data-sync]").click()
    expect_sent(house, page, visit)


def test_ten_wrong_pins_leave_only_the_password_and_lose_nothing(
    house: House, machine: Tablet, photo: Path
) -> None:
    visit = prepared(house, machine)
    page = machine.page
    set_pin(page)
    house.server.kill()
    page.goto(f"/visits/{visit}")
    record(page, photo)
    page.goto("/visits")
    lock(page)
    for _ in range(3):
        unlock(page, WRONG)
    expect(page.locator("#pin-error")).to_contain_text("后可再试")
    expect(page.locator("[data-unlock] button")).to_be_disabled()
    page.reload()
    expect(page.locator("#pin-error")).to_contain_text("后可再试")
    expect(page.locator("[data-unlock] button")).to_be_enabled(timeout=10_000)

    page.evaluate(NINE_WRONG)
    unlock(page, WRONG)
    expect(page.locator("[data-says]")).to_contain_text("连续输错十次")
    expect(page.locator("[data-unlock]")).to_be_hidden()
    page.reload()
    expect(page.locator("[data-no-pin]")).to_be_visible()
    page.locator("[data-password]").click()
    expect(page.locator("[data-says]")).to_contain_text("没有网络")

    house.server.start()
    page.locator("[data-password]").click()
    expect(page.locator("#username")).to_be_visible()
    fill_sign_in(page, "inspector")
    expect_all_sent(page)
    assert house.stored(visit) == (ENTRY[1], NOTE, 1, 4)


def test_who_signs_in_next_opens_nothing_even_when_the_network_dies_at_that_moment(
    house: House, machine: Tablet, photo: Path
) -> None:
    visit = prepared(house, machine)
    page = machine.page
    page.goto(f"/visits/{visit}")
    armed(page)
    machine.end_session()
    record(page, photo)
    page.goto("/sign-in?next=/visits")

    def answered_and_then_gone(route: Route) -> None:
        if route.request.method != "POST":
            return route.fallback()
        answer = route.fetch(max_redirects=0)
        assert answer.status == 303
        house.server.kill()
        return route.abort()

    page.context.route(re.compile("/sign-in"), answered_and_then_gone)
    page.fill("#username", "colleague")
    page.fill("#password", PASSWORD)
    with page.expect_event("requestfailed", lambda request: request.method == "POST"):
        page.get_by_role("button", name="登录", exact=True).click()
    page.context.unroute_all()
    for path in (f"/visits/{visit}", "/visits", "/"):
        page.goto(path)
        expect_locked(page)
        expect(page.locator("body")).not_to_contain_text(ENTRY[0])
    assert readable(kept(page)) == []
    assert [text for text in kept(page) if "CryptoKey" in text] == []

    house.server.start()
    page.goto("/visits")
    expect_all_sent(page)
    expect(page.locator("[data-others]")).to_contain_text("李巡在本机上有 4 条记录")
    assert house.stored(visit) == ("", "", 0, 0), "nobody else sends it"
    sign_out(page)
    expect(page.locator("#username")).to_be_visible()
    machine.sign_in("inspector")
    expect_all_sent(page)
    assert house.stored(visit) == (ENTRY[1], NOTE, 1, 4)


def test_signing_out_with_unsent_work_can_lock_it_for_its_person_instead(
    house: House, machine: Tablet, photo: Path
) -> None:
    visit = prepared(house, machine)
    page = machine.page
    page.context.route("**/api/ops", lambda route: route.abort())
    page.goto(f"/visits/{visit}")
    record(page, photo)
    other = machine.new_tab()
    other.goto("/visits")
    sign_out(other)
    other.locator("#unsent [data-lock]").click()
    for tab in (other, page):
        expect(tab.locator("#username")).to_be_visible()
    other.close()
    assert page.goto("/visits").url.endswith("/sign-in?next=/visits")  # type: ignore[union-attr]

    house.server.kill()
    page.goto(f"/visits/{visit}")
    expect_locked(page)
    house.server.start()
    page.context.unroute_all()
    machine.sign_in("inspector")
    expect_all_sent(page)
    assert house.stored(visit) == (ENTRY[1], NOTE, 1, 4)


def test_a_tablet_that_lies_about_locks_itself_and_the_page_that_is_open_goes_away(
    house: House, machine: Tablet
) -> None:
    visit = prepared(house, machine)
    page = machine.page
    set_pin(page)
    house.server.kill()
    page.goto(f"/visits/{visit}")
    armed(page)
    page.evaluate(AGE_THE_HOLDER)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect_locked(page)
    page.goto(f"/visits/{visit}")
    expect_locked(page)
    unlock(page, PIN)
    armed(page)

    house.server.start()
    page.evaluate(AGE_THE_HOLDER)
    page.goto(f"/visits/{visit}")
    expect(page.locator("#username")).to_be_visible()
    assert page.url.endswith(f"/sign-in?next=%2Fvisits%2F{visit}")
    fill_sign_in(page, "inspector")
    armed(page)


def test_who_unlocks_by_pin_does_not_come_into_the_session_of_who_was_there_before(
    house: House, machine: Tablet
) -> None:
    visit, theirs = prepared(house, machine), house.visit("colleague")
    page = machine.page
    set_pin(page)
    sign_out_keeping_the_pin(page)
    machine.sign_in("colleague")
    expect_all_sent(page)
    house.server.kill()
    lock(page)
    expect_locked(page)
    unlock(page, PIN)
    page.wait_for_url("**/visits")
    page.goto(f"/visits/{visit}")
    armed(page)

    house.server.start()
    page.goto(f"/visits/{theirs}")
    expect(page.locator("#username")).to_be_visible()
    fill_sign_in(page, "inspector")
    assert page.goto(f"/visits/{theirs}").status == 404  # type: ignore[union-attr]


@pytest.mark.parametrize("missing", ["crypto.subtle", "globalThis.indexedDB"])
def test_a_browser_that_cannot_seal_records_nothing_and_says_why(
    house: House, machine: Tablet, missing: str
) -> None:
    visit = house.visit()
    page = machine.on()
    owner, name = missing.split(".")
    page.add_init_script(f"Object.defineProperty({owner}, '{name}', {{ value: undefined }})")
    machine.sign_in("inspector")
    expect(page.locator("[data-why]")).to_contain_text("无法对记录加密")
    page.goto(f"/visits/{visit}")
    expect(page.locator("[data-alerts]")).to_contain_text("无法对记录加密")
    expect(page.locator("body[data-armed]")).to_have_count(0)


# What people do with the lock


def set_pin(page: Page) -> None:
    """On the list; the card then says that there is one."""
    page.locator("[data-pin-open]").click()
    page.fill("#pin-new", "123456")
    page.fill("#pin-again", "123456")
    page.get_by_role("button", name="设置 PIN 码", exact=True).click()
    expect(page.locator("[data-pin-error]")).to_contain_text("太容易被猜到")
    page.fill("#pin-new", PIN)
    page.fill("#pin-again", PIN)
    page.get_by_role("button", name="设置 PIN 码", exact=True).click()
    expect(page.locator("[data-pin]")).to_have_attribute("data-pin", "set")


def lock(page: Page) -> None:
    """Through the menu."""
    page.locator(".menu summary").click()
    page.locator(".menu [data-lock]").click()


def sign_out_keeping_the_pin(page: Page) -> None:
    """Lock while there is a network, which ends the session."""
    lock(page)
    expect(page.locator("#username")).to_be_visible()


def unlock(page: Page, pin: str) -> None:
    """On the lock screen."""
    expect(page.locator("[data-unlock] button")).to_be_enabled(timeout=10_000)
    page.fill("#pin", pin)
    page.locator("[data-unlock] button").click()
    expect(page.get_by_text("正在解锁…")).to_have_count(0, timeout=15_000)


def expect_locked(page: Page) -> None:
    """The lock screen, and nothing of a visit."""
    expect(page.locator("[data-locked]")).to_be_visible()


def expect_all_sent(page: Page) -> None:
    """The list says so."""
    expect(page.locator("[data-outbox]")).to_have_attribute("data-phase", "idle", timeout=15_000)
    expect(page.locator("[data-send]")).to_be_hidden()


def expect_sent(house: House, page: Page, visit: str) -> None:
    """It is on the server, once."""
    expect(page.locator(".dock")).to_have_attribute("data-phase", "idle", timeout=15_000)
    assert house.stored(visit) == (ENTRY[1], NOTE, 1, 4)


def kept(page: Page) -> list[str]:
    """All that the browser keeps of our site, as text."""
    found: list[str] = page.evaluate(KEPT)
    return found


def readable(texts: list[str]) -> list[str]:
    """What of it says something about a visit."""
    return [text[:200] for text in texts if any(word in text for word in PLAIN)]
