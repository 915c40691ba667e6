"""The warning order as paper: its frozen record (domain.md 3.8)."""

from dataclasses import dataclass
from datetime import date

from inspector.notices.numbers import number_of
from inspector.notices.papers.drawing import Kind, Record, require_month_only


@dataclass(frozen=True)
class Time:
    """One of the times that the problem was found."""

    visited: str  # from drawing.visited(): 2026-10-20, or only 2026-10
    kind: Kind
    notice: str  # the number of its notice; empty when it was corrected on the spot
    corrected_on_spot: bool
    closed_on: date | None  # None: corrected on the spot, or not yet

    def __post_init__(self) -> None:
        require_month_only(self.kind, self.visited)


@dataclass(frozen=True, kw_only=True)
class WarningDocument(Record):
    """All that one warning order says."""

    template = "warning"
    styles = ("official", "warning")

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
    item_text_en: str = ""
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
        return number_of(self.doc_year, self.doc_seq, self.doc_code) or "草稿"

    @property
    def title(self) -> str:
        """关于……问题屡查屡犯的警告令."""
        return f"关于{self.outlet}{self.section}问题屡查屡犯的警告令"

    @property
    def address(self) -> str:
        """See `Record.address`."""
        return self.notice_url
