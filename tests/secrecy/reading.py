"""Taking apart what an answer carries, down to the last file inside: PDF, ZIP, workbook, photo."""

import io
import json
from collections.abc import Iterable, Iterator
from typing import TypeAlias
from zipfile import ZipFile, is_zipfile

import pikepdf
from PIL import ExifTags, Image
from pypdf import PdfReader

Part: TypeAlias = tuple[str, str]
"""Where something stands, and its text."""


def headers_of(headers: Iterable[tuple[str, str]]) -> Iterator[Part]:
    """Each header of an answer."""
    for name, value in headers:
        yield f"header {name}", f"{name}: {value}"


def parts_of(where: str, data: bytes) -> Iterator[Part]:
    """All texts in some bytes, by what they begin with, not by what they are said to be."""
    if data.startswith(b"%PDF-"):
        yield from _pdf(where, data)
    elif data.startswith(b"PK") and is_zipfile(io.BytesIO(data)):
        yield from _zip(where, data)
    elif data.startswith((b"\xff\xd8", b"\x89PNG", b"RIFF", b"GIF8")):
        yield from _picture(where, data)
    else:
        yield where, _text(data)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _pdf(where: str, data: bytes) -> Iterator[Part]:
    reader = PdfReader(io.BytesIO(data))
    for number, page in enumerate(reader.pages, 1):
        yield f"{where} page {number}", page.extract_text()
    yield f"{where} metadata", json.dumps({k: str(v) for k, v in (reader.metadata or {}).items()})
    with pikepdf.open(io.BytesIO(data)) as paper:
        for number, thing in enumerate(paper.objects, 1):
            yield from _object(f"{where} object {number}", thing)


def _object(where: str, thing: pikepdf.Object) -> Iterator[Part]:
    """Every object of a PDF: metadata, names, dates, embedded files, pictures, links."""
    if isinstance(thing, pikepdf.Stream):
        if thing.get("/Subtype") == "/Image":
            if thing.get("/Filter") == "/DCTDecode":
                yield from _picture(f"{where} picture", thing.read_raw_bytes())
        elif thing.get("/Type") in ("/Metadata", "/EmbeddedFile"):
            yield from parts_of(f"{where} stream", thing.read_bytes())
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        for name, value in thing.items():
            if isinstance(value, pikepdf.String):
                yield f"{where} {name}", str(value)
            if isinstance(value, pikepdf.Dictionary) and name == "/Params":
                yield f"{where} {name}", " ".join(str(v) for v in dict(value.items()).values())


def _zip(where: str, data: bytes) -> Iterator[Part]:
    with ZipFile(io.BytesIO(data)) as archive:
        yield f"{where} comment", _text(archive.comment)
        for entry in archive.infolist():
            y, mo, d, h, mi, s = entry.date_time
            yield f"{where} entry", f"{entry.filename} {y}-{mo:02}-{d:02} {h:02}:{mi:02}:{s:02}"
            yield f"{where} entry's comment", _text(entry.comment)
            yield from parts_of(f"{where}/{entry.filename}", archive.read(entry))


def _picture(where: str, data: bytes) -> Iterator[Part]:
    with Image.open(io.BytesIO(data)) as picture:
        exif = picture.getexif()
        tags = {**exif, **exif.get_ifd(ExifTags.IFD.Exif), **exif.get_ifd(ExifTags.IFD.GPSInfo)}
        said = {k: str(v) for k, v in picture.info.items() if k not in {"icc_profile"}}
    if tags or b"Exif\0\0" in data[:65536]:
        yield f"{where} EXIF", f"there is EXIF: {tags}"
    yield f"{where} facts", str(said)
    yield f"{where} bytes", data.decode("latin-1")
    yield f"{where} bytes", data.decode("utf-8", "ignore")
