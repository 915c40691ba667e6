"""Photos: what a tablet may send, what is kept of it, and how it comes back."""

import hashlib
import io
import json
import struct
import zlib
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from inspector.db import db
from inspector.photos.images import LONG_EDGE, MAX_BYTES, THUMB_EDGE
from inspector.photos.models import Picture, keep
from inspector.problems import Problem
from inspector.storage import storage
from tests import cast as make
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import Client, ClientOf

ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825
OURS = {"X-Inspector": "1"}


def put(client: Client, data: bytes, name: str = "") -> TestResponse:
    sha256 = name or hashlib.sha256(data).hexdigest()
    return client.put(f"/api/blobs/{sha256}", data=data, headers=OURS)


def code_of(response: TestResponse) -> Any:
    return json.loads(response.data)["error"]["code"]


def a_file(form: str, size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    """A picture, red above and blue below."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0], size[1] // 2))
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def an_exif() -> Image.Exif:
    """What a camera writes: turned by 90 degrees, and where it was."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = 6, "Tablet of Li"
    exif.get_ifd(GPS).update({1: "N", 2: (36.0, 35.0, 7.0)})
    return exif


def kept(sha256: str, *, thumb: bool = False) -> Image.Image:
    picture = db.session.get_one(Picture, sha256)
    return Image.open(io.BytesIO(storage().get(picture.thumb if thumb else picture.jpeg)))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_what_cameras_and_tablets_make_is_taken_in_and_kept_as_jpeg(
    cast: Cast, client_of: ClientOf, form: str
) -> None:
    data = a_file(form)
    response = put(client_of(cast.inspector), data)
    sha256 = hashlib.sha256(data).hexdigest()
    assert response.json == {"sha256": sha256, "width": 60, "height": 40}
    assert (kept(sha256).format, kept(sha256).size) == ("JPEG", (60, 40))


def test_a_transparent_picture_is_laid_on_white_paper(cast: Cast) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    picture = keep(out.getvalue(), by=cast.inspector, at=MONDAY)
    assert kept(picture.sha256).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "PNG"])
def test_a_picture_is_turned_upright_and_forgets_camera_and_place(cast: Cast, form: str) -> None:
    data = a_file(form, exif=an_exif())
    assert b"Tablet of Li" in data
    picture = keep(data, by=cast.inspector, at=MONDAY)
    for thumb in (False, True):
        upright = kept(picture.sha256, thumb=thumb)
        assert upright.size == (40, 60)
        left, right = upright.getpixel((5, 30)), upright.getpixel((35, 30))
        assert isinstance(left, tuple)
        assert isinstance(right, tuple)
        assert left[2] > 200 > left[0], "the lower half, blue, is now on the left"
        assert right[0] > 200 > right[2]
        assert not upright.getexif()
    for name in (picture.jpeg, picture.thumb):
        assert b"Tablet of Li" not in storage().get(name)
        assert b"Exif" not in storage().get(name)


@pytest.mark.parametrize(
    ("size", "becomes"),
    [((4096, 1024), (2048, 512)), ((1024, 4100), (512, 2048)), ((2048, 7), (2048, 7))],
)
def test_the_long_edge_is_at_most_2048_pixels(
    cast: Cast, size: tuple[int, int], becomes: tuple[int, int]
) -> None:
    picture = keep(a_file("JPEG", size), by=cast.inspector, at=MONDAY)
    assert kept(picture.sha256).size == (picture.width, picture.height)
    assert max(picture.width, picture.height) == LONG_EDGE
    assert abs(picture.height - becomes[1]) <= 1
    assert max(kept(picture.sha256, thumb=True).size) == THUMB_EDGE


def test_the_bytes_as_sent_are_not_kept(cast: Cast) -> None:
    picture = keep(a_file("JPEG", exif=an_exif()), by=cast.inspector, at=MONDAY)
    assert not storage().has(picture.sha256)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        a_file("GIF"),
        a_file("BMP"),
        a_file("JPEG")[:300],
        a_file("WEBP")[:60],
        a_file("HEIF")[:200],
    ],
    ids=["nothing", "svg", "pdf", "gif", "bmp", "broken jpeg", "broken webp", "broken heic"],
)
def test_what_is_not_a_photo_is_refused_with_a_sentence(
    cast: Cast, client_of: ClientOf, data: bytes
) -> None:
    response = put(client_of(cast.inspector), data)
    assert (response.status_code, code_of(response)) == (422, "photo.not_an_image")
    assert db.session.scalar(select(func.count()).select_from(Picture)) == 0


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("edge", [10_957, 60_000])
def test_a_small_file_that_claims_to_be_huge_is_refused_before_it_is_unpacked(
    cast: Cast, client_of: ClientOf, edge: int
) -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", edge, edge, 8, 2, 0, 0, 0))
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + head
        + chunk(b"IDAT", zlib.compress(b"\0" * 99))
        + chunk(b"IEND", b"")
    )
    response = put(client_of(cast.inspector), bomb)
    assert (response.status_code, code_of(response)) == (422, "photo.not_an_image")


