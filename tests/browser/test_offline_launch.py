"""Launch after one online visit, and work without a network: real Chromium with a profile on the
disk, the real worker, a server that is really stopped and started."""

from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser import tablet
from tests.browser.house import (
    ENTRY,
    NOTE,
    House,
    Tablet,
    armed,
    beside,
    expect_recorded,
    prepared,
    record,
    sign_out,
    take_along,
)


def test_after_one_online_visit_to_the_list_a_visit_opens_and_works_without_a_network(
    house: House, machine: Tablet, photo: Path
) -> None:
    visit = house.visit()
    machine.on()
    take_along(machine.sign_in("inspector"), visit)
    machine.off()
    house.server.kill()

    page = machine.on()
    page.goto("/")  # as the icon on the home screen does
    expect(beside(page, visit)).to_have_attribute("data-standing", "ready")
    page.locator(f"a[href='/visits/{visit}']").first.click()
    record(page, photo)
    assert [worker.url.split("/")[-1][:13] for worker in page.workers] == ["photo-worker-"]
    page.reload()
    expect_recorded(page)
    machine.off()

    page = machine.on()
    page.goto(f"/visits/{visit}")
    expect_recorded(page)
    expect(tablet.item(page, ENTRY[0]).locator("[data-state]")).to_have_text("已存本机")

    house.server.start()
    page.locator("[data-sync]").click()
    tablet.expect_received(page, ENTRY[0])
    page.reload()
    tablet.expect_received(page, ENTRY[0])
    assert house.stored(visit) == (ENTRY[1], NOTE, 1, 4)


def test_the_list_sends_what_waits_and_counts_it_until_then(
    house: House, machine: Tablet, photo: Path
) -> None:
    visit = prepared(house, machine)
    house.server.kill()
    machine.page.goto(f"/visits/{visit}")
    record(machine.page, photo)
    machine.off()

    page = machine.on()
    page.goto("/visits")
    expect(page.locator("[data-unsent]")).to_contain_text("4")
    expect(page.locator("[data-send]")).to_be_visible()
    house.server.start()
    page.locator("[data-send]").dispatch_event("click")  # it goes when the tablet was faster
    expect(page.locator("[data-outbox]")).to_have_attribute("data-phase", "idle")
    expect(page.locator("[data-send]")).to_be_hidden()
    assert house.stored(visit) == (ENTRY[1], NOTE, 1, 4)


def test_an_expired_session_keeps_the_entries_and_the_same_person_goes_on(
    house: House, machine: Tablet, photo: Path
) -> None:
    visit = prepared(house, machine)
    page = machine.page
    page.goto(f"/visits/{visit}")
    armed(page)
    machine.end_session()
    record(page, photo)
    expect(page.locator(".dock")).to_have_attribute("data-phase", "sign_in")
    page.locator("[data-sign-in]").click()
    expect(page.locator("#username")).to_be_visible()

    house.server.kill()  # the sign-in page did not push the visit out
    page.goto(f"/visits/{visit}")
    expect_recorded(page)

    house.server.start()
    machine.sign_in("inspector")
    expect(page.locator("[data-outbox]")).to_have_attribute("data-phase", "idle")
    assert house.stored(visit) == (ENTRY[1], NOTE, 1, 4)


def test_another_person_sees_none_of_it_sends_none_of_it_and_cannot_open_it_offline(
    house: House, machine: Tablet, photo: Path
) -> None:
    visit = prepared(house, machine)
    page = machine.page
    page.goto(f"/visits/{visit}")
    armed(page)
    machine.end_session()
    record(page, photo)
    expect(page.locator(".dock")).to_have_attribute("data-phase", "sign_in")

    machine.sign_in("colleague")
    expect(page.locator("[data-outbox]")).to_have_attribute("data-phase", "idle")
    expect(page.locator("[data-unsent]")).not_to_contain_text("4")
    expect(page.locator("[data-others]")).to_contain_text("4")
    assert page.goto(f"/visits/{visit}").status == 404  # type: ignore[union-attr]

    house.server.kill()
    page.goto(f"/visits/{visit}")
    expect(page.locator("[data-kept]")).to_be_attached()
    expect(page.locator("body")).not_to_contain_text("ON-ENV-04")

    house.server.start()
    machine.end_session()
    machine.sign_in("inspector")
    expect(page.locator("[data-outbox]")).to_have_attribute("data-phase", "idle")
    assert house.stored(visit) == (ENTRY[1], NOTE, 1, 4)


