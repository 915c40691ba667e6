"""The clauses of PDF/A-3u (ISO 19005-3) that our papers could break, looked up in the file.

No validator of PDF/A is to be had from the registries, so that they are read here, clause by
clause. What a renderer never writes, such as sound or encryption, is asked for only in one line.
"""

import io
import re
from collections.abc import Iterator
from typing import Any

import pypdf
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    IndirectObject,
    StreamObject,
)

FORBIDDEN = {"/JavaScript", "/JS", "/Launch", "/Movie", "/Sound", "/AA", "/Alternates", "/OPI"}


def assert_archival(paper: bytes) -> None:
    """Fail with the clause that the file breaks."""
    file = pypdf.PdfReader(io.BytesIO(paper))
    trailer: Any = file.trailer
    root = trailer["/Root"]
    assert re.match(rb"%PDF-1\.[0-7]\n%[\x80-\xff]{4}", paper), "6.1.2 header"
    assert len(trailer["/ID"]) == 2, "6.1.3 identifier"
    assert "/Encrypt" not in trailer, "6.1.3 no encryption"
    everything = list(_all_dictionaries(file))
    for part in everything:
        assert not FORBIDDEN & set(part), "6.5 no actions but links"
        if isinstance(part, StreamObject):
            assert "LZW" not in str(part.get("/Filter")), "6.1.7.2 no LZW"
            assert not {"/F", "/FFilter"} & set(part), "6.1.7.1 nothing outside the file"
    _assert_colours(root, everything)
    _assert_fonts([part for part in everything if part.get("/Type") == "/Font"])
    _assert_links([part for part in everything if part.get("/Type") == "/Annot"])
    _assert_metadata(root, file)
    _assert_files(root, [part for part in everything if part.get("/Type") == "/Filespec"])


def assert_tagged(paper: bytes) -> list[str]:
    """The kinds of its tags. Fail if it could not be read aloud: no language, a picture without
    words, a table without heads, a page whose text belongs to nothing."""
    file = pypdf.PdfReader(io.BytesIO(paper))
    root: Any = file.trailer["/Root"]
    assert root["/Lang"] == "zh-CN"
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    tags = [part for part in _all_dictionaries(file) if part.get("/Type") == "/StructElem"]
    kinds = [str(tag["/S"]) for tag in tags]
    assert all(tag.get("/Alt") for tag in tags if tag["/S"] == "/Figure")
    assert all(tag["/A"].get("/Headers") is not None for tag in tags if tag["/S"] == "/TD")
    pages: Any = file.pages
    assert all("/StructParents" in page and page["/Tabs"] == "/S" for page in pages)
    return kinds


def fonts_of(paper: bytes) -> set[str]:
    """The names of its fonts, without the letters that mark a part of a font."""
    file = pypdf.PdfReader(io.BytesIO(paper))
    return {
        str(part["/BaseFont"]).partition("+")[2]
        for part in _all_dictionaries(file)
        if part.get("/Subtype") == "/Type0"
    }


def _all_dictionaries(file: pypdf.PdfReader) -> Iterator[Any]:
    """Every dictionary of the file once, whichever object it lies in."""
    seen: set[int] = set()
    waiting: list[Any] = [file.trailer]
    while waiting:
        part = waiting.pop()
        if isinstance(part, IndirectObject):
            if part.idnum in seen:
                continue
            seen.add(part.idnum)
            part = part.get_object()
        if isinstance(part, DictionaryObject):
            yield part
            waiting.extend(part.values())
        elif isinstance(part, ArrayObject):
            waiting.extend(part)


def _assert_colours(root: Any, everything: list[Any]) -> None:
    (intent,) = root["/OutputIntents"]
    intent = intent.get_object()
    assert intent["/S"] == "/GTS_PDFA1", "6.2.3 output intent"
    assert intent["/DestOutputProfile"]["/N"] == 3, "6.2.3 a profile of red, green and blue"
    for part in everything:
        assert part.get("/ColorSpace") != "/DeviceCMYK", "6.2.4.3 no colours but of the profile"
        smoothed = part.get("/Interpolate", BooleanObject(False))
        assert smoothed == BooleanObject(False), "6.2.8 no smoothed pictures"


def _assert_fonts(fonts: list[Any]) -> None:
    for font in fonts:
        if font["/Subtype"] == "/Type0":
            assert "/ToUnicode" in font, "6.2.11.7.2 U: each character can be read"
            # WeasyPrint writes another encoding where a character is in no font.
            assert font["/Encoding"] == "/Identity-H", "6.2.11.8 no empty boxes"
        else:
            descriptor: Any = font["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & set(descriptor), "6.2.11.4 embedded"
            assert re.match(r"/[A-Z]{6}\+", str(font["/BaseFont"])), "6.2.11.4.2 marked as a part"


def _assert_links(annotations: list[Any]) -> None:
    for annotation in annotations:
        assert annotation["/Subtype"] == "/Link", "6.3.1 links only"
        assert annotation["/F"] == 4, "6.3.2 printed, not hidden"


def _assert_metadata(root: Any, file: pypdf.PdfReader) -> None:
    metadata = root["/Metadata"]
    assert (metadata["/Type"], metadata["/Subtype"]) == ("/Metadata", "/XML")
    xmp = metadata.get_data().decode()
    assert 'pdfaid:part="3"' in xmp, "6.6.4 identification"
    assert 'pdfaid:conformance="U"' in xmp, "6.6.4 identification"
    info: Any = file.metadata
    assert f">{info['/Title']}<" in xmp, "6.6.3 the same title"
    day = re.sub(r"\D", "", xmp.partition("<xmp:CreateDate>")[2].partition("<")[0])
    assert info["/CreationDate"] == f"D:{day}", "6.6.3 the same day"


def _assert_files(root: Any, files: list[Any]) -> None:
    listed = [reference.idnum for reference in root["/AF"]]
    assert len(listed) == len(set(listed)) == len(files), "6.8 each file belongs to the paper"
    for file in files:
        assert file["/AFRelationship"] == "/Source", "6.8 what it is to the paper"
        assert file["/F"] == file["/UF"], "6.8 named in both ways"
        content: Any = file["/EF"]["/F"]
        assert content["/Subtype"] == "/application/json", "6.8 its media type"
        assert "/ModDate" in content["/Params"], "6.8 its date"
