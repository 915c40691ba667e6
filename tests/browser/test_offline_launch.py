"""Launch after one online visit, and work without a network: real Chromium with a profile on the
disk, the real worker, a server that is really stopped and started."""

import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Locator, Page, Playwright, expect
from sqlalchemy import func, select

from inspector import clock
from inspector.db import db
from inspector.offline.models import Operation
from inspector.people.models import Person
from inspector.people.queries import person_called
from inspector.visits.models import Visit
from tests import cast as make
from tests.browser import tablet
from tests.browser.conftest import CHROMIUM, QUIET, site_app
from tests.server import Server

ENTRY = ("ON-ENV-04", "no")
NOTE = "门口地面有水。"


@dataclass
class House:
    """The server with its database, and the file of the worker that it hands out."""

    app: Flask
    server: Server
    worker: Path

    def visit(self, username: str = "inspector", on: date | None = None) -> str:
        """Plan a visit for somebody. Returns its id."""
        with self.app.app_context():
            visit = Visit.plan(
                branch=make.branch("YA0102"),
                version=make.version(),
                inspector=person(username),
                on=on or clock.today(),
                by=person("channel"),
                at=clock.now(),
            )
            db.session.commit()
            return str(visit.id)

    def stored(self, visit: str) -> tuple[str, str, int, int]:
        """What arrived of the one item: value, note, photos with bytes; and all operations."""
        with self.app.app_context():
            row = db.session.get_one(Visit, uuid.UUID(visit))
            answer = next(a for a in row.answers.values() if a.item.code == ENTRY[0])
            photos = [photo for photo in row.photos if photo.picture is not None]
            total = select(func.count()).where(Operation.visit_id == row.id)
            count = db.session.scalar(total)
            found = answer.value or "", answer.note, len(photos), count or 0
            db.session.remove()
            return found

    def new_version(self) -> None:
        """A build with another version, as the next release makes it."""
        built = self.worker.read_text()
        self.worker.write_text(built.replace("addEventListener", "/* next */addEventListener", 1))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A server of this module's own."""
    folder = tmp_path_factory.mktemp("house")
    app = site_app(folder)
    worker = folder / "sw.js"
    shutil.copy(app.config["SERVICE_WORKER"], worker)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("INSPECTOR_SERVICE_WORKER", str(worker))
        server = Server(app, folder)
    server.start()
    yield House(app, server, worker)
    server.stop()
    with app.app_context():
        db.engine.dispose()


def person(username: str) -> Person:
    """A person of the cast."""
    found = person_called(username)
    assert found is not None
    return found


class Tablet:
    """A browser with a profile on the disk: switched off and on, it is another process."""

    def __init__(self, playwright: Playwright, profile: Path, url: str) -> None:
        self.url = url
        self._playwright = playwright
        self._profile = profile
        self._context: BrowserContext | None = None
        self.page: Page

    def on(self) -> Page:
        """Switch it on. Returns an empty page."""
        self._context = self._playwright.chromium.launch_persistent_context(
            self._profile,
            executable_path=CHROMIUM,
            args=list(QUIET),
            base_url=self.url,
            viewport={"width": 820, "height": 1100},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        self.page = self._context.pages[0]
        return self.page

    def off(self) -> None:
        """Switch it off."""
        if self._context is not None:
            self._context.close()
            self._context = None

    def new_tab(self) -> Page:
        """Another tab."""
        assert self._context is not None
        return self._context.new_page()

    def end_session(self) -> None:
        """The session is over, as after a night."""
        assert self._context is not None
        self._context.clear_cookies()

    def sign_in(self, username: str, page: Page | None = None) -> Page:
        """Sign in through the form, wherever it leads."""
        page = page or self.page
        page.goto("/sign-in?next=/visits")
        fill_sign_in(page, username)
        return page


@pytest.fixture
def machine(playwright: Playwright, tmp_path: Path, house: House) -> Iterator[Tablet]:
    """A tablet that was never used; the server is up before and after."""
    if not house.server.is_up:
        house.server.start()
    made = Tablet(playwright, tmp_path / "profile", house.server.url)
    yield made
    made.off()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo as a camera gives it."""
    file = tmp_path / "IMG_0001.jpg"
    file.write_bytes(make.picture_bytes("indianred", (1600, 1200)))
    return file


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
    page.locator("[data-send]").click()
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
    page.reload()
    expect(beside(page, visit)).to_have_attribute("data-standing", "incomplete")


# What the inspector does, in the order of the day


def prepared(house: House, machine: Tablet) -> str:
    """The inspector's tablet with one visit taken along. Returns the visit's id."""
    visit = house.visit()
    machine.on()
    take_along(machine.sign_in("inspector"), visit)
    return visit


def fill_sign_in(page: Page, username: str) -> None:
    """Fill the form in and send it."""
    page.fill("#username", username)
    page.fill("#password", make.PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda address: "/sign-in" not in address)


def take_along(page: Page, visit: str) -> None:
    """Press the button beside the visit, and wait until it says ready."""
    expect(beside(page, visit)).to_have_attribute("data-standing", "absent", timeout=30_000)
    beside(page, visit).locator("button").click()
    expect(beside(page, visit)).to_have_attribute("data-standing", "ready", timeout=30_000)


def beside(page: Page, visit: str) -> Locator:
    """How the visit stands on the tablet."""
    return page.locator(f"take-along[data-visit='{visit}']")


def armed(page: Page) -> None:
    """The page shows what there is."""
    page.locator("body[data-armed]").wait_for(state="attached")


def record(page: Page, photo: Path) -> None:
    """One item that fails, with a note and a photo: four operations with the start."""
    armed(page)
    tablet.go_to(page, "ENV")
    tablet.answer(page, *ENTRY)
    tablet.take_photo(page, ENTRY[0], photo)
    tablet.write(page, ENTRY[0], "note", NOTE)
    tablet.item(page, ENTRY[0]).locator("[data-text='note']").blur()
    expect(tablet.item(page, ENTRY[0]).locator("figure.tile figcaption")).to_contain_text(
        "已存本机"
    )
    expect(tablet.item(page, ENTRY[0]).locator("[data-state]")).to_have_text("已存本机")


def expect_recorded(page: Page) -> None:
    """The page shows what was recorded."""
    armed(page)
    tablet.go_to(page, "ENV")
    card = tablet.item(page, ENTRY[0])
    expect(card.locator("input[value='no']")).to_be_checked()
    expect(card.locator("[data-text='note']")).to_have_value(NOTE)
    expect(card.locator("figure.tile")).to_have_count(1)


def go_on_in_the_same_version(page: Page) -> None:
    """The visit that is open works as before."""
    tablet.go_to(page, "ENV")
    tablet.answer(page, *ENTRY)
    tablet.expect_received(page, ENTRY[0])


def sign_out(page: Page) -> None:
    """Through the menu."""
    page.locator(".menu summary").click()
    page.get_by_role("button", name="退出登录").click()
