"""What comes in as a photo goes out as a photo and nothing else: bombs, hidden parts and other
kinds of files, by every way on which a file comes in; in bounded memory and time."""

import hashlib
import io
import random
import resource
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from inspector.db import db
from inspector.photos.images import MAX_PIXELS, clean
from inspector.photos.models import Picture
from inspector.problems import Problem
from inspector.storage import storage
from tests import cast as make
from tests import rows
from tests.cast import Cast
from tests.conftest import Client, ClientOf

pytestmark = pytest.mark.one_engine

NOISE = Image.frombytes("RGB", (96, 64), random.Random(2).randbytes(96 * 64 * 3))  # noqa: S311
SCRIPT = b"<script>alert(document.cookie)</script>"


def saved(form: str, picture: Image.Image = NOISE, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def a_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("evil.html", SCRIPT)
    return out.getvalue()


def segment(kind: int, body: bytes) -> bytes:
    return bytes((0xFF, kind)) + struct.pack(">H", len(body) + 2) + body


def png(width: int, height: int, body: bytes = b"", *more: bytes) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        sum_ = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + sum_

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), *((m[:4], m[4:]) for m in more), (b"IDAT", body), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, data) for name, data in parts)


def jpeg_of(width: int, height: int) -> bytes:
    """A small JPEG that says it is that large."""
    data = saved("JPEG")
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


PLAIN = saved("JPEG")
SCAN = PLAIN.index(b"\xff\xda")

