"""Reads the file of a backup, from its beginning to its end, and believes nothing in it.

It is read block by block and not by a library for tars: nothing is ever unpacked to a path, every
byte counts for the seal, and a million members take no memory.
"""

import hashlib
import hmac
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from tarfile import BLOCKSIZE, TarInfo
from typing import Any, BinaryIO, TypeVar

from pydantic import ValidationError

from inspector.backup.manifest import (
    MANIFEST,
    PIECE,
    SEAL,
    Manifest,
    Seal,
    Strict,
    Tally,
    Unusable,
    header,
)

BYTES = re.compile(r"bytes/([0-9a-f]{64})")
ROWS = re.compile(r"rows/([a-z_]+)/\d{4,}")
LARGEST_TEXT = 256 * PIECE
"""No manifest and no piece of rows is larger, or it is none of ours."""

Read = TypeVar("Read", bound=Strict)


@dataclass
class Stored:
    """Bytes of the storage, to be read before the next member is asked for."""

    sha256: str
    size: int
    _reader: "Reader"
    _digest: Any = field(default_factory=hashlib.sha256)

    def __post_init__(self) -> None:
        self._left = self.size

    def read(self, size: int = PIECE) -> bytes:
        """The next bytes, as of a file."""
        data = self._reader.take(min(size, self._left))
        self._left -= len(data)
        self._digest.update(data)
        return data

    def end(self) -> None:
        """Read what nobody has wanted; raises Unusable if all of it is not what its name says."""
        while self.read():
            pass
        if self._digest.hexdigest() != self.sha256:
            raise Unusable(f"The file is damaged: the bytes of {self.sha256} are others.")


@dataclass(frozen=True)
class Lines:
    """Some rows of a table, each a line of JSON."""

    table: str
    lines: bytes

    @property
    def size(self) -> int:
        """How many bytes they take."""
        return len(self.lines)


class Reader:
    """Reads member after member. What it gives is to be believed only when it has come to its end:
    then every hash was right, nothing was missing, and nothing was too much."""

    manifest: Manifest
    """What the file says of itself, when it was read to its end."""
    is_ours: bool
    """Whether it was sealed with this secret key; if not, nobody can tell who has written it."""

    def __init__(self, file: BinaryIO, secret: str) -> None:
        self._file = file
        self._secret = secret
        self._digest = hashlib.sha256()
        self._tally = Tally()

    def members(self) -> Iterator[Stored | Lines]:
        """All that is in it, in its order. Raises Unusable as soon as something is wrong."""
        while (found := self._header()).name != MANIFEST:
            if (named := BYTES.fullmatch(found.name)) and not self._tally.tables:
                stored = Stored(named[1], found.size, self)
                yield stored
                stored.end()
                self._pad(found.size)
                self._tally.add_bytes(stored.sha256, stored.size)
            elif named := ROWS.fullmatch(found.name):
                lines = self._text(found)
                if self._tally.add_rows(named[1], lines) != found.name:
                    raise Unusable(f"The file is damaged: {found.name} is not in its place.")
                yield Lines(named[1], lines)
            else:
                raise Unusable(f"The file holds something that is not ours: {found.name!r}")
        self.manifest = self._parsed(Manifest, found)
        self._compare()
        self._break_seal()

    def take(self, size: int) -> bytes:
        """The next so many bytes of the file."""
        data = self._file.read(size)
        if len(data) != size:
            raise Unusable("The file is cut off: it ends before its seal.")
        self._digest.update(data)
        return data

    def _header(self) -> TarInfo:
        block = self.take(BLOCKSIZE)
        try:
            found = TarInfo.frombuf(block, "ascii", "strict")
        except (tarfile.HeaderError, UnicodeError):
            raise Unusable("The file is damaged, or no backup: a member has no name.") from None
        if block != header(found.name, found.size):
            raise Unusable(f"The file holds something that is not ours: {found.name!r}")
        return found

    def _text(self, found: TarInfo) -> bytes:
        if found.size > LARGEST_TEXT:
            raise Unusable(f"The file holds something that is not ours: {found.name!r}")
        text = self.take(found.size)
        self._pad(found.size)
        return text

    def _pad(self, size: int) -> None:
        if self.take(-size % BLOCKSIZE).strip(b"\0"):
            raise Unusable("The file is damaged: something stands between two members.")

    def _parsed(self, kind: type[Read], found: TarInfo) -> Read:
        try:
            return kind.model_validate_json(self._text(found))
        except ValidationError:
            sentence = f"The file is damaged, or of a newer version: {found.name} cannot be read."
            raise Unusable(sentence) from None

    def _compare(self) -> None:
        """What was read, with what the manifest says."""
        said, tally = self.manifest, self._tally
        if tally.bytes != said.bytes:
            raise Unusable(f"Bytes are missing or too many: {tally.files} of {said.bytes.files}.")
        if unknown := set(tally.tables) - set(said.tables):
            raise Unusable(f"There are rows of which the manifest says nothing: {min(unknown)}.")
        for table, rows in said.tables.items():
            if tally.rows(table, rows.columns) != rows:
                raise Unusable(f"Rows of {table} are missing, too many or changed.")

    def _break_seal(self) -> None:
        sha256 = self._digest.hexdigest()
        found = self._header()
        if found.name != SEAL:
            raise Unusable(f"The file holds something that is not ours: {found.name!r}")
        seal, right = self._parsed(Seal, found), Seal.of(sha256, self._secret)
        if seal.sha256 != sha256:
            raise Unusable("The file is damaged: its seal does not fit.")
        self.is_ours = hmac.compare_digest(seal.signature, right.signature)
        if self.take(2 * BLOCKSIZE).strip(b"\0") or self._file.read(1):
            raise Unusable("Something stands behind the end of the file.")
