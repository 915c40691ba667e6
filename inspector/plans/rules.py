"""What a draw knows and what it must keep to, as plain values. People and outlets are called by
account and code, so that neither keys nor the order of rows decide anything."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

REFUSED: Final = ("planned", "nobody", "role", "recused", "outside")
"""What keeps a row from being planned."""

WARNED: Final = ("weekday", "full", "twice")
"""What a draw never does, and people may do in spite of it."""


class Key(NamedTuple):
    """A visit that is missing: the how-manieth of its kind at an outlet in the quarter."""

    outlet: str
    kind: str
    number: int

    def __str__(self) -> str:
        return f"{self.outlet}|{self.kind}|{self.number}"


@dataclass(frozen=True)
class Wanted:
    """A visit that is missing, and below which sub-branch."""

    key: Key
    subbranch: str


@dataclass(frozen=True)
class Visitor:
    """Somebody who makes visits: of which kinds, and to which sub-branch they belong."""

    name: str
    kinds: frozenset[str]
    home: str | None = None

    def recused_from(self, subbranch: str) -> bool:
        """Nobody inspects the sub-branch they belong to (domain.md 3.1)."""
        return self.home is not None and self.home == subbranch


@dataclass(frozen=True)
class Made:
    """A visit that took place or is planned."""

    outlet: str
    kind: str
    visitor: str
    day: date


@dataclass(frozen=True)
class Rules:
    """When visits may be: from the first to the last day, on which days of the week (Monday is 1),
    and how many a person makes in a week at most."""

    begins: date
    """The first day of the quarter, from which loads are compared."""
    first: date
    """The first day that can still be planned."""
    last: date
    weekdays: frozenset[int]
    week_at_most: int

    def weeks(self) -> dict[date, list[date]]:
        """The days that can be planned, by the Monday of their week."""
        found: dict[date, list[date]] = {}
        day = self.first
        while day <= self.last:
            if day.isoweekday() in self.weekdays:
                found.setdefault(monday(day), []).append(day)
            day += timedelta(days=1)
        return found


@dataclass(frozen=True)
class Facts:
    """All that a draw follows from, besides its seed."""

    rules: Rules
    wanted: tuple[Wanted, ...]
    visitors: tuple[Visitor, ...]
    made: tuple[Made, ...]
    """Those of the quarter, and of each outlet the last of each kind before."""


def monday(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.isoweekday() - 1)


def missing(target: int, done: int, planned: int) -> int:
    """How many visits are neither done nor planned."""
    return max(target - done - planned, 0)
