"""Entries that could not be placed: who decides what becomes of them, and what they say."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from flask import current_app
from sqlalchemy import Select, select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import joinedload, selectinload

from inspector import clock
from inspector.checklists.models import Item, Version
from inspector.db import db
from inspector.history import record
from inspector.offline.format import Strict, VisitBegin
from inspector.offline.models import Operation, Parked, Placing, Stream
from inspector.offline.operations import Open, apply, begin_visit, understood
from inspector.people.models import Branch, Person
from inspector.people.roles import Role
from inspector.photos.models import Picture
from inspector.problems import REGISTRY, Problem
from inspector.visits.lifecycle import WRITABLE
from inspector.visits.models import Visit
from inspector.visits.queries import visit_seen_by
from inspector.visits.sheet import Sheet, Stamp, accepts
from inspector.words import N_

NOBODY_SAW_LESS = 2**31 - 1
"""The base of an entry that is accepted: whoever accepts it sees what stands there."""


WHY: Final = {
    "request.unknown": N_("The visit is not, or no longer, assigned to who recorded this."),
    "visit.not_yours": N_("The visit is not, or no longer, assigned to who recorded this."),
    "ops.defect": N_("Something broke on our side when it arrived. Accepting it tries once more."),
}
"""Sentences that say more to the desk than those for the tablet."""


@dataclass(frozen=True)
class Entry:
    """One entry with what is needed to read it."""

    parked: Parked
    visit: Visit | None
    item: Item | None
    now: Any
    """What stands in its place on the visit."""
    has_photo: bool

    @property
    def operation(self) -> Operation:
        """The entry as it was sent."""
        return self.parked.operation

    @property
    def why(self) -> str:
        """What kept it from being placed, as the desk reads it; to be translated."""
        if self.visit is None:
            return N_("There is no visit of that key.")
        return WHY.get(self.parked.code) or REGISTRY[self.parked.code][1]

    @property
    def value_fits(self) -> bool:
        """Whether it is an answer that its item takes, and can be put into words."""
        if self.operation.kind != "answer.set" or self.item is None:
            return False
        value = self.operation.payload.get("value")
        return value is None or accepts(self.item, str(value))

    @property
    def can_be_accepted(self) -> bool:
        """Whether the visit still takes entries; or may be begun, though that is not allowed in
        general."""
        if self.operation.kind == "visit.begin":
            return self.visit is None and self.parked.code == "visit.unplanned"
        return self.visit is not None and self.visit.stage in WRITABLE

    @property
    def astray(self) -> timedelta | None:
        """How far the device's clock was off, when that is worth saying."""
        return clock.astray(self.operation.clock_offset_ms)


@dataclass(frozen=True)
class Group:
    """The entries of one visit that wait, in their order."""

    visit_id: uuid.UUID | None
    entries: list[Entry]

    @property
    def can_be_accepted(self) -> bool:
        """Whether some can: the one that begins the visit may open it for all others."""
        return len(self.entries) > 1 and any(entry.can_be_accepted for entry in self.entries)


def grouped(entries: list[Entry]) -> list[Group]:
    """Entries by visit: that of the oldest entry first."""
    groups: dict[uuid.UUID | None, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.operation.visit_id, []).append(entry)
    return [Group(visit_id, its) for visit_id, its in groups.items()]


def parked(*, decided: bool) -> Select[Parked]:
    """Those that wait, oldest first; or those that were decided, newest first."""
    if decided:
        return _whole().where(Parked.decision.is_not(None)).order_by(Parked.decided_at.desc())
    return _in_order().where(Parked.decision.is_(None))


def these(keys: list[uuid.UUID]) -> list[Parked]:
    """The entries of these keys, oldest first, as they are in the database now."""
    db.session.flush()
    db.session.expire_all()
    return list(db.session.scalars(_in_order().where(Parked.op_id.in_(keys))))


def _in_order() -> Select[Parked]:
    return _whole().order_by(Operation.received_at, Operation.seq)


def _whole() -> Select[Parked]:
    operation = joinedload(Parked.operation)
    return (
        select(Parked)
        .join(Parked.operation)
        .options(
            operation.joinedload(Operation.stream).joinedload(Stream.person),
            operation.joinedload(Operation.note),
            joinedload(Parked.decided_by),
        )
    )


