"""A tablet that can lose its battery: Chromium with a profile of its own on the disk, whose whole
process tree is killed at once and started again."""

import os
import shutil
import signal
import time
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import BrowserContext, Dialog, Error, Page, Playwright

from tests.browser.chromium import CHROMIUM, QUIET
from tests.cast import PASSWORD


class Device:
    """One tablet with one page open at a time, in the hands of one person."""

    def __init__(self, playwright: Playwright, profile: Path, username: str) -> None:
        self._playwright = playwright
        self._profile = profile
        self._username = username
        self._context: BrowserContext | None = None
        self.page: Page

    def start(self, address: str) -> None:
        """Switch it on and open an address."""
        self._context = self._playwright.chromium.launch_persistent_context(
            self._profile,
            executable_path=CHROMIUM,
            args=list(QUIET),
            viewport={"width": 820, "height": 1100},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        self._open(self._context.pages[0], address)

    def go(self, address: str) -> None:
        """Follow a link to a visit."""
        self.page.goto(address, wait_until="commit")
        self._arrive(address)

    def reload(self) -> None:
        """Load the page anew."""
        address = self.page.url.split("#")[0]
        self.page.reload(wait_until="commit")
        self._arrive(address)

    def reopen(self, address: str) -> None:
        """Close the tab, open the address in another."""
        assert self._context is not None
        fresh = self._context.new_page()
        self.page.close()
        self._open(fresh, address)

    def kill(self) -> None:
        """The battery is dead: no process of it gets a chance to do anything more."""
        for process in self._processes():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        while self._processes():
            time.sleep(0.02)
        self._close()

    def discard(self) -> None:
        """Switch it off, and forget all that was on it."""
        self._close()
        shutil.rmtree(self._profile, ignore_errors=True)

    def _close(self) -> None:
        if self._context is not None:
            with suppress(Error):
                self._context.close()
            self._context = None

    def _open(self, page: Page, address: str) -> None:
        self.page = page
        page.on("dialog", _leave)
        self.go(address)

    def _arrive(self, address: str) -> None:
        """Sign in when asked to; then wait until the page shows what it has."""
        page = self.page
        page.locator("body[data-armed], #username").first.wait_for(state="attached")
        if page.locator("#username").count():
            self._fill_sign_in()
            if not page.url.startswith(address):
                page.goto(address, wait_until="commit")
        page.locator("body[data-armed]").wait_for(state="attached")

    def _fill_sign_in(self) -> None:
        page = self.page
        page.fill("#username", self._username)
        page.fill("#password", PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        page.wait_for_url(lambda now: "/sign-in" not in now, wait_until="commit")

    def _processes(self) -> list[int]:
        """Of this profile only."""
        mark = f"--user-data-dir={self._profile}".encode()
        found = []
        for line in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                if mark in line.read_bytes().split(b"\0"):
                    found.append(int(line.parent.name))
        return found


def _leave(dialog: Dialog) -> None:
    with suppress(Error):
        dialog.accept()
