"""Who is where on which day: what a draw fills, and what rows are checked against. Pure."""

from bisect import insort
from collections import Counter, defaultdict
from datetime import date

from inspector.plans.rules import Facts, Made, monday


class Book:
    """The visits that are made or planned, counted in the ways that rules ask for."""

    def __init__(self, facts: Facts) -> None:
        self._begins = facts.rules.begins
        self.in_week: Counter[tuple[str, date]] = Counter()
        """How many visits somebody makes in a week."""
        self.on_day: Counter[tuple[str, date]] = Counter()
        self.in_quarter: Counter[str] = Counter()
        self.of_kind: Counter[tuple[str, date]] = Counter()
        """How many visits of a kind a week holds."""
        self._at: defaultdict[tuple[str, str], list[tuple[date, str]]] = defaultdict(list)
        self._outlet_days: defaultdict[str, list[date]] = defaultdict(list)
        for visit in facts.made:
            self.add(visit)

    def add(self, visit: Made) -> None:
        """Take a visit in."""
        week = monday(visit.day)
        insort(self._at[visit.outlet, visit.kind], (visit.day, visit.visitor))
        insort(self._outlet_days[visit.outlet], visit.day)
        self.in_week[visit.visitor, week] += 1
        self.on_day[visit.visitor, visit.day] += 1
        self.of_kind[visit.kind, week] += 1
        if visit.day >= self._begins:
            self.in_quarter[visit.visitor] += 1

    def take_out(self, visit: Made) -> None:
        """Let a visit go that was taken in."""
        week = monday(visit.day)
        self._at[visit.outlet, visit.kind].remove((visit.day, visit.visitor))
        self._outlet_days[visit.outlet].remove(visit.day)
        self.in_week[visit.visitor, week] -= 1
        self.on_day[visit.visitor, visit.day] -= 1
        self.of_kind[visit.kind, week] -= 1
        if visit.day >= self._begins:
            self.in_quarter[visit.visitor] -= 1

    def is_twice(self, visit: Made) -> bool:
        """Whether the visit of the same kind before or after it at the outlet is the same person's,
        or on the same day."""
        others = self._at[visit.outlet, visit.kind]
        before = [who for day, who in others if day < visit.day]
        after = [who for day, who in others if day > visit.day]
        same_day = any(day == visit.day for day, _who in others)
        return same_day or visit.visitor in (*before[-1:], *after[:1])

    def last_weekday(self, outlet: str, kind: str, day: date) -> int:
        """The day of the week of the visit of that kind before a day; 0 for none."""
        before = [at for at, _who in self._at[outlet, kind] if at < day]
        return before[-1].isoweekday() if before else 0

    def in_month(self, outlet: str, kind: str, day: date) -> int:
        """How many visits of that kind an outlet has in a month."""
        month = day.year, day.month
        return sum((at.year, at.month) == month for at, _who in self._at[outlet, kind])

    def near(self, outlet: str, week: date) -> int:
        """How many visits of any kind an outlet has in a week."""
        return sum(monday(day) == week for day in self._outlet_days[outlet])