def test_a_photo_over_25_mb_is_refused(cast: Cast, client_of: ClientOf) -> None:
    data = a_file("JPEG") + bytes(MAX_BYTES)
    response = put(client_of(cast.inspector), data)
    assert (response.status_code, code_of(response)) == (413, "photo.too_large")
    with pytest.raises(Problem, match=r"photo\.too_large"):
        keep(data, by=cast.inspector, at=MONDAY)


def test_a_body_beyond_all_limits_is_refused_in_the_same_words(
    app: Flask, cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 100)
    response = put(client_of(cast.inspector), a_file("JPEG"))
    assert (response.status_code, code_of(response)) == (413, "photo.too_large")


@pytest.mark.parametrize("name", ["0" * 64, "F" * 64, "short"])
def test_bytes_that_do_not_match_their_name_are_refused(
    cast: Cast, client_of: ClientOf, name: str
) -> None:
    response = put(client_of(cast.inspector), a_file("JPEG"), name)
    assert (response.status_code, code_of(response)) == (422, "photo.mismatch")


def test_the_same_bytes_twice_are_one_picture(cast: Cast, client_of: ClientOf) -> None:
    data = a_file("JPEG")
    first = put(client_of(cast.inspector), data)
    again = put(client_of(cast.shopper), data)
    assert (first.status_code, first.json) == (again.status_code, again.json) == (200, first.json)
    picture = db.session.scalars(select(Picture)).one()
    assert picture.received_from_id == cast.inspector.id


def test_a_tablet_can_ask_whether_a_photo_has_arrived(cast: Cast, client_of: ClientOf) -> None:
    client, data = client_of(cast.inspector), a_file("JPEG")
    address = f"/api/blobs/{hashlib.sha256(data).hexdigest()}"
    assert (client.head(address).status_code, client.get(address).status_code) == (404, 404)
    put(client, data)
    assert (client.head(address).status_code, client.get(address).data) == (200, b"")


@pytest.mark.parametrize("size", ["", "?size=thumb"])
def test_a_photo_comes_back_as_jpeg_and_is_not_sent_twice(
    cast: Cast, client_of: ClientOf, size: str
) -> None:
    visit = rows.a_visit_at(cast)
    picture = keep(a_file("HEIF", (700, 500)), by=cast.inspector, at=MONDAY)
    photo = rows.a_photo(visit, sha256=picture.sha256)
    client, address = client_of(cast.channel), f"/visits/{visit.id}/photos/{photo.sha256}{size}"
    response = client.get(address)
    assert response.mimetype == "image/jpeg"
    assert max(Image.open(io.BytesIO(response.data)).size) == (320 if size else 700)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "private" in response.headers["Cache-Control"]
    again = client.get(address, headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_photo_whose_bytes_have_not_arrived_is_not_there_yet(
    cast: Cast, client_of: ClientOf
) -> None:
    visit = rows.a_visit_at(cast, "in_progress")
    photo = rows.a_photo(visit, sha256="0" * 64)
    client = client_of(cast.inspector)
    assert client.get(f"/visits/{visit.id}/photos/{photo.sha256}").status_code == 404


def test_a_removed_photo_is_shown_to_nobody(cast: Cast, client_of: ClientOf) -> None:
    visit = rows.a_visit_at(cast, "confirmed")
    photo = rows.a_photo(visit, removed_at=MONDAY + timedelta(minutes=1))
    for person in (cast.inspector, cast.channel, cast.outlet):
        client = client_of(person)
        assert client.get(f"/visits/{visit.id}/photos/{photo.sha256}").status_code == 404
        assert photo.sha256 not in client.get(f"/visits/{visit.id}").text


def test_a_photo_is_found_under_its_own_visit_only(cast: Cast, client_of: ClientOf) -> None:
    photo = rows.a_photo(rows.a_visit_at(cast))
    another = rows.a_visit_at(cast)
    client = client_of(cast.channel)
    assert client.get(f"/visits/{another.id}/photos/{photo.sha256}").status_code == 404
    assert make.picture_sha256() == photo.sha256
