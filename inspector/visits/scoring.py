"""The score of one visit, out of 100 (domain.md 3.7). Pure; static/js/scoring.js is its twin.

Points go in and come out as Decimal. Between, sums are fractions: a third of a point has no exact
decimal, and three of them must make one whole point, or a score on the edge of rounding would be
shown a hundredth too low.
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Final, Literal, NamedTuple, Protocol

NA: Final = "na"
VETO_CAP: Final = Decimal(59)
OPS: Final[dict[str, Callable[[Decimal, Decimal], bool]]] = {"<=": operator.le, ">=": operator.ge}


class Standing(StrEnum):
    """What the channel department decided about a failed item. A withdrawn finding is rejected."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class Coded(Protocol):
    """Anything with a code: a section."""

    code: str


class Scorable(Protocol):
    """Any object that carries what a score needs of a checklist item."""

    code: str
    type: str
    op: str | None
    limit: Decimal | None
    half_limit: Decimal | None
    max: int | None
    points: Decimal
    effect: str
    critical: bool

    @property
    def section(self) -> Coded:
        """The section it stands in."""


@dataclass(frozen=True)
class Rule:
    """How one checklist item is judged and what it is worth (domain.md 4)."""

    code: str
    section: str  # its code
    type: str  # yesno | score (0 to max) | number | duration (whole seconds)
    op: str | None  # <= | >=, between the answer and its limits
    limit: Decimal | None
    half_limit: Decimal | None
    max: Decimal | None
    points: Decimal  # 0 for an item that is tracked only: nothing follows from its answer
    effect: str  # score | gate | deduct
    critical: bool

    @classmethod
    def of(cls, item: Scorable) -> "Rule":
        """The rule of a checklist item."""
        return cls(
            code=item.code,
            section=item.section.code,
            type=item.type,
            op=item.op,
            limit=item.limit,
            half_limit=item.half_limit,
            max=None if item.max is None else Decimal(item.max),
            points=item.points,
            effect=item.effect,
            critical=item.critical,
        )

    @property
    def weight(self) -> Decimal:
        """The points that can be earned; a deduction earns none."""
        return Decimal(0) if self.effect == "deduct" else self.points


@dataclass(frozen=True)
class SectionScore:
    """One section: points, and numbers of items. Those of `total` that are neither answered nor
    unanswered were skipped behind a failed gate."""

    earned: Decimal
    available: Decimal
    answered: int
    total: int
    failed: int
    unanswered: int


@dataclass(frozen=True)
class Score:
    """A visit's score and how it came about, with the letters of domain.md 3.7."""

    value: Decimal | None  # V, 0 to 100, not rounded; None when nothing was applicable
    earned: Decimal  # E
    available: Decimal  # A
    extra: Decimal  # X, points lost again for repeats
    deducted: Decimal  # D, off the final 0 to 100
    vetoed: bool  # a critical failure is confirmed, so the cap holds
    veto_pending: bool  # a critical failure waits for its decision
    failed: tuple[str, ...]  # codes that make findings: neither skipped nor rejected
    unanswered: tuple[str, ...]  # codes still to answer, without the skipped
    skipped: frozenset[str]
    lines: tuple["Line", ...]  # item by item

    @cached_property
    def sections(self) -> dict[str, SectionScore]:
        """The same section by section: worked out when asked for, which a whole quarter is not."""
        among: dict[str, list[Line]] = {}
        for line in self.lines:
            among.setdefault(line.rule.section, []).append(line)
        return {section: _section(its) for section, its in among.items()}


def score(
    rules: Sequence[Rule],
    answers: Mapping[str, str],
    *,
    standings: Mapping[str, Standing] = {},
    occurrences: Mapping[str, int] = {},
    cap: Decimal = VETO_CAP,
) -> Score:
    """Score a visit, or what has been answered of it so far (domain.md 3.7).

    `rules` stand in the order of the checklist. `answers` maps item codes to "yes", "no", "na" or
    a plain number as text (whole seconds for a duration), valid for the item; what is unanswered
    is absent. By code too: `standings`, else pending, and `occurrences`, else 1, the first time.
    """
    behind = skipped(rules, answers, standings)
    lines = [_line(rule, answers, standings, behind) for rule in rules]
    failures = [line for line in lines if line.state == "failed"]
    earned = _total(line.earned for line in lines)
    available = _total(line.available for line in lines)
    extra = _total(
        (min(occurrences.get(line.rule.code, 1), 3) - 1) * (line.available - line.earned)
        for line in failures
    )
    deducted = sum(line.rule.points for line in failures if line.rule.effect == "deduct")
    vetoes = [standings.get(line.rule.code) for line in failures if line.rule.critical]
    vetoed = Standing.CONFIRMED in vetoes
    value = None
    if available:
        value = _decimal(100 * (earned - extra) / Fraction(available) - Fraction(deducted))
        value = min(max(value, Decimal(0)), cap if vetoed else Decimal(100))
    return Score(
        value=value,
        earned=_decimal(earned),
        available=_decimal(available),
        extra=_decimal(extra),
        deducted=Decimal(deducted),
        vetoed=vetoed,
        veto_pending=any(standing != Standing.CONFIRMED for standing in vetoes),
        failed=tuple(line.rule.code for line in failures),
        unanswered=tuple(line.rule.code for line in lines if line.state == "unanswered"),
        skipped=frozenset(behind),
        lines=tuple(lines),
    )


