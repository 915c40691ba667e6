"""Bytes by their SHA-256: photos and issued papers, whose name is their content.

A local folder for now. Another place, such as an S3 bucket, is one more class that keeps the
promise of `Storage`; the application hands the chosen one to `app.extensions["storage"]`.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from flask import current_app

SHA256 = re.compile(r"[0-9a-f]{64}")
PART = ".part-"
"""How the names of files begin that are still being written."""
PIECE = 1024 * 1024
"""How many bytes of a file are in memory at once."""


class Missing(LookupError):
    """Nothing is stored under this SHA-256."""


class Damaged(ValueError):
    """What is stored under this SHA-256 is not what was put there."""


class Storage(Protocol):
    """Where bytes are kept. What was put can be got again until it is removed; nothing is ever
    changed."""

    def put(self, data: bytes) -> str:
        """Keep `data` and return its SHA-256, 64 lower-case hex digits. It is durable on return,
        and putting the same again is harmless."""

    def get(self, sha256: str) -> bytes:
        """The bytes with this SHA-256. Raises `Missing`, or `Damaged` if they have changed."""

    def put_file(self, file: BinaryIO) -> str:
        """Like `put`, for what is too large for the memory: all that can be read from `file`."""

    def open(self, sha256: str) -> BinaryIO:
        """Like `get`, to be read piece by piece, and closed. Raises `Missing`; that nothing has
        changed is not checked."""

    def has(self, sha256: str) -> bool:
        """Whether something is stored under this SHA-256."""

    def remove(self, sha256: str) -> None:
        """Keep nothing under this SHA-256 any more; harmless when there is nothing."""

    def names(self) -> Iterator[str]:
        """The SHA-256 of all that is stored, in no order."""

    def remove_unfinished(self, before: datetime) -> int:
        """Remove what was begun before a moment and never finished, as when a process died; returns
        how much it was."""


def storage() -> Storage:
    """The storage of the running application."""
    return cast(Storage, current_app.extensions["storage"])


class Folder:
    """Storage in a local folder, fanned out over two levels: ab/cd/abcd…"""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, data: bytes) -> str:
        """See `Storage.put`. A damaged file is replaced by the good bytes."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._path(sha256)
        if not path.exists() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_durably(path, data)
            for folder in (path.parent, path.parent.parent, self.root):
                _sync(folder)
        return sha256

    def get(self, sha256: str) -> bytes:
        """See `Storage.get`."""
        try:
            data = self._path(sha256).read_bytes()
        except FileNotFoundError:
            raise Missing(sha256) from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Damaged(sha256)
        return data

    def put_file(self, file: BinaryIO) -> str:
        """See `Storage.put_file`."""
        self.root.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with tempfile.NamedTemporaryFile(dir=self.root, prefix=PART, delete=False) as part:
            try:
                while piece := file.read(PIECE):
                    digest.update(piece)
                    part.write(piece)
                part.flush()
                os.fsync(part.fileno())
                path = self._path(digest.hexdigest())
                path.parent.mkdir(parents=True, exist_ok=True)
                os.replace(part.name, path)
            except BaseException:
                Path(part.name).unlink(missing_ok=True)
                raise
        for folder in (path.parent, path.parent.parent, self.root):
            _sync(folder)
        return digest.hexdigest()

    def open(self, sha256: str) -> BinaryIO:
        """See `Storage.open`."""
        try:
            return self._path(sha256).open("rb")
        except FileNotFoundError:
            raise Missing(sha256) from None

    def has(self, sha256: str) -> bool:
        """See `Storage.has`."""
        return self._path(sha256).exists()

    def remove(self, sha256: str) -> None:
        """See `Storage.remove`."""
        self._path(sha256).unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        """See `Storage.names`. What is still being written has no name yet."""
        for path in self.root.glob("??/??/*"):
            if SHA256.fullmatch(path.name):
                yield path.name

    def remove_unfinished(self, before: datetime) -> int:
        """See `Storage.remove_unfinished`."""
        found = 0
        for pattern in (f"{PART}*", f"??/??/{PART}*"):
            for part in self.root.glob(pattern):
                with suppress(FileNotFoundError):  # finished just now
                    if part.stat().st_mtime < before.timestamp():
                        part.unlink()
                        found += 1
        return found

    def _path(self, sha256: str) -> Path:
        if not SHA256.fullmatch(sha256):
            raise ValueError(f"not a SHA-256 in lower-case hex: {sha256!r}")
        return self.root / sha256[:2] / sha256[2:4] / sha256


def _write_durably(path: Path, data: bytes) -> None:
    """Write beside the target, then rename: a reader sees all of the bytes or nothing."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=PART)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _sync(folder: Path) -> None:
    """Make the names in a folder survive a power cut; the file's own fsync does not."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
