"""What a draw follows from, gathered from the database in a constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from flask import current_app
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from inspector import clock
from inspector.clock import Quarter
from inspector.db import db
from inspector.people.models import Branch, Level, Person
from inspector.people.queries import visitors
from inspector.plans.queries import DONE, HOME, OPEN, PARENT, Grid, Wanted
from inspector.plans.rules import Facts, Key, Made, Rules, Visitor
from inspector.plans.rules import Wanted as Missing
from inspector.visits.models import SENT_FOR, Visit

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Gathered:
    """The facts of a draw, and how many visits are missing besides, for the next one."""

    facts: Facts
    left: int


def gather(grid: Grid, kinds: Sequence[str], subbranch: str, today: date) -> Gathered:
    """The missing visits of these kinds, those first whose outlet was not visited so for longest,
    and what a draw of them must know."""
    wanted = _missing(grid, kinds, subbranch)
    drawn = wanted[: current_app.config["PLAN_DRAWN_AT_ONCE"]]
    facts = Facts(
        rules_of(grid.quarter, today), tuple(drawn), _people(), _made(grid.quarter, drawn)
    )
    return Gathered(facts, len(wanted) - len(drawn))


def rules_of(quarter: Quarter, today: date) -> Rules:
    """The settings, and which days of a quarter are still to come."""
    return Rules(
        begins=quarter.first,
        first=max(quarter.first, today + timedelta(days=1)),
        last=quarter.last,
        weekdays=current_app.config["PLAN_WEEKDAYS"],
        week_at_most=current_app.config["PLAN_WEEK_AT_MOST"],
    )


def _missing(grid: Grid, kinds: Sequence[str], subbranch: str) -> list[Missing]:
    numbers = [grid.number(kind, "missing").label(kind) for kind in kinds]
    columns = Branch.code.label("outlet"), PARENT.code.label("above"), *numbers
    chosen = grid.chosen(Wanted(subbranch=subbranch, only="missing"))
    last = _last_days(grid.quarter)
    found = [
        Missing(Key(row.outlet, kind, number), row.above)
        for row in db.session.execute(grid.outlets(*columns).where(chosen))
        for kind in kinds
        for number in range(1, row._mapping[kind] + 1)
    ]
    never = datetime.min.replace(tzinfo=clock.SHANGHAI)
    return sorted(found, key=lambda one: (last.get(one.key[:2], never), one.key))


def _last_days(quarter: Quarter) -> dict[tuple[str, ...], datetime]:
    """When each outlet was last visited in each way before the quarter."""
    home = select(Branch.id, Branch.code).subquery()
    counted = (
        select(home.c.code, Visit.kind, func.max(Visit.started_at))
        .select_from(Visit)
        .join(Visit.branch)
        .join(home, home.c.id == HOME)
        .where(DONE, Visit.started_at < quarter.start)
        .group_by(home.c.code, Visit.kind)
    )
    return {(code, kind): last for code, kind, last in db.session.execute(counted)}


def _people() -> tuple[Visitor, ...]:
    """Everybody who can be sent, with the sub-branch where they are recused."""
    found = visitors().options(joinedload(Person.branch).joinedload(Branch.parent))
    return tuple(
        Visitor(
            person.username,
            frozenset(kind.value for kind, roles in SENT_FOR.items() if person.role in roles),
            None if person.branch.level == Level.CITY else person.branch.subbranch.code,
        )
        for person in db.session.scalars(found)
    )


def _made(quarter: Quarter, wanted: Sequence[Missing]) -> tuple[Made, ...]:
    """The visits of the quarter and of the weeks at its ends; and the last of each kind before it
    at each outlet for which something is drawn."""
    home = select(Branch.id, Branch.code).subquery()
    columns = home.c.code, Visit.kind, Person.username, Visit.planned_on, Visit.started_at
    visits = (
        select(*columns)
        .select_from(Visit)
        .join(Visit.branch)
        .join(home, home.c.id == HOME)
        .join(Person, Person.id == Visit.inspector_id)
    )
    first, last = quarter.first - WEEK, quarter.last + WEEK
    began = (Visit.started_at >= clock.start_of(first)) & (
        Visit.started_at < clock.start_of(last + timedelta(days=1))
    )
    planned = Visit.started_at.is_(None) & Visit.planned_on.between(first, last)
    found = list(db.session.execute(visits.where(or_(DONE, OPEN), or_(began, planned))))
    place = (
        func.row_number()
        .over(partition_by=(home.c.code, Visit.kind), order_by=(Visit.started_at.desc(), Visit.id))
        .label("place")
    )
    before = visits.add_columns(place).where(
        DONE,
        Visit.started_at < clock.start_of(first),
        home.c.code.in_({one.key.outlet for one in wanted}),
    )
    newest = before.subquery()
    found += list(db.session.execute(select(*islice(newest.c, 5)).where(newest.c.place == 1)))
    return tuple(
        Made(code, kind, name, clock.day(started) if started else planned_on)
        for code, kind, name, planned_on, started in found
    )
