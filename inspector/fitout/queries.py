"""How many outlets meet the standard in a quarter, and which ones each number counts."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Subquery, and_, case, func, literal, select
from sqlalchemy import Row as SqlRow
from sqlalchemy.orm import aliased, selectinload

from inspector.checklists.models import Item, Kind, Section
from inspector.clock import Quarter
from inspector.db import db
from inspector.findings.models import Finding
from inspector.findings.queries import IN_FORCE
from inspector.fitout.rules import RANKS, Count, Scope, State
from inspector.fitout.standard import Part
from inspector.people.models import Branch, Fitout, Level, Person
from inspector.people.queries import branches_seen_by
from inspector.visits.models import Answer, Visit
from inspector.visits.queries import visits_seen_by

AT_ONCE = 200
"""How many outlets a list shows before it leads on."""

OUTLET = aliased(Branch)
"""The outlet that a visit counts for: where it was, or what that was merged into."""


@dataclass(frozen=True)
class Report:
    """A quarter in numbers: for the whole standard, for each section and each item."""

    quarter: Quarter
    outlets: int
    whole: Count
    sections: dict[str, Count]
    items: dict[str, Count]

    @property
    def items_share(self) -> float | None:
        """How many in a hundred of all items looked at are met."""
        judged = sum(count.judged for count in self.items.values())
        return 100 * sum(count.met for count in self.items.values()) / judged if judged else None


@dataclass(frozen=True)
class Row:
    """An outlet, the newest visit that says how it stands, and which items it does not meet, by
    issue."""

    outlet: Branch
    visit_id: uuid.UUID | None
    seen_at: datetime | None
    unmet: list[str]


@dataclass(frozen=True)
class FittedOut:
    """An outlet moved or refurbished in the quarter, and the on-site visit that tells of it: the
    newest confirmed one since, else the one that is on its way."""

    outlet: Branch
    visit: Visit | None


def report(quarter: Quarter, scope: Scope, parts: Sequence[Part], person: Person) -> Report:
    """What the newest confirmed answers of a quarter say."""
    outlets = db.session.scalar(_of(quarter, scope, person).with_only_columns(func.count())) or 0
    newest = _newest(quarter, scope, _issues(parts), person)
    by_item = _ranked(newest, newest.c.issue)
    by_section = _ranked(newest, newest.c.section)
    whole = _ranked(newest, literal("").label("whole"))
    return Report(
        quarter,
        outlets,
        Count.of(whole.get("", {}), outlets),
        {
            part.section.code: Count.of(by_section.get(part.section.code, {}), outlets)
            for part in parts
        },
        {
            issue: Count.of(by_item.get(issue, {}), outlets)
            for part in parts
            for issue in part.issues
        },
    )


def rows(
    quarter: Quarter,
    scope: Scope,
    parts: Sequence[Part],
    state: State,
    person: Person,
    *,
    after: str = "",
) -> list[Row]:
    """The outlets that a number counts, of these parts of the standard, from a code on; one more
    than a list shows where there are further ones."""
    newest = _newest(quarter, scope, _issues(parts), person)
    of_outlet = (
        select(newest.c.outlet, func.max(newest.c.rank).label("rank"))
        .group_by(newest.c.outlet)
        .subquery()
    )
    standing = func.coalesce(of_outlet.c.rank, RANKS[State.MISSING]) == RANKS[state]
    found = (
        _of(quarter, scope, person)
        .outerjoin(of_outlet, of_outlet.c.outlet == OUTLET.id)
        .where(standing, OUTLET.code > after)
        .order_by(OUTLET.code)
        .limit(AT_ONCE + 1)
        .options(selectinload(OUTLET.parent))
    )
    outlets = db.session.scalars(found).all()
    answers = select(newest).where(newest.c.outlet.in_([outlet.id for outlet in outlets]))
    said: dict[uuid.UUID, list[SqlRow[Any]]] = {}
    for answer in db.session.execute(answers.order_by(newest.c.at)):
        said.setdefault(answer.outlet, []).append(answer)
    return [_row(outlet, said.get(outlet.id, []), _issues(parts)) for outlet in outlets]


def fitted_out(quarter: Quarter, person: Person) -> list[FittedOut]:
    """The outlets moved or refurbished in a quarter, by code."""
    wanted = _of(quarter, Scope.FITTED, person).options(selectinload(OUTLET.parent))
    outlets = db.session.scalars(wanted.order_by(OUTLET.code)).all()
    visits = (
        visits_seen_by(person)
        .join(Visit.branch)
        .join(OUTLET, OUTLET.id == func.coalesce(Branch.merged_into_id, Branch.id))
        .where(
            _fitted(quarter),
            Visit.kind == Kind.ONSITE,
            Visit.planned_on >= OUTLET.renovated_on,
            Visit.cancelled_at.is_(None),
            Visit.voided_at.is_(None),
        )
        .order_by(Visit.confirmed_at.is_not(None), Visit.planned_on, Visit.id)
        .add_columns(OUTLET.id)
    )
    telling = {outlet_id: visit for visit, outlet_id in db.session.execute(visits)}
    return [FittedOut(outlet, telling.get(outlet.id)) for outlet in outlets]


def _row(outlet: Branch, said: list[SqlRow[Any]], issues: list[str]) -> Row:
    unmet = [answer.issue for answer in said if answer.rank == RANKS[State.UNMET]]
    unmet.sort(key=issues.index)
    return Row(outlet, said[-1].visit, said[-1].at, unmet) if said else Row(outlet, None, None, [])


def _issues(parts: Sequence[Part]) -> list[str]:
    return [issue for part in parts for issue in part.issues]


def _of(quarter: Quarter, scope: Scope, person: Person) -> Select[Branch]:
    """The outlets that are counted."""
    seen = branches_seen_by(person).with_only_columns(Branch.id).order_by(None)
    counted = select(OUTLET).where(
        OUTLET.id.in_(seen), OUTLET.level == Level.OUTLET, OUTLET.merged_into_id.is_(None)
    )
    return counted.where(_fitted(quarter)) if scope == Scope.FITTED else counted


def _fitted(quarter: Quarter) -> ColumnElement[bool]:
    between = OUTLET.renovated_on.between(quarter.first, quarter.last)
    return and_(OUTLET.fitout != Fitout.NONE, between)


def _newest(quarter: Quarter, scope: Scope, issues: Sequence[str], person: Person) -> Subquery:
    """For each outlet and item the answer of the newest confirmed on-site visit that has one."""
    rank = case(
        (Answer.value == "na", RANKS[State.NA]),
        (Finding.id.is_not(None), RANKS[State.UNMET]),
        else_=RANKS[State.MET],
    )
    order = Visit.started_at.desc(), Visit.id
    place = func.row_number().over(partition_by=(OUTLET.id, Item.issue), order_by=order)
    answers = (
        select(
            OUTLET.id.label("outlet"),
            Item.issue.label("issue"),
            Section.code.label("section"),
            Visit.id.label("visit"),
            Visit.started_at.label("at"),
            rank.cast(Integer).label("rank"),
            place.label("place"),
        )
        .select_from(Visit)
        .join(Visit.branch)
        .join(OUTLET, OUTLET.id == func.coalesce(Branch.merged_into_id, Branch.id))
        .join(Answer, Answer.visit_id == Visit.id)
        .join(Answer.item)
        .join(Item.section)
        .outerjoin(
            Finding, (Finding.visit_id == Visit.id) & (Finding.item_id == Item.id) & IN_FORCE
        )
        .where(
            OUTLET.id.in_(_of(quarter, scope, person).with_only_columns(OUTLET.id)),
            Visit.kind == Kind.ONSITE,
            Visit.started_at >= quarter.start,
            Visit.started_at < quarter.end,
            Visit.confirmed_at.is_not(None),
            Visit.voided_at.is_(None),
            Answer.value.is_not(None),
            Item.issue.in_(issues),
        )
    )
    if scope == Scope.FITTED:  # what was seen before says nothing of what is there now
        answers = answers.where(Visit.planned_on >= OUTLET.renovated_on)
    found = answers.subquery()
    return select(found).where(found.c.place == 1).subquery()


def _ranked(newest: Subquery, by: ColumnElement[Any]) -> dict[str, dict[int, int]]:
    """How many outlets have which rank, by item, section or nothing."""
    highest = (
        select(by.label("by"), newest.c.outlet, func.max(newest.c.rank).label("rank"))
        .group_by(by, newest.c.outlet)
        .subquery()
    )
    counted = select(highest.c.by, highest.c.rank, func.count()).group_by(
        highest.c.by, highest.c.rank
    )
    found: dict[str, dict[int, int]] = {}
    for key, rank, count in db.session.execute(counted):
        found.setdefault(key, {})[rank] = count
    return found
