"""The fonts of paper, cut down to what Chinese paper needs.

Who takes 30 characters out of the 65,000 of Noto reads 26 MB for it, three times on one notice; out
of 8,100 it takes a tenth of the time. The cutting itself takes half a second for all three, so each
process does it when it draws its first paper: there is nothing to install, to keep or to forget.
"""

import ctypes
from ctypes import byref, c_char_p, c_int, c_uint, c_void_p
from functools import cache

UNUSED_TABLES = ("BASE", "DSIG", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx")
"""For vertical text, the forms of other countries, and ligatures."""

# hb_subset_flags_t, hb_subset_sets_t and FcResult of HarfBuzz and Fontconfig.
NO_HINTING = 1
DROPPED_TABLES = 3
MATCH = 0


def cut_down(family: str, *, bold: bool) -> bytes | None:
    """An installed font with `characters()` only, as OpenType; None where it is not installed."""
    place = _place(family, bold=bold)
    return _cut(*place) if place else None


@cache
def characters() -> str:
    """GB 2312, with the 6,763 hanzi of levels 1 and 2, then Latin, and signs of all sorts."""
    rows, cells = range(0xA1, 0xF8), range(0xA1, 0xFF)
    chinese = (bytes((row, cell)).decode("gb2312", "ignore") for row in rows for cell in cells)
    others = [
        range(0x0020, 0x0180),  # Latin
        range(0x2000, 0x2070),  # dashes, quotation marks, per mille
        range(0x20A0, 0x2700),  # currencies, arrows, mathematics, circled numbers, boxes, marks
        range(0x3000, 0x3040),  # Chinese punctuation
        range(0x3200, 0x3400),  # circled and squared signs such as ㎡
        range(0xFF00, 0xFFF0),  # full-width forms
    ]
    return "".join(chinese) + "".join(chr(code) for block in others for code in block)


def _place(family: str, *, bold: bool) -> tuple[bytes, int] | None:
    """The file of a font, and which of the file's fonts it is."""
    fc = _library("libfontconfig.so.1", "FcNameParse", "FcFontMatch")
    wish = c_void_p(fc.FcNameParse(f"{family}:{'bold' if bold else 'regular'}".encode()))
    fc.FcConfigSubstitute(None, wish, 0)
    fc.FcDefaultSubstitute(wish)
    best = c_void_p(fc.FcFontMatch(None, wish, byref(c_int())))
    name, file, index = c_char_p(), c_char_p(), c_int()
    # Another font is the best match where this one is not installed.
    found = (
        fc.FcPatternGetString(best, b"family", 0, byref(name)) == MATCH
        and name.value == family.encode()
        and fc.FcPatternGetString(best, b"file", 0, byref(file)) == MATCH
        and fc.FcPatternGetInteger(best, b"index", 0, byref(index)) == MATCH
    )
    place = (file.value, index.value) if found and file.value else None
    fc.FcPatternDestroy(best)
    fc.FcPatternDestroy(wish)
    return place


def _cut(file: bytes, index: int) -> bytes:
    hb = _library(
        "libharfbuzz.so.0",
        "hb_blob_create_from_file_or_fail",
        "hb_face_create",
        "hb_face_reference_blob",
        "hb_blob_get_data",
    )
    cutter = _library(
        "libharfbuzz-subset.so.0",
        "hb_subset_input_create_or_fail",
        "hb_subset_input_unicode_set",
        "hb_subset_input_set",
        "hb_subset_or_fail",
    )
    whole = c_void_p(hb.hb_blob_create_from_file_or_fail(file))
    face = c_void_p(hb.hb_face_create(whole, index))
    plan = c_void_p(cutter.hb_subset_input_create_or_fail())
    cutter.hb_subset_input_set_flags(plan, NO_HINTING)
    wanted = c_void_p(cutter.hb_subset_input_unicode_set(plan))
    for character in characters():
        hb.hb_set_add(wanted, ord(character))
    dropped = c_void_p(cutter.hb_subset_input_set(plan, DROPPED_TABLES))
    for table in UNUSED_TABLES:
        hb.hb_set_add(dropped, int.from_bytes(table.encode(), "big"))
    small = c_void_p(cutter.hb_subset_or_fail(face, plan))
    blob = c_void_p(hb.hb_face_reference_blob(small))
    length = c_uint()
    data = ctypes.string_at(hb.hb_blob_get_data(blob, byref(length)), length.value)
    cutter.hb_subset_input_destroy(plan)
    for part in (small, face):
        hb.hb_face_destroy(part)
    for part in (blob, whole):
        hb.hb_blob_destroy(part)
    return data


def _library(file: str, *returning_pointers: str) -> ctypes.CDLL:
    """A library that WeasyPrint has loaded already, for what it does not offer itself."""
    library = ctypes.CDLL(file)
    for name in returning_pointers:
        getattr(library, name).restype = c_void_p
    return library
