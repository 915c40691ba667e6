"""Which branches and people a person may see."""

import uuid

from flask import current_app, g
from sqlalchemy import ColumnElement, CompoundSelect, Select, or_, select, union_all
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


def are_many() -> bool:
    """Whether there are more outlets than a page can list, or count while somebody waits."""
    most: int = current_app.config["COUNTED_AT_ONCE"]
    known: dict[int, bool] = g.setdefault("are_many", {})  # a page asks several times
    if most not in known:
        one_more = select(Branch.id).where(Branch.level == Level.OUTLET).offset(most).limit(1)
        known[most] = db.session.scalar(one_more) is not None
    return known[most]


def named_like(text: str) -> ColumnElement[bool]:
    """Whether a branch has that in its code or its name, or one of those above it has."""
    unit, parent, city = (aliased(Branch) for _ in range(3))
    named = (
        column.icontains(text, autoescape=True)
        for one in (unit, parent, city)
        for column in (one.code, one.name_zh, one.name_en)
    )
    return Branch.id.in_(
        select(unit.id)
        .outerjoin(parent, unit.parent_id == parent.id)
        .outerjoin(city, parent.parent_id == city.id)
        .where(or_(*named))
    )


def visitors(of: Branch | None = None) -> Select[Person]:
    """The people who can be sent on visits; those of one city branch, if one is named."""
    found = select(Person).where(Person.role.in_(VISITORS), Person.closed_at.is_(None))
    if of is not None:
        found = found.where(Person.branch_id.in_(_family_of(of.id)))
    return found.order_by(Person.role, Person.username)


def branch_called(code: str | None) -> Branch | None:
    """The branch of that code, if one is given and there is one."""
    return db.session.scalar(select(Branch).where(Branch.code == code)) if code else None


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
