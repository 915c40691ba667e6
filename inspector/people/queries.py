"""Which branches and people a person may see."""

import uuid

from sqlalchemy import CompoundSelect, Select, select, union_all
from sqlalchemy.orm import aliased

from inspector.db import db
from inspector.history import Event, Link
from inspector.people.models import Branch, Level, Person
from inspector.people.roles import BRANCH_SIDE, VISITORS


def branches_seen_by(person: Person) -> Select[Branch]:
    """Branch people see their own unit, what lies below it, and what was merged into these;
    everybody else sees all."""
    found = select(Branch).order_by(Branch.code)
    if person.role in BRANCH_SIDE:
        found = found.where(Branch.id.in_(_family_of(person.branch_id)))
    return found


def _family_of(key: uuid.UUID) -> CompoundSelect[uuid.UUID]:
    """A unit, what lies below it, and what was merged into these: step by step, for then each step
    has an index."""
    parent = aliased(Branch)
    own = select(Branch.id).where(Branch.id == key)
    below = select(Branch.id).where(Branch.parent_id == key)
    beneath = select(Branch.id).join(parent, Branch.parent_id == parent.id)
    theirs = union_all(own, below, beneath.where(parent.parent_id == key)).cte()
    merged = select(Branch.id).join(theirs, Branch.merged_into_id == theirs.c.id)
    return union_all(select(theirs.c.id), merged)


def outlets() -> Select[Branch]:
    """All outlets that there are now: what is inspected."""
    there = Branch.level == Level.OUTLET, Branch.merged_into_id.is_(None)
    return select(Branch).where(*there).order_by(Branch.code)


def visitors() -> Select[Person]:
    """The people who can be sent on visits."""
    return (
        select(Person)
        .where(Person.role.in_(VISITORS), Person.closed_at.is_(None))
        .order_by(Person.role, Person.username)
    )


def person_called(username: str) -> Person | None:
    """The account of that name, if there is one; capitals do not matter."""
    return db.session.scalar(select(Person).where(Person.username == username.lower()))


def trail(*subjects: uuid.UUID) -> list[tuple[Event, Person | None]]:
    """What was done to these rows, the oldest first; by nobody where a command did it. What is not
    committed yet comes last: it has no place in the chain."""
    rows = db.session.execute(
        select(Event, Person)
        .outerjoin(Person, Person.id == Event.by_id)
        .outerjoin(Link, Link.event_id == Event.id)
        .where(Event.subject_id.in_(subjects))
        .order_by(Event.at, Link.seq.is_(None), Link.seq)
    )
    return [(event, person) for event, person in rows]
