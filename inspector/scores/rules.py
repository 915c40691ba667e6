"""The score of a quarter: outlet, sub-branch and city, and what it contributes (domain.md 3.7).

Pure. Numbers go in and come out as Decimal. Between, sums are fractions: what comes out is rounded
to twelve places, which takes away what the last digit of a third had too little, so that three of
them make one whole and a score on the edge of rounding is not shown a hundredth too low.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, Final, TypeVar

from inspector import clock
from inspector.clock import Quarter
from inspector.visits.scoring import VETO_CAP

VERSION: Final = 1
"""Of this formula; a frozen quarter names the one that made it."""

K = TypeVar("K", bound=Hashable)

KINDS: Final = ("onsite", "mystery", "offsite")
PLACES: Final = 12
SHOWN: Final = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The numbers of the formula: settings, and kept with each quarter that was frozen by them."""

    onsite: Decimal  # w of each kind of visit; those that took place are made to add up to one
    mystery: Decimal
    offsite: Decimal
    late: Decimal  # off the outlet's score for each notice that was late
    late_at_most: Decimal  # off the score for all of them together
    share: Decimal  # of the quarter service performance: 0.40
    cap: Decimal  # of a visit with a confirmed veto

    @property
    def other(self) -> Decimal:
        """The share of what comes from outside, O: 0.60."""
        return 1 - self.share

    @property
    def worth(self) -> Decimal:
        """How many points of 100 inspection is worth: 40."""
        return self.share * 100

    def weight(self, kind: str) -> Decimal:
        """The weight of a kind of visit."""
        weight: Decimal = getattr(self, kind)
        return weight

    def record(self) -> dict[str, str]:
        """As plain data, to be kept; `read` is the way back."""
        return {name: str(number) for name, number in asdict(self).items()}

    @classmethod
    def of(cls, settings: Mapping[str, Decimal]) -> "Rules":
        """As the settings of the application say."""
        return cls(cap=VETO_CAP, **settings)

    @classmethod
    def read(cls, kept: Mapping[str, str]) -> "Rules":
        """The rules that a frozen quarter has kept."""
        return cls(**{name: Decimal(number) for name, number in kept.items()})


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One visit, as far as the quarter needs it."""

    key: Hashable
    outlet: Hashable
    kind: str
    started_at: datetime | None
    score: Decimal | None  # V; None when nothing was applicable
    confirmed: bool = True
    published: bool = False  # of a mystery visit; no other is
    void: bool = False


def counts(visit: Seen, quarter: Quarter) -> bool:
    """Whether a visit counts in a quarter: by its day at the bank, once it is confirmed, or
    published if a shopper made it; not when it is void. Its twin in SQL is queries.COUNTS."""
    if visit.started_at is None or visit.void or not visit.confirmed or visit.score is None:
        return False
    if visit.kind == "mystery" and not visit.published:
        return False
    return quarter.first <= clock.day(visit.started_at) <= quarter.last


@dataclass(frozen=True)
class KindMean:
    """What the visits of one kind come to."""

    kind: str
    weight: Decimal
    mean: Decimal
    visits: int


@dataclass(frozen=True)
class OutletScore:
    """I of an outlet, and how it came about."""

    kinds: tuple[KindMean, ...] = ()  # those that took place
    before: Decimal | None = None  # what lateness is taken off; None: no visit that counts
    late: int = 0  # notices closed late or overdue at the end
    deduction: Decimal = Decimal(0)
    value: Decimal | None = None


def outlet(rules: Rules, scores: Mapping[str, Sequence[Decimal]], late: int) -> OutletScore:
    """The score of an outlet: `scores` of its visits by kind, and how many notices were `late`.

    Kinds are weighted as far as they took place; lateness is taken off, but nothing falls below
    nought. Without a visit of a kind that has a weight there is no score.
    """
    kinds = tuple(
        KindMean(kind, rules.weight(kind), settled(_mean(scores[kind])), len(scores[kind]))
        for kind in KINDS
        if scores.get(kind)
    )
    weight = sum(Fraction(rules.weight(one.kind)) for one in kinds)
    deduction = min(rules.late * late, rules.late_at_most)
    if not weight:
        return OutletScore(kinds, None, late, deduction, None)
    weighted = sum(Fraction(rules.weight(one.kind)) * _mean(scores[one.kind]) for one in kinds)
    before = settled(weighted / weight)
    return OutletScore(kinds, before, late, deduction, max(before - deduction, Decimal(0)))


@dataclass(frozen=True)
class Mean:
    """I of a sub-branch or of the city: the mean of its inspected outlets, and the coverage."""

    value: Decimal | None
    inspected: int
    outlets: int


def mean(values: Iterable[Decimal | None]) -> Mean:
    """The mean of the scores of outlets; those without one are left out, not counted as nought."""
    every = list(values)
    there = [value for value in every if value is not None]
    return Mean(settled(_mean(there)) if there else None, len(there), len(every))


def contribution(rules: Rules, value: Decimal | None) -> Decimal | None:
    """What a score is worth in the quarter service performance: points of 40."""
    return None if value is None else rules.share * value


def performance(rules: Rules, contributed: Decimal | None, other: Decimal | None) -> Decimal | None:
    """Q, the quarter service performance; None rather than made up while O is not known."""
    if contributed is None or other is None:
        return None
    return contributed + rules.other * other


def ranks(values: Mapping[K, Decimal | None]) -> dict[K, int | None]:
    """The place of each by its score as it is shown: who shows the same shares a place."""
    figures = {key: None if v is None else shown(v) for key, v in values.items()}
    places: dict[Decimal, int] = {}
    there = (figure for figure in figures.values() if figure is not None)
    for place, figure in enumerate(sorted(there, reverse=True), 1):
        places.setdefault(figure, place)
    return {key: None if figure is None else places[figure] for key, figure in figures.items()}


@dataclass(frozen=True)
class Counted:
    """All that one outlet's score is made of: the visits that count with kind and score, and the
    notices that were late, by their keys."""

    visits: Mapping[Any, tuple[str, Decimal]]
    late: frozenset[Any] = frozenset()

    def score(self, rules: Rules) -> OutletScore:
        """What it comes to."""
        by_kind: dict[str, list[Decimal]] = defaultdict(list)
        for kind, score in self.visits.values():
            by_kind[kind].append(score)
        return outlet(rules, by_kind, len(self.late))


@dataclass(frozen=True)
class Change:
    """What became different since a quarter was frozen: a visit or a notice of an outlet."""

    outlet: Any
    key: Any
    visit: tuple[str, Decimal] | None = None  # what it counts now; None: not any more
    late: bool | None = None  # of a notice: whether it counts as late now

    def applied(self, counted: Counted) -> Counted:
        """What the outlet's score is made of afterwards."""
        if self.late is not None:
            return Counted(
                counted.visits,
                counted.late | {self.key} if self.late else counted.late - {self.key},
            )
        rest = {key: visit for key, visit in counted.visits.items() if key != self.key}
        return Counted(rest | ({self.key: self.visit} if self.visit else {}), counted.late)


