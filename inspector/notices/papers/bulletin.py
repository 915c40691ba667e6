"""The quarterly bulletin (季度通报): who stands where, and what is to be done about it (domain.md
3.7 and 3.10, 7). It names units and posts, never persons, and of a mystery visit no time at all.

All numbers come ready from the rules of the quarter: a paper works nothing out. Beside each name
stands the English one, for the page that shows the same record.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from markupsafe import Markup

from inspector import plots
from inspector.notices.numbers import number_of
from inspector.notices.papers.drawing import Photo, Record


@dataclass(frozen=True, kw_only=True)
class Rank:
    """One sub-branch. Numbers as of the day the quarter was frozen, not rounded."""

    rank: int | None  # None: no outlet was visited
    subbranch: str
    subbranch_en: str = ""
    code: str = ""
    outlets: int
    inspected: int  # of its outlets
    score: Decimal | None  # I of domain.md 3.7
    contribution: Decimal | None = None  # points of `worth`, with adjustments of earlier quarters
    other: Decimal | None = None  # O, what the rest comes from; None: not known yet
    total: Decimal | None = None  # Q; None rather than made up while O is not known
    change: int = 0  # places up (positive) or down since the quarter before
    late: int = 0  # notices closed late, or overdue at the end of the quarter
    repeats: int = 0


@dataclass(frozen=True)
class Place:
    """One outlet among the best, or among the last."""

    subbranch: str
    outlet: str
    score: Decimal
    subbranch_en: str = ""
    outlet_en: str = ""


@dataclass(frozen=True)
class Overdue:
    """One notice that was not put right in time."""

    notice: str
    subbranch: str
    outlet: str
    problem: str
    due_on: date
    days: int
    subbranch_en: str = ""
    outlet_en: str = ""
    problem_en: str = ""


@dataclass(frozen=True)
class Repeat:
    """One problem that was put right and committed again."""

    subbranch: str
    outlet: str
    problem: str
    occurrence: int
    notice: str
    warning: str  # the number of its warning order, if it has one
    subbranch_en: str = ""
    outlet_en: str = ""
    problem_en: str = ""


@dataclass(frozen=True)
class SystemicProblem:
    """One problem of several outlets of one sub-branch."""

    subbranch: str
    problem: str
    outlets: int
    subbranch_en: str = ""
    problem_en: str = ""


@dataclass(frozen=True)
class Example:
    """One good example."""

    subbranch: str
    outlet: str
    text: str
    photos: tuple[Photo, ...] = ()
    subbranch_en: str = ""
    outlet_en: str = ""


@dataclass(frozen=True)
class Adjusted:
    """What became different for one sub-branch after the quarter was frozen."""

    subbranch: str
    was: Decimal | None
    now: Decimal | None
    points: Decimal | None  # of `worth`; None where one of the two scores is blank
    subbranch_en: str = ""


@dataclass(frozen=True)
class Point:
    """The score of all inspected outlets together in one quarter."""

    quarter: str
    score: Decimal


@dataclass(frozen=True)
class Frequent:
    """One kind of problem, and how often it was found."""

    problem: str
    times: int
    problem_en: str = ""


@dataclass(frozen=True, kw_only=True)
class BulletinDocument(Record):
    """All that one bulletin says. Of a long list it shows the first lines and their number."""

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
    replaces: str = ""  # the number of the bulletin that this one takes the place of
    reason: str = ""  # why it does
    is_frozen: bool = True

    worth: Decimal = Decimal(40)  # of 100, what inspection counts in the service performance
    visits: int
    outlets: int
    inspected: int
    found: int  # = on_spot + notices
    on_spot: int
    notices: int
    closed: int
    ranking: tuple[Rank, ...]
    trend: tuple[Point, ...] = ()  # the earliest first, this quarter last
    frequent: tuple[Frequent, ...] = ()  # the most frequent first
    best: tuple[Place, ...] = ()
    last: tuple[Place, ...] = ()
    overdue: tuple[Overdue, ...] = ()
    overdue_in_all: int = 0
    repeats: tuple[Repeat, ...] = ()
    repeats_in_all: int = 0
    systemic: tuple[SystemicProblem, ...] = ()
    examples: tuple[Example, ...] = ()
    adjusted: tuple[Adjusted, ...] = ()

    issued_on: date
    cc: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """The document number, 通〔2026〕3号, or 草稿."""
        return number_of(self.doc_year, self.doc_seq, self.doc_code) or "草稿"

    @property
    def title(self) -> str:
        """关于2026年第三季度网点服务检查情况的通报."""
        return f"关于{self.year}年第{'一二三四'[self.quarter - 1]}季度网点服务检查情况的通报"

    @property
    def is_complete(self) -> bool:
        """Whether the other part of every sub-branch that has a score is known."""
        return all(rank.total is not None for rank in self.ranking if rank.score is not None)

    @property
    def trend_plot(self) -> Markup:
        """The course of the score, drawn."""
        scores = plots.Series("得分", [float(one.score) for one in self.trend])
        return plots.trend([one.quarter for one in self.trend], [scores], alt="各季度得分走势")

    @property
    def frequent_plot(self) -> Markup:
        """Which problems make up most of what was found, drawn."""
        times = [one.times for one in self.frequent]
        return plots.pareto(
            [one.problem for one in self.frequent], times, alt="查出问题的构成", total=self.found
        )

    def pictures(self) -> Iterable[str]:
        """See `Record.pictures`."""
        return [photo.sha256 for example in self.examples for photo in example.photos]
