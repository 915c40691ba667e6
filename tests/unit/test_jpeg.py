"""Taking the metadata out of a photo leaves every pixel, and nothing else."""

import io
import random
from typing import Any

import pytest
from PIL import Image, ImageChops

from inspector.photos.images import Clean, clean
from inspector.photos.jpeg import stripped
from inspector.problems import Problem

SECRET = b"36.5853,109.4897 iPad"
NOISE = Image.frombytes("RGB", (96, 64), random.Random(1).randbytes(96 * 64 * 3))  # noqa: S311


def exif(orientation: int = 1) -> bytes:
    """What a camera notes: how it was held, with what, and where."""
    noted = Image.Exif()
    noted[0x0112] = orientation
    noted[0x010F] = SECRET.decode()
    return noted.tobytes()


def jpeg(picture: Image.Image = NOISE, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", **({"quality": 90} | options))
    return out.getvalue()


def pixels(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


PLAIN = {
    "with notes": jpeg(exif=exif()),
    "with a comment": jpeg(comment=SECRET),
    "with a colour profile": jpeg(icc_profile=SECRET * 20),
    "with something after its end": jpeg() + SECRET,
    "with restart intervals": jpeg(restart_marker_rows=1),
    "with its own tables": jpeg(optimize=True),
    "with all colours": jpeg(subsampling=0),
}


@pytest.mark.parametrize("data", PLAIN.values(), ids=PLAIN)
def test_metadata_goes_and_every_pixel_stays(data: bytes) -> None:
    bare = stripped(data)
    assert bare is not None
    assert SECRET[:6] not in bare
    assert b"Exif" not in bare
    assert ImageChops.difference(pixels(bare), pixels(data)).getbbox() is None
    kept = clean(data)
    assert (kept.jpeg, kept.width, kept.height) == (bare, 96, 64)


OTHERS = {
    "held sideways": jpeg(exif=exif(6)),
    "in several passes": jpeg(progressive=True),
    "grey": jpeg(NOISE.convert("L")),
    "in printer's colours": jpeg(NOISE.convert("CMYK")),
}


@pytest.mark.parametrize("data", OTHERS.values(), ids=OTHERS)
def test_everything_else_is_decoded_and_encoded_anew(data: bytes) -> None:
    assert stripped(data) is None
    kept = clean(data)
    assert SECRET[:6] not in kept.jpeg
    assert stripped(kept.jpeg) == kept.jpeg


def test_what_was_held_sideways_stands_upright() -> None:
    kept = clean(jpeg(exif=exif(6)))
    assert (kept.width, kept.height) == (64, 96)


def test_what_is_larger_than_paper_needs_is_made_smaller() -> None:
    kept = clean(jpeg(NOISE.resize((4096, 100)), exif=exif()))
    assert (kept.width, kept.height) == (2048, 50)
    assert max(pixels(kept.thumb).size) == 320


def test_a_small_one_has_a_thumbnail_of_its_own_size() -> None:
    assert pixels(clean(jpeg()).thumb).size == (96, 64)


def attempt(data: bytes) -> Clean | Problem:
    try:
        return clean(data)
    except Problem as problem:
        return problem


@pytest.mark.parametrize("data", [b"", jpeg()[:80], SECRET, jpeg()[:2] + SECRET])
def test_what_is_no_photo_is_refused(data: bytes) -> None:
    problem = attempt(data)
    assert isinstance(problem, Problem)
    assert problem.code == "photo.not_an_image"


def test_whatever_was_damaged_is_refused_or_clean() -> None:
    chance = random.Random(20261123)  # noqa: S311
    data = jpeg(exif=exif(), comment=SECRET)
    for _ in range(300):
        broken = bytearray(data)
        for _damage in range(chance.randint(1, 4)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        kept = attempt(bytes(broken))
        assert isinstance(kept, Problem) or b"109.4897" not in kept.jpeg
