"""Which visits a person may see."""

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, Select, false, func, select
from sqlalchemy.orm import selectinload

from inspector.checklists.models import Kind, Version
from inspector.db import db, one_of_few
from inspector.history import Event
from inspector.people.models import Branch, Person
from inspector.people.queries import branches_seen_by
from inspector.people.roles import BRANCH_SIDE, DESK, VISITORS
from inspector.problems import Problem
from inspector.visits.lifecycle import Stage
from inspector.visits.models import Photo, Visit

STAGE_SQL = {
    Stage.CANCELLED: Visit.cancelled_at.is_not(None),
    Stage.VOID: Visit.voided_at.is_not(None),
    Stage.PUBLISHED: Visit.published_at.is_not(None) & Visit.voided_at.is_(None),
    Stage.CONFIRMED: Visit.confirmed_at.is_not(None)
    & Visit.published_at.is_(None)
    & Visit.voided_at.is_(None),
    Stage.SUBMITTED: Visit.submitted_at.is_not(None)
    & Visit.confirmed_at.is_(None)
    & Visit.voided_at.is_(None)
    & Visit.cancelled_at.is_(None),
    Stage.IN_PROGRESS: Visit.started_at.is_not(None)
    & Visit.submitted_at.is_(None)
    & Visit.cancelled_at.is_(None),
    Stage.ASSIGNED: Visit.started_at.is_(None) & Visit.cancelled_at.is_(None),
}
"""The stage as SQL: the twin of lifecycle.stage_of; a test holds the two together."""

SECRET: ColumnElement[bool] = (Visit.kind == Kind.MYSTERY) & Visit.published_at.is_(None)
"""A mystery visit before its publication: the twin of Visit.is_secret."""

KNOWN_SINCE: ColumnElement[datetime] = func.coalesce(Visit.published_at, Visit.confirmed_at)
"""Since when a branch may know of a visit. The order of its lists: all visits of a batch have the
same, so that nothing tells which of them took place first (domain.md 6, 2)."""


def visits_seen_by(person: Person, *, plain: bool = False) -> Select[Visit]:
    """The desk sees all visits; who runs visits sees their own; a branch sees its own, once they
    are confirmed, or published if a shopper made them (domain.md 7.5). `plain` brings nothing
    along."""
    visits = select(Visit)
    if not plain:
        visits = visits.options(
            selectinload(Visit.branch).selectinload(Branch.parent), selectinload(Visit.inspector)
        )
    return visits.where(*of(person), *told_to(person))


def of(person: Person) -> list[ColumnElement[bool]]:
    """Whether a visit has to do with a person: all with the desk, their own with who runs visits,
    and with a branch those to it."""
    if person.role in DESK:
        return []
    if person.role in VISITORS:
        return [Visit.inspector_id == person.id]
    if person.role in BRANCH_SIDE:
        theirs = branches_seen_by(person).with_only_columns(Branch.id).order_by(None)
        return [one_of_few(Visit.branch_id, theirs)]
    return [false()]


def told_to(person: Person) -> list[ColumnElement[bool]]:
    """Whether a person may know already of a visit that has to do with them."""
    if person.role in BRANCH_SIDE:
        return [Visit.confirmed_at.is_not(None), Visit.voided_at.is_(None), ~SECRET]
    return []


def visit_seen_by(person: Person, key: uuid.UUID, *, to_change: bool = False) -> Visit:
    """The visit of that key, locked when it is to be changed. Raises Problem request.unknown."""
    wanted = (
        visits_seen_by(person)
        .where(Visit.id == key)
        .options(
            selectinload(Visit.version).selectinload(Version.items),
            selectinload(Visit.answers),
            selectinload(Visit.photos).selectinload(Photo.picture),
            selectinload(Visit.practices),
            selectinload(Visit.findings),
        )
    )
    if to_change:
        wanted = wanted.with_for_update(of=Visit)
    visit = db.session.scalar(wanted)
    if visit is None:
        raise Problem("request.unknown")
    return visit


def given_up(visit: Visit) -> list[Event]:
    """What was given up on the tablet because it could not be sent, with the reasons."""
    events = select(Event).where(
        Event.subject_table == Visit.__tablename__,
        Event.subject_id == visit.id,
        Event.verb == "discard",
    )
    return list(db.session.scalars(events.order_by(Event.at, Event.id)))


def shows_inspector(person: Person, visit: Visit) -> bool:
    """Whether a list may name who made the visit: a shopper's name only to the shopper. A named
    person of the channel department unmasks one visit, on its page (unmasking.py)."""
    return visit.kind != Kind.MYSTERY or person.id == visit.inspector_id


def shows_day(person: Person, visit: Visit) -> bool:
    """Whether a page may tell the day, and whatever else comes near it: of a mystery visit branches
    learn the month only (domain.md 6, 2)."""
    return visit.kind != Kind.MYSTERY or person.role in DESK or person.id == visit.inspector_id
