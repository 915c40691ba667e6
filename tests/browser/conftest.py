"""Real Chromium against a real server: gunicorn on a free port, with a database of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import flask_migrate
import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from inspector import create_app
from inspector.db import db
from tests.cast import PASSWORD, load_library, people_of_the_cast

CHROMIUM = os.environ.get("INSPECTOR_TEST_BROWSER", "/usr/bin/chromium")
QUIET = ("--no-sandbox", "--disable-background-networking", "--disable-component-update")


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
    command: list[str]
    environment: dict[str, str]
    log: Path
    server: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start the server, on the same port as before, and wait until it answers."""
        with self.log.open("ab") as log:
            self.server = subprocess.Popen(
                self.command, env=self.environment, stdout=log, stderr=log
            )
        _wait_for(self.url, self.server)

    def stop(self) -> None:
        """Stop the server by its process id: there is nobody at its address any more."""
        if self.server:
            self.server.send_signal(signal.SIGTERM)
            self.server.wait(20)
            self.server = None


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server of this module's own, stopped by its process id at the end."""
    folder = tmp_path_factory.mktemp("site")
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    database = f"sqlite:///{folder / 'site.sqlite3'}"
    app = create_app(
        SECRET_KEY="for tests only",
        SQLALCHEMY_DATABASE_URI=database,
        STORAGE=str(folder / "bytes"),
        BASE_URL=url,
    )
    with app.app_context():
        flask_migrate.upgrade()
        load_library()
        people_of_the_cast()
        db.session.commit()
        db.engine.dispose()
    environment = os.environ | {
        "INSPECTOR_SECRET_KEY": "for tests only",
        "INSPECTOR_DATABASE_URL": database,
        "INSPECTOR_STORAGE": str(folder / "bytes"),
        "INSPECTOR_BASE_URL": url,
    }
    command = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--threads", "8"]
    command += ["--bind", f"127.0.0.1:{port}", "--log-level", "error", "inspector:create_app()"]
    server = Site(url, app, command, environment, folder / "server.log")
    try:
        server.start()
        yield server
    finally:
        server.stop()
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the run; each person gets a context of their own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def forgive() -> list[str]:
    """Parts of console messages that the test expects, such as that of a page not found."""
    return []


@pytest.fixture
def open_as(site: Site, chromium: Browser, forgive: list[str]) -> Iterator[Callable[..., Page]]:
    """Open the app as a person of the cast, signed in through the form. A script error, a blocked
    resource or a warning of the console fails the test."""
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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(100):
        if server.poll() is not None:
            pytest.fail(f"the server stopped with exit code {server.returncode}")
        try:
            with urlopen(f"{url}/health", timeout=20) as answer:  # noqa: S310 - our own server
                assert answer.read() == b"inspector"
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail("the server did not answer within ten seconds")
