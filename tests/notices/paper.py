"""Specimen notices for tests: the body of domain.md 3.10, photos, and reading paper back."""

import hashlib
import io
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import pypdf
from PIL import Image

from inspector.clock import SHANGHAI
from inspector.notices.document import NoticeDocument
from inspector.notices.papers.drawing import Photo

PAGE_FOOT = re.compile(r"—\d+—|系统编号：[^页]*页，共\d+页")


def a_notice(**changes: Any) -> NoticeDocument:
    """The specimen: three expired titles on the rack, seen for the second time; no photos."""
    facts: dict[str, Any] = {
        "issuer": "中国工商银行延安分行渠道部",
        "doc_year": 2026,
        "doc_seq": 17,
        "system_code": "7KQ2-M9XD",
        "addressee": "吴起支行",
        "outlet": "吴起支行营业部",
        "kind": "onsite",
        "visited": "2026-10-20",
        "checklist_title": "网点服务现场检查表",
        "checklist_code": "ONSITE",
        "checklist_version": "1.0",
        "section": "宣传资料架",
        "item_code": "ON-RAK-02",
        "item_text": "架上已过期、已停售或利率失效的资料品种数（逐格检查）。",
        "requirement": "应为0种；不超过1种得半分",
        "ref": "S24",
        "observed": "3 种",
        "place": "大堂南侧宣传资料架",
        "note": "两种理财产品说明书和一种存款利率表已过有效期。",
        "severity": "major",
        "occurrence": 2,
        "issued_on": date(2026, 11, 2),
        "due_on": date(2026, 11, 5),
        "rectify_days": 3,
        "appeal_until": date(2026, 11, 7),
        "cc": ("吴起支行营业部", "个人金融业务部"),
        "acknowledge_url": "https://inspect.example/notices/7f9c2e1ab1d54e0f/acknowledgement",
    }
    return NoticeDocument(**(facts | changes))


def a_mystery_notice(**changes: Any) -> NoticeDocument:
    """The same fault, as a shopper found it."""
    facts = {
        "kind": "mystery",
        "visited": "2026-10",
        "checklist_title": "网点服务神秘人检查表",
        "checklist_code": "MYSTERY",
        "item_code": "MY-RAK-01",
    }
    return a_notice(**(facts | changes))


def some_photos(
    count: int, *, edge: int = 2048, timed: bool = True
) -> tuple[tuple[Photo, ...], dict[str, bytes]]:
    """So many photos for a notice, every third one upright, and their bytes by SHA-256."""
    photos, images = [], {}
    for number in range(count):
        data = a_picture(number, edge, upright=number % 3 == 2)
        taken_at = datetime(2026, 10, 20, 9, 5 + number, tzinfo=SHANGHAI) if timed else None
        photo = Photo(hashlib.sha256(data).hexdigest(), f"资料架第{number + 1}格", taken_at)
        photos.append(photo)
        images[photo.sha256] = data
    return tuple(photos), images


def a_picture(seed: int, edge: int, *, upright: bool) -> bytes:
    """A JPEG with soft shapes, coarse grain, and EXIF that tells more than paper may."""
    size = (edge * 3 // 4, edge) if upright else (edge, edge * 3 // 4)
    noise = hashlib.shake_256(bytes([seed])).digest(256 * 192)
    grain = Image.frombytes("L", (256, 192), noise).resize(size)
    light = Image.radial_gradient("L").resize(size)
    exif = Image.Exif()
    exif[0x010F] = "TabletMaker"
    jpeg = io.BytesIO()
    picture = Image.merge("RGB", (light, Image.blend(light, grain, 0.15), light))
    picture.save(jpeg, "JPEG", quality=85, exif=exif)
    return jpeg.getvalue()


def opened(paper: bytes) -> pypdf.PdfReader:
    """A PDF as pypdf reads it."""
    return pypdf.PdfReader(io.BytesIO(paper))


def words(paper: bytes) -> str:
    """The text of a PDF from page to page, without blanks, line ends and what stands below."""
    return "".join(PAGE_FOOT.sub("", page_words(page)) for page in opened(paper).pages)


def page_words(page: pypdf.PageObject) -> str:
    """All text of one page without blanks and line ends, for Chinese breaks anywhere."""
    return "".join(page.extract_text().split())


@contextmanager
def quiet_renderer() -> Iterator[None]:
    """Fails at the end if the renderer logged a warning: unknown CSS, a missing image, a bad font.

    It collects and does not raise, for the renderer swallows what is raised in some places.
    """
    said: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    loggers = [logging.getLogger(name) for name in ("weasyprint", "fontTools")]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
    assert not said, said
