"""A tablet with WebKitGTK, the nearest relative of Safari on an iPad that runs here: its processes
can be killed one by one, and it starts again with the data it had (offline.md 6)."""

import json
import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

PYTHON: Final = "/usr/bin/python3"
VIEW: Final = Path(__file__).with_name("webkit_view.py")
PROBE: Final = 'import gi; gi.require_version("WebKit2", "4.1")'
STORAGE: Final = "WebKitNetworkPr"
"""As the kernel cuts its name: in WebKit the process of the network also keeps IndexedDB."""


def missing() -> str:
    """What WebKitGTK lacks here, in words; "" when it is there."""
    if not shutil.which("Xvfb"):
        return "package xvfb is not installed"
    try:
        subprocess.run([PYTHON, "-c", PROBE], check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return "packages gir1.2-webkit2-4.1 and python3-gi are not installed"
    return ""


@contextmanager
def screen() -> Iterator[str]:
    """A screen that nobody sees. Its name, for DISPLAY."""
    ours, its = os.pipe()
    command = ["Xvfb", "-displayfd", str(its), "-screen", "0", "900x1200x24", "-nolisten", "tcp"]
    process = subprocess.Popen(
        command, pass_fds=[its], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(its)
    try:
        with os.fdopen(ours) as pipe:
            number = pipe.readline().strip()
        assert number, "Xvfb did not start"
        yield f":{number}"
    finally:
        process.terminate()
        process.wait(20)


class ScriptError(Exception):
    """What WebKit answered instead of a result."""


class WebKit:
    """One window, in the hands of a test."""

    def __init__(self, folder: Path, display: str) -> None:
        self._folder = folder
        self._environment = os.environ | {
            "DISPLAY": display,
            "GDK_BACKEND": "x11",
            "NO_AT_BRIDGE": "1",
            "LANG": "C.UTF-8",
            "TZ": "Asia/Shanghai",
            "WEBKIT_DISABLE_DMABUF_RENDERER": "1",
            "PYTHONNOUSERSITE": "1",
        }
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Switch it on, with an empty page and all the data it had."""
        self._folder.mkdir(exist_ok=True)
        with (self._folder / "log").open("a") as log:
            self._process = subprocess.Popen(
                [PYTHON, str(VIEW), str(self._folder)],
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def open(self, url: str) -> None:
        """Open an address, and wait until the page is there."""
        self._ask(do="open", url=url)

    def run(self, body: str, **given: Any) -> Any:
        """Run a function's body in the page; what it is given it finds under its name."""
        names = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in given.items())
        return self._ask(do="run", body=names + body)

    def until(self, body: str, **given: Any) -> Any:
        """Run it again and again, until it returns something that is true; also across pages."""
        last: Any = None
        end = time.monotonic() + 40
        while time.monotonic() < end:
            try:
                last = self.run(body, **given)
                if last:
                    return last
            except ScriptError as error:  # between two pages, for instance
                last = error
            time.sleep(0.1)
        raise AssertionError(f"not within 40 seconds: {body} {given}, at last {last!r}")

    def choose(self, *files: Path) -> None:
        """When the page asks for files, it gets these."""
        self._ask(do="choose", files=[str(file) for file in files])

    def kill(self) -> None:
        """The battery is dead: all its processes at once."""
        family = self._family()
        for process in family:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        if self._process is not None:
            self._process.communicate(timeout=20)  # closes the pipes
            self._process = None
        while any(Path(f"/proc/{process}/exe").exists() for process in family):
            time.sleep(0.02)

    def kill_storage(self) -> None:
        """What an iPad does when memory is short: the page lives on without its storage."""
        for process in self._family():
            if Path(f"/proc/{process}/comm").read_text().strip() == STORAGE:
                os.kill(process, signal.SIGKILL)
                return
        raise AssertionError("there is no process that keeps the storage")

    def _ask(self, **command: Any) -> Any:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(command) + "\n")
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], 60)
        assert ready, f"WebKit does not answer: {command}"
        answer = json.loads(process.stdout.readline())
        if "error" in answer:
            raise ScriptError(answer["error"])
        return answer["value"]

    def _family(self) -> list[int]:
        """Its processes and theirs."""
        if self._process is None:
            return []
        parents = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        family = [self._process.pid]
        for one in family:
            family += [child for child, parent in parents.items() if parent == one]
        return family
