"""How old what is not struck off is, by all that tells it apart: one statement for the whole board.

Each number is one of the ledger's: it carries the filters under which the ledger lists exactly the
rows that it counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import CTE, Select, case, func, literal, select, union_all

from inspector import clock, plots
from inspector.checklists.models import Item, Kind, Section
from inspector.db import db
from inspector.findings.models import Finding
from inspector.ledger import queries as ledger
from inspector.ledger import stages
from inspector.ledger.filters import SEVERITIES, Filters
from inspector.ledger.lines import Subbranch
from inspector.people.models import Person
from inspector.plots import Series
from inspector.templating import chosen_locale, word

LATE: Final = {
    "soon": _l("Due within 3 days"),
    "1-2": _l("1–2 days late"),
    "3-6": _l("3–6 days late"),
    "7": _l("7 days late or more"),
}
"""The columns after the whole, each by what the ledger's filter calls it."""

STAGES: Final = ("held", "draft", "to_acknowledge", "to_report", "to_verify", "asked", "paused")
BY: Final = ("branch", "section", "kind", "severity", "repeat")
SHOWN: Final = 40
"""Sub-branches of which all are told; of more only the worst."""
TIMES: Final = {
    "1": _l("First time"),
    "2": _l("Second time"),
    "3": _l("Third time or more"),
}
_ORDER: Final[dict[str, Sequence[str]]] = {
    "stage": STAGES,
    "kind": tuple(Kind),
    "severity": SEVERITIES,
    "repeat": tuple(TIMES),
}


@dataclass(frozen=True)
class Number:
    """A number, and under which filters the ledger has its rows."""

    count: int
    filters: Filters


@dataclass(frozen=True)
class Row:
    """One value of what tells rows apart, in words: all that is open, then by LATE."""

    value: str
    name: str
    numbers: tuple[Number, ...]

    @property
    def whole(self) -> int:
        """How many are open."""
        return self.numbers[0].count


Counted = tuple[str, str, str, str, int, int, int, int, int]
"""What is counted by, the value, its names where it has any; all that is open, then by LATE."""


@dataclass(frozen=True)
class Ageing:
    """What is open, by stage and by each of BY, for the values that there are; of very many
    sub-branches only the worst, before which stand how many there are, and what all have open and
    late."""

    rows: list[Counted]
    subbranches: int
    whole: int
    late: int


def counted(person: Person) -> Ageing:
    """What is open of what a person may see."""
    rows: list[Counted] = [tuple(row) for row in db.session.execute(_everything(_open(person)))]
    every = sorted((row for row in rows if row[0] == "branch"), key=lambda row: row[1])
    told = every
    if len(every) > SHOWN:
        told = sorted(every, key=lambda row: (-_late(row), -row[4]))[:SHOWN]
    return Ageing(
        rows=[row for row in rows if row[0] != "branch"] + told,
        subbranches=len(every),
        whole=sum(row[4] for row in every),
        late=sum(map(_late, every)),
    )


def _late(row: Counted) -> int:
    """How many are late, by however many days."""
    return sum(row[6:])


def tables_of(ageing: Ageing) -> dict[str, list[Row]]:
    """The same as tables, in words."""
    tables: dict[str, list[Row]] = {"stage": [], **{by: [] for by in BY}}
    for by, value, zh, en, *counts in ageing.rows:
        filters = Filters(stage=value) if by == "stage" else Filters(**{by: value})
        ways = (filters, *(filters.but(late=late) for late in LATE))
        numbers = tuple(Number(*pair) for pair in zip(counts, ways, strict=True))
        name = (zh if chosen_locale() == "zh_CN" else en) or _name(by, value)
        tables[by].append(Row(value, name, numbers))
    return {by: _in_order(by, found) for by, found in tables.items()}


def _open(person: Person) -> CTE:
    """The open rows that a person may see, with what they are counted by, looked at once."""
    today = clock.today()
    rules = stages.rules(today)
    late = case(*((stages.late_rule(way, today), way) for way in LATE), else_="")
    found: Any = (
        ledger.narrowed(person, Filters())
        .join(Finding.item)
        .join(Item.section)
        .with_only_columns(
            *(ledger.BY[by].label(by) for by in BY),
            *(rules[stage].label(f"is_{stage}") for stage in STAGES),
            Subbranch.name_zh.label("branch_zh"),
            Subbranch.name_en.label("branch_en"),
            Section.title_zh.label("section_zh"),
            Section.title_en.label("section_en"),
            late.label("late"),
        )
    )
    rows: CTE = found.cte("open_rows")
    return rows


def _everything(rows: CTE) -> Any:
    """Kind of table, value, its names, and the counts."""
    late = [func.count().filter(rows.c.late == way) for way in LATE]
    counts = func.count(), *late
    by_stage = (
        select(literal("stage"), literal(stage), literal(""), literal(""), *counts).where(
            rows.c[f"is_{stage}"]
        )
        for stage in STAGES
    )
    return union_all(*by_stage, *(_grouped(rows, by, counts) for by in BY))


def _grouped(rows: CTE, by: str, counts: Iterable[Any]) -> Select[Any]:
    named = by in ("branch", "section")
    names = (func.max(rows.c[f"{by}_{language}"]) if named else literal("") for language in _TWO)
    value = rows.c[by]
    grouped = select(literal(by), value, *names, *counts).where(value.is_not(None))
    return grouped.group_by(value)


_TWO: Final = ("zh", "en")


def _name(by: str, value: str) -> str:
    if by == "repeat":
        return str(TIMES[value])
    if value == "critical":
        return str(_("Veto"))
    return word("ledger_filter" if by == "stage" else by, value)


def _in_order(by: str, found: list[Row]) -> list[Row]:
    """Sub-branches as they come, sections by how much is open, the rest in the order of the
    glossary."""
    if by == "branch":
        return found
    if by == "section":
        return sorted(found, key=lambda row: (-row.whole, row.value))
    return sorted(found, key=lambda row: _ORDER[by].index(row.value))


def drawn(ageing: Ageing, rows: Sequence[Row]) -> Markup | None:
    """The sub-branches' table as a plot; None when nothing is open."""
    if not rows:
        return None
    counts = [[number.count for number in row.numbers] for row in rows]
    in_time = [whole - sum(late) for whole, *late in counts]
    soon, one, three, seven = ([row[column] for row in counts] for column in (1, 2, 3, 4))
    series = (
        Series(_("In time"), in_time, strength=0.3),
        Series(str(LATE["soon"]), soon, "warn", 0.5),
        Series(str(LATE["1-2"]), one, "fail", 0.3),
        Series(str(LATE["3-6"]), three, "fail", 0.55),
        Series(str(LATE["7"]), seven, "fail"),
    )
    alt = _(
        "What is not struck off, by sub-branch: %(whole)s, of these %(late)s late.",
        whole=ageing.whole,
        late=ageing.late,
    )
    return plots.stacked([row.name for row in rows], series, alt=alt)
