"""A backup that could not be finished never looks like one that was."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from tests.backup.conftest import Town, run


def backup(
    app: Flask, file: Path, first: Callable[[], None] | None = None
) -> subprocess.Popen[str]:
    """`flask backup FILE` as a process of its own."""
    environment = os.environ | {
        "INSPECTOR_SECRET_KEY": app.config["SECRET_KEY"],
        "INSPECTOR_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "INSPECTOR_STORAGE": app.config["STORAGE"],
    }
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "inspector", "backup", str(file)],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=first,
    )


def test_one_that_was_killed_has_no_name_and_the_next_takes_its_place(
    town: Town, tmp_path: Path
) -> None:
    file, part = tmp_path / "backup", tmp_path / "backup.part"
    last = sorted(Path(town.app.config["STORAGE"]).glob("*/*/*"))[-1]
    aside = tmp_path / "aside"
    last.rename(aside)
    os.mkfifo(last)  # whoever reads it waits
    try:
        process = backup(town.app, file)
        while not (part.exists() and part.stat().st_size):
            assert process.poll() is None
            time.sleep(0.01)
        waiting = run(town.app, "backup", file)
        assert waiting.exit_code == 1
        assert "Another backup is writing" in waiting.output
        process.send_signal(signal.SIGKILL)
        process.communicate()
    finally:
        aside.replace(last)
    assert not file.exists()
    assert run(town.app, "backup", "--check", part).exit_code == 1
    assert run(town.app, "backup", file).exit_code == 0
    assert not part.exists()
    assert run(town.app, "backup", "--check", file).exit_code == 0


def test_one_for_which_there_is_no_room_leaves_nothing_and_says_so(
    town: Town, tmp_path: Path
) -> None:
    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

    process = backup(town.app, tmp_path / "backup", little_room)
    _out, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Error: There is no room left for" in said
    assert list(tmp_path.iterdir()) == []
