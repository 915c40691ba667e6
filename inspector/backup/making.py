"""Makes a backup while the server runs.

The bytes come first, which takes long; then, in one snapshot of the database, what has come
meanwhile, and the rows. So the backup is the state at its end. Bytes are in the storage before a
row names them: all that the snapshot names can be read, unless it was deleted in just this moment.
Then a newer snapshot is taken, which no longer names it.
"""

import hashlib
import tempfile
from contextlib import closing
from typing import BinaryIO, cast

from flask import current_app
from sqlalchemy import Connection

from inspector import clock
from inspector.backup import revisions, rows
from inspector.backup.manifest import PIECE, Manifest, Unusable
from inspector.backup.names import Names
from inspector.backup.progress import Show
from inspector.backup.writing import Writer
from inspector.db import db
from inspector.storage import Missing, storage

TRIES = 20
"""So often a snapshot is taken anew, because bytes were deleted just then."""

IN_MEMORY = 16 * PIECE
"""Larger files are put down on the disk while they are checked."""


def make(file: BinaryIO, show: Show) -> Manifest:
    """Write a backup of the application's database and storage; what is in it."""
    writer = Writer(file, current_app.config["SECRET_KEY"])
    with closing(Names()) as names:
        with rows.snapshot() as connection:
            names.name(rows.named_bytes(connection))
        missing = _copy(names, writer, show)
        for _ in range(TRIES):
            with rows.snapshot() as connection:
                names.name(rows.named_bytes(connection))
                before, missing = missing, _copy(names, writer, show)
                if missing <= before:  # not deleted just now, but gone for good
                    manifest = _add_rows(connection, writer, names.unnamed(), sorted(missing))
                    writer.finish(manifest)
                    return manifest
    raise Unusable("Too much was deleted while the backup was made. Try again at a quieter hour.")


def _copy(names: Names, writer: Writer, show: Show) -> set[str]:
    """Take the bytes along that rows name and the backup has not yet; those that could not be."""
    missing = set()
    with show("Files", names.wanted_count) as advance:
        for name in names.wanted():
            if _copied(name, writer):
                names.keep(name)
            else:
                missing.add(name)
            advance(1)
    return missing


def _copied(name: str, writer: Writer) -> bool:
    """Whether these bytes were there, and whole: looked at before a word of them is written."""
    digest = hashlib.sha256()
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as whole:
        try:
            with storage().open(name) as file:
                while piece := file.read(PIECE):
                    digest.update(piece)
                    whole.write(piece)
        except Missing:
            return False
        if digest.hexdigest() != name:
            return False
        size = whole.tell()
        whole.seek(0)
        writer.add_bytes(name, size, cast(BinaryIO, whole))
    return True


def _add_rows(
    connection: Connection, writer: Writer, removed: list[str], lost: list[str]
) -> Manifest:
    tables = rows.tables(connection)
    taken = {name: table for name, table in tables.items() if name not in rows.LEFT_OUT}
    for name, table in taken.items():
        for lines in rows.written(connection, table):
            writer.add_rows(name, lines)
    return Manifest(
        version=revisions.version(),
        revision=revisions.of(connection),
        engine=db.engine.dialect.name,
        made_at=clock.now().isoformat(),
        tables={n: writer.rows(n, [c.name for c in t.columns]) for n, t in taken.items()},
        left_out=sorted(set(tables) - set(taken)),
        bytes=writer.stored,
        removed=removed,
        lost=lost,
    )
