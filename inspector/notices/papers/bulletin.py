"""The quarterly bulletin (季度通报): who stands where, and what is to be done about it (domain.md
3.7 and 3.10, 7). It names units and posts, never persons."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from inspector.notices.papers.drawing import Record


@dataclass(frozen=True, kw_only=True)
class Rank:
    """One sub-branch. Numbers as of the day the quarter was frozen, not rounded."""

    rank: int | None  # None: no outlet was visited
    subbranch: str
    outlets: int
    inspected: int  # of its outlets
    score: Decimal | None  # I of domain.md 3.7
    change: int = 0  # places up (positive) or down since the quarter before
    late: int = 0  # notices closed late, or overdue at the end of the quarter
    repeats: int = 0
    other: Decimal | None = None  # O, what the other 60 % come from; None: not known yet

    @property
    def contribution(self) -> Decimal | None:
        """Of the 40 points that inspection is worth."""
        return None if self.score is None else self.score * Decimal("0.40")

    @property
    def total(self) -> Decimal | None:
        """Q of domain.md 3.7; None rather than made up while O is not known."""
        if self.contribution is None or self.other is None:
            return None
        return self.contribution + self.other * Decimal("0.60")


@dataclass(frozen=True)
class Overdue:
    """One notice that was not put right in time."""

    notice: str
    subbranch: str
    outlet: str
    problem: str
    due_on: date
    days: int


@dataclass(frozen=True)
class Repeat:
    """One problem that was put right and committed again."""

    subbranch: str
    outlet: str
    problem: str
    occurrence: int
    notice: str
    warning: str  # the number of its warning order, if it has one


@dataclass(frozen=True)
class SystemicProblem:
    """One problem of several outlets of one sub-branch."""

    subbranch: str
    problem: str
    outlets: int


@dataclass(frozen=True)
class Example:
    """One good example."""

    subbranch: str
    outlet: str
    text: str


@dataclass(frozen=True, kw_only=True)
class BulletinDocument(Record):
    """All that one bulletin says."""

    template = "bulletin"
    styles = ("official", "warning", "bulletin")

    issuer: str
    doc_code: str = ""
    doc_year: int
    doc_seq: int | None  # None: a draft
    system_code: str
    year: int
    quarter: int
    addressee: str = "各支行"

    visits: int
    outlets: int
    inspected: int
    found: int  # = on_spot + notices
    on_spot: int
    notices: int
    closed: int
    ranking: tuple[Rank, ...]
    overdue: tuple[Overdue, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    systemic: tuple[SystemicProblem, ...] = ()
    examples: tuple[Example, ...] = ()

    issued_on: date
    cc: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """The document number, 〔2026〕3号, or 草稿."""
        if self.doc_seq is None:
            return "草稿"
        return f"{self.doc_code}〔{self.doc_year}〕{self.doc_seq}号"

    @property
    def title(self) -> str:
        """关于2026年第三季度网点服务检查情况的通报."""
        return f"关于{self.year}年第{'一二三四'[self.quarter - 1]}季度网点服务检查情况的通报"

    @property
    def is_complete(self) -> bool:
        """Whether the other 60 % of every sub-branch that has a score are known."""
        return all(rank.total is not None for rank in self.ranking if rank.score is not None)
