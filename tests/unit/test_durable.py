"""What SQLite has committed is on the disk; tests alone need not wait (tests/databases.py)."""

import sqlite3
from pathlib import Path

from inspector.db import _prepare_sqlite


def test_a_commit_waits_for_the_disk(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "x.sqlite3")
    _prepare_sqlite(connection, None)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,), "FULL"
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