BOMBS: dict[str, bytes] = {
    "png of 50,000 x 50,000": png(50_000, 50_000, zlib.compress(bytes(10**6))),
    "png whose text unpacks to 100 MB": png(
        9, 9, zlib.compress(bytes(9 * 28)), b"zTXta\0\0" + zlib.compress(bytes(10**8), 9)
    ),
    "jpeg of 65,500 x 65,500": jpeg_of(65_500, 65_500),
    "jpeg of a thousand scans": saved("JPEG", progressive=True)[:-2]
    + saved("JPEG", progressive=True)[saved("JPEG", progressive=True).index(b"\xff\xda") : -2] * 300
    + b"\xff\xd9",
    "jpeg of a million comments": PLAIN[:2] + segment(0xFE, b"") * 10**6 + PLAIN[2:],
    "webp of 16,383 x 16,383": b"RIFF\x30\0\0\0WEBPVP8L\x23\0\0\0/\xfe\xff\xff\x0f" + bytes(40),
}
OTHERS: dict[str, bytes] = {
    "gif": saved("GIF"),
    "gif of a thousand frames": saved(
        "GIF",
        NOISE.convert("P"),
        save_all=True,
        append_images=[Image.new("P", (8, 8), n % 256) for n in range(999)],
    ),
    "gif that is a script": b"GIF89a/*" + saved("GIF")[8:] + b"*/=1;alert(1)",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "svg with a head": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    "html": b"<!DOCTYPE html>" + SCRIPT,
    "pdf": b"%PDF-1.7\n1 0 obj<</JS(app.alert)>>",
    "zip": a_zip(),
    "tiff": saved("TIFF"),
    "bmp": saved("BMP"),
    "ico": saved("ICO", NOISE.resize((32, 32))),
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(x) run",
    "nothing": b"",
    "half a jpeg": PLAIN[: len(PLAIN) // 3],
    "half a png": saved("PNG")[:300],
    "half a webp": saved("WEBP")[:99],
    "half a heic": saved("HEIF")[:200],
    "jpeg in name only": b"\xff\xd8\xff\xe0" + SCRIPT,
}
HIDDEN: dict[str, bytes] = {
    "a zip behind a jpeg": PLAIN + a_zip(),
    "a page behind a jpeg": PLAIN + b"<html>" + SCRIPT,
    "a page before the end of a jpeg": PLAIN[:-2] + SCRIPT + PLAIN[-2:],
    "a zip before the end of a jpeg": PLAIN[:-2] + a_zip().replace(b"\xff", b"") + PLAIN[-2:],
    "a script in a comment": PLAIN[:2] + segment(0xFE, SCRIPT) + PLAIN[2:],
    "a script in a marker of makers": PLAIN[:2] + segment(0xEC, SCRIPT) + PLAIN[2:],
    "a script in the first marker": PLAIN[:2] + segment(0xE0, b"JFIF\0" + SCRIPT) + PLAIN[2:],
    "a script in xmp": saved("JPEG", xmp=SCRIPT),
    "a script in exif": saved("JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0" + SCRIPT),
    "a script in a colour profile": saved("JPEG", icc_profile=SCRIPT * 9),
    "a script as a table of its own": PLAIN[:SCAN]
    + segment(0xDB, b"\x03" + SCRIPT.ljust(64, b"\x10"))
    + PLAIN[SCAN:],
    "a script in a text of a png": png(
        9, 9, zlib.compress(bytes(9 * 28)), b"tEXtComment\0" + SCRIPT
    ),
    "a page behind a png": saved("PNG") + SCRIPT,
    "a script in a profile of a webp": saved("WEBP", icc_profile=SCRIPT),
    "a page behind a webp": saved("WEBP") + SCRIPT,
    "a page behind a heic": saved("HEIF") + SCRIPT,
}


def put(client: Client, data: bytes) -> TestResponse:
    """As the tablet sends a photo."""
    name = hashlib.sha256(data).hexdigest()
    return client.put(f"/api/blobs/{name}", data=data, headers={"X-Inspector": "1"})


def attempt(data: bytes) -> str:
    """What becomes of a file: the code of its problem, or nothing."""
    try:
        clean(data)
    except Problem as problem:
        return problem.code
    return ""


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("data", [*BOMBS.values(), *OTHERS.values()], ids=[*BOMBS, *OTHERS])
def test_what_is_no_photo_is_refused_in_words(cast: Cast, client_of: ClientOf, data: bytes) -> None:
    answer = put(client_of(cast.inspector), data)
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["error"]["code"] == "photo.not_an_image"
    assert db.session.query(Picture).count() == 0


@pytest.mark.parametrize("name", ["svg", "html", "pdf", "gif that is a script", "zip"])
def test_a_report_and_an_appeal_take_no_other_file_under_the_name_of_a_photo(
    cast: Cast, client_of: ClientOf, name: str
) -> None:
    for notice in (make.acknowledged(cast), make.issued(cast)):
        is_report = notice.acknowledgement is not None
        person = cast.outlet if is_report else cast.subbranch
        photo = (io.BytesIO(OTHERS[name]), "photo.jpg", "image/jpeg")
        form = make.report_form(photos=0) | {"ground": "fact", "statement": "正在更换"}
        path = f"/notices/{notice.id}/{'reports' if is_report else 'appeal'}"
        there = db.session.query(Picture).count()
        answer = client_of(person).post(path, data=form | {"photos": [photo]})
        assert answer.status_code == 422
        assert "不是照片" in answer.text
        assert db.session.query(Picture).count() == there


@pytest.mark.parametrize("data", HIDDEN.values(), ids=HIDDEN)
def test_what_was_hidden_in_a_photo_is_not_in_what_is_served(
    cast: Cast, client_of: ClientOf, data: bytes
) -> None:
    assert put(client_of(cast.inspector), data).status_code == 200
    visit = rows.a_visit_at(cast)
    photo = rows.a_photo(visit, sha256=hashlib.sha256(data).hexdigest())
    address = f"/visits/{visit.id}/photos/{photo.sha256}"
    for served in (address, f"{address}?size=thumb"):
        answer = client_of(cast.channel).get(served)
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        picture = Image.open(io.BytesIO(answer.data))
        picture.load()
        assert not ({"exif", "icc_profile", "comment", "xmp"} & set(picture.info))
        for foreign in (SCRIPT[:16], SCRIPT[-16:], b"PK\x03\x04", b"PK\x05\x06", b"evil.html"):
            assert foreign not in answer.data


def test_what_is_kept_lies_under_the_hash_of_what_is_served(cast: Cast) -> None:
    photo = rows.a_photo(rows.a_visit_at(cast))
    assert photo.picture is not None
    for name in (photo.picture.jpeg, photo.picture.thumb):
        assert hashlib.sha256(storage().get(name)).hexdigest() == name


def test_frames_beyond_the_first_are_not_unpacked() -> None:
    frames = [Image.new("RGB", (64, 64), (n % 256, 0, 0)) for n in range(2000)]
    for form in ("WEBP", "PNG"):
        data = saved(form, frames[0], save_all=True, append_images=frames[1:], duration=9)
        assert attempt(data) == ""


LARGE = """
import io, resource, sys
from PIL import Image
from inspector.photos.images import clean
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
clean(open(sys.argv[1], "rb").read())
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize(("form", "edge"), [("JPEG", 10_900), ("PNG", 7_900), ("WEBP", 7_900)])
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_the_largest_photo_that_is_taken_fits_in_half_a_gigabyte(
    tmp_path: Path, form: str, edge: int
) -> None:
    options = {"lossless": True, "method": 0, "quality": 0} if form == "WEBP" else {}
    file = tmp_path / "large"
    file.write_bytes(saved(form, Image.new("RGB", (edge, edge), "teal"), **options))
    assert edge * edge < MAX_PIXELS
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LARGE, file], check=True, capture_output=True
    )
    assert int(told.stdout) < 512


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_picture_just_beyond_is_refused_before_it_is_unpacked() -> None:
    for data in (png(8_001, 8_001), jpeg_of(10_955, 10_955)):
        assert attempt(data) == "photo.not_an_image"


def test_no_bomb_costs_more_than_a_moment_of_the_processor() -> None:
    more_than_it_says = png(64, 64, zlib.compress(bytes(10**8), 9))  # it is not unpacked further
    for name, data in (BOMBS | {"much behind a small png": more_than_it_says}).items():
        before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        attempt(data)
        assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < 3, name
