"""What the file of a backup says about itself, and how it is sealed.

The file is a tar:

    bytes/SHA256       what the storage holds under that name
    rows/TABLE/0001    rows of a table, a line of JSON each (rows.py), in pieces
    manifest.json      what there must be of all that
    seal.json          the SHA-256 of every byte before it, signed with the secret key
"""

import hashlib
import hmac
import tarfile
from collections import defaultdict
from dataclasses import dataclass, field
from tarfile import TarInfo
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

PIECE = 1024 * 1024
"""How many bytes are in memory at once, about."""

MANIFEST, SEAL = "manifest.json", "seal.json"


class Unusable(Exception):
    """Why there is no backup, or no restoring it, as a sentence for the operator."""


class Strict(BaseModel):
    """What comes from a file: nothing in it may be unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Rows(Strict):
    """What there is of one table."""

    columns: list[str]
    rows: int
    sha256: str
    """Of all its lines."""


class Bytes(Strict):
    """What there is of the storage."""

    files: int
    size: int
    sha256: str
    """Of all the names in their order, and so of all that they name."""


class Manifest(Strict):
    """What the file holds, and what made it."""

    format: Literal[1] = 1
    version: str
    revision: str
    """The last migration of the database."""
    engine: str
    made_at: str
    tables: dict[str, Rows]
    left_out: list[str]
    """Tables of which no row is taken along."""
    bytes: Bytes
    removed: list[str]
    """Bytes in the file that no row names any more: deleted while the backup was made."""
    lost: list[str]
    """Bytes that rows name and the storage no longer had, or only damaged."""


class Seal(Strict):
    """The end of the file."""

    sha256: str
    signature: str

    @classmethod
    def of(cls, sha256: str, secret: str) -> "Seal":
        """The seal of a file whose bytes so far have this SHA-256."""
        message = f"inspector backup {sha256}".encode()
        signature = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
        return cls(sha256=sha256, signature=signature)


@dataclass
class _Table:
    pieces: int = 0
    rows: int = 0
    sha256: Any = field(default_factory=hashlib.sha256)


@dataclass
class Tally:
    """What was written, or read, so far: whoever reads must come to what the writer came to."""

    files: int = 0
    size: int = 0
    names: Any = field(default_factory=hashlib.sha256)
    tables: defaultdict[str, _Table] = field(default_factory=lambda: defaultdict(_Table))

    def add_bytes(self, sha256: str, size: int) -> str:
        """Count bytes; the name of their member."""
        self.files += 1
        self.size += size
        self.names.update(sha256.encode())
        return f"bytes/{sha256}"

    def add_rows(self, table: str, lines: bytes) -> str:
        """Count rows; the name of their member."""
        counted = self.tables[table]
        counted.pieces += 1
        counted.rows += lines.count(b"\n")
        counted.sha256.update(lines)
        return f"rows/{table}/{counted.pieces:04}"

    @property
    def bytes(self) -> Bytes:
        """All bytes so far."""
        return Bytes(files=self.files, size=self.size, sha256=self.names.hexdigest())

    def rows(self, table: str, columns: list[str]) -> Rows:
        """All rows of a table so far."""
        counted = self.tables[table]
        return Rows(columns=columns, rows=counted.rows, sha256=counted.sha256.hexdigest())


def header(name: str, size: int) -> bytes:
    """The block before a member. There is no other form of it: who reads compares it whole."""
    member = TarInfo(name)
    member.size, member.mode = size, 0o600
    return member.tobuf(tarfile.GNU_FORMAT)
