"""Paper from HTML. The only file that imports WeasyPrint; the door to all else is shut.

Every paper is PDF/A-3u, for archives: fonts embedded, colours defined, text readable, its record
inside as a JSON file; and tagged, for those who have it read to them. It does not claim PDF/UA,
which no tool at hand could verify.
"""

import gc
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

from PIL import ImageFile
from pydyf import PDF, Array, Stream
from weasyprint import CSS, HTML, Attachment, Document
from weasyprint.css import ColorProfile
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from inspector import config, fonts

# WeasyPrint would let half a picture pass, in the whole process: also where photos come in.
ImageFile.LOAD_TRUNCATED_IMAGES = False

CUT_FONTS = {
    "Noto Serif SC Cut": ("Noto Serif CJK SC", "normal", "bold"),
    "Noto Sans SC Cut": ("Noto Sans CJK SC", "normal"),
}
"""Families that a style sheet may name: of which installed font, in which weights (fonts.py)."""

BASE = "paper:"
RECORD_NAME = "record.json"
UNKNOWN = "〓"  # what Chinese printers set for a character that they lack
ARCHIVAL = {"pdf_variant": "pdf/a-3u", "pdf_tags": True, "output_intent": "sRGB"}
SRGB = resources.files("weasyprint.pdf").joinpath("sRGB2014.icc").read_bytes()


@dataclass(frozen=True)
class Asset:
    """Bytes that a paper may use, with their media type, such as text/css."""

    data: bytes
    type: str


class Refused(Exception):
    """The HTML asked for something that it was not given."""


def render(html: str, assets: Mapping[str, Asset], record: Mapping[str, Any]) -> bytes:
    """Render `html` to a PDF/A-3u that may use `assets`, by their exact URL, and nothing else.

    `record` is what the paper was made from, as plain JSON values; it is embedded as record.json.
    A character that no font has, such as an emoji, is printed as 〓.
    The HTML must have a language, a title and the day it was made, `dcterms.created`: else
    ValueError. No file, no network, no data: URL; raises `Refused` for any other address, relative
    ones included. The same HTML, assets and record give the same bytes, on the same machine with
    the same fonts.
    """
    with _without_collecting():
        paper, unknown = _drawn(html, assets, record)
        if unknown:  # PDF/A has no place for the empty box that stands for them
            paper, _ = _drawn(html.translate(dict.fromkeys(unknown, UNKNOWN)), assets, record)
        return paper


def _drawn(
    html: str, assets: Mapping[str, Asset], record: Mapping[str, Any]
) -> tuple[bytes, set[int]]:
    """The paper, and the characters that no font has. A function of its own, so that all it made
    is garbage when the collecting begins again."""
    fetcher = _OnlyThese(assets)
    with _workshop() as workshop:
        # Without a base a relative address would be skipped with a log line; so it is refused.
        page = HTML(string=html, base_url=BASE, url_fetcher=fetcher)
        document = page.render(
            font_config=workshop.fonts,
            stylesheets=workshop.style_sheets(page, fetcher),
            color_profiles={"sRGB": _srgb()},
            **ARCHIVAL,
        )
        facts = document.metadata
        if not (facts.lang and facts.title and facts.created):
            raise ValueError("a paper needs a language, a title and dcterms.created")
        paper: bytes = document.write_pdf(
            attachments=[_embedded(record, datetime.fromisoformat(facts.created))],
            finisher=_mend,
            **ARCHIVAL,
        )
    if fetcher.refused:
        raise Refused(*fetcher.refused)
    return paper, {code for font in document.fonts.values() for code in font.missing}


class _OnlyThese(URLFetcher):  # type: ignore[misc]
    """Remembers what it refused: WeasyPrint's own fail_on_errors raises a BaseException, which no
    error page would catch, and which an image inside an SVG swallows."""

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False)
        self.refused: list[str] = []
        self.assets = assets

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        if url not in self.assets:
            self.refused.append(url)
            raise ValueError(f"not given: {url}")
        asset = self.assets[url]
        return URLFetcherResponse(url, asset.data, {"Content-Type": asset.type})


class _Workshop:
    """What takes long to make and serves one paper after the other: fonts and style sheets."""

    def __init__(self) -> None:
        self.fonts = FontConfiguration()
        self._sheets: dict[bytes, CSS] = {}
        if config.PAPER_FONTS:
            for file in sorted(Path(config.PAPER_FONTS).glob("*.[ot]tf")):
                self._add_font(file.stem, "normal", file.read_bytes())
        for family, (installed, *weights) in CUT_FONTS.items():
            for weight in weights:
                if data := fonts.cut_down(installed, bold=weight == "bold"):
                    self._add_font(family, weight, data)

    def _add_font(self, family: str, weight: str, data: bytes) -> None:
        face = f"font-family: '{family}'; font-weight: {weight}; src: url(font:file)"
        CSS(
            string=f"@font-face {{ {face} }}",
            font_config=self.fonts,
            url_fetcher=_OnlyThese({"font:file": Asset(data, "font/otf")}),
        )

    def style_sheets(self, page: HTML, fetcher: "_OnlyThese") -> list[CSS]:
        """The style sheets that a page links to and that are given, parsed once. Their links go
        from the page: else WeasyPrint would parse them again."""
        head = page.etree_element.find("head")
        given = [
            (link, fetcher.assets[link.get("href")])
            for link in head.iter("link")
            if link.get("rel") == "stylesheet" and link.get("href") in fetcher.assets
        ]
        sheets = []
        for link, asset in given:
            head.remove(link)
            sheet = self._sheets.get(asset.data) or CSS(
                string=asset.data.decode(),
                base_url=BASE,
                url_fetcher=fetcher,
                font_config=self.fonts,
            )
            if not fetcher.refused:
                self._sheets[asset.data] = sheet
            sheets.append(sheet)
        return sheets


_idle: list[_Workshop] = []


@contextmanager
def _workshop() -> Iterator[_Workshop]:
    """A workshop for one paper at a time: the font library must not draw two at once."""
    try:
        workshop = _idle.pop()
    except IndexError:
        workshop = _Workshop()
    yield workshop
    _idle.append(workshop)  # one that failed is not used again


@contextmanager
def _without_collecting() -> Iterator[None]:
    """A paper is some 100,000 objects that all live until it is written: looking through them for
    garbage again and again took a third of the time. Another thread's paper may end the pause."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _srgb() -> ColorProfile:
    """What red is. WeasyPrint would load the same profile, and leave its file open."""
    return ColorProfile(io.BytesIO(SRGB), None, "relative-colorimetric", (["r"], ["g"], ["b"]))


def _embedded(record: Mapping[str, Any], created: datetime) -> Attachment:
    """The record as a file. A day without a zone is written as midnight: there is no hour."""
    if created.tzinfo:
        created = created.astimezone(UTC)
    return Attachment(
        string=json.dumps(record, ensure_ascii=False, indent=2),
        name=RECORD_NAME,
        description="The record that this paper was made from",
        relationship="Source",
        created=created,
        modified=created,
    )


def _mend(_: Document, paper: PDF) -> None:
    """What WeasyPrint leaves to be done for PDF/A: it asks for pictures to be smoothed, which is
    forbidden (ISO 19005-3, 6.2.8), and lists an embedded file twice."""
    paper.catalog["AF"] = Array(dict.fromkeys(paper.catalog["AF"]))
    for part in paper.objects:
        if isinstance(part, Stream) and "Interpolate" in part.extra:
            part.extra["Interpolate"] = "false"
