"""Paper from HTML. The only file that imports WeasyPrint; the door to all else is shut."""

from collections.abc import Mapping
from dataclasses import dataclass

from weasyprint import HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse


@dataclass(frozen=True)
class Asset:
    """Bytes that a paper may use, with their media type, such as text/css."""

    data: bytes
    type: str


class Refused(Exception):
    """The HTML asked for something that it was not given."""


def render(html: str, assets: Mapping[str, Asset]) -> bytes:
    """Render `html` to a PDF that may use `assets`, by their exact URL, and nothing else.

    No file, no network, no data: URL. Raises `Refused` for any other address, relative ones
    included. The same HTML and assets give the same bytes, on the same machine with the same fonts.
    """
    fetcher = _OnlyThese(assets)
    # Without a base a relative address would be skipped with a log line; so it reaches the fetcher.
    paper: bytes = HTML(string=html, base_url="paper:", url_fetcher=fetcher).write_pdf()
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
