"""The numbers of a quarter: worked out while it is a draft, read back once it is frozen."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, lru_cache

from flask import current_app
from sqlalchemy import ColumnElement, select

from inspector.clock import Quarter
from inspector.db import db
from inspector.people.models import Level
from inspector.scores import queries, rules
from inspector.scores.lifecycle import Stage
from inspector.scores.models import Freeze, QuarterScore
from inspector.scores.queries import Counts, Unit
from inspector.scores.rules import Rules


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One unit's numbers in a quarter, named as in rules.py; `adjusted` is what lines of earlier
    quarters add to the points of 40."""

    id: uuid.UUID
    parent_id: uuid.UUID | None
    level: str
    code: str
    name_zh: str
    name_en: str
    outlets: int
    inspected: int
    before: Decimal | None = None
    late: int = 0
    deduction: Decimal = Decimal(0)
    value: Decimal | None = None
    contribution: Decimal | None = None
    adjusted: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal | None:
        """Points of 40, with the adjustments of earlier quarters."""
        return None if self.contribution is None else self.contribution + self.adjusted


@dataclass
class Result:
    """The numbers of a quarter, of all units or of one sub-branch and its outlets."""

    quarter: Quarter
    rules: Rules
    freeze: Freeze | None
    standings: list[Standing] = field(default_factory=list)

    @property
    def stage(self) -> Stage:
        """How far the quarter has come."""
        return self.freeze.stage if self.freeze else Stage.DRAFT

    @cached_property
    def by_id(self) -> dict[uuid.UUID, Standing]:
        """The standings by unit."""
        return {one.id: one for one in self.standings}

    def at(self, level: Level) -> list[Standing]:
        """The standings of a level, in the order of their codes."""
        return [one for one in self.standings if one.level == level]

    @cached_property
    def ranks(self) -> dict[uuid.UUID, int | None]:
        """The places of the sub-branches by their score."""
        return rules.ranks({one.id: one.value for one in self.at(Level.SUBBRANCH)})

    @property
    def ranked(self) -> list[Standing]:
        """The sub-branches, the best first, those without a score last."""
        last = len(self.ranks) + 1
        return sorted(
            self.at(Level.SUBBRANCH), key=lambda one: (self.ranks[one.id] or last, one.code)
        )

    @property
    def whole(self) -> Standing | None:
        """The numbers of the city branch; of several those of all their outlets together."""
        cities = self.at(Level.CITY)
        if len(cities) < 2:
            return cities[0] if cities else None
        inspected = sum(city.inspected for city in cities)
        sums = [city.value * city.inspected for city in cities if city.value is not None]
        value = sum(sums, Decimal(0)) / inspected if inspected else None
        return replace(
            cities[0],
            outlets=sum(city.outlets for city in cities),
            inspected=inspected,
            late=sum(city.late for city in cities),
            value=value,
            contribution=rules.contribution(self.rules, value),
        )

    def outlets_of(self, subbranch: uuid.UUID) -> list[Standing]:
        """The outlets of a sub-branch, by code."""
        return [one for one in self.at(Level.OUTLET) if one.parent_id == subbranch]

    def adjusted_by(self, points: dict[uuid.UUID, Decimal]) -> "Result":
        """The same with the lines of earlier quarters, by sub-branch."""
        more = [replace(one, adjusted=points.get(one.id, Decimal(0))) for one in self.standings]
        return Result(self.quarter, self.rules, self.freeze, more)


def freeze_of(quarter: Quarter) -> Freeze | None:
    """The freeze of a quarter that stands."""
    stands = Freeze.quarter == str(quarter), Freeze.returned_at.is_(None)
    return db.session.scalar(select(Freeze).where(*stands))


def rules_now() -> Rules:
    """The numbers of the formula, as the settings say."""
    return Rules.of(current_app.config["SCORE"])


def frozen(freeze: Freeze, subbranch: uuid.UUID | None = None, *, outlets: bool = True) -> Result:
    """The numbers as they were locked: of all units, of one sub-branch and its outlets, or of the
    units above the outlets, which a process reads once, for they never change."""
    if subbranch is not None:
        mine = (QuarterScore.branch_id == subbranch) | (QuarterScore.parent_id == subbranch)
        standings = _locked(freeze.id, mine)
    else:
        standings = list(_above_outlets(freeze.id)) if not outlets else _locked(freeze.id)
    return Result(freeze.of, freeze.kept_rules, freeze, standings)


@lru_cache(maxsize=8)
def _above_outlets(freeze: uuid.UUID) -> tuple[Standing, ...]:
    return tuple(_locked(freeze, QuarterScore.level != Level.OUTLET))


def _locked(freeze: uuid.UUID, *which: ColumnElement[bool]) -> list[Standing]:
    # Columns and no rows of the mapper: of a province there are thousands.
    columns = QuarterScore.branch_id, *(getattr(QuarterScore, name) for name in KEPT)
    wanted = select(*columns).where(QuarterScore.freeze_id == freeze, *which)
    rows = db.session.execute(wanted.order_by(QuarterScore.code))
    names = "id", *KEPT
    return [Standing(**dict(zip(names, row, strict=True))) for row in rows]


KEPT = tuple(name for name in Standing.__dataclass_fields__ if name != "id")
"""What of a unit's numbers is locked, by the names of the columns."""


def read(row: QuarterScore) -> Standing:
    """The numbers of one unit, as they were locked."""
    return Standing(id=row.branch_id, **{name: getattr(row, name) for name in KEPT})


def draft(counts: Counts, quarter: Quarter, numbers: Rules) -> Result:
    """The numbers as they come out now."""
    outlets = {
        unit.id: _outlet(unit, counts, numbers)
        for unit in counts.units
        if unit.level == Level.OUTLET
    }
    below: dict[uuid.UUID | None, list[Standing]] = {}
    for one in outlets.values():
        below.setdefault(one.parent_id, []).append(one)
    subbranches = {
        unit.id: _mean(unit, below.get(unit.id, ()), numbers)
        for unit in counts.units
        if unit.level == Level.SUBBRANCH
    }
    cities = {
        unit.id: _mean(
            unit,
            [
                o
                for s in subbranches.values()
                if s.parent_id == unit.id
                for o in below.get(s.id, ())
            ],
            numbers,
        )
        for unit in counts.units
        if unit.level == Level.CITY
    }
    every = cities | subbranches | outlets
    return Result(quarter, numbers, None, [every[unit.id] for unit in counts.units])


def _outlet(unit: Unit, counts: Counts, numbers: Rules) -> Standing:
    score = counts.of(unit.id).score(numbers)
    return Standing(
        **vars(unit),
        outlets=1,
        inspected=int(score.value is not None),
        before=score.before,
        late=score.late,
        deduction=score.deduction,
        value=score.value,
        contribution=rules.contribution(numbers, score.value),
    )


def _mean(unit: Unit, outlets: Iterable[Standing], numbers: Rules) -> Standing:
    every = list(outlets)
    whole = rules.mean(one.value for one in every)
    return Standing(
        **vars(unit),
        outlets=whole.outlets,
        inspected=whole.inspected,
        late=sum(one.late for one in every),
        value=whole.value,
        contribution=rules.contribution(numbers, whole.value),
    )


def result(quarter: Quarter, subbranch: uuid.UUID | None = None, *, outlets: bool = True) -> Result:
    """The numbers of a quarter: the frozen ones, or as they come out now."""
    if freeze := freeze_of(quarter):
        return frozen(freeze, subbranch, outlets=outlets)
    return draft(queries.counts(quarter, subbranch), quarter, rules_now())
