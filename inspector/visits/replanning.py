"""Giving a planned visit to somebody else, or another day."""

import secrets
import uuid
from datetime import date, datetime
from typing import Any

from inspector import clock
from inspector.checklists.models import Kind
from inspector.db import db
from inspector.history import record
from inspector.moves import check
from inspector.people.models import Person
from inspector.people.queries import visitors
from inspector.people.roles import VISITORS, Role
from inspector.problems import Problem
from inspector.visits import lifecycle
from inspector.visits.models import SENT_FOR, Visit


def reassign(visit: Visit, to: Person, *, by: Person, at: datetime) -> None:
    """Give a visit that is not submitted to another inspector, who goes on where the one before
    stopped; what that one's tablet still sends waits for the channel department. To the same again
    is harmless.

    Raises Problem unmask.not_named for a shopper's visit when `by` may not know who shops,
    visit.role, account.closed and visit.recusal for somebody who cannot be sent.
    """
    check(lifecycle.MOVES, "reassign", by.role, visit.stage)
    if visit.kind == Kind.MYSTERY and not by.is_unmasker:
        raise Problem("unmask.not_named")
    if to.id == visit.inspector_id:
        return
    if to.role not in SENT_FOR[Kind(visit.kind)]:
        raise Problem("visit.role")
    if not to.is_active:
        raise Problem("account.closed")
    if to.recused_from(visit.branch):
        raise Problem("visit.recusal")
    before, visit.inspector = visit.inspector, to
    detail: dict[str, Any] = {"from_id": str(before.id), "to_id": str(to.id)}
    if visit.kind != Kind.MYSTERY:  # a shopper's name is in no trail (domain.md 3.1)
        detail |= {"before": {"inspector": before.name}, "after": {"inspector": to.name}}
    record(visit, "reassign", by, at, **detail)


def move(visit: Visit, on: date, *, by: Person, at: datetime) -> None:
    """Plan a visit that has not begun for another day: today or later. Raises Problem
    visit.past_day; the same day again is harmless."""
    check(lifecycle.MOVES, "move", by.role, visit.stage)
    if on == visit.planned_on:
        return
    if on < clock.day(at):
        raise Problem("visit.past_day")
    before, visit.planned_on = visit.planned_on, on
    record(
        visit,
        "move",
        by,
        at,
        before={"planned_on": before.isoformat()},
        after={"planned_on": on.isoformat()},
    )


BY_LOT = "lot"
"""In the place of a person's key: another shopper, whom nobody need name."""


def another_shopper(visit: Visit) -> Person:
    """Somebody else who could shop there, chosen by lot, so that nobody need be named. Raises
    Problem visit.no_other."""
    if visit.kind != Kind.MYSTERY:
        raise Problem("visit.role")
    found = visitors().where(Person.role == Role.SHOPPER, Person.id != visit.inspector_id)
    fit = [who for who in db.session.scalars(found) if not who.recused_from(visit.branch)]
    if not fit:
        raise Problem("visit.no_other")
    return secrets.choice(fit)


def visitor(key: str) -> Person:
    """The person of that key, who makes visits; shoppers are not chosen by name here. Raises
    Problem plan.nobody."""
    try:
        person = db.session.get(Person, uuid.UUID(key))
    except ValueError:
        person = None
    if person is None or person.role not in VISITORS - {Role.SHOPPER}:
        raise Problem("plan.nobody")
    return person


def day_of(text: str) -> date:
    """The day that somebody chose. Raises Problem plan.no_day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Problem("plan.no_day") from None
