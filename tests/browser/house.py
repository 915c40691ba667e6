"""A server that is stopped and started, a tablet with a profile on the disk, and what an inspector
does with it in the order of the day."""

import uuid
from dataclasses import dataclass
from datetime import date
from pathlib import Path

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
from tests.browser.chromium import CHROMIUM, QUIET
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
            given = (a for a in row.answers.values() if a.item.code == ENTRY[0])
            answer = next(given, None)
            photos = [photo for photo in row.photos if photo.picture is not None]
            total = select(func.count()).where(Operation.visit_id == row.id)
            count = db.session.scalar(total)
            words = (answer.value or "", answer.note) if answer else ("", "")
            found = *words, len(photos), count or 0
            db.session.remove()
            return found

    def new_version(self) -> None:
        """A build with another version, as the next release makes it."""
        built = self.worker.read_text()
        self.worker.write_text(built.replace("addEventListener", "/* next */addEventListener", 1))


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


def sign_out(page: Page) -> None:
    """Through the menu."""
    page.locator(".menu summary").click()
    page.get_by_role("button", name="退出登录").click()
