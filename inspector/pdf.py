"""Paper from HTML. The only file that imports WeasyPrint; the door to all else is shut.

Every paper is PDF/A-3u, for archives: fonts embedded, colours defined, text readable, its record
inside as a JSON file; and tagged, for those who have it read to them. It does not claim PDF/UA,
which no tool at hand could verify.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from typing import Any

from pydyf import PDF, Array
from weasyprint import HTML, Attachment, Document
from weasyprint.css import ColorProfile
from weasyprint.urls import URLFetcher, URLFetcherResponse

RECORD_NAME = "record.json"
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
    The HTML must have a language, a title and the day it was made, `dcterms.created`: else
    ValueError. No file, no network, no data: URL; raises `Refused` for any other address, relative
    ones included. The same HTML, assets and record give the same bytes, on the same machine with
    the same fonts.
    """
    fetcher = _OnlyThese(assets)
    # Without a base a relative address would be skipped with a log line; so it reaches the fetcher.
    document = HTML(string=html, base_url="paper:", url_fetcher=fetcher).render(
        color_profiles={"sRGB": _srgb()}, **ARCHIVAL
    )
    facts = document.metadata
    if not (facts.lang and facts.title and facts.created):
        raise ValueError("a paper needs a language, a title and dcterms.created")
    paper: bytes = document.write_pdf(
        attachments=[_embedded(record, datetime.fromisoformat(facts.created))],
        finisher=_name_each_file_once,
        **ARCHIVAL,
    )
    if fetcher.refused:
        raise Refused(*fetcher.refused)
    return paper


class _OnlyThese(URLFetcher):  # type: ignore[misc]
    """Remembers what it refused: WeasyPrint's own fail_on_errors raises a BaseException, which no
    error page would catch, and which an image inside an SVG swallows."""

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False)
        self.refused: list[str] = []
        self._assets = assets

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        if url not in self._assets:
            self.refused.append(url)
            raise ValueError(f"not given: {url}")
        asset = self._assets[url]
        return URLFetcherResponse(url, asset.data, {"Content-Type": asset.type})


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


def _name_each_file_once(_: Document, paper: PDF) -> None:
    """WeasyPrint lists an embedded file twice among those that belong to the document."""
    paper.catalog["AF"] = Array(dict.fromkeys(paper.catalog["AF"]))
