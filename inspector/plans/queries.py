"""The plan of a quarter as a grid of outlets and kinds: what is done, planned and missing. A visit
belongs to the quarter in which it began, and before that to the one for which it is planned."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final

from flask import current_app
from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    Subquery,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import aliased, selectinload

from inspector.checklists.models import Kind
from inspector.clock import Quarter
from inspector.db import db
from inspector.people.models import Branch, Level, Person
from inspector.people.roles import DESK, Role
from inspector.plans.models import Draw, Plan
from inspector.plans.rules import missing
from inspector.visits.models import Visit

HOME: Final[ColumnElement[uuid.UUID]] = func.coalesce(Branch.merged_into_id, Branch.id)
"""The outlet for which a visit counts: where it was made, or the one that went on for it."""

DONE: Final = Visit.submitted_at.is_not(None) & Visit.voided_at.is_(None)
OPEN: Final = Visit.submitted_at.is_(None) & Visit.cancelled_at.is_(None)

NUMBERS: Final = ("done", "open", "late", "missing")


def during(quarter: Quarter) -> ColumnElement[bool]:
    """Whether a visit belongs to a quarter."""
    began = (Visit.started_at >= quarter.start) & (Visit.started_at < quarter.end)
    planned = Visit.planned_on.between(quarter.first, quarter.last)
    return or_(began, Visit.started_at.is_(None) & planned)


def targets(quarter: Quarter) -> dict[str, int]:
    """How many visits of each kind every outlet is to have."""
    plan = Plan.of(quarter)
    return plan.targets if plan else dict(current_app.config["PLAN_TARGETS"])


@dataclass(frozen=True)
class Wanted:
    """Which part of the grid: of one kind or all, below one sub-branch or all, and those outlets of
    which something is missing, planned, late, done, or that were never visited."""

    kind: str = ""
    subbranch: str = ""
    only: str = ""

    @property
    def kinds(self) -> list[str]:
        """The kinds that are looked at."""
        return [self.kind] if self.kind else [kind.value for kind in SHOWN]


SHOWN: Final = (Kind.ONSITE, Kind.MYSTERY, Kind.OFFSITE)
ONLY: Final = ("missing", "open", "late", "done", "never")


@dataclass
class Cell:
    """One kind of visit at one outlet, with its visits of the quarter."""

    target: int
    today: date
    visits: list[Visit] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many took place."""
        return sum(visit.submitted_at is not None for visit in self.visits)

    @property
    def open(self) -> int:
        """How many are planned or under way."""
        return len(self.visits) - self.done

    @property
    def late(self) -> int:
        """How many of these have a day that is over."""
        return sum(not v.submitted_at and v.planned_on < self.today for v in self.visits)

    @property
    def missing(self) -> int:
        """How many are neither done nor planned."""
        return missing(self.target, self.done, self.open)


@dataclass(frozen=True)
class Line:
    """One outlet, with a cell for each kind."""

    outlet: Branch
    cells: Mapping[str, Cell]
    is_never: bool


@dataclass(frozen=True)
class Sum:
    """What all outlets of the choice come to, in one kind or in all."""

    outlets: int
    target: int
    done: int
    open: int
    late: int
    missing: int
    met: int
    """How much of the target is done, what is beyond it at an outlet left out."""

    @property
    def percent(self) -> int | None:
        """How much of the target that is, rounded down: 100 is said only of all."""
        return self.met * 100 // self.target if self.target else None


