"""A JPEG without what is not picture: position, camera, thumbnail, comments. Pure.

A tablet's photo is small and upright already. Taking out its metadata leaves every pixel as it was,
which encoding anew does not, and costs a hundredth.
"""

import re
from typing import Final

START, END, SCAN = b"\xff\xd8", b"\xff\xd9", 0xDA
KEPT: Final = {0xC0, 0xC1, 0xC4, 0xDB, 0xDD, SCAN}
"""Frame (baseline, or sequential), Huffman tables, quantisation tables, restart interval, scan."""
DROPPED: Final = {*range(0xE1, 0xF0), 0xFE}
"""APP1 to APP15, where cameras write what they know, and comments."""
MARKER_IN_SCAN: Final = re.compile(rb"\xff[^\x00\xd0-\xd7]")
PASS: Final = b"\xff\xda"
ADOBE: Final = 0xEE
EXIF: Final = b"Exif\0\0"
MOST_SEGMENTS: Final = 1000
"""A photo has some dozens. A million empty ones would keep every parser busy."""
FOREIGN: Final = (
    *(b"<script", b"<html", b"<svg", b"<body", b"<iframe", b"<img", b"<!doctype", b"<?xml"),
    *(b"<?php", b"javascript:", b"%pdf-", b"pk\x01\x02", b"pk\x03\x04", b"pk\x05\x06"),
)
"""How other files begin, in small letters. Where chance writes one of them, nothing is lost."""
WRITING: Final = bytes(code in b"\t\n\r" or 0x20 <= code < 0x7F for code in range(256))
LINE: Final = b"\x01" * 24
"""So much writing in a row is none of a picture's doing."""


def stripped(data: bytes) -> bytes | None:
    """The picture alone, up to its end; None for what is not a plain JPEG of one scan, in colour as
    cameras write it, that stands upright, or for what seems to hide something: that has to be
    decoded and encoded anew. Raises ValueError for a bomb."""
    if not data.startswith(START):
        return None
    kept = [START]
    place = 2
    for _ in range(MOST_SEGMENTS):
        if place + 4 > len(data) or data[place] != 0xFF:
            return None
        kind = data[place + 1]
        size = int.from_bytes(data[place + 2 : place + 4], "big")
        segment = data[place : place + 2 + size]
        if size < 2 or not _is_plain(kind, segment):
            return None
        if kind in KEPT or kind == 0xE0:
            kept.append(segment if kind in KEPT else JFIF)
        place += 2 + size
        if kind == SCAN:
            break
    else:
        raise ValueError("a bomb")
    found = MARKER_IN_SCAN.search(data, place)
    if found is None or found.group() != END:
        return None
    picture = data[place : found.end()]
    return None if _hides_something(b"".join(kept), picture) else b"".join([*kept, picture])


JFIF: Final = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
"""The header of every JPEG file, without the little picture that may lie in it."""


def _hides_something(tables: bytes, picture: bytes) -> bool:
    # Decoders skip what stands between the last pixel and the end.
    small = (tables + picture).lower()
    return any(word in small for word in FOREIGN) or LINE in picture.translate(WRITING)


def _is_plain(kind: int, segment: bytes) -> bool:
    if kind in {0xC0, 0xC1}:
        return len(segment) > 9 and segment[9] == 3  # components: YCbCr, not grey or CMYK
    if kind == ADOBE:
        return False  # says how colours are to be read
    if kind == 0xE1 and segment[4:10] == EXIF:
        return _is_upright(segment[10:])
    return kind in KEPT or kind in DROPPED or kind == 0xE0


def _is_upright(tiff: bytes) -> bool:
    """Whether the orientation that a camera noted is none, or 1."""
    order = {b"II": "little", b"MM": "big"}.get(tiff[:2])
    if order is None:
        return False

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], order)  # type: ignore[arg-type]

    first = number(4, 4)
    entries = number(first, 2)
    for n in range(entries):
        at = first + 2 + 12 * n
        if at + 12 > len(tiff):
            return False
        if number(at, 2) == 0x0112:
            return number(at + 8, 2) == 1
    return True