def test_signing_out_waits_for_what_is_unsent_and_then_takes_the_pages_along(
    house: House, machine: Tablet, photo: Path
) -> None:
    visit = prepared(house, machine)
    page = machine.page
    house.server.kill()
    page.goto(f"/visits/{visit}")
    record(page, photo)
    page.goto("/visits")
    sign_out(page)
    expect(page.locator("#problem")).to_contain_text("无法连接服务器")
    expect(beside(page, visit)).to_have_attribute("data-standing", "ready")

    page.goto(f"/visits/{visit}")
    expect_recorded(page)
    house.server.start()
    page.context.route("**/api/**", lambda route: route.abort())
    page.goto("/visits")
    sign_out(page)
    expect(page.locator("#unsent")).to_be_visible()
    page.context.unroute_all()
    page.locator("#unsent a").click()
    expect(page.locator("[data-outbox]")).to_have_attribute("data-phase", "idle")
    sign_out(page)
    expect(page.locator("#username")).to_be_visible()
    house.server.kill()
    page.goto(f"/visits/{visit}")
    expect(page.locator("[data-kept]")).to_be_empty()


def test_a_new_version_waits_until_all_is_sent_and_no_visit_is_open(
    house: House, machine: Tablet
) -> None:
    visit = prepared(house, machine)
    recording = machine.page
    recording.goto(f"/visits/{visit}")
    armed(recording)
    house.new_version()

    page = machine.new_tab()
    page.goto("/visits")
    expect(page.locator("[data-version]")).to_be_visible()
    expect(recording.locator("[data-new-version]")).to_be_visible()
    page.locator("[data-update]").click()
    expect(page.locator("[data-version]")).to_have_attribute("data-version", "visit_open")
    go_on_in_the_same_version(recording)

    recording.goto("/visits")
    expect(beside(recording, visit)).to_have_attribute("data-standing", "ready", timeout=30_000)
    page.locator("[data-update]").click()
    # A browser that finds the old worker busy looks again when it has been idle for half a minute.
    expect(page.locator("[data-version]")).to_be_hidden(timeout=90_000)
    expect(beside(page, visit)).to_have_attribute("data-standing", "ready")


def test_one_button_takes_all_visits_of_this_week_along(house: House, machine: Tablet) -> None:
    soon, later = house.visit("reviewer"), house.visit("reviewer", on=date(2099, 1, 1))
    machine.on()
    page = machine.sign_in("reviewer")
    expect(beside(page, later)).to_have_attribute("data-standing", "absent")
    page.locator("[data-take-week]").click()
    expect(beside(page, soon)).to_have_attribute("data-standing", "ready", timeout=30_000)
    expect(beside(page, later)).to_have_attribute("data-standing", "absent")


def test_ready_is_not_said_of_a_visit_that_would_not_start(house: House, machine: Tablet) -> None:
    visit = prepared(house, machine)
    page = machine.page
    page.evaluate(
        """async () => {
             const files = await caches.open("files");
             const ofVisit = (await files.keys()).filter(({ url }) => /visit-/.test(url));
             for (const file of ofVisit) await files.delete(file);
           }"""
    )
    house.server.kill()  # with a network it would be taken along again at once
    page.reload()
    expect(beside(page, visit)).to_have_attribute("data-standing", "incomplete")


def go_on_in_the_same_version(page: Page) -> None:
    """The visit that is open works as before."""
    tablet.go_to(page, "ENV")
    tablet.answer(page, *ENTRY)
    tablet.expect_received(page, ENTRY[0])