class Grid:
    """The plan of a quarter, as far as a person may see it."""

    def __init__(self, quarter: Quarter, *, seen_by: Person, today: date) -> None:
        self.quarter, self._today = quarter, today
        self._sees = true() if seen_by.role in DESK else false()

    @cached_property
    def targets(self) -> dict[str, int]:
        """How many visits of each kind every outlet is to have."""
        return targets(self.quarter)

    @cached_property
    def _cells(self) -> Subquery:
        late = OPEN & (Visit.planned_on < self._today)
        sums = [
            func.sum(case((sql & (Visit.kind == kind), 1), else_=0)).label(f"{kind.value}_{name}")
            for kind in SHOWN
            for name, sql in (("done", DONE), ("open", OPEN), ("late", late))
        ]
        # By a column, not by the expression: SQLite would go through all of them for each outlet.
        home = aliased(Branch)
        counted = (
            select(home.id.label("home"), *sums).join(Visit.branch).join(home, home.id == HOME)
        )
        return counted.where(during(self.quarter), or_(DONE, OPEN)).group_by(home.id).subquery()

    def number(self, kind: str, name: str) -> ColumnElement[int]:
        """How many visits of a kind an outlet has that are done, open or late; or is missing."""
        if name != "missing":
            found: ColumnElement[int] = func.coalesce(self._cells.c[f"{kind}_{name}"], 0)
            return found
        lacking = self.targets[kind] - self.number(kind, "done") - self.number(kind, "open")
        return case((lacking > 0, lacking), else_=0)

    def chosen(self, wanted: Wanted) -> ColumnElement[bool]:
        """Whether an outlet is in that part of the grid."""
        below = PARENT.code == wanted.subbranch if wanted.subbranch else true()
        return and_(below, self.only(wanted.only, wanted.kinds))

    def only(self, name: str, kinds: Sequence[str]) -> ColumnElement[bool]:
        """Whether an outlet is one of those that a filter leaves."""
        if name == "never":
            return NEVER
        if name == "done":
            return and_(
                *(self.number(kind, "done") >= literal(self.targets[kind]) for kind in kinds)
            )
        if name in NUMBERS:
            return or_(*(self.number(kind, name) > 0 for kind in kinds))
        return true()

    def outlets(self, *columns: Any, counted: bool = True) -> Select[Any]:
        """Of all outlets that there are by the end of the quarter these columns; unless they are
        `counted`, without the numbers of their visits."""
        there = (
            Branch.level == Level.OUTLET,
            Branch.merged_into_id.is_(None),
            Branch.opened_on <= self.quarter.last,
            self._sees,
        )
        found = select(*columns).select_from(Branch).join(PARENT, Branch.parent_id == PARENT.id)
        if counted:
            found = found.outerjoin(self._cells, self._cells.c.home == Branch.id)
        return found.where(*there)

    def totals(self, wanted: Wanted) -> tuple[dict[str, int], dict[str, Sum]]:
        """How many outlets each filter leaves, of the kind and the sub-branch that are chosen; and
        the sums of that sub-branch by kind, under "" of all kinds. One statement: it goes through
        all visits of the quarter."""
        ways = {"": true()} | {name: self.only(name, wanted.kinds) for name in ONLY}
        columns = [func.count().filter(sql).label(f"n_{name}") for name, sql in ways.items()]
        for kind in SHOWN:
            done, target = self.number(kind, "done"), literal(self.targets[kind])
            met = case((done < target, done), else_=target)
            for name, sql in (*((n, self.number(kind, n)) for n in NUMBERS), ("met", met)):
                columns.append(func.coalesce(func.sum(sql), 0).label(f"sum_{kind.value}_{name}"))
        below = self.chosen(Wanted(subbranch=wanted.subbranch))
        row = db.session.execute(self.outlets(*columns).where(below)).one()._mapping
        counts = {name: int(row[f"n_{name}"]) for name in ways}
        return counts, self._coverage(counts[""], row)

    def _coverage(self, outlets: int, row: RowMapping) -> dict[str, Sum]:
        found = {
            kind.value: Sum(
                outlets,
                outlets * self.targets[kind],
                **{n: int(row[f"sum_{kind.value}_{n}"]) for n in (*NUMBERS, "met")},
            )
            for kind in SHOWN
        }
        whole = {
            name: sum(getattr(one, name) for one in found.values())
            for name in ("target", *NUMBERS, "met")
        }
        return {"": Sum(outlets, **whole)} | found

    def lines(self, wanted: Wanted, after: str, limit: int) -> tuple[list[Line], str]:
        """The outlets of a page, by sub-branch and code, and after which one the next page begins;
        nothing when there is none."""
        place = tuple_(PARENT.code, Branch.code)
        page = self.outlets(Branch, NEVER.label("is_never"), counted=wanted.only in NUMBERS)
        page = page.where(self.chosen(wanted))
        if after:
            mark, above = aliased(Branch), aliased(Branch)
            there = select(above.code, mark.code).join(above, mark.parent_id == above.id)
            found = db.session.execute(there.where(mark.code == after)).one_or_none()
            if found:
                page = page.where(place > tuple_(literal(found[0]), literal(found[1])))
        page = page.options(selectinload(Branch.parent)).order_by(PARENT.code, Branch.code)
        rows = db.session.execute(page.limit(limit + 1)).all()
        lines = [
            Line(
                row.Branch,
                {kind: Cell(self.targets[kind], self._today) for kind in wanted.kinds},
                row.is_never,
            )
            for row in rows[:limit]
        ]
        self._put_in_visits(lines)
        return lines, lines[-1].outlet.code if len(rows) > limit else ""

    def _put_in_visits(self, lines: Sequence[Line]) -> None:
        by_outlet = {line.outlet.id: line for line in lines}
        visits = (
            select(Visit, HOME.label("home"))
            .join(Visit.branch)
            .where(during(self.quarter), or_(DONE, OPEN))
            .where(or_(Branch.id.in_(by_outlet), Branch.merged_into_id.in_(by_outlet)))
            .options(selectinload(Visit.inspector), selectinload(Visit.branch))
            .order_by(Visit.planned_on, Visit.id)
        )
        for visit, home in db.session.execute(visits):
            if cell := by_outlet[home].cells.get(visit.kind):
                cell.visits.append(visit)


