"""The crawler itself: what is planted is found, whatever it is wrapped in; the harmless is not."""

import io
import json
from datetime import datetime
from urllib.parse import quote, urlencode
from zipfile import ZipFile, ZipInfo

import openpyxl
import pikepdf
import pytest
from flask import Flask, Response, request

from inspector.clock import SHANGHAI
from tests.cast import picture_bytes
from tests.secrecy.crawler import Crawler
from tests.secrecy.device import CAMERA, photo_bytes, uuid7
from tests.secrecy.needles import Needles

MOMENT = datetime(2026, 11, 3, 10, 17, 5, tzinfo=SHANGHAI)
KEY = str(uuid7(MOMENT))


def needles() -> Needles:
    """A shopper, a camera, and a moment."""
    found = Needles()
    found.hide("zf-hidden-7731", "隐针赵无影", CAMERA)
    found.hide_moment(MOMENT)
    return found


def a_pdf(
    *, title: str = "整改通知书", made: str = "D:20261202140000", record: bytes = b"{}"
) -> bytes:
    """A PDF with its metadata and one embedded file."""
    with pikepdf.new() as paper, io.BytesIO() as out:
        paper.add_blank_page()
        paper.docinfo["/Title"] = pikepdf.String(title)
        paper.attachments["record.json"] = pikepdf.AttachedFileSpec(
            paper, record, filename="record.json", creation_date=made
        )
        paper.save(out)
        return out.getvalue()


def a_zip(name: str, data: bytes, at: tuple[int, int, int, int, int, int]) -> bytes:
    """A ZIP with one file of a certain time."""
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr(ZipInfo(name, at), data)
    return out.getvalue()


def a_workbook(cell: object) -> bytes:
    """A workbook with one cell."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.create_sheet("list", 0).append([cell])
    book.save(out)
    return out.getvalue()


EARLY = (1980, 1, 1, 0, 0, 0)
LEAKS: dict[str, bytes | str] = {
    "an account in a page": "<p>zf-hidden-7731</p>",
    "a name in an attribute": '<p title="隐针赵无影"></p>',
    "an escaped name": "<p>&#38544;&#38024;&#36213;&#26080;&#24433;</p>",
    "a day in Chinese": "<p>2026年11月3日</p>",
    "a day without a year": "<p>11月03日</p>",
    "a day in English": "<p>3 Nov</p>",
    "a day as Americans write it": "<p>November 3, 2026</p>",
    "a day in a link": '<a href="/visits/2026-11-03"></a>',
    "a day in digits": "<p>notice-20261103.pdf</p>",
    "a day with blanks": "<p>2026 年 11 月 3 日</p>",
    "a time of day": "<p>10:17</p>",
    "a time in UTC": "<p>T02:17:05Z</p>",
    "a moment in seconds": f"<p data-at={int(MOMENT.timestamp())}></p>",
    "a moment in milliseconds": f"<script>at = {int(MOMENT.timestamp() * 1000)}</script>",
    "a key with its time": f'<div id="photo-{KEY}"></div>',
    "a key with its time, without dashes": f"<p>{KEY.replace('-', '')}</p>",
    "a name in CSV": "序号,检查人\n1,隐针赵无影\n".encode("utf-8-sig"),
    "a camera in a photo": photo_bytes("grey", MOMENT),
    "a moment in a PNG": photo_bytes("grey", MOMENT, "PNG"),
    "the title of a PDF": a_pdf(title="隐针赵无影"),
    "the record in a PDF": a_pdf(record=json.dumps({"taken_at": MOMENT.isoformat()}).encode()),
    "the time of a PDF's record": a_pdf(made="D:20261103101705+08'00'"),
    "a name in a ZIP": a_zip("隐针赵无影.pdf", b"", EARLY),
    "a file's time in a ZIP": a_zip("1.pdf", b"", (2026, 11, 3, 10, 17, 4)),
    "a PDF in a ZIP": a_zip("1.pdf", a_pdf(title=CAMERA), EARLY),
    "a workbook": a_workbook("隐针赵无影"),
}


def site(body: bytes | str, headers: dict[str, str] | None = None) -> Crawler:
    """A site of two pages, the second of which answers this."""
    app = Flask(__name__)
    app.add_url_rule("/", "home", lambda: '<img src="/leak">')
    kind = "text/html" if isinstance(body, str) else "application/octet-stream"
    app.add_url_rule("/leak", "leak", lambda: Response(body, mimetype=kind, headers=headers))
    crawler = Crawler(app.test_client())
    crawler.follow()
    return crawler


@pytest.mark.parametrize("leak", LEAKS)
def test_what_is_planted_is_found(leak: str) -> None:
    assert [trace for trace in site(LEAKS[leak]).traces(needles()) if trace.startswith("/leak")]


@pytest.mark.parametrize(
    "header",
    [
        {"Last-Modified": "Tue, 03 Nov 2026 02:17:05 GMT"},
        {"ETag": f'"{int(MOMENT.timestamp())}"'},
        {"Content-Disposition": f"attachment; filename*=UTF-8''{quote('隐针赵无影')}.pdf"},
        {"X-Request-Id": KEY},
    ],
)
def test_a_header_gives_it_away_too(header: dict[str, str]) -> None:
    assert site("<p></p>", header).traces(needles())


@pytest.mark.parametrize(
    "harmless",
    [
        "<p>2026年11月 神秘人检查 2026年12月2日 14:00 d1b2c3a4-1111-4222-8333-444455556666</p>",
        "<p>11月30日 13 Nov 23 Nov 2026-11-30 110:17 20261130</p>",
        picture_bytes(),
        a_pdf(),
        a_zip("〔2026〕17号.pdf", a_pdf(), EARLY),
    ],
    ids=["words", "other days", "a photo", "a paper", "a ZIP"],
)
def test_what_is_harmless_is_not_reported(harmless: bytes | str) -> None:
    assert not site(harmless).traces(needles())


def test_each_way_to_narrow_a_page_is_followed_but_not_all_with_all_others() -> None:
    app = Flask(__name__)
    names = "abcdefghijkl"

    def narrowed() -> str:
        asked = request.args.to_dict()
        links = [urlencode(asked | {name: "yes"}) for name in names]
        return "".join(f'<a href="/?{link.replace("&", "&amp;")}"></a>' for link in links)

    app.add_url_rule("/", "home", narrowed)
    crawler = Crawler(app.test_client())
    crawler.follow()
    assert all(any(f"{name}=yes" in url for url in crawler.pages) for name in names)
    assert len(crawler.pages) <= 1 + len(names)
