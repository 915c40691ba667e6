"""`flask backup` and `flask restore`: all that there is, in one file."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import BinaryIO

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from inspector.backup import making, restoring
from inspector.backup.manifest import Manifest, Unusable
from inspector.backup.progress import on_terminal
from inspector.trail.verifying import Broken, verify

FILE = click.Path(dir_okay=False, path_type=Path)
INCOMPLETE = 3
"""The exit code of a backup that lacks bytes which the storage has lost."""

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

NOT_IN_IT = (
    "Not in it: the secret key and the other settings (keep them elsewhere: without the key no "
    "second factor works), and the queue (what was asked for is taken up again)."
)


@click.command("backup")
@click.argument("file", metavar="FILE", type=FILE)
@click.option("--check", is_flag=True, help="Only look whether FILE is whole.")
@with_appcontext
def backup(file: Path, check: bool) -> None:
    """Write the database and all photos and papers into FILE, while the server runs.

    The file holds personal data: it is readable by its owner only. Exit code 1 when there is no
    backup, or with --check when FILE is none that is whole and ours; 3 when the storage has lost
    bytes that rows name, and FILE holds the rest.
    """
    with _in_words(file):
        if check:
            reader = restoring.check(file, on_terminal)
            _tell("whole", reader.manifest)
            if not reader.is_ours:
                raise Unusable("It was sealed with another secret key: who made it, I cannot tell.")
            return
        if file.exists():
            raise Unusable(f"{file} exists, and no backup is ever overwritten.")
        with _written_whole(file) as part:
            manifest = making.make(part, on_terminal)
    _tell("backed up", manifest)
    click.echo(NOT_IN_IT)
    if manifest.lost:
        raise SystemExit(INCOMPLETE)


@click.command("restore")
@click.argument("file", metavar="FILE", type=FILE)
@click.option("--other-key", is_flag=True, help="Even if it was sealed with another secret key.")
@with_appcontext
def restore(file: Path, other_key: bool) -> None:
    """Fill an empty database and storage from FILE, on SQLite or PostgreSQL, whichever it was.

    A backup of an older version is migrated. Exit code 1, and a sentence, when the place is not
    empty or the file not whole; then nothing was touched. 3 when all was restored, and the audit
    trail is broken in it.
    """
    with _in_words(file):
        manifest = restoring.restore(file, on_terminal, other_key=other_key)
    _tell("restored", manifest)
    click.echo("Everybody signs in again. What was done after it was made is not in it.")
    try:
        click.echo(f"The trail's chain is whole: {verify().rows} rows.")
    except Broken as broken:
        click.echo(
            f"The trail was broken when it was backed up: row {broken.seq}: {broken}", err=True
        )
        raise SystemExit(INCOMPLETE) from None


def _tell(word: str, manifest: Manifest) -> None:
    rows = sum(table.rows for table in manifest.tables.values())
    click.echo(
        f"{word}: {rows} rows of {len(manifest.tables)} tables, {manifest.bytes.files} files of "
        f"{manifest.bytes.size / 1e6:.1f} MB; {manifest.engine} at {manifest.revision}, "
        f"version {manifest.version}, {manifest.made_at}"
    )
    for name in manifest.lost:
        click.echo(f"The storage has lost, or damaged, bytes that rows name: {name}", err=True)


@contextmanager
def _in_words(file: Path) -> Iterator[None]:
    """What goes wrong, as a sentence and exit code 1."""
    try:
        yield
    except Unusable as unusable:
        raise click.ClickException(str(unusable)) from None
    except OSError as error:
        if error.errno in NO_ROOM:
            raise click.ClickException(f"There is no room left for {file}.") from None
        raise click.ClickException(str(error)) from None
    except DBAPIError as error:
        raise click.ClickException(f"The database refused: {error.orig}") from None


@contextmanager
def _written_whole(file: Path) -> Iterator[BinaryIO]:
    """A file that bears its name only when all of it is on the disk; until then FILE.part."""
    part = file.with_name(f"{file.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        try:
            flock(out, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            raise Unusable(f"Another backup is writing {part} just now.") from None
        try:
            out.truncate()  # one that was killed may have left it
            yield out
            out.flush()
            os.fsync(out.fileno())
            part.rename(file)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
