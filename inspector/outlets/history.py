"""What was done last at an outlet, as far as whoever looks may know."""

from typing import Final

from sqlalchemy import and_, literal, select, union_all

from inspector.db import db
from inspector.history import Event, Link
from inspector.outlets.queries import subjects_at
from inspector.people.models import Branch, Person
from inspector.people.roles import DESK, Role
from inspector.people.telling import told

LAST: Final = 20


def history_of(outlet: Branch, person: Person) -> list[dict[str, str]]:
    """The last acts, the newest first, for components/timeline.html: to the desk with names, to a
    branch with roles. What a shopper did is told without what was said with it."""
    subjects = subjects_at(outlet, person)
    if not subjects:
        return []
    rows = union_all(
        *(
            select(literal(model.__tablename__).label("thing"), keys.subquery().c[0].label("key"))
            for model, keys in subjects
        )
    ).subquery()
    last = (
        select(Event.id, Event.at, Link.seq)
        .join(rows, and_(Event.subject_table == rows.c.thing, Event.subject_id == rows.c.key))
        .outerjoin(Link, Link.event_id == Event.id)
        .order_by(Event.at.desc(), Link.seq.desc())
        .limit(LAST)
        .subquery()
    )
    acts = (
        select(Event, Person)
        .join(last, last.c.id == Event.id)
        .outerjoin(Person, Person.id == Event.by_id)
        .order_by(last.c.at.desc(), last.c.seq.desc())
    )
    found = []
    for event, by in db.session.execute(acts):
        act = told(event, by, names=person.role in DESK)
        if by is not None and by.role == Role.SHOPPER:
            act["note"] = ""
        found.append(act)
    return found
