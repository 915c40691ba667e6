"""The cover sheet of a merged PDF: what it holds, and who asked for it when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from inspector.downloads.pieces import Piece
from inspector.notices.papers.drawing import Record


@dataclass(frozen=True)
class Line:
    """One paper in the list of the cover sheet."""

    number: str
    title: str
    issued_on: date
    due_on: date
    withdrawn: bool
    sha256: str
    page: int  # of the merged PDF, on which it begins; the cover sheet counts too


@dataclass(frozen=True, kw_only=True)
class CoverSheet(Record):
    """All that the cover sheet says."""

    template: ClassVar[str] = "cover"
    styles: ClassVar[tuple[str, ...]] = ("official", "cover")

    issuer: str
    system_code: str
    what: str  # 2026年第4季度, a visit, or a filter, in words
    asked_by: str
    asked_at: datetime
    pages: int
    lines: tuple[Line, ...]


def lines_of(pieces: Sequence[Piece], pages: Sequence[int], cover: int) -> tuple[Line, ...]:
    """The list, when the cover sheet takes `cover` pages and each paper as many as `pages` says."""
    lines, page = [], cover + 1
    for piece, count in zip(pieces, pages, strict=True):
        lines.append(
            Line(
                number=piece.number,
                title=piece.title,
                issued_on=piece.issued_on,
                due_on=piece.due_on,
                withdrawn=piece.withdrawn,
                sha256=piece.sha256,
                page=page,
            )
        )
        page += count
    return tuple(lines)
