"""Decoding, turning, scaling and re-encoding of what people upload. Pure, but for Pillow."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Final

from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

from inspector.photos.jpeg import PASS, START, stripped
from inspector.problems import Problem

MAX_BYTES: Final = 25 * 1024 * 1024
LONG_EDGE: Final = 2048
THUMB_EDGE: Final = 320
QUALITY: Final = 85
FORMATS: Final = ("JPEG", "PNG", "WEBP", "HEIF")
MAX_PIXELS: Final = 120_000_000
"""Above any tablet's camera; what claims more is a bomb."""
MAX_PIXELS_WHOLE: Final = 64_000_000
"""For all but JPEG, which alone can be decoded at a smaller scale."""
LARGE: Final = 16_000_000
"""Pixels. What has more is decoded by one thread of a process at a time."""
MAX_PASSES: Final = 64
"""A JPEG in several passes has about ten; with each of them all of it is gone through."""

_room: Final = Lock()

register_heif_opener()


@dataclass(frozen=True)
class Clean:
    """A photo made safe: upright, at most 2048 px, no metadata (domain.md 6, 4)."""

    jpeg: bytes
    thumb: bytes
    width: int
    height: int


def clean(data: bytes) -> Clean:
    """Decode a photo, and encode it anew unless only its metadata has to go. Raises Problem
    photo.too_large or photo.not_an_image."""
    if len(data) > MAX_BYTES:
        raise Problem("photo.too_large")
    try:
        bare = stripped(data)
    except ValueError as error:
        raise Problem("photo.not_an_image") from error
    if bare is not None:
        width, height, small = _looked_at(bare)
        if max(width, height) <= LONG_EDGE:
            return Clean(bare, _jpeg(_thumb(small)), width, height)
    picture = _decode(data)
    return Clean(_jpeg(picture), _jpeg(_thumb(picture)), picture.width, picture.height)


def _looked_at(data: bytes) -> tuple[int, int, Image.Image]:
    """The size of a plain JPEG, and all of it decoded, but only as large as a thumbnail needs: a
    tenth of the time, and what is damaged or no picture is found out just as well."""
    try:
        opened = Image.open(io.BytesIO(data), formats=("JPEG",))
        width, height = opened.size
        if width * height > MAX_PIXELS:
            raise ValueError("a bomb")
        opened.draft("RGB", (THUMB_EDGE, THUMB_EDGE))
        return width, height, opened.convert("RGB")
    except Exception as error:  # a damaged file makes Pillow's parsers raise almost anything
        raise Problem("photo.not_an_image") from error


def _thumb(picture: Image.Image) -> Image.Image:
    thumb = picture.copy()
    # Half the time of the finest filter, and on a thumbnail nobody sees which it was.
    thumb.thumbnail((THUMB_EDGE, THUMB_EDGE), Image.Resampling.HAMMING, reducing_gap=2.0)
    return thumb


def _decode(data: bytes) -> Image.Image:
    """The picture, upright, at most 2048 px."""
    try:
        if data.startswith(START) and data.count(PASS) > MAX_PASSES:
            raise ValueError("a bomb")
        opened = Image.open(io.BytesIO(data), formats=FORMATS)
        pixels = opened.width * opened.height
        if pixels > (MAX_PIXELS if opened.format == "JPEG" else MAX_PIXELS_WHOLE):
            raise ValueError("a bomb")
        opened.draft("RGB", (LONG_EDGE, LONG_EDGE))  # lets JPEG decode at a smaller scale
        with _room_for(pixels):
            if opened.mode in {"RGB", "RGBA"}:
                _shrink(opened)  # before all else: each further step copies what is there
            picture = _flat(ImageOps.exif_transpose(opened))
            _shrink(picture)
            return picture
    except Exception as error:  # a damaged file makes Pillow's parsers raise almost anything
        raise Problem("photo.not_an_image") from error


@contextmanager
def _room_for(pixels: int) -> Iterator[None]:
    if pixels <= LARGE:
        yield
        return
    with _room:
        yield


def _shrink(picture: Image.Image) -> None:
    picture.thumbnail((LONG_EDGE, LONG_EDGE), Image.Resampling.LANCZOS, reducing_gap=2.0)


def _flat(picture: Image.Image) -> Image.Image:
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture.getchannel("A"))
        return paper
    return picture.convert("RGB")


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    # A fresh image carries no EXIF, no colour profile and no comment along.
    Image.frombytes("RGB", picture.size, picture.tobytes()).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
