"""A file of unsent work: what a tablet could not send, taken out of it with the photos.

One zip: entries.json for us, photos/<sha256>.jpg, read-me.html for people without our software, and
SHA256SUMS over all of them. static/js/unsent-file.js writes it.
"""

import hashlib
import json
import re
import uuid
import zlib
from dataclasses import dataclass, field
from io import BufferedIOBase
from typing import Annotated, Any, Final, Literal
from zipfile import BadZipFile, ZipFile

from pydantic import BaseModel, Field

from inspector.offline.format import Entry
from inspector.photos.images import MAX_BYTES
from inspector.problems import Problem

ENTRIES: Final = "entries.json"
SUMS: Final = "SHA256SUMS"
READ_ME: Final = "read-me.html"
PHOTO: Final = re.compile(r"photos/([0-9a-f]{64})\.(jpg|png|webp|heic)")
MAX_ENTRIES_BYTES: Final = 16 * 1024 * 1024
"""Of JSON, of which a byte may become thirty in memory."""
MAX_MEMBERS: Final = 20_000
MEMBER: Final = b"PK\x01\x02"
"""How the line of each file in the list of contents begins."""
MAX_TOTAL_BYTES: Final = 512 * 1024 * 1024
"""Unpacked. More than a tablet holds in a week; what claims more is a bomb."""


class Owner(BaseModel):
    """Whose work it is."""

    id: uuid.UUID
    name: str


class About(BaseModel):
    """What a visit is called, for people."""

    title: str


class Refused(BaseModel):
    """An entry that the server did not accept, with its sentence."""

    op_id: uuid.UUID
    kind: str
    visit: uuid.UUID
    payload: dict[str, Any]
    reason: dict[str, Any]


class Contents(BaseModel):
    """What entries.json says."""

    format: Literal[1]
    person: Owner
    visits: dict[uuid.UUID, About] = {}
    entries: Annotated[list[Entry], Field(max_length=50_000)]
    refused: Annotated[list[Refused], Field(max_length=50_000)] = []


@dataclass(frozen=True)
class UnsentFile:
    """A file that is whole: its sums hold, its entries can be read. `sha256` is the file's own."""

    sha256: str
    contents: Contents
    archive: ZipFile
    photos: dict[str, str] = field(default_factory=dict)
    """SHA-256 to the name in the archive."""

    def photo(self, sha256: str) -> bytes:
        """The bytes of one of its photos."""
        return self.archive.read(self.photos[sha256])


def read(file: BufferedIOBase) -> UnsentFile:
    """Open a file and check all of it. Raises Problem file.unreadable, file.version, file.changed,
    file.too_large."""
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    if _lines(file) > MAX_MEMBERS:
        raise Problem("file.too_large")
    try:
        archive = ZipFile(file)
        photos = _photos(archive)
        contents = _contents(archive.read(ENTRIES))
        _check_sums(archive, photos)
    except (BadZipFile, zlib.error, EOFError, KeyError, RuntimeError, ValueError, OSError) as error:
        raise Problem("file.unreadable") from error
    return UnsentFile(sha256, contents, archive, photos)


def _lines(file: BufferedIOBase) -> int:
    """At least how many files the list of contents claims: it is read into memory as a whole."""
    count = 0
    while piece := file.read(1 << 20):
        count += piece.count(MEMBER)
    file.seek(0)
    return count


def _photos(archive: ZipFile) -> dict[str, str]:
    """Look at the list of contents before anything is unpacked."""
    members = archive.infolist()
    photos = {m[1]: m[0] for info in members if (m := PHOTO.fullmatch(info.filename))}
    if len(photos) + 3 != len(members) or len(set(archive.namelist())) != len(members):
        raise Problem("file.unreadable")
    limits = {ENTRIES: MAX_ENTRIES_BYTES, SUMS: MAX_ENTRIES_BYTES, READ_ME: MAX_ENTRIES_BYTES}
    if any(m.file_size > limits.get(m.filename, MAX_BYTES) for m in members):
        raise Problem("file.too_large")
    if sum(info.file_size for info in members) > MAX_TOTAL_BYTES:
        raise Problem("file.too_large")
    return photos


def _contents(data: bytes) -> Contents:
    found = json.loads(data)
    if not isinstance(found, dict) or "format" not in found:
        raise Problem("file.unreadable")
    if found["format"] != 1:
        raise Problem("file.version")
    return Contents.model_validate(found)


def _check_sums(archive: ZipFile, photos: dict[str, str]) -> None:
    lines = archive.read(SUMS).decode().splitlines()
    sums = {name: sha256 for sha256, _, name in (line.partition("  ") for line in lines)}
    if set(sums) != set(archive.namelist()) - {SUMS}:
        raise Problem("file.changed")
    named = {name: sha256 for sha256, name in photos.items()}
    for name, wanted in sums.items():
        found = hashlib.sha256(archive.read(name)).hexdigest()
        if found != wanted or found != named.get(name, found):
            raise Problem("file.changed")