PARENT = aliased(Branch, name="above")
"""The sub-branch of an outlet."""


def _ever() -> ColumnElement[bool]:
    before = aliased(Branch)
    there = exists().where(Visit.branch_id == Branch.id, DONE)
    earlier = exists().where(Visit.branch_id == before.id, before.merged_into_id == Branch.id, DONE)
    return or_(there, earlier)


NEVER: Final[ColumnElement[bool]] = ~_ever()
"""Whether nobody has ever visited an outlet, in any quarter."""


def subbranches(grid: Grid) -> list[tuple[Branch, int]]:
    """The sub-branches with how many outlets each has."""
    counted = grid.outlets(PARENT.id, func.count(), counted=False).group_by(PARENT.id)
    number = {key: count for key, count in db.session.execute(counted)}
    found = select(Branch).where(Branch.id.in_(number)).order_by(Branch.code)
    return [(branch, number[branch.id]) for branch in db.session.scalars(found)]


def draws_seen_by(person: Person, quarter: Quarter) -> Sequence[Draw]:
    """The draws that were kept for a quarter, the newest first."""
    if person.role not in DESK:
        return []
    kept = (
        select(Draw)
        .join(Plan, Plan.id == Draw.plan_id)
        .where(Plan.quarter == str(quarter))
        .options(selectinload(Draw.kept_by), selectinload(Draw.subbranch))
        .order_by(Draw.kept_at.desc(), Draw.id)
    )
    return db.session.scalars(kept).all()


def open_visits(keys: Sequence[uuid.UUID], person: Person) -> Sequence[Visit]:
    """The visits of these keys, locked, by outlet and day: of the channel department only."""
    if person.role != Role.CHANNEL or not keys:
        return []
    wanted = (
        select(Visit)
        .join(Visit.branch)
        .where(Visit.id.in_(keys))
        .options(
            selectinload(Visit.branch).selectinload(Branch.parent), selectinload(Visit.inspector)
        )
        .order_by(Branch.code, Visit.planned_on, Visit.id)
        .with_for_update(of=Visit)
    )
    return db.session.scalars(wanted).all()
