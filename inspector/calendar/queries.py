"""Which visits stand on which day of a month."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from flask import current_app
from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import selectinload

from inspector import clock
from inspector.calendar.entries import Changes
from inspector.calendar.months import Month
from inspector.checklists.models import Kind
from inspector.db import db
from inspector.history import Event
from inspector.people.models import Branch, Person
from inspector.people.roles import DESK, Role
from inspector.problems import Problem
from inspector.visits.models import Visit
from inspector.visits.queries import visits_seen_by

SHOWN: Final = 6
"""How many visits a day of the sheet shows; the day's own list has them all."""


@dataclass
class Day:
    """The visits planned for a day, as far as the sheet shows them, and how many there are."""

    visits: list[Visit] = field(default_factory=list)
    total: int = 0

    @property
    def further(self) -> int:
        """How many are not shown."""
        return self.total - len(self.visits)


def days_of(person: Person, month: Month, who: str = "") -> dict[date, Day]:
    """The days of a month on which a person sees visits."""
    planned = _planned(person, who).where(Visit.planned_on.between(month.first, month.last))
    order = Visit.cancelled_at.is_not(None), Branch.code, Visit.id
    placed = (
        planned.join(Visit.branch)
        .with_only_columns(
            Visit.id,
            func.row_number().over(partition_by=Visit.planned_on, order_by=order).label("place"),
            func.count().over(partition_by=Visit.planned_on).label("total"),
        )
        .subquery()
    )
    rows = db.session.execute(
        select(Visit, placed.c.total)
        .join(placed, placed.c.id == Visit.id)
        .where(placed.c.place <= SHOWN)
        .order_by(Visit.planned_on, placed.c.place)
        .options(selectinload(Visit.branch), selectinload(Visit.inspector))
    )
    days: dict[date, Day] = {}
    for visit, total in rows:
        day = days.setdefault(visit.planned_on, Day(total=total))
        day.visits.append(visit)
    return days


def months_of(person: Person, today: date) -> tuple[Month, Month]:
    """From which month to which one can turn the pages: to where visits are, and at least to the
    next month. A calendar without an end would lead nowhere."""
    seen = visits_seen_by(person, plain=True)
    planned = seen.with_only_columns(func.min(Visit.planned_on), func.max(Visit.planned_on))
    first, last = db.session.execute(planned).one()
    now = Month.of(today)
    return Month.of(min(first or today, today)), max(now.after, Month.of(last or today))


def visits_on(person: Person, on: date, who: str = "") -> Sequence[Visit]:
    """All visits that a person sees on a day."""
    planned = _planned(person, who, plain=False).where(Visit.planned_on == on).join(Visit.branch)
    return db.session.scalars(planned.order_by(Branch.code, Visit.id)).all()


def inspectors(month: Month) -> Sequence[Person]:
    """Whose visits the desk can choose: who may be sent on visits that are no secret, or was in
    that month. Never a shopper: that their visits can be told from others' would name them."""
    made = select(Visit.inspector_id).where(
        Visit.kind != Kind.MYSTERY, Visit.planned_on.between(month.first, month.last)
    )
    sent = Person.role.in_((Role.INSPECTOR, Role.REVIEWER)) & Person.closed_at.is_(None)
    wanted = select(Person).where(or_(sent, Person.id.in_(made)), Person.role != Role.SHOPPER)
    wanted = wanted.options(selectinload(Person.branch)).order_by(Person.role, Person.username)
    return db.session.scalars(wanted).all()


def own_visits(person: Person, at: datetime) -> Sequence[Visit]:
    """What the calendar of a person who makes visits reads: their own, those to come and the latest
    ones. One that was called off stays a while, so that a calendar learns of it."""
    setting = current_app.config
    since = clock.day(at) - timedelta(days=setting["CALENDAR_PAST_DAYS"])
    called_off_since = at - timedelta(days=setting["CALENDAR_CANCELLED_DAYS"])
    own = visits_seen_by(person).where(
        Visit.inspector_id == person.id,
        Visit.planned_on >= since,
        or_(Visit.cancelled_at.is_(None), Visit.cancelled_at >= called_off_since),
    )
    return db.session.scalars(own.order_by(Visit.planned_on, Visit.id)).all()


def changes_of(person: Person) -> dict[uuid.UUID, Changes]:
    """How often each visit of a person became different since it was planned, by the trail: whoever
    changes a visit leaves a row there."""
    own = visits_seen_by(person, plain=True).with_only_columns(Visit.id)
    rows = db.session.execute(
        select(Event.subject_id, func.count(), func.max(Event.at))
        .where(Event.subject_table == Visit.__tablename__, Event.subject_id.in_(own))
        .group_by(Event.subject_id)
    )
    return {key: Changes(count - 1, last_at) for key, count, last_at in rows}


def _planned(person: Person, who: str, *, plain: bool = True) -> Select[Visit]:
    seen = visits_seen_by(person, plain=plain)
    return seen.where(_made_by(who)) if person.role in DESK else seen


def _made_by(who: str) -> ColumnElement[bool]:
    """Raises Problem request.unknown for who cannot be chosen."""
    if not who:
        return true()
    if who == Role.SHOPPER:
        return Visit.kind == Kind.MYSTERY
    try:
        key = uuid.UUID(who)
    except ValueError:
        raise Problem("request.unknown") from None
    person = db.session.get(Person, key)
    if person is None or person.role == Role.SHOPPER:
        raise Problem("request.unknown")
    return (Visit.inspector_id == key) & (Visit.kind != Kind.MYSTERY)