@dataclass(frozen=True)
class Adjusted:
    """A change and what it does: the outlet's score and the sub-branch's, before and after."""

    change: Change
    outlet_was: Decimal | None
    outlet_now: Decimal | None
    was: Decimal | None
    now: Decimal | None

    @property
    def amount(self) -> Decimal | None:
        """By how much the sub-branch's score is different; None where there is none on one side:
        a quarter without a score has no number that could be adjusted."""
        return None if self.was is None or self.now is None else self.now - self.was


def adjust(rules: Rules, known: Mapping[Any, Counted], changes: Iterable[Change]) -> list[Adjusted]:
    """What changes do one after the other to a sub-branch, of whose outlets `known` tells what was
    counted: their amounts add up to the whole difference."""
    counted = dict(known)
    scores = {key: one.score(rules).value for key, one in counted.items()}
    lines = []
    for change in changes:
        key = change.outlet
        was, outlet_was = mean(scores.values()).value, scores.get(key)
        counted[key] = change.applied(counted.get(key, Counted({})))
        scores[key] = counted[key].score(rules).value
        now = mean(scores.values()).value
        lines.append(Adjusted(change, outlet_was, scores[key], was, now))
    return lines


def differences(
    outlet: Hashable, known: Counted, now: Counted, order: Mapping[Any, Any] = {}
) -> list[Change]:
    """Which visits and notices of an outlet count otherwise now than was known; in the `order` of
    their keys, if one is given."""
    found = [
        Change(outlet, key, visit=now.visits.get(key))
        for key in [*known.visits, *(key for key in now.visits if key not in known.visits)]
        if known.visits.get(key) != now.visits.get(key)
    ]
    found += [Change(outlet, key, late=True) for key in now.late - known.late]
    found += [Change(outlet, key, late=False) for key in known.late - now.late]
    return sorted(found, key=lambda change: (order.get(change.key, ""), str(change.key)))


def settled(exact: Fraction) -> Decimal:
    """A fraction as the Decimal that is kept: twelve places, half up."""
    units = exact * 10**PLACES
    whole, rest = divmod(units.numerator, units.denominator)
    return Decimal(whole + (2 * rest >= units.denominator)).scaleb(-PLACES)


def shown(value: Decimal) -> Decimal:
    """A score as people read it: two decimals, half up."""
    return value.quantize(SHOWN, ROUND_HALF_UP)


def _mean(values: Sequence[Decimal]) -> Fraction:
    return sum(map(Fraction, values), Fraction(0)) / len(values)
