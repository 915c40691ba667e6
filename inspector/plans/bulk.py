"""Doing one thing with many planned visits: each for itself, with what became of it."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from inspector.db import db
from inspector.people.models import Person
from inspector.problems import Problem
from inspector.visits.models import Visit
from inspector.visits.replanning import (
    BY_LOT,
    another_shopper,
    day_of,
    move,
    reassign,
    visitor,
)


@dataclass(frozen=True)
class Outcome:
    """What became of a visit; `why` says why nothing did."""

    visit: Visit
    why: Problem | None = None


def change(visits: Sequence[Visit], act: Callable[[Visit], None]) -> list[Outcome]:
    """Do it with each, in one transaction; what is refused leaves its visit as it was."""
    return [_tried(visit, act) for visit in visits]


def _tried(visit: Visit, act: Callable[[Visit], None]) -> Outcome:
    try:
        with db.session.begin_nested():
            act(visit)
    except Problem as problem:
        return Outcome(visit, problem)
    return Outcome(visit)


def reassigning(to: str, *, by: Person, at: datetime) -> Callable[[Visit], None]:
    """What gives a visit to the person of that key, or a shopper's to another. Raises Problem
    plan.nobody."""
    if to == BY_LOT:
        return lambda visit: reassign(visit, another_shopper(visit), by=by, at=at)
    person = visitor(to)
    return lambda visit: reassign(visit, person, by=by, at=at)


def moving(on: str, *, by: Person, at: datetime) -> Callable[[Visit], None]:
    """What moves a visit to a day. Raises Problem plan.no_day."""
    day = day_of(on)
    return lambda visit: move(visit, day, by=by, at=at)


def cancelling(reason: str, *, by: Person, at: datetime) -> Callable[[Visit], None]:
    """What calls a visit off. Raises Problem reason.needed."""
    if not reason.strip():
        raise Problem("reason.needed")
    return lambda visit: visit.cancel(reason=reason, by=by, at=at)


def keys(said: Sequence[str]) -> list[uuid.UUID]:
    """The keys that were ticked, without what is none. Raises Problem plan.nothing_ticked."""
    found = [key for text in said if (key := _key(text))]
    if not found:
        raise Problem("plan.nothing_ticked")
    return found


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
