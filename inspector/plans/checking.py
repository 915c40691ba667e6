"""What is wrong with rows that people have adjusted, or that the facts have overtaken. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from inspector.plans.book import Book
from inspector.plans.rules import Facts, Key, Made, monday


@dataclass(frozen=True)
class Row:
    """A visit that is to be planned."""

    key: Key
    visitor: str
    day: date

    @property
    def made(self) -> Made:
        """The same as a visit."""
        return Made(self.key.outlet, self.key.kind, self.visitor, self.day)


def troubles(rows: Sequence[Row], facts: Facts) -> dict[Key, list[str]]:
    """By row what is wrong with it, all rows taken together; rows without trouble are left out.
    Which of them may be kept all the same say rules.REFUSED and rules.WARNED."""
    book = Book(facts)
    for row in rows:
        book.add(row.made)
    wanted = {one.key: one for one in facts.wanted}
    visitors = {who.name: who for who in facts.visitors}
    given = Counter(row.key for row in rows)
    found: dict[Key, list[str]] = {}
    for row in rows:
        why = []
        one, who = wanted.get(row.key), visitors.get(row.visitor)
        if one is None or given[row.key] > 1:
            why.append("planned")
        if who is None:
            why.append("nobody")
        elif row.key.kind not in who.kinds:
            why.append("role")
        elif one is not None and who.recused_from(one.subbranch):
            why.append("recused")
        why += _of_the_day(row, facts)
        if book.in_week[row.visitor, monday(row.day)] > facts.rules.week_at_most:
            why.append("full")
        book.take_out(row.made)
        if book.is_twice(row.made):
            why.append("twice")
        book.add(row.made)
        if why:
            found[row.key] = why
    return found


def _of_the_day(row: Row, facts: Facts) -> list[str]:
    rules = facts.rules
    if not rules.first <= row.day <= rules.last:
        return ["outside"]
    return [] if row.day.isoweekday() in rules.weekdays else ["weekday"]
