"""What a person finds in their inbox, and what could not be sent on from it."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select

from inspector.db import db
from inspector.people.models import Person
from inspector.problems import Problem
from inspector.reminders.models import Delivery, Reminder

PAGE = 30


def inbox(person: Person, before: uuid.UUID | None = None) -> list[Reminder]:
    """A page of a person's reminders and the first of the next, the newest first; those that come
    after the one with the key `before`. Raises Problem request.unknown for a key not theirs."""
    mine = select(Reminder).where(Reminder.recipient_id == person.id)
    if before is not None:
        last = reminder_of(person, before)
        earlier = and_(Reminder.at == last.at, Reminder.id < last.id)
        mine = mine.where(or_(Reminder.at < last.at, earlier))
    newest = mine.order_by(Reminder.at.desc(), Reminder.id.desc())
    return list(db.session.scalars(newest.limit(PAGE + 1)))


def reminder_of(person: Person, key: uuid.UUID) -> Reminder:
    """A reminder of a person's own. Raises Problem request.unknown."""
    found = db.session.get(Reminder, key)
    if found is None or found.recipient_id != person.id:
        raise Problem("request.unknown")
    return found


def unread(person: Person) -> int:
    """How many reminders a person has not read."""
    mine = Reminder.recipient_id == person.id, Reminder.read_at.is_(None)
    return db.session.scalar(select(func.count()).where(*mine)) or 0


@dataclass(frozen=True)
class Outage:
    """An address that could not be reached: how many reminders wait for it, since when, how often
    it was tried, what was wrong the last time, and when it is tried again."""

    address: str
    waiting: int
    failed_at: datetime
    tries: int
    next_try_at: datetime
    error: str


def outages() -> list[Outage]:
    """The addresses at which reminders wait that could not be delivered, the oldest first."""
    failing: Any = (
        select(
            Delivery.address,
            func.count(),
            func.min(Delivery.failed_at),
            func.max(Delivery.tries),
            func.min(Delivery.next_try_at),
            func.max(Delivery.error),
        )
        .where(Delivery.delivered_at.is_(None), Delivery.failed_at.is_not(None))
        .group_by(Delivery.address)
        .order_by(func.min(Delivery.failed_at), Delivery.address)
    )
    return [Outage(*row) for row in db.session.execute(failing)]
