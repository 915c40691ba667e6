"""Which rows of the ledger a person may see, narrowed and in order, and how many they are.

A number on another page opens exactly the rows that it counts when it is `count(person, filters)`,
or one of `counts(person, filters, by)`, and links to `url_for("ledger.index", **filters.query)`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    case,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased

from inspector import clock
from inspector.checklists.models import Item, Section
from inspector.clock import Quarter
from inspector.db import days_between, db, one_of_few
from inspector.findings.models import Finding, Rectification
from inspector.ledger import lines, sorting, stages
from inspector.ledger.filters import Filters
from inspector.ledger.lines import Line, Subbranch
from inspector.ledger.search import found
from inspector.notices.models import Notice
from inspector.people.models import Branch, Person
from inspector.people.roles import BRANCH_SIDE, DESK
from inspector.visits import queries as visits
from inspector.visits.models import Visit

PAGE: Final = 50
"""Rows of a page."""


def seen_by(person: Person) -> Select[Any]:
    """The rows that a person may see: their notices, and what was corrected on the spot on visits
    that they may see. Rectification, Finding, Visit, the outlet as Branch and its Subbranch stand
    joined, Notice perhaps."""
    seen = (
        select(Rectification.id)
        .join(Rectification.finding)
        .join(Finding.visit)
        .join(Visit.branch)
        .outerjoin(Subbranch, Branch.parent_id == Subbranch.id)
        .outerjoin(Notice, Notice.rectification_id == Rectification.id)
    )
    if person.role in DESK:
        return seen
    on_spot = and_(Notice.id.is_(None), *visits.told_to(person))
    return seen.where(*visits.of(person), or_(on_spot, Notice.issued_at.is_not(None)))


def narrowed(person: Person, filters: Filters) -> Select[Any]:
    """The rows that a person may see under the filters, in no order."""
    return seen_by(person).where(*_rules(person, filters, clock.today()))


def rows(person: Person, filters: Filters, *columns: Any) -> Select[Any]:
    """The rows under the filters, in their order."""
    compared = sorting.columns(filters.sorted_by, filters.stage, person)
    order = sorting.in_order(compared, filters.descending)
    found_ = narrowed(person, filters).order_by(*order)
    return found_.with_only_columns(*columns) if columns else found_


def count(person: Person, filters: Filters) -> int:
    """How many rows there are under the filters."""
    return db.session.scalar(narrowed(person, filters).with_only_columns(func.count())) or 0


def count_up_to(person: Person, filters: Filters, most: int) -> int:
    """How many rows there are; of more than `most`, one more: not all of a long history is counted
    to show a page of it."""
    few = narrowed(person, filters).limit(most + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(few)) or 0


def counts(person: Person, filters: Filters, by: str) -> dict[str, int]:
    """How many rows under the filters each value of the filter `by` has, for those that have any.
    `by` is one of BY; what it says itself in `filters` does not count."""
    value = BY[by]
    default = "all" if by == "stage" else ""
    grouped = narrowed(person, filters.but(**{by.partition("_")[0]: default}))
    if by == "section":
        grouped = grouped.join(Finding.item).join(Item.section)
    grouped = grouped.with_only_columns(value, func.count()).group_by(value).order_by(value)
    return {str(name): number for name, number in db.session.execute(grouped) if name is not None}


def counts_of(person: Person, among: Filters, each: Sequence[Filters]) -> list[int]:
    """How many rows there are under each of these filters, of those under what all of them share,
    in one statement."""
    today = clock.today()
    rules = {str(n): and_(*_rules(person, one, today)) for n, one in enumerate(each)}
    return list(_counted(person, among, rules).values())


def open_counts(person: Person, filters: Filters) -> dict[str, int]:
    """How many of the rows that are not struck off each stage holds under the other filters, in one
    statement: those are few, however long the history."""
    return _counted(person, filters.but(stage="open"), stages.open_rules(clock.today()))


def late_counts(person: Person, filters: Filters, ways: tuple[str, ...]) -> dict[str, int]:
    """How many rows are as late as each of these says, under the other filters."""
    today = clock.today()
    rules = {late: stages.late_rule(late, today) for late in ways}
    # What is late is open: said, so that no other row is looked at; and not twice, for PostgreSQL
    # would take it for rarer than it is.
    beside = () if filters.stage == Filters.stage else (stages.rules(today)["open"],)
    return _counted(person, filters.but(late=""), rules, *beside)


def _counted(
    person: Person,
    filters: Filters,
    rules: dict[str, ColumnElement[bool]],
    *beside: ColumnElement[bool],
) -> dict[str, int]:
    """How many rows under the filters hold to each rule."""
    totals = [func.count().filter(rule).label(f"n_{n}") for n, rule in enumerate(rules.values())]
    found_ = narrowed(person, filters).where(*beside).with_only_columns(*totals)
    return dict(zip(rules, db.session.execute(found_).one(), strict=True))


@dataclass(frozen=True)
class Page:
    """Some rows, and the place after which the next page begins; empty on the last one."""

    lines: list[Line]
    after: str


def page(person: Person, filters: Filters, after: str = "", size: int = 0) -> Page:
    """The rows after that place, `size` of them or PAGE, in one statement, or two where those begin
    that are empty in the column they are ordered by. Raises ValueError for a place that is none."""
    size = size or PAGE
    compared = sorting.columns(filters.sorted_by, filters.stage, person)
    values: list[Any] = [column.sql.label(f"place_{n}") for n, column in enumerate(compared)]
    wanted = rows(person, filters, *lines.columns(), *values)
    stretches: list[ColumnElement[bool]] = [true()]
    if after:
        place = sorting.read(after, compared)
        stretches = sorting.stretches(compared, place, filters.descending)
    there: list[Any] = []
    for stretch in stretches:
        if len(there) <= size:
            some = wanted.where(stretch).limit(size + 1 - len(there))
            there += db.session.execute(some).all()
    shown = there[:size]
    more = len(there) > size
    last = [shown[-1]._mapping[f"place_{n}"] for n in range(len(compared))] if more else []
    return Page([lines.line(row, person) for row in shown], sorting.written(last) if more else "")


def everything(person: Person, filters: Filters) -> Iterator[Line]:
    """All rows under the filters, in their order, without all of them in memory."""
    wanted = rows(person, filters, *lines.columns()).execution_options(yield_per=500)
    return (lines.line(row, person) for row in db.session.execute(wanted))


repeat_level: ColumnElement[str] = case(
    (Finding.occurrence >= 3, "3"), (Finding.occurrence == 2, "2"), else_="1"
)
severity_level: ColumnElement[str] = case((Finding.critical, "critical"), else_=Finding.severity)
BY: Final[dict[str, SQLColumnExpression[Any]]] = {
    "branch": Subbranch.code,
    "branch_outlet": Branch.code,
    "section": Section.code,
    "kind": Visit.kind,
    "severity": severity_level,
    "repeat": repeat_level,
    "issue": Finding.issue,
    "stage": stages.STAGE_SQL,
}
"""What rows can be counted by. A stage here is the one word of a row (stages.ORDER)."""


def _rules(person: Person, filters: Filters, today: date) -> list[SQLColumnExpression[bool]]:
    said = filters.query
    rules: list[SQLColumnExpression[bool]] = [stages.rules(today)[filters.stage]]
    rules += [_RULES[name](said[name], person) for name in _RULES if name in said]
    if filters.late:
        rules.append(stages.late_rule(filters.late, today))
    return rules


def _of_branch(code: str, _person: Person) -> ColumnElement[bool]:
    """Of the outlet of that code, or one that goes on as it; or below the unit of that code. Each
    step has its index: together they would be looked for among all branches."""
    key = select(Branch.id).where(Branch.code == code).scalar_subquery()
    unit, above = aliased(Branch), aliased(Branch)
    units = union_all(
        select(unit.id).where(unit.code == code),
        select(unit.id).where(unit.parent_id == key),
        select(unit.id).join(above, unit.parent_id == above.id).where(above.parent_id == key),
        select(unit.id).where(unit.merged_into_id == key),
    )
    return one_of_few(Visit.branch_id, units)


def _of_section(code: str, _person: Person) -> ColumnElement[bool]:
    return Finding.item_id.in_(select(Item.id).join(Item.section).where(Section.code == code))


def _severe(severity: str, _person: Person) -> SQLColumnExpression[bool]:
    return severity_level == severity


def _repeated(repeat: str, person: Person) -> SQLColumnExpression[bool]:
    if repeat == "not_carried_out":
        again = aliased(Finding)
        theirs = visits.visits_seen_by(person, plain=True).with_only_columns(Visit.id)
        seen = select(again.id).where(
            again.duplicate_of_id == Finding.id,
            again.not_carried_out,
            again.withdrawn_at.is_(None),
            again.visit_id.in_(theirs.correlate(None)),
        )
        return seen.exists()
    if repeat == "again":
        return Finding.occurrence > 1
    return repeat_level == repeat


def _since(day: date, person: Person) -> ColumnElement[bool]:
    if person.role in BRANCH_SIDE:
        # Only whole months of a mystery visit: else two days would close in on the one.
        return day <= sorting.KNOWN_DAY
    return Visit.started_at >= clock.start_of(day)


def _until(day: date, person: Person) -> ColumnElement[bool]:
    if person.role in BRANCH_SIDE:
        return day >= sorting.KNOWN_DAY
    return Visit.started_at < clock.start_of(day + timedelta(days=1))


def _in_quarter(name: str, person: Person) -> ColumnElement[bool]:
    quarter = Quarter.named(name)
    return _since(quarter.first, person) & _until(quarter.last, person)


def _closed_in(name: str, _person: Person) -> SQLColumnExpression[bool]:
    """Of what was corrected on the spot on a shopper's visit nobody is told the day."""
    quarter = Quarter.named(name)
    closed = (Rectification.closed_at >= quarter.start) & (Rectification.closed_at < quarter.end)
    return stages.NOTICED & closed


def _took(days: str, _person: Person) -> SQLColumnExpression[bool]:
    least, _minus, most = days.partition("-")
    took = days_between(Notice.issued_at, Rectification.closed_at)
    rule = stages.NOTICED & (took >= int(least))
    return rule & (took <= int(most)) if most else rule


_RULES: Final[dict[str, Callable[[str, Person], SQLColumnExpression[bool]]]] = {
    "branch": _of_branch,
    "section": _of_section,
    "kind": lambda kind, _person: Visit.kind == kind,
    "severity": _severe,
    "repeat": _repeated,
    "issue": lambda issue, _person: Finding.issue == issue,
    "quarter": _in_quarter,
    "since": lambda day, person: _since(date.fromisoformat(day), person),
    "until": lambda day, person: _until(date.fromisoformat(day), person),
    "closed": _closed_in,
    "took": _took,
    "q": lambda q, _person: found(q),
}
