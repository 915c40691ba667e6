"""The rectification notice as paper: a frozen record, and the PDF made from nothing else.

The record holds all that the paper says, so that it can be stored with the notice and read again.
It has no field for an inspector, a shopper or a member of staff (domain.md 2.5 and 6, 2).
The paper is Chinese only; its order is domain.md 3.10, 1 and its layout GB/T 9704 (domain.md 2.7).
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from PIL import Image, ImageOps
from pydantic import TypeAdapter

from inspector import clock, pdf

Kind = Literal["onsite", "offsite", "mystery"]
Severity = Literal["major", "minor"]

PRINT_EDGE = 1000  # pixels of the long edge on paper: 300 dpi over the 76 mm of a photo
PRINT_QUALITY = 78  # JPEG, of 100
FOLDER = Path(__file__).parents[2] / "templates" / "notices" / "document"


@dataclass(frozen=True)
class Photo:
    """One photo of the annex: its bytes are stored apart, under the SHA-256."""

    sha256: str
    caption: str
    taken_at: datetime | None  # aware; None on a mystery visit


@dataclass(frozen=True, kw_only=True)
class NoticeDocument:
    """All that one notice says. Raises ValueError for a mystery visit that tells a day or a time.

    A field added later needs a default: records already stored do not have it.
    """

    issuer: str  # in full: 中国工商银行延安分行渠道部
    doc_code: str = ""  # what the bank puts before the year, such as 工银延渠
    doc_year: int
    doc_seq: int | None  # None: a draft
    system_code: str  # a random short code, on every page

    addressee: str  # the sub-branch
    outlet: str
    kind: Kind
    visited: str  # from visited(): 2026-10-20, or only 2026-10
    checklist_title: str
    checklist_code: str
    checklist_version: str

    section: str
    item_code: str
    item_text: str
    requirement: str
    ref: str
    observed: str  # the value with its unit, or the answer in a word; empty means 不符合
    place: str
    note: str
    severity: Severity
    occurrence: int = 1  # the how-manieth time within `look_back`
    look_back: str = "近一年内"
    photos: tuple[Photo, ...] = ()

    issued_on: date
    due_on: date
    rectify_days: int
    appeal_until: date
    acknowledge_days: int = 2
    served_days: int = 3  # after so many days it is deemed served (domain.md 3.4)
    first_responsible: str = "坐班领导"  # a post, never a person
    cc: tuple[str, ...] = ()
    supersedes: str = ""  # the number of the withdrawn notice that this one stands in for
    acknowledge_url: str

    def __post_init__(self) -> None:
        if self.kind == "mystery" and (
            len(self.visited) != len("2026-10") or any(photo.taken_at for photo in self.photos)
        ):
            raise ValueError("a mystery visit shows its month only, and photos without a time")

    @property
    def number(self) -> str:
        """The document number, 〔2026〕17号 (domain.md 2.7), or 草稿."""
        if self.doc_seq is None:
            return "草稿"
        return f"{self.doc_code}〔{self.doc_year}〕{self.doc_seq}号"

    @property
    def title(self) -> str:
        """关于……问题的整改通知, named by the outlet and the section of the checklist."""
        return f"关于{self.outlet}{self.section}问题的整改通知"

    def to_json(self) -> dict[str, Any]:
        """The record as plain JSON values."""
        plain: dict[str, Any] = RECORD.dump_python(self, mode="json")
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "NoticeDocument":
        """The record back from `to_json`. Raises pydantic's ValidationError, a ValueError."""
        return RECORD.validate_python(plain)


RECORD = TypeAdapter(NoticeDocument)


def visited(kind: Kind, day: date) -> str:
    """When a visit took place, as far as paper may tell: a mystery visit by its month only."""
    return f"{day:%Y-%m}" if kind == "mystery" else day.isoformat()


def look_back(days: int) -> str:
    """How far back repeats are counted, in words."""
    return "近一年内" if days in {365, 366} else f"近{days}日内"


def draw(doc: NoticeDocument, images: Mapping[str, bytes]) -> bytes:
    """The PDF of a notice. `images` holds its photos' bytes by SHA-256; KeyError if one lacks.

    The same record and images give the same bytes.
    """
    css = (FOLDER / "notice.css").read_bytes()
    assets = {"asset:notice.css": pdf.Asset(css, "text/css")} | {
        f"photo:{photo.sha256}": pdf.Asset(_for_print(images[photo.sha256]), "image/jpeg")
        for photo in doc.photos
    }
    return pdf.render(document_html(doc), assets, doc.to_json())


def document_html(doc: NoticeDocument) -> str:
    """The HTML that `draw` renders; its addresses mean something to `draw` only."""
    qr = segno.make(doc.acknowledge_url, error="m", micro=False)
    return PAPER.get_template("notice.html").render(
        doc=doc,
        qr=Markup(qr.svg_inline(border=0, omitsize=True, title="签收二维码")),  # noqa: S704 - segno's own SVG
    )


def _for_print(data: bytes) -> bytes:
    """A photo in the size that paper can show, re-encoded so that no EXIF can be left."""
    with Image.open(io.BytesIO(data)) as photo:
        upright = ImageOps.exif_transpose(photo).convert("RGB")
    upright.thumbnail((PRINT_EDGE, PRINT_EDGE))
    printed = io.BytesIO()
    upright.save(printed, "JPEG", quality=PRINT_QUALITY, optimize=True)
    return printed.getvalue()


def _day(day: date) -> str:
    """Arabic digits, no leading zeros (domain.md 2.7)."""
    return f"{day.year}年{day.month}月{day.day}日"


def _moment(moment: datetime) -> str:
    here = clock.local(moment)
    return f"{_day(here)} {here:%H:%M}"


def _visited(when: str) -> str:
    return "".join(
        f"{int(part)}{unit}" for part, unit in zip(when.split("-"), "年月日", strict=False)
    )


def _ordinal(number: int) -> str:
    return f"第{'零一二三四五六七八九十'[number] if number <= 10 else number}次"


def _sentence(text: str) -> str:
    """The text with exactly one full stop, however it was written down."""
    return text.strip().rstrip("。；;，,、.") + "。"


def _prose(text: str) -> str:
    """Typed lines as sentences; from the second on each begins a paragraph, two characters in."""
    return "\n　　".join(_sentence(line) for line in text.splitlines() if line.strip())


def _paper() -> Environment:
    """Templates that see the record and nothing of the application: no request, no person."""
    paper = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    paper.filters |= {
        "day": _day,
        "moment": _moment,
        "visited": _visited,
        "ordinal": _ordinal,
        "sentence": _sentence,
        "prose": _prose,
    }
    paper.globals |= {
        "KINDS": {"onsite": "现场检查", "offsite": "非现场检查", "mystery": "神秘人检查"},
        "SEVERITIES": {"major": "主要问题", "minor": "一般问题"},
    }
    return paper


PAPER = _paper()
