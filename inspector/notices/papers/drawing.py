"""A paper of any kind: its frozen record, and the PDF made from nothing else.

A record holds all that the paper says, so that it can be stored and read again. None has a field
for an inspector, a shopper or the name of a member of staff (domain.md 2.5 and 6, 2). Papers are
Chinese; where the bank wants it, the English of headings and of the checklist stands beneath.
"""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from PIL import Image, ImageOps
from pydantic import TypeAdapter

from inspector import clock
from inspector.templating import figure
from inspector.visits.scoring import shown

Kind = Literal["onsite", "offsite", "mystery"]
Severity = Literal["major", "minor"]

PRINT_EDGE = 1024  # pixels of the long edge on paper: half a stored photo, 342 dpi over 76 mm
PRINT_QUALITY = 70  # JPEG, of 100
FOLDER = Path(__file__).parents[3] / "templates" / "notices" / "document"


@dataclass(frozen=True)
class Photo:
    """One photo of a paper: its bytes are stored apart, under the SHA-256."""

    sha256: str
    caption: str
    taken_at: datetime | None  # aware; None on a mystery visit


@dataclass(frozen=True, kw_only=True)
class Record:
    """All that one paper says. A field added later needs a default: records already stored do not
    have it."""

    template: ClassVar[str]  # the HTML in FOLDER, without its ending
    styles: ClassVar[tuple[str, ...]] = ("official",)  # style sheets in FOLDER, without theirs

    bilingual: bool = False  # whether the English stands beneath

    def to_json(self) -> dict[str, Any]:
        """The record as plain JSON values."""
        plain: dict[str, Any] = TypeAdapter(type(self)).dump_python(self, mode="json")
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Self:
        """The record back from `to_json`. Raises pydantic's ValidationError, a ValueError."""
        record: Self = TypeAdapter(cls).validate_python(plain)
        return record

    def pictures(self) -> Iterable[str]:
        """The SHA-256 of each picture that the paper shows."""
        return ()

    @property
    def address(self) -> str:
        """Where the QR code of the paper leads; empty: it has none."""
        return ""


def draw(doc: Record, images: Mapping[str, bytes] | None = None) -> bytes:
    """The PDF of a paper. `images` holds its pictures' bytes by SHA-256; KeyError if one lacks.

    The same record and images give the same bytes.
    """
    from inspector import pdf  # WeasyPrint takes a second to load: only who draws waits for it

    assets = {
        f"asset:{name}.css": pdf.Asset((FOLDER / f"{name}.css").read_bytes(), "text/css")
        for name in doc.styles
    } | {
        f"photo:{sha256}": pdf.Asset(_for_print((images or {})[sha256]), "image/jpeg")
        for sha256 in doc.pictures()
    }
    return pdf.render(document_html(doc), assets, doc.to_json())


def document_html(doc: Record) -> str:
    """The HTML that `draw` renders; its addresses mean something to `draw` only."""
    return PAPER.get_template(f"{doc.template}.html").render(doc=doc)


def require_month_only(kind: str, visited: str, photos: Iterable[Photo] = ()) -> None:
    """Raise ValueError if a paper would tell the day or the time of a mystery visit."""
    if kind == "mystery" and (
        len(visited) != len("2026-10") or any(photo.taken_at for photo in photos)
    ):
        raise ValueError("a mystery visit shows its month only, and photos without a time")


def visited(kind: Kind, day: date) -> str:
    """When a visit took place, as far as paper may tell: a mystery visit by its month only."""
    return f"{day:%Y-%m}" if kind == "mystery" else day.isoformat()


def look_back(days: int) -> str:
    """How far back repeats are counted, in words."""
    return "近一年内" if days in {365, 366} else f"近{days}日内"


def _for_print(data: bytes) -> bytes:
    """A photo in the size that paper can show, re-encoded so that no EXIF can be left."""
    with Image.open(io.BytesIO(data)) as photo:
        scale = PRINT_EDGE / max(photo.size)
        # Before all else: then no more is decoded of a JPEG than paper shows.
        photo.draft("RGB", (int(photo.width * scale), int(photo.height * scale)))
        photo.thumbnail((PRINT_EDGE, PRINT_EDGE))
        upright = ImageOps.exif_transpose(photo).convert("RGB")
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


def _qr(address: str, title: str) -> Markup:
    code = segno.make(address, error="m", micro=False)
    svg = code.svg_inline(border=0, omitsize=True, title=title)
    return Markup(svg)  # noqa: S704 - segno's own SVG


@pass_context
def _en(context: Context, text: str) -> Markup | str:
    """The English beneath, on a bilingual paper."""
    if not context["doc"].bilingual or not text:
        return ""
    return Markup('<span class="en" lang="en">{}</span>').format(text)


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
        "points": shown,
        "figure": figure,
    }
    paper.globals |= {
        "en": _en,
        "qr": _qr,
        "KINDS": {"onsite": "现场检查", "offsite": "非现场检查", "mystery": "神秘人检查"},
        "SEVERITIES": {"major": "主要问题", "minor": "一般问题"},
    }
    return paper


PAPER = _paper()
