"""Real Chromium against a real server: gunicorn on a free port, with a database of its own."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from inspector import create_app
from inspector.db import db
from tests import cast as make
from tests.browser.chromium import CHROMIUM, QUIET
from tests.browser.house import House, Tablet
from tests.cast import PASSWORD, load_library, people_of_the_cast
from tests.server import Server


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser story, and may take its time."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(300))


@dataclass
class Site:
    """A server that can be stopped and started again, and the app on the same database, to arrange
    and to look."""

    url: str
    app: Flask
    server: Server

    def start(self) -> None:
        """Start the server, on the same port as before, and wait until it answers."""
        self.server.start()

    def stop(self) -> None:
        """Stop the server: there is nobody at its address any more."""
        self.server.stop()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server of this module's own."""
    folder = tmp_path_factory.mktemp("site")
    app = site_app(folder)
    server = Server(app, folder)
    server.start()
    try:
        yield Site(server.url, app, server)
    finally:
        server.stop()
        with app.app_context():
            db.engine.dispose()


def site_app(folder: Path) -> Flask:
    """An app on a database of its own in a folder, filled with the library and the cast."""
    app = create_app(
        SECRET_KEY="for tests only",
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder / 'site.sqlite3'}",
        STORAGE=str(folder / "bytes"),
    )
    # What the stories arrange is written, while tablets write too: it must wait its turn for that.
    plain = app.test_request_context
    app.test_request_context = partial(plain, method="POST")  # type: ignore[method-assign]
    with app.app_context():
        flask_migrate.upgrade()
        load_library()
        people_of_the_cast()
        db.session.commit()
        db.engine.dispose()
    return app


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver; there can be one in a process."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """One browser for the run; each person gets a context of their own."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
    yield browser
    browser.close()


@pytest.fixture
def forgive() -> list[str]:
    """Parts of console messages that the test expects, such as that of a page not found."""
    return []


TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`refused by ${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`));
"""


@pytest.fixture
def open_as(site: Site, chromium: Browser, forgive: list[str]) -> Iterator[Callable[..., Page]]:
    """Open the app as a person of the cast, signed in through the form. A script error, a blocked
    resource, what our own content policy refuses or an error of the console fails the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_(
        username: str, *, width: int = 820, scheme: str = "light", script: bool = True
    ) -> Page:
        context = chromium.new_context(
            java_script_enabled=script,
            viewport={"width": width, "height": 1100},
            color_scheme=scheme,  # type: ignore[arg-type]
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            base_url=site.url,
        )
        contexts.append(context)
        context.add_init_script(TELL_VIOLATIONS)

        def note(fault: bool, text: str) -> None:
            if fault:
                faults.append(f"{username}: {text}")

        context.on("weberror", lambda error: note(True, str(error.error)))
        context.on("console", lambda said: note(said.type == "error", said.text))
        page = context.new_page()
        page.goto("/sign-in")
        page.fill("#username", username)
        page.fill("#password", PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        page.wait_for_url(lambda address: "/sign-in" not in address)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert [fault for fault in faults if not any(part in fault for part in forgive)] == []


@pytest.fixture(scope="module")
def settings() -> dict[str, str]:
    """What a module sets for its server besides, in the environment."""
    return {}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, settings: dict[str, str]) -> Iterator[House]:
    """A server of this module's own."""
    folder = tmp_path_factory.mktemp("house")
    app = site_app(folder)
    worker = folder / "sw.js"
    shutil.copy(app.config["SERVICE_WORKER"], worker)
    with pytest.MonkeyPatch.context() as environment:
        for name, value in {**settings, "INSPECTOR_SERVICE_WORKER": str(worker)}.items():
            environment.setenv(name, value)
        server = Server(app, folder)
    server.start()
    yield House(app, server, worker)
    server.stop()
    with app.app_context():
        db.engine.dispose()


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
