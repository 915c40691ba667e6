"""SHA-256es by the million, in a file that nobody sees and that goes with the process."""

import sqlite3
from collections.abc import Iterable, Iterator

AT_ONCE = 1000


class Names:
    """Which bytes rows name, and which of them the backup has."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)  # "": a temporary file
        for table in ("named", "kept"):
            self._db.execute(f"CREATE TABLE {table} (name TEXT PRIMARY KEY) WITHOUT ROWID")

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def name(self, names: Iterable[str]) -> None:
        """Say anew which bytes rows name."""
        self._db.execute("BEGIN")
        self._db.execute("DELETE FROM named")
        self._db.executemany("INSERT INTO named VALUES (?)", ((name,) for name in names))
        self._db.execute("COMMIT")

    def keep(self, name: str) -> None:
        """Say that the backup has these bytes."""
        self._db.execute("INSERT INTO kept VALUES (?)", (name,))

    @property
    def wanted_count(self) -> int:
        """How many are named and not kept yet."""
        (number,) = self._db.execute(
            "SELECT count(*) FROM named WHERE name NOT IN (SELECT name FROM kept)"
        ).fetchone()
        return int(number)

    def wanted(self) -> Iterator[str]:
        """Those that are named and not kept yet, in order. They may be kept meanwhile."""
        last = ""
        wanted = (
            "SELECT name FROM named WHERE name > ? AND name NOT IN (SELECT name FROM kept) "
            "ORDER BY name LIMIT ?"
        )
        while batch := self._db.execute(wanted, (last, AT_ONCE)).fetchall():
            yield from (name for (name,) in batch)
            last = batch[-1][0]

    def unnamed(self) -> list[str]:
        """Those that are kept and no longer named."""
        unnamed = "SELECT name FROM kept WHERE name NOT IN (SELECT name FROM named) ORDER BY name"
        return [name for (name,) in self._db.execute(unnamed)]