def skipped(
    rules: Iterable[Rule], answers: Mapping[str, str], standings: Mapping[str, Standing] = {}
) -> set[str]:
    """The codes behind a failed gate in its section: they lose their points and make no findings
    (domain.md 2.2, 2). What is answered NA does not apply, gate or no gate, so it is not skipped.
    """
    shut: set[str] = set()
    behind: set[str] = set()
    for rule in rules:
        if rule.section in shut:
            if answers.get(rule.code) != NA:
                behind.add(rule.code)
        elif rule.effect == "gate" and _fails(rule, answers, standings):
            shut.add(rule.section)
    return behind


def passes(rule: Rule, value: str) -> bool | None:
    """Whether an answer passes; None when nothing hangs on it: NA, or an item tracked only."""
    if value == NA or not rule.points:
        return None
    return value == "yes" if rule.type == "yesno" else _meets(rule, rule.limit, value)


def credit(rule: Rule, value: str) -> Decimal:
    """The points an answer earns: all, half (half limit met), in proportion (score), or none."""
    return _decimal(_credit(rule, value))


def lost(rule: Rule, value: str) -> Decimal:
    """The points an answer loses; of a deduction, what it takes off the final score."""
    passed = passes(rule, value)
    if passed is None:
        return Decimal(0)
    if rule.effect == "deduct":
        return Decimal(0) if passed else rule.points
    return _decimal(Fraction(rule.weight) - _credit(rule, value))


def shown(value: Decimal | None) -> str:
    """Points or a score as people read it: two decimals, half up; a dash for None."""
    return "—" if value is None else str(value.quantize(Decimal("0.01"), ROUND_HALF_UP))


NOTHING: Final = Fraction(0)


@lru_cache(maxsize=1024)
def _exact(points: Decimal) -> Fraction:
    return Fraction(points)


class Line(NamedTuple):
    """What one item adds to the sums."""

    rule: Rule
    state: Literal["skipped", "unanswered", "answered", "failed"]
    earned: Fraction = NOTHING
    available: Fraction = NOTHING


def _line(
    rule: Rule, answers: Mapping[str, str], standings: Mapping[str, Standing], behind: set[str]
) -> Line:
    weight = _exact(rule.weight)
    if rule.code in behind:
        return Line(rule, "skipped", available=weight)
    if rule.code not in answers:
        return Line(rule, "unanswered")
    value = answers[rule.code]
    if value == NA:
        return Line(rule, "answered")
    if _fails(rule, answers, standings):
        return Line(rule, "failed", _credit(rule, value), weight)
    rejected = passes(rule, value) is False
    return Line(rule, "answered", weight if rejected else _credit(rule, value), weight)


def _fails(rule: Rule, answers: Mapping[str, str], standings: Mapping[str, Standing]) -> bool:
    """Whether the item failed and the failure was not rejected."""
    return (
        rule.code in answers
        and passes(rule, answers[rule.code]) is False
        and standings.get(rule.code) != Standing.REJECTED
    )


def _credit(rule: Rule, value: str) -> Fraction:
    weight, passed = _exact(rule.weight), passes(rule, value)
    if passed is None:
        return NOTHING
    if rule.type == "score" and rule.max:
        return weight * Fraction(value) / Fraction(rule.max)
    if passed:
        return weight
    return weight / 2 if _meets(rule, rule.half_limit, value) else NOTHING


def _meets(rule: Rule, limit: Decimal | None, value: str) -> bool:
    return limit is not None and rule.op is not None and OPS[rule.op](Decimal(value), limit)


def _section(lines: Sequence[Line]) -> SectionScore:
    states = [line.state for line in lines]
    return SectionScore(
        earned=_decimal(_total(line.earned for line in lines)),
        available=_decimal(_total(line.available for line in lines)),
        answered=states.count("answered") + states.count("failed"),
        total=len(states),
        failed=states.count("failed"),
        unanswered=states.count("unanswered"),
    )


def _total(parts: Iterable[Fraction]) -> Fraction:
    """The exact sum. Most parts are whole or halves: added up as whole numbers, each denominator on
    its own, it takes a tenth of the time, which a whole quarter is many of."""
    numerators: dict[int, int] = {}
    for part in parts:
        numerator, denominator = part.as_integer_ratio()
        numerators[denominator] = numerators.get(denominator, 0) + numerator
    return sum((Fraction(n, d) for d, n in numerators.items()), NOTHING)


def _decimal(exact: Fraction | int) -> Decimal:
    return Decimal(exact.numerator) / exact.denominator
