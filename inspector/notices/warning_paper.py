"""The warning order as paper: a frozen record, and the PDF made from nothing else.

Like the notice's (document.py) it is Chinese only, has no field for an inspector, a shopper or a
member of staff, and tells of a mystery visit its month only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import segno
from markupsafe import Markup
from pydantic import TypeAdapter

from inspector import pdf
from inspector.notices.document import FOLDER, PAPER, Kind


@dataclass(frozen=True)
class Time:
    """One of the times that the problem was found."""

    visited: str  # from document.visited(): 2026-10-20, or only 2026-10
    kind: Kind
    notice: str  # the number of its notice; empty when it was corrected on the spot
    corrected_on_spot: bool
    closed_on: date | None  # None: corrected on the spot, or not yet

    def __post_init__(self) -> None:
        if self.kind == "mystery" and len(self.visited) != len("2026-10"):
            raise ValueError("a mystery visit shows its month only")


@dataclass(frozen=True, kw_only=True)
class WarningDocument:
    """All that one warning order says. A field added later needs a default: records already stored
    do not have it."""

    issuer: str
    doc_code: str  # what stands before the year
    doc_year: int
    doc_seq: int | None  # None: a draft
    system_code: str

    addressee: str  # the sub-branch
    outlet: str
    section: str
    item_code: str
    item_text: str
    requirement: str
    occurrence: int
    look_back: str
    times: tuple[Time, ...]  # the oldest first, this one last
    notice: str  # the number of the notice it goes with; empty on a draft

    issued_on: date
    due_on: date
    cc: tuple[str, ...] = ()
    notice_url: str

    @property
    def number(self) -> str:
        """The document number, 警〔2026〕1号, or 草稿."""
        if self.doc_seq is None:
            return "草稿"
        return f"{self.doc_code}〔{self.doc_year}〕{self.doc_seq}号"

    @property
    def title(self) -> str:
        """关于……问题屡查屡犯的警告令."""
        return f"关于{self.outlet}{self.section}问题屡查屡犯的警告令"

    def to_json(self) -> dict[str, Any]:
        """The record as plain JSON values."""
        plain: dict[str, Any] = RECORD.dump_python(self, mode="json")
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "WarningDocument":
        """The record back from `to_json`. Raises pydantic's ValidationError, a ValueError."""
        return RECORD.validate_python(plain)


RECORD = TypeAdapter(WarningDocument)


def draw(doc: WarningDocument) -> bytes:
    """The PDF of a warning order. The same record gives the same bytes."""
    styles = {
        f"asset:{name}": pdf.Asset((FOLDER / name).read_bytes(), "text/css")
        for name in ("notice.css", "warning.css")
    }
    return pdf.render(document_html(doc), styles, doc.to_json())


def document_html(doc: WarningDocument) -> str:
    """The HTML that `draw` renders."""
    qr = segno.make(doc.notice_url, error="m", micro=False)
    return PAPER.get_template("warning.html").render(
        doc=doc,
        qr=Markup(qr.svg_inline(border=0, omitsize=True, title="整改通知二维码")),  # noqa: S704 - segno's own SVG
    )
