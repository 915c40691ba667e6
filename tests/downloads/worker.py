"""The real worker: `flask work` as a process of its own, started and killed by the tests."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from inspector.db import db


class Worker:
    """A worker on the database and the storage of an app."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self._log = folder / "worker.log"
        self._environment = os.environ | {
            "INSPECTOR_SECRET_KEY": app.config["SECRET_KEY"],
            "INSPECTOR_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
            "INSPECTOR_STORAGE": app.config["STORAGE"],
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Worker":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "inspector", "work"],
                env=self._environment,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """It dies at once, as in a power cut."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(20)
            self._process = None

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds in the database, as long as the worker lives."""
        assert self._process is not None
        for _ in range(600):
            db.session.rollback()
            db.session.expire_all()
            if holds():
                db.session.rollback()
                return
            assert self._process.poll() is None, self._log.read_text()[-2000:]
            db.session.rollback()  # an open transaction of ours would keep it waiting
            time.sleep(0.05)
        raise AssertionError(f"not within half a minute: {self._log.read_text()[-2000:]}")
