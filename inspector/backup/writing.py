"""Writes the file of a backup, from its beginning to its end."""

import hashlib
from tarfile import BLOCKSIZE
from typing import BinaryIO

from inspector.backup.manifest import (
    MANIFEST,
    PIECE,
    SEAL,
    Bytes,
    Manifest,
    Rows,
    Seal,
    Tally,
    header,
)


class Writer:
    """Writes member after member; `finish` seals them."""

    def __init__(self, file: BinaryIO, secret: str) -> None:
        self._file = file
        self._secret = secret
        self._digest = hashlib.sha256()
        self._tally = Tally()

    def add_bytes(self, sha256: str, size: int, file: BinaryIO) -> None:
        """Add all `size` bytes of a file that are known to have this SHA-256."""
        self._write(header(self._tally.add_bytes(sha256, size), size))
        while piece := file.read(PIECE):
            self._write(piece)
        self._pad(size)

    def add_rows(self, table: str, lines: bytes) -> None:
        """Add some more rows of a table, whole lines."""
        self._add(self._tally.add_rows(table, lines), lines)

    @property
    def stored(self) -> Bytes:
        """What was added of the storage."""
        return self._tally.bytes

    def rows(self, table: str, columns: list[str]) -> Rows:
        """What was added of a table."""
        return self._tally.rows(table, columns)

    def finish(self, manifest: Manifest) -> None:
        """Say what is in the file, and seal it."""
        self._add(MANIFEST, manifest.model_dump_json(indent=1).encode())
        seal = Seal.of(self._digest.hexdigest(), self._secret)
        self._add(SEAL, seal.model_dump_json().encode())
        self._write(bytes(2 * BLOCKSIZE))  # so ends a tar

    def _add(self, name: str, data: bytes) -> None:
        self._write(header(name, len(data)))
        self._write(data)
        self._pad(len(data))

    def _pad(self, size: int) -> None:
        self._write(bytes(-size % BLOCKSIZE))

    def _write(self, data: bytes) -> None:
        self._digest.update(data)
        self._file.write(data)
