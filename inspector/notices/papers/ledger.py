"""The ledger of rectifications (整改台账): a line for each notice (domain.md 2.3 and 3.10, 6).

Of the columns of domain.md 2.3 it leaves out the inspector, and has the responsible post in the
place of a person: paper names nobody.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from inspector.notices.papers.drawing import Kind, Record, Severity, require_month_only


@dataclass(frozen=True, kw_only=True)
class Line:
    """One notice. Raises ValueError if it tells the day of a mystery visit."""

    notice: str  # the number; empty: a draft
    visited: str  # from drawing.visited()
    kind: Kind
    subbranch: str
    outlet: str
    section: str
    item_code: str
    item_text: str
    item_text_en: str = ""
    place: str
    observed: str
    note: str
    severity: Severity
    occurrence: int = 1
    requirement: str
    due_on: date | None
    days_left: int | None  # negative: late; None: nothing is to be done any more, or not yet
    responsible: str  # a post
    done_on: date | None
    closed_on: date | None
    stage: str  # in words

    def __post_init__(self) -> None:
        require_month_only(self.kind, self.visited)


@dataclass(frozen=True, kw_only=True)
class LedgerDocument(Record):
    """All that one ledger says."""

    template = "ledger"
    styles = ("ledger",)

    issuer: str
    system_code: str
    scope: str  # which notices: the filter, in words
    lines: tuple[Line, ...]
    issued_on: date
    part: int = 1
    parts: int = 1  # a long one is drawn in parts, each with pages of its own
    first: int = 1  # what its first line is numbered
    whole: dict[str, int] | None = None  # the sums of all parts

    title: ClassVar[str] = "问题整改台账"

    @property
    def sums(self) -> dict[str, int]:
        """How many lines of which sort, in all parts."""
        if self.whole is not None:
            return self.whole
        late = [line for line in self.lines if line.days_left is not None and line.days_left < 0]
        return {
            "all": len(self.lines),
            "closed": sum(line.closed_on is not None for line in self.lines),
            "late": len(late),
            "repeats": sum(line.occurrence > 1 for line in self.lines),
        }
