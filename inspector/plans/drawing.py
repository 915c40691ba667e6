"""Drawing by lot who makes which missing visit on which day. Pure; and the same seed with the same
facts gives the same draw, in any process and whatever order the facts came in: chance is a SHA-256
over the seed and the names of what is drawn, nothing else."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from hashlib import sha256

from inspector.plans.book import Book
from inspector.plans.rules import Facts, Key, Made, Visitor, Wanted


@dataclass(frozen=True)
class Placed:
    """A missing visit with who makes it, and when."""

    wanted: Wanted
    visitor: str
    day: date

    @property
    def key(self) -> Key:
        """Which missing visit it is."""
        return self.wanted.key


@dataclass(frozen=True)
class Unplaced:
    """A missing visit for which there is nobody or no day: `nobody`, `recused`, `over`, `full` or
    `twice`."""

    wanted: Wanted
    why: str

    @property
    def key(self) -> Key:
        """Which missing visit it is."""
        return self.wanted.key


@dataclass(frozen=True)
class Draw:
    """What was drawn, in the order of outlets and kinds."""

    placed: tuple[Placed, ...]
    unplaced: tuple[Unplaced, ...]


def draw(seed: str, facts: Facts) -> Draw:
    """Give each missing visit a person and a day, as far as the rules let it. First come those for
    which the fewest people are left."""
    lot = _Lot(seed, facts)
    order = sorted(facts.wanted, key=lambda one: (len(lot.free(one)), *lot.of(*one.key)))
    found = [lot.place(one) for one in order]
    return Draw(
        tuple(sorted((one for one in found if isinstance(one, Placed)), key=lambda one: one.key)),
        tuple(sorted((one for one in found if isinstance(one, Unplaced)), key=lambda one: one.key)),
    )


class _Lot:
    def __init__(self, seed: str, facts: Facts) -> None:
        self._seed = seed
        self._rules = facts.rules
        self._visitors = facts.visitors
        self._weeks = facts.rules.weeks()
        self._book = Book(facts)

    def of(self, *names: object) -> tuple[bytes, tuple[str, ...]]:
        """The lot of what has these names; the names themselves for the day that two are equal."""
        told = tuple(str(name) for name in names)
        return sha256("\n".join((self._seed, *told)).encode()).digest(), told

    def able(self, one: Wanted) -> list[Visitor]:
        """Who makes that kind of visit."""
        return [who for who in self._visitors if one.key.kind in who.kinds]

    def free(self, one: Wanted) -> list[Visitor]:
        """Who of them does not belong there."""
        return [who for who in self.able(one) if not who.recused_from(one.subbranch)]

    def place(self, one: Wanted) -> Placed | Unplaced:
        free = self.free(one)
        if not free:
            return Unplaced(one, "recused" if self.able(one) else "nobody")
        if not self._weeks:
            return Unplaced(one, "over")
        why = "full"
        for week in sorted(self._weeks, key=lambda week: self._week(one, week)):
            for who in self._with_time(free, one, week):
                for day in sorted(self._weeks[week], key=lambda day: self._day(one, who, day)):
                    visit = Made(one.key.outlet, one.key.kind, who.name, day)
                    if not self._book.is_twice(visit):
                        self._book.add(visit)
                        return Placed(one, who.name, day)
                why = "twice"
        return Unplaced(one, why)

    def _week(self, one: Wanted, week: date) -> tuple[object, ...]:
        """A month without such a visit first, then the emptiest week."""
        outlet, kind, _number = one.key
        days = self._weeks[week]
        return (
            self._book.in_month(outlet, kind, days[0]),
            self._book.near(outlet, week),
            Fraction(self._book.of_kind[kind, week], len(days)),
            self.of(*one.key, week),
        )

    def _with_time(self, free: list[Visitor], one: Wanted, week: date) -> list[Visitor]:
        """Those whose week is not full, the least burdened first."""
        there = [w for w in free if self._book.in_week[w.name, week] < self._rules.week_at_most]
        return sorted(
            there, key=lambda who: (self._book.in_quarter[who.name], self.of(*one.key, who.name))
        )

    def _day(self, one: Wanted, who: Visitor, day: date) -> tuple[object, ...]:
        """A day without another visit first, and not the day of the week of the last time."""
        outlet, kind, _number = one.key
        again = self._book.last_weekday(outlet, kind, day) == day.isoweekday()
        return self._book.on_day[who.name, day], again, self.of(*one.key, day)
