"""What was seen on one visit of the history: answers, failures, and what they cost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Final

from inspector.checklists.models import Effect, Item, Version
from inspector.visits import scoring
from inspector.visits.observed import observed_en, observed_zh
from inspector.visits.scoring import VETO_CAP, Rule

FAILURES: Final = {"onsite": 0.075, "mystery": 0.13, "offsite": 0.14}
"""How often an item fails at a middling outlet."""
CHRONIC: Final = 6
"""How much oftener an outlet fails at what it never gets right."""
FITOUT_DAYS: Final = 365


@dataclass(frozen=True)
class Line:
    """One item of a checklist, with all that a visit copies of it."""

    item: Item
    rule: Rule
    position: int
    passing: str
    failing: str
    lost: Decimal
    odds: float
    copied: dict[str, object]
    """The columns of a finding that say what the item said and what was seen."""


@dataclass(frozen=True)
class Sheet:
    """A checklist version, made ready for many visits."""

    version: Version
    kind: str
    lines: Sequence[Line]

    @classmethod
    def of(cls, version: Version) -> "Sheet":
        """Read everything once."""
        kind = version.kind
        lines = [_line(item, n, kind) for n, item in enumerate(version.items)]
        return cls(version, kind, lines)


@dataclass(frozen=True)
class Seen:
    """What a visit came to: the lines that do not apply, and those that failed."""

    sheet: Sheet
    na: frozenset[str]
    failed: tuple[Line, ...]

    def answers(self) -> Iterable[tuple[Line, str]]:
        """Every line with its answer."""
        failed = {line.item.code for line in self.failed}
        for line in self.sheet.lines:
            code = line.item.code
            yield (
                line,
                "na" if code in self.na else line.failing if code in failed else line.passing,
            )

    def score(
        self, occurrences: dict[str, int], rejected: set[str], *, decided: bool
    ) -> Decimal | None:
        """The score as domain.md 3.7 has it; a veto counts once it is decided.

        A test holds it against visits/scoring.py, which takes all the lines of a visit: a hundred
        times as long.
        """
        counted = [line for line in self.failed if line.item.code not in rejected]
        available = sum(
            Fraction(line.rule.weight) for line in self.sheet.lines if line.item.code not in self.na
        )
        if not available:
            return None
        gone, taken = Fraction(0), Fraction(0)
        for line in counted:
            if line.item.effect == Effect.DEDUCT:
                taken += Fraction(line.rule.points)
            else:
                # What a line lost may be a third, of which a Decimal keeps 28 digits only.
                lost = Fraction(line.lost).limit_denominator(10**6)
                gone += lost * min(occurrences.get(line.item.code, 1), 3)
        exact = 100 * (available - gone) / available - taken
        value = Decimal(exact.numerator) / exact.denominator
        vetoed = decided and any(line.item.critical for line in counted)
        cap = VETO_CAP if vetoed else Decimal(100)
        return min(max(value, Decimal(0)), cap)


def see(
    sheet: Sheet,
    chance: Random,
    *,
    on: date,
    renovated_on: date | None,
    quality: float,
    chronic: set[str],
) -> Seen:
    """Walk through an outlet. `quality` 1 is middling, 2 fails half as often."""
    fresh = renovated_on is not None and timedelta(0) <= on - renovated_on <= timedelta(FITOUT_DAYS)
    na = frozenset(line.item.code for line in sheet.lines if line.item.applies and not fresh)
    roll = chance.random
    failed = tuple(
        line
        for line in sheet.lines
        if roll() * quality < line.odds * (CHRONIC if line.item.issue in chronic else 1)
        and line.item.code not in na
    )
    return Seen(sheet, na, failed)


def _line(item: Item, position: int, kind: str) -> Line:
    rule = Rule.of(item)
    failing = _failing(item)
    # A failed gate would hide the rest of its section.
    never = item.effect == Effect.GATE or scoring.passes(rule, failing) is not False
    lost = Decimal(0) if never else scoring.lost(rule, failing)
    spread = 0.3 + 1.4 * Random(item.issue).random()
    odds = 0.0 if never else FAILURES[kind] * spread * (0.04 if item.critical else 1)
    return Line(
        item=item,
        rule=rule,
        position=position,
        passing=_passing(item),
        failing=failing,
        lost=lost,
        odds=odds,
        copied={
            "item_id": item.id,
            "item_code": item.code,
            "position": position,
            "issue": item.issue,
            "section_zh": item.section.title_zh,
            "section_en": item.section.title_en,
            "text_zh": item.text_zh,
            "text_en": item.text_en,
            "requirement_zh": item.requirement_zh,
            "requirement_en": item.requirement_en,
            "observed_zh": observed_zh(item, failing),
            "observed_en": observed_en(item, failing),
            "ref": item.ref,
            "severity": item.severity,
            "critical": item.critical,
            "points": str(item.points),
            "lost": str(lost),
            "rectify_days": item.rectify_days,
        },
    )


def _passing(item: Item) -> str:
    if item.type == "yesno":
        return "yes"
    if item.type == "score":
        return str(item.max)
    if item.limit is None:
        return "6"
    return f"{item.limit:f}".split(".")[0] if item.op == "<=" else f"{item.limit:f}"


def _failing(item: Item) -> str:
    """Just beyond the limit: half credit where there is any."""
    if item.type == "yesno":
        return "no"
    if item.limit is None:
        return "6"
    step = max(1, int(item.limit) // 10)
    value = int(item.limit) + step if item.op == "<=" else max(0, int(item.limit) - step)
    return str(value)