def readable(waiting: list[Parked]) -> list[Entry]:
    """Entries with their visits, items and photos, in a few statements."""
    keys = {one.operation.visit_id for one in waiting}
    found = db.session.scalars(
        select(Visit)
        .where(Visit.id.in_(keys))
        .options(
            selectinload(Visit.branch).selectinload(Branch.parent),
            selectinload(Visit.inspector),
            selectinload(Visit.version).selectinload(Version.items),
            selectinload(Visit.answers),
        )
    )
    visits = {visit.id: visit for visit in found}
    names = {one.operation.payload.get("sha256") for one in waiting} - {None}
    pictures = set(
        db.session.scalars(select(Picture.sha256).where(Picture.sha256.in_(map(str, names))))
    )
    return [_entry(one, visits, pictures) for one in waiting]


def one_waiting(key: uuid.UUID) -> Parked:
    """An entry, locked. Raises Problem request.unknown."""
    found = db.session.scalar(select(Parked).where(Parked.op_id == key).with_for_update())
    if found is None:
        raise Problem("request.unknown")
    return found


def all_waiting(visit_id: uuid.UUID) -> list[Parked]:
    """The entries of a visit that wait, in their order, locked."""
    wanted = parked(decided=False).where(Operation.visit_id == visit_id)
    return list(db.session.scalars(wanted.with_for_update(of=Parked)))


def accept_all(waiting: list[Parked], *, by: Person, at: datetime) -> dict[uuid.UUID, Problem]:
    """Accept entries in their order, each for itself: what cannot be accepted goes on waiting, and
    the problem is returned under its key."""
    problems = {}
    for one in waiting:
        key = one.op_id
        try:
            with db.session.begin_nested():
                accept(one, by=by, at=at)
        except Problem as problem:
            problems[key] = problem
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            current_app.logger.exception("entry %s cannot be accepted", key)
            problems[key] = Problem("ops.defect")
    return problems


def accept(waiting: Parked, *, by: Person, at: datetime) -> None:
    """Apply an entry to its visit after all, as its author's. Raises Problem move.not_now when it
    is decided or the visit takes nothing more, and what the entry itself may raise."""
    _require_open(waiting, by)
    entry = waiting.operation
    said = understood(entry.kind, entry.said)
    if isinstance(said, VisitBegin):
        stamp = Stamp(entry.stream.person, at, entry.device_at)
        begin_visit(entry.visit_id or uuid.uuid4(), said, stamp)
    else:
        _put_on_visit(entry, said, by, at)
    _decide(waiting, Placing.ACCEPTED, by, at)


def _put_on_visit(entry: Operation, said: Strict, by: Person, at: datetime) -> None:
    visit = visit_seen_by(by, entry.visit_id or uuid.UUID(int=0), to_change=True)
    if visit.stage not in WRITABLE:
        raise Problem("move.not_now", stage=visit.stage.value)
    if hasattr(said, "base"):
        said = said.model_copy(update={"base": NOBODY_SAW_LESS})
    on = Open(visit, Sheet.of(visit))
    apply(on, entry.kind, said, Stamp(entry.stream.person, at, entry.device_at))
    on.sheet.save()


def dismiss(waiting: Parked, *, reason: str, by: Person, at: datetime) -> None:
    """Leave an entry where it is, in the log, with the reason."""
    _require_open(waiting, by)
    if not reason.strip():
        raise Problem("reason.needed")
    waiting.reason = reason.strip()
    _decide(waiting, Placing.DISMISSED, by, at)


def _require_open(waiting: Parked, by: Person) -> None:
    if by.role != Role.CHANNEL:
        raise Problem("move.not_yours")
    if waiting.decision is not None:
        raise Problem("move.not_now", stage=waiting.decision)


def _decide(waiting: Parked, decision: Placing, by: Person, at: datetime) -> None:
    waiting.decision, waiting.decided_at, waiting.decided_by_id = decision, at, by.id
    record(waiting, decision.value, by, at, reason=waiting.reason)


def _entry(one: Parked, visits: dict[uuid.UUID, Visit], pictures: set[str]) -> Entry:
    entry = one.operation
    visit = visits.get(entry.visit_id) if entry.visit_id else None
    code = entry.payload.get("item")
    items = visit.version.items if visit else []
    item = next((item for item in items if item.code == code), None)
    answer = visit.answers.get(item.id) if visit and item else None
    field = {"answer.set": "value", "correction.set": "corrected"}.get(
        entry.kind, str(entry.payload.get("field"))
    )
    has_photo = entry.payload.get("sha256") in pictures
    return Entry(one, visit, item, getattr(answer, field, None), has_photo)
