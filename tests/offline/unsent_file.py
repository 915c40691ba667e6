"""Files of unsent work as a tablet saves them: static/js/unsent-file.js in Python."""

import hashlib
import io
import json
import zipfile
from typing import Any

from inspector.people.models import Person
from tests.offline.tablet import Entry


def contents(
    person: Person, entries: list[Entry], refused: list[Entry] | None = None, **more: Any
) -> dict[str, Any]:
    """What entries.json says."""
    named = {"id": str(person.id), "name": person.name}
    return {"format": 1, "person": named, "entries": entries, "refused": refused or [], **more}


def members(says: dict[str, Any], *photos: bytes) -> dict[str, bytes]:
    """The files of the zip by their names, without the sums."""
    named = {f"photos/{hashlib.sha256(data).hexdigest()}.jpg": data for data in photos}
    text = json.dumps(says, ensure_ascii=False).encode()
    return {"entries.json": text, "read-me.html": b"<!DOCTYPE html>", **named}


def packed(says: dict[str, Any], *photos: bytes) -> bytes:
    """The bytes of a good file."""
    return zipped(with_sums(members(says, *photos)))


def with_sums(files: dict[str, bytes]) -> dict[str, bytes]:
    """The same files, and their SHA-256 sums in the form of sha256sum."""
    sums = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items()]
    return {**files, "SHA256SUMS": "".join(sums).encode()}


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip of files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()
