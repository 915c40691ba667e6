"""Puts a backup into an empty place. The file is read twice: to see that it is whole before
anything is touched, and then to take everything from it, which checks it once more.

Bytes come first; the rows follow in one transaction, whose commit makes the place a server's. So a
restore that was interrupted leaves no rows behind.
"""

from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, cast

from flask import current_app
from sqlalchemy import select

from inspector.backup import loading, revisions, rows
from inspector.backup.manifest import Manifest, Unusable
from inspector.backup.progress import Show
from inspector.backup.reading import Lines, Reader, Stored
from inspector.storage import storage


def check(path: Path, show: Show) -> Reader:
    """Read a whole backup and compare every hash; raises Unusable if anything is wrong."""
    with path.open("rb") as file, show("Checking", path.stat().st_size) as advance:
        reader = Reader(file, current_app.config["SECRET_KEY"])
        for member in reader.members():
            advance(member.size)
    return reader


def restore(path: Path, show: Show, *, other_key: bool = False) -> Manifest:
    """Fill the application's empty database and storage from a backup; what was in it."""
    _require_empty()
    reader = check(path, show)
    if not (reader.is_ours or other_key):
        raise Unusable(
            "The backup was sealed with another secret key. Set the key of then; or, if it is lost "
            "and you know where the file comes from: --other-key"
        )
    manifest = reader.manifest
    revisions.require_known(manifest.revision)
    revisions.bring_to(manifest.revision)
    _require_tables(manifest)
    with path.open("rb") as file, show("Restoring", path.stat().st_size) as advance:
        _take_from(file, manifest, advance)
    revisions.bring_up()
    _require_bytes(manifest)
    return manifest


def _require_empty() -> None:
    with rows.snapshot() as connection:
        for name, table in rows.tables(connection).items():
            if connection.execute(select(table).limit(1)).first():
                raise Unusable(f"The database is not empty: there are rows of {name}.")
    if next(storage().names(), None):
        raise Unusable("The storage is not empty: there are bytes of somebody.")


def _require_tables(manifest: Manifest) -> None:
    """That the database of that version has just these tables and columns."""
    with rows.snapshot() as connection:
        there = {n: {c.name for c in t.columns} for n, t in rows.tables(connection).items()}
    said = {name: set(table.columns) for name, table in manifest.tables.items()}
    said |= {name: there[name] for name in manifest.left_out if name in there}
    if differing := sorted(name for name in there | said if there.get(name) != said.get(name)):
        raise Unusable(
            f"The backup does not fit to {manifest.revision}, of which it says it is: "
            + ", ".join(differing)
        )


def _take_from(file: BinaryIO, manifest: Manifest, advance: Callable[[int], None]) -> None:
    reader = Reader(file, current_app.config["SECRET_KEY"])
    for kind, members in groupby(reader.members(), type):
        if kind is Stored:
            _keep(cast(Iterable[Stored], members), set(manifest.removed), advance)
        else:
            _put_in(cast(Iterable[Lines], members), manifest, advance)


def _keep(members: Iterable[Stored], removed: set[str], advance: Callable[[int], None]) -> None:
    for stored in members:
        if stored.sha256 not in removed:
            storage().put_file(cast(BinaryIO, stored))  # whether it was this, the reader looks
        advance(stored.size)


def _put_in(members: Iterable[Lines], manifest: Manifest, advance: Callable[[int], None]) -> None:
    with loading.unguarded() as connection:
        tables = rows.tables(connection)
        for table in tables.values():
            connection.execute(table.delete())  # what migrations have put there
        for part in members:
            columns = manifest.tables[part.table].columns
            rows.put_in(connection, tables[part.table], columns, part.lines)
            advance(part.size)
        for name, said in manifest.tables.items():
            if rows.count(connection, tables[name]) != said.rows:
                raise Unusable(f"The database did not keep all {said.rows} rows of {name}.")


def _require_bytes(manifest: Manifest) -> None:
    """That all bytes that rows name are there, as far as the backup had them."""
    with rows.snapshot() as connection:
        for name in rows.named_bytes(connection):
            if not storage().has(name) and name not in manifest.lost:
                raise Unusable(f"Bytes that a row names are not there: {name}")
