"""What people would rather look at than read: how the quarters go, how long striking off takes,
what is found most. Each as numbers, and drawn. Where there are very many outlets, the worker counts
them, once somebody asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import func, select

from inspector import plots
from inspector.clock import Quarter
from inspector.db import day_of, db
from inspector.desk.ageing import Number
from inspector.findings.models import Finding, Rectification
from inspector.findings.queries import COUNTED, within
from inspector.ledger.filters import Filters
from inspector.notices import systemic
from inspector.notices.models import Notice
from inspector.people.models import Level, Person
from inspector.people.roles import Role
from inspector.plots import Series
from inspector.scores import trends
from inspector.scores.models import Freeze
from inspector.scores.results import Standing
from inspector.snapshots import Countable
from inspector.templating import local, points

QUARTERS: Final = 8
DRAFTS: Final = 4
"""Quarters that are not frozen are worked out anew, so that only so many are."""

BOUNDS: Final = ((0, 3), (4, 7), (8, 14), (15, 30), (31, None))
"""Days from issue to striking off."""

FIRST: Final = 12
"""Issues that are told one by one."""


@dataclass(frozen=True)
class Course:
    """The score of the city branch, or of all city branches, quarter by quarter."""

    quarters: list[Quarter]
    standings: list[Standing | None]
    cities: int

    @property
    def plot(self) -> Markup | None:
        """Drawn; None for one quarter."""
        values = [None if s is None or s.value is None else float(s.value) for s in self.standings]
        if len(values) < 2:
            return None
        last = self.standings[-1]
        alt = _(
            "%(whose)s by quarter; %(quarter)s: %(score)s.",
            whose=self.title,
            quarter=self.quarters[-1],
            score=points(last.value if last else None),
        )
        return plots.trend(list(map(str, self.quarters)), [Series(_("City"), values)], alt=alt)

    @property
    def title(self) -> str:
        """Whose score it is."""
        if self.cities > 1:
            return str(_("Score of all city branches"))
        return str(_("Score of the city branch"))


def course(last: Quarter) -> Course:
    """The last quarters, from the first with a score on."""
    frozen = set(db.session.scalars(select(Freeze.quarter).where(Freeze.returned_at.is_(None))))
    every = trends.until(last, QUARTERS)
    quarters = [one for one in every if str(one) in frozen or one in every[-DRAFTS:]]
    results = trends.results_of(quarters)
    standings = [result.whole for result in results]
    known = (at for at, one in enumerate(standings) if one is not None and one.value is not None)
    start = next(known, len(quarters))
    cities = max((len(result.at(Level.CITY)) for result in results), default=0)
    return Course(quarters[start:], standings[start:], cities)


@dataclass(frozen=True)
class Closing:
    """How many notices were struck off within which days of their issue."""

    quarter: Quarter
    counts: list[int]
    median: int | None

    @property
    def numbers(self) -> list[Number]:
        """The counts, each with its rows in the ledger."""
        whole = Filters(stage="closed", closed=str(self.quarter))
        days = (f"{low}-{high}" if high is not None else str(low) for low, high in BOUNDS)
        filters = (whole.but(took=took) for took in days)
        return [Number(*pair) for pair in zip(self.counts, filters, strict=True)]

    @property
    def labels(self) -> list[str]:
        """The bounds in days."""
        return [f"{low}–{high}" if high is not None else f"≥ {low}" for low, high in BOUNDS]

    @property
    def plot(self) -> Markup | None:
        """Drawn; None when nothing was struck off."""
        if self.median is None:
            return None
        alt = _(
            "Days to striking off: half of %(count)s notices took %(days)s days or less.",
            count=sum(self.counts),
            days=self.median,
        )
        return plots.histogram(self.labels, self.counts, alt=alt)


def closing(quarter: Quarter) -> Closing:
    """The notices that were struck off in a quarter, by how long it took."""
    issued, closed = day_of(Notice.issued_at), day_of(Rectification.closed_at)
    rows = db.session.execute(
        select(issued, closed, func.count())
        .select_from(Notice)
        .join(Notice.rectification)
        .where(
            Notice.withdrawn_at.is_(None),
            Notice.issued_at.is_not(None),
            Rectification.closed_at >= quarter.start,
            Rectification.closed_at < quarter.end,
        )
        .group_by(issued, closed)
    )
    days = sorted(((until - since).days, count) for since, until, count in rows)
    counts = [
        sum(n for took, n in days if low <= took and (high is None or took <= high))
        for low, high in BOUNDS
    ]
    reached = zip(days, accumulate(count for _, count in days), strict=True)
    half = (sum(counts) + 1) // 2
    return Closing(
        quarter, counts, next((took for (took, _), so_far in reached if so_far >= half), None)
    )


@dataclass(frozen=True)
class Issue:
    """A problem that was found so often. Its words are those of one of its findings."""

    code: str
    text_zh: str
    text_en: str
    findings: int
    share: float
    """Of all findings, this one and all before it."""


@dataclass(frozen=True)
class Pareto:
    """The issues of a quarter, the most frequent first, and how many findings there are in all."""

    issues: list[Issue]
    total: int
    kinds: int
    """How many issues there are."""

    @property
    def plot(self) -> Markup | None:
        """Drawn; None when nothing was found."""
        if not self.issues:
            return None
        first = self.issues[0]
        alt = _(
            "What was found most: %(text)s, %(count)s of %(total)s findings.",
            text=local(first, "text"),
            count=first.findings,
            total=self.total,
        )
        names = [local(one, "text") for one in self.issues]
        counts = [one.findings for one in self.issues]
        return plots.pareto(names, counts, alt=alt, total=self.total)


def pareto(quarter: Quarter) -> Pareto:
    """What was found most in a quarter, on visits that count."""
    found = (
        select(
            Finding.issue,
            func.max(Finding.text_zh),
            func.max(Finding.text_en),
            func.count().label("findings"),
            func.sum(func.count()).over().label("total"),
            func.count().over().label("kinds"),
        )
        .where(COUNTED, within(quarter))
        .group_by(Finding.issue)
        .order_by(func.count().desc(), Finding.issue)
        .limit(FIRST)
    )
    rows: Sequence[Any] = db.session.execute(found).all()
    if not rows:
        return Pareto([], 0, 0)
    total, kinds = int(rows[0][4]), rows[0][5]
    so_far = accumulate(row[3] for row in rows)
    issues = [
        Issue(code, zh, en, count, reached / total)
        for (code, zh, en, count, *_rest), reached in zip(rows, so_far, strict=True)
    ]
    return Pareto(issues, total, kinds)


WIDEST: Final = 40
"""Systemic problems that are told one by one."""


@dataclass(frozen=True)
class Figures:
    """All of a quarter. Of the systemic problems the widest."""

    course: Course
    closing: Closing
    pareto: Pareto
    systemic: list[systemic.Grouped]
    all_systemic: int


def figures(quarter: Quarter) -> Figures:
    """All of it, as the desk sees it."""
    found = systemic.grouped(quarter, seen_by=Person(role=Role.CHANNEL))
    return Figures(course(quarter), closing(quarter), pareto(quarter), found[:WIDEST], len(found))


def countable(quarter: str) -> Countable[Figures]:
    """The figures of a quarter, by its name."""
    return Countable(f"figures {quarter}", Figures, lambda: figures(Quarter.named(quarter)))
