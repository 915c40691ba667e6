"""Files of unsent work that are none: bombs, foreign names, endless lists, deep JSON."""

import io
import json
import resource
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from inspector.db import db
from inspector.offline.files import MAX_ENTRIES_BYTES, MAX_MEMBERS
from inspector.offline.models import Operation
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.offline.unsent_file import contents, members, packed, with_sums, zipped

pytestmark = pytest.mark.one_engine


def bomb(size: int, name: str = "entries.json") -> bytes:
    """A small zip in which one file claims to be, and is, that large."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(name, "w", force_zip64=True) as file:
            for _ in range(size // 2**20):
                file.write(bytes(2**20))
        archive.writestr("read-me.html", b"x")
        archive.writestr("SHA256SUMS", b"x")
    return out.getvalue()


def lying(size: int) -> bytes:
    """The same, but its list of contents says that it is small."""
    data = bytearray(bomb(size))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = (1000).to_bytes(4, "little")
    return bytes(data)


def endless_list() -> bytes:
    """Little in it, and a list of a hundred thousand files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for n in range(MAX_MEMBERS + 3):
            archive.writestr(f"photos/{n:064x}.jpg", b"")
    return out.getvalue()


def with_files(cast: Cast, **more: bytes) -> bytes:
    return zipped(with_sums(members(contents(cast.inspector, [])) | more))


def saying(says: bytes) -> bytes:
    return zipped(with_sums({"entries.json": says, "read-me.html": b"x"}))


PHOTO = f"photos/{'0' * 64}.jpg"
DEEP = b', "visits": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001
BAD: dict[str, Callable[[Cast], bytes]] = {
    "a bomb": lambda _: bomb(600 * 2**20),
    "a bomb that lies": lambda _: lying(100 * 2**20),
    "a bomb for a photo": lambda _: bomb(80 * 2**20, PHOTO),
    "an endless list": lambda _: endless_list(),
    "a file beside": lambda cast: with_files(cast, **{"evil.sh": b"x"}),
    "a file above": lambda cast: with_files(cast, **{"../../evil": b"x"}),
    "a file at the root": lambda cast: with_files(cast, **{"/etc/cron.d/evil": b"x"}),
    "a photo above": lambda cast: with_files(cast, **{f"photos/../{PHOTO}": b"x"}),
    "a photo that is a page": lambda cast: with_files(cast, **{PHOTO: b"<script>"}),
    "deep": lambda _: saying(b"[" * 200_000),
    "deep inside": lambda cast: saying(good(cast)[:-1] + DEEP),
    "a list of nothing": lambda _: saying(b"[" + b"[]," * 2_000_000 + b"[]]"),
    "a number without an end": lambda _: saying(b'{"format": 1' + b"0" * 100_000 + b"}"),
    "nothing": lambda _: b"",
    "a page": lambda _: b"<html>",
    "half": lambda cast: packed(contents(cast.inspector, []))[:-30],
    "two in one": lambda cast: packed(contents(cast.inspector, [])) * 2 + b"x" * 70_000,
    "pressed otherwise": lambda _: pressed(zipfile.ZIP_LZMA),
}


def good(cast: Cast) -> bytes:
    return json.dumps(contents(cast.inspector, [])).encode()


def pressed(how: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        archive.writestr("entries.json", b"{}")
    return out.getvalue()


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("seen", [False, True])
def test_a_bad_file_is_refused_in_words_at_little_cost(
    cast: Cast, client_of: ClientOf, name: str, seen: bool
) -> None:
    data = BAD[name](cast)
    client = client_of(cast.inspector)
    before = resource.getrusage(resource.RUSAGE_SELF)
    form: dict[str, Any] = {"file": (io.BytesIO(data), "unsent.zip")}
    if seen:
        form["seen"] = zlib.crc32(data)
    answer = client.post("/unsent/files", data=form)
    after = resource.getrusage(resource.RUSAGE_SELF)
    assert answer.status_code in {413, 422}
    assert "Traceback" not in answer.text
    assert db.session.query(Operation).count() == 0
    assert (after.ru_maxrss - before.ru_maxrss) / 1024 < 400


@pytest.mark.parametrize("path", ["/api/ops", "/api/heartbeat", "/api/key"])
@pytest.mark.parametrize(
    "data",
    [
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b'{"stream":' + b"[" * 500 + b"]" * 500 + b"}",
        b'{"device": 1' + b"0" * 100_000 + b"}",
        b"[" + b"[]," * 200_000 + b"[]]",
        b"\xff\xfe{",
        b"",
    ],
    ids=["deep", "deep names", "deep inside", "long number", "many", "other letters", "nothing"],
)
def test_a_deep_or_endless_json_is_refused_in_words(
    cast: Cast, client_of: ClientOf, path: str, data: bytes
) -> None:
    ours = {"X-Inspector": "1"}
    client = client_of(cast.inspector)
    answer = client.post(path, data=data, headers=ours, content_type="application/json")
    assert answer.status_code in {400, 422}
    assert answer.json is not None
    assert answer.json["error"]["sentence"]


def test_what_a_week_needs_is_within_the_limits() -> None:
    entry = 450
    assert MAX_ENTRIES_BYTES / entry > 20 * 1500
    assert MAX_MEMBERS > 20 * 300
