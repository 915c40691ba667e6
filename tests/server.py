"""The real server, gunicorn, on the loopback: started, killed and started again by the tests."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from flask import Flask


class Server:
    """One gunicorn on a port of its own, with the database and the storage of an app. `proxied`: as
    gunicorn.conf.py says, whatever the numbers; only what opens no connection ahead is served well.
    """

    def __init__(
        self,
        app: Flask,
        folder: Path,
        *,
        workers: int = 1,
        threads: int = 8,
        proxied: bool = False,
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = folder / "server.log"
        self._environment = os.environ | {
            "INSPECTOR_SECRET_KEY": app.config["SECRET_KEY"],
            "INSPECTOR_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
            "INSPECTOR_STORAGE": app.config["STORAGE"],
            "INSPECTOR_BASE_URL": self.url,
        }
        self._command = [sys.executable, "-m", "gunicorn"]
        if not proxied:
            self._command += ["--workers", str(workers), "--threads", str(threads)]
            self._command += ["--worker-connections", "1000", "--keep-alive", "2", "--preload"]
        self._command += ["--bind", f"127.0.0.1:{self.port}", "--log-level", "error"]
        self._command += ["inspector:create_app()"]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_up(self) -> bool:
        """Whether it was started and not stopped since."""
        return self._process is not None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start it, without waiting."""
        with self._log.open("ab") as log:
            # A session of its own: a kill must reach the workers too.
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Until it answers."""
        process = self._process
        assert process is not None, "it was never started"
        for _ in range(400):
            if process.poll() is not None:
                raise RuntimeError(f"the server stopped: {self._log.read_text()[-2000:]}")
            try:
                with urlopen(f"{self.url}/health", timeout=20) as answer:  # noqa: S310 - our own
                    if answer.read() == b"inspector":
                        return
            except (URLError, ConnectionError, TimeoutError):
                time.sleep(0.05)
        raise RuntimeError("the server did not answer within twenty seconds")

    @property
    def cpu_seconds(self) -> float:
        """What its processes have computed so far, the database's not among them."""
        assert self._process is not None
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):  # gone meanwhile
                # After the name: state, parent, group, …, time of the user and of the system.
                said = stat.read_text().rpartition(")")[2].split()
                ticks += int(said[11]) + int(said[12]) if int(said[2]) == self._process.pid else 0
        return ticks / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        """Master and workers die at once, as in a power cut."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(20)
            self._process = None

    def stop(self) -> None:
        """Let it end what it is doing."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
            self._process = None


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
