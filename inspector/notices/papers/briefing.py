"""The briefing of a sub-branch for its monthly service analysis meeting (服务专题分析会资料): one
page. It is drawn when it is asked for, and kept nowhere."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from inspector.notices.papers.drawing import Record


@dataclass(frozen=True)
class OutletScore:
    """One outlet in the quarter so far."""

    outlet: str
    score: Decimal | None
    late: int
    outlet_en: str = ""


@dataclass(frozen=True)
class OpenNotice:
    """One notice that waits for the branch."""

    notice: str
    outlet: str
    problem: str
    due_on: date
    days_left: int  # below nought: late
    outlet_en: str = ""
    problem_en: str = ""


@dataclass(frozen=True)
class AgainFound:
    """One problem that was put right and found again in the quarter."""

    outlet: str
    problem: str
    occurrence: int
    outlet_en: str = ""
    problem_en: str = ""


@dataclass(frozen=True)
class Item:
    """One item to talk about, and why."""

    problem: str
    lost: Decimal
    occurrence: int
    outlets: int
    late: int
    problem_en: str = ""


@dataclass(frozen=True, kw_only=True)
class BriefingDocument(Record):
    """All that one briefing says. Of each list it shows the first lines and how many there are."""

    template = "briefing"
    styles = ("official", "form", "briefing")

    issuer: str
    system_code: str
    subbranch: str
    subbranch_en: str = ""
    year: int
    month: int

    visits: int  # of the month, as far as the branch knows of them; so are the next four
    found: int
    on_spot: int
    notices: int
    closed: int

    quarter: str
    is_frozen: bool
    worth: Decimal
    score: Decimal | None
    contribution: Decimal | None
    outlets: int
    inspected: int
    late: int
    scores: tuple[OutletScore, ...]  # the lowest first

    open: tuple[OpenNotice, ...] = ()
    open_in_all: int = 0
    overdue: int = 0
    repeats: tuple[AgainFound, ...] = ()
    repeats_in_all: int = 0
    items: tuple[Item, ...] = ()

    issued_on: date

    @property
    def title(self) -> str:
        """吴起支行2026年11月服务专题分析会资料."""
        return f"{self.subbranch}{self.year}年{self.month}月服务专题分析会资料"
