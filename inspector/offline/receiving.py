"""Taking in a batch: in order, once each, with a stored result for each (offline.md 4.4).

Nothing that arrives is thrown away: what cannot be applied is kept with the reason, and what was
meant for a visit that takes nothing more waits for the channel department.
"""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeAlias

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.exc import InterfaceError, OperationalError

from inspector.db import Encoded, as_json, db, decoded, insert_many, insert_or_touch
from inspector.history import Event, record
from inspector.history.digest import of_operations
from inspector.offline.format import IN_ORDER, Batch, Entry, EntryDiscard, Gap, VisitBegin
from inspector.offline.models import Operation, Parked, Stream
from inspector.offline.operations import Open, Result, apply, begin_visit, given_up, understood
from inspector.offline.raw_notes import RawNote, parted
from inspector.people.models import Person
from inspector.photos.models import Picture
from inspector.problems import Problem
from inspector.visits.models import Photo, Practice, Visit
from inspector.visits.queries import visits_seen_by
from inspector.visits.sheet import Sheet, Stamp
from inspector.web import sentence

TO_PLACE: Final = {
    "request.unknown",
    "visit.not_yours",
    "visit.cancelled",
    "visit.frozen",
    "visit.unplanned",
    "visit.recusal",
    "branch.closed",
    "ops.defect",
}
"""Problems of the visit or of ours, not of the entry: people decide what becomes of it."""

_stream: Table = Stream.__table__  # type: ignore[assignment]
_photo: Table = Photo.__table__  # type: ignore[assignment]
_visit: Table = Visit.__table__  # type: ignore[assignment]
_picture: Table = Picture.__table__  # type: ignore[assignment]
# Made once, and of tables: a statement of mapped classes takes longer to make than to run.
UP_TO: Final = (
    update(_stream).where(_stream.c.id == bindparam("stream")).values(last_seq=bindparam("arrived"))
)
MISSING: Final = (
    select(_photo.c.sha256)
    .distinct()
    .join(_visit, _visit.c.id == _photo.c.visit_id)
    .outerjoin(_picture, _picture.c.sha256 == _photo.c.sha256)
    .where(
        _visit.c.id.in_(bindparam("visits", expanding=True)),
        _visit.c.inspector_id == bindparam("person"),
        _photo.c.removed_at.is_(None),
        _picture.c.sha256.is_(None),
    )
    .order_by(_photo.c.sha256)
)

Content: TypeAlias = tuple[Encoded, str]
Known: TypeAlias = dict[uuid.UUID, tuple[str, Result]]
"""Digest and result by the ids of entries."""


@dataclass
class Receipt:
    """The answer to a batch: a result for each operation, and which photos have not arrived."""

    results: list[Result]
    last_seq: int
    missing: list[str]


def receive(batch: Batch, *, by: Person, at: datetime) -> Receipt:
    """Apply what is new, repeat the stored result for what is known.

    Raises Problem ops.foreign for another person's stream, ops.gap when entries are missing before
    the first new one, photos.missing when a visit is submitted before its photos: then nothing of
    the batch is kept, and the device sends it again.

    A batch is one transaction and a handful of statements. When something in it breaks, it is taken
    in once more, entry by entry, so that only the broken one is refused.
    """
    try:
        with db.session.begin_nested():
            return _Intake(batch, by, at).all_at_once()
    except (Problem, OperationalError, InterfaceError):
        raise  # the device sends it again
    except Exception:
        current_app.logger.info("a batch is taken in entry by entry", exc_info=True)
        return _Intake(batch, by, at).one_by_one()


def last_seq(stream: uuid.UUID, by: Person) -> int:
    """Up to which entry a stream has arrived; 0 for one never heard of."""
    known = db.session.get(Stream, stream)
    if known is not None and known.person_id != by.id:
        raise Problem("ops.foreign")
    return known.last_seq if known else 0


def note_gap(stream: uuid.UUID, missing: Gap, *, by: Person, at: datetime) -> None:
    """Alarm the office: entries of a stream are nowhere any more. Once for each gap."""
    locked_stream(stream, by, at, None)
    detail: dict[str, Any] = {"first": missing.first, "last": missing.last}
    gaps = select(Event.detail).where(Event.subject_id == stream, Event.verb == "gap")
    if detail not in db.session.scalars(gaps).all():
        row = db.session.get_one(Stream, stream)
        record(row, "gap", by, at, **detail)
        if row.unsent_entries is not None:  # what waits there goes on in another stream
            row.unsent_entries, row.unsent_photos, row.oldest_at = 0, 0, None


def locked_stream(key: uuid.UUID, by: Person, at: datetime, offset: int | None) -> int:
    """Up to which entry a stream has arrived, with the stream locked until the end, and the device
    noted as heard. Raises Problem ops.foreign for another person's."""
    heard = {"heard_at": at} if offset is None else {"heard_at": at, "clock_offset_ms": offset}
    new = {"id": key, "person_id": by.id, "last_seq": 0, **heard}
    row = insert_or_touch(Stream, new, tuple(heard), ("person_id", "last_seq"))
    if row.person_id != by.id:
        raise Problem("ops.foreign")
    return int(row.last_seq)


def milliseconds(sent_at: datetime | None, at: datetime) -> int | None:
    """How far a device's clock is behind ours; negative: ahead. The way counts in, unmeasured."""
    if sent_at is None:
        return None
    return max(-(2**31), min(2**31 - 1, round((at - sent_at).total_seconds() * 1000)))


@dataclass
class _Intake:
    """One batch while it is taken in."""

    batch: Batch
    by: Person
    at: datetime
    results: list[Result] = field(default_factory=list)
    _open: dict[uuid.UUID, Open | Problem] = field(default_factory=dict)
    _new: list[dict[str, Any]] = field(default_factory=list)
    _notes: list[dict[str, Any]] = field(default_factory=list)
    _parked: list[dict[str, Any]] = field(default_factory=list)
    _logged: list[dict[str, Any]] = field(default_factory=list)

    def all_at_once(self) -> Receipt:
        """The whole batch, written at the end."""
        self._begin()
        # Who sends again what is known begins with a number that is known. That an id is taken by
        # another stream is found out when it is written, and then looked at entry by entry.
        again = any(entry.seq <= self.last_seq for entry in self.batch.ops)
        known = self._known() if again else {}
        for entry in self.batch.ops:
            self._take(entry, known, self._applied)
        self._note_received(self._new)
        self._write()
        return self._receipt()

    def one_by_one(self) -> Receipt:
        """Each entry in a transaction of its own inside this one."""
        self._begin()
        known = self._known()
        for entry in self.batch.ops:
            self._take(entry, known, self._applied_alone)
        self._note_received(self._logged)
        return self._receipt()

    def _begin(self) -> None:
        self.offset = milliseconds(self.batch.sent_at, self.at)
        self.stamp = Stamp(self.by, self.at, self.at, self.batch.stream, self.offset)
        self.last_seq = locked_stream(self.batch.stream, self.by, self.at, self.offset)

    def _known(self) -> Known:
        """Digest and result of the entries that are in the log."""
        wanted = select(Operation.op_id, Operation.digest, Operation.result)
        ids = [entry.op_id for entry in self.batch.ops]
        rows = db.session.execute(wanted.where(Operation.op_id.in_(ids)))
        return {row.op_id: (row.digest, row.result) for row in rows}

    def _take(self, entry: Entry, known: Known, apply: Callable[[Entry, Content], Result]) -> None:
        is_next = entry.seq == self.last_seq + 1 and entry.stream == self.batch.stream
        content = entry.content()
        if (before := known.get(entry.op_id)) is not None:
            same = before[0] == content[1]
            self.results.append(before[1] if same else self._reused(entry))
        elif is_next:
            result = apply(entry, content)
            known[entry.op_id] = (content[1], result)
            self.results.append(result)
        else:
            raise Problem("ops.gap", expected=self.last_seq + 1)
        if is_next:
            self.last_seq = entry.seq

    def _applied(self, entry: Entry, content: Content) -> Result:
        try:
            result = {"op_id": str(entry.op_id), **self._apply(entry)}
        except Problem as problem:
            if problem.code == "photos.missing":
                raise
            result = _rejected(entry, problem)
        self._keep(entry, content, result)
        return result

    def _applied_alone(self, entry: Entry, content: Content) -> Result:
        try:
            with db.session.begin_nested():
                result = self._applied(entry, content)
                self._write()
            return result
        except (Problem, OperationalError, InterfaceError):
            raise
        except Exception:
            current_app.logger.exception("entry %s is refused", entry.op_id)
            self._open, self._new, self._notes, self._parked = {}, [], [], []
            result = _rejected(entry, Problem("ops.defect"))
            self._keep(entry, content, result)
            self._write()
            return result

    def _apply(self, entry: Entry) -> Result:
        said = understood(entry.kind, entry.payload)
        on = self._open.get(entry.visit) or self._opened(entry.visit)
        stamp = self.stamp.of(entry.at)
        if isinstance(on, Problem) and isinstance(said, VisitBegin):
            on = self._begun(entry.visit, said, stamp)
        try:
            if isinstance(on, Problem):
                raise on
            if entry.kind == "visit.submit":  # which is harmless when repeated, and asks by itself
                on.writable = False
            elif not on.writable:
                on.visit.require_writable(self.by)
                on.writable = True
        except Problem:
            if isinstance(said, EntryDiscard):
                return given_up(entry.visit, said, stamp)
            raise
        return apply(on, entry.kind, said, stamp)

    def _opened(self, key: uuid.UUID) -> Open | Problem:
        wanted = visits_seen_by(self.by, plain=True).where(Visit.id == key)
        visit = db.session.scalar(wanted.with_for_update(of=Visit))
        self._open[key] = on = (
            Open(visit, Sheet.of(visit), self._elsewhere(key))
            if visit
            else Problem("request.unknown")
        )
        return on

    def _begun(self, key: uuid.UUID, said: VisitBegin, stamp: Stamp) -> Open:
        if not current_app.config["UNPLANNED_VISITS"]:
            raise Problem("visit.unplanned")
        visit = begin_visit(key, said, stamp)
        self._open[key] = on = Open(visit, Sheet.of(visit), self._elsewhere(key))
        return on

    def _elsewhere(self, visit: uuid.UUID) -> set[uuid.UUID]:
        found: set[uuid.UUID] = set()
        for row, name, kind in (
            (Photo, "photo", "photo.add"),
            (Practice, "practice", "practice.set"),
        ):
            keys = [_key(e.payload.get(name)) for e in self.batch.ops if e.kind == kind]
            if keys:
                found |= set(
                    db.session.scalars(
                        select(row.id).where(row.id.in_(filter(None, keys)), row.visit_id != visit)
                    )
                )
        return found

    def _reused(self, entry: Entry) -> Result:
        """Other content under a known id is refused, and kept in the trail."""
        trail = select(Event.detail).where(
            Event.subject_table == Operation.__tablename__, Event.subject_id == entry.op_id
        )
        content = entry.model_dump(mode="json")
        if content not in db.session.scalars(trail).all():
            db.session.add(
                Event(
                    at=self.at,
                    by_id=self.by.id,
                    verb="reuse",
                    subject_table=Operation.__tablename__,
                    subject_id=entry.op_id,
                    detail=content,
                )
            )
        return _rejected(entry, Problem("ops.reused"))

    def _keep(self, entry: Entry, content: Content, result: Result) -> None:
        payload, digest = content
        if note := parted(entry.kind, entry.payload):
            payload = Encoded(IN_ORDER(note.kept))
            self._notes.append(
                {
                    "op_id": entry.op_id,
                    "visit_id": entry.visit,
                    "salt": note.salt,
                    "text": Encoded(IN_ORDER(note.text)),
                }
            )
        self._new.append(
            {
                "op_id": entry.op_id,
                "stream_id": entry.stream,
                "seq": entry.seq,
                "kind": entry.kind,
                "visit_id": entry.visit,
                "payload": _storable(payload),
                "digest": digest,
                "device_at": entry.at,
                "received_at": self.at,
                "clock_offset_ms": self.offset,
                "result": as_json(result),
            }
        )
        if result.get("parked"):
            self._parked.append({"op_id": entry.op_id, "code": result["reason"]["code"]})

    def _write(self) -> None:
        """All that was gathered: a few statements, however many entries there are."""
        for on in self._open.values():
            if isinstance(on, Open):
                on.sheet.save()
        db.session.flush()
        insert_many(Operation, self._new)
        insert_many(RawNote, self._notes)
        insert_many(Parked, self._parked)
        self._logged += self._new
        self._new, self._notes, self._parked = [], [], []

    def _note_received(self, logged: list[dict[str, Any]]) -> None:
        """One history row for what is added to the log, with a hash over it: so a changed entry is
        found, and none need be copied. The device's time is that of the last."""
        if not logged:
            return
        detail = {
            "first": logged[0]["seq"],
            "last": logged[-1]["seq"],
            "count": len(logged),
            "sha256": of_operations(map(decoded, logged)),
        }
        db.session.add(
            Event(
                at=self.at,
                by_id=self.by.id,
                verb="receive",
                subject_table=Stream.__tablename__,
                subject_id=self.batch.stream,
                device_at=logged[-1]["device_at"],
                detail=detail,
            )
        )

    def _receipt(self) -> Receipt:
        here = {"stream": self.batch.stream, "arrived": self.last_seq}
        db.session.execute(UP_TO, here)
        missing = _missing_pictures({entry.visit for entry in self.batch.ops}, self.by)
        return Receipt(self.results, self.last_seq, missing)


def _rejected(entry: Entry, problem: Problem) -> Result:
    says_something = entry.kind not in {"visit.start", "visit.submit"}
    to_place = problem.code in TO_PLACE and says_something
    why = sentence(problem)
    if to_place and problem.code != "ops.defect":
        why = _("%(why)s The channel department decides about this entry.", why=why)
    reason: dict[str, Any] = {"code": problem.code, "sentence": why}
    if "missing" in problem.details:
        reason["missing"] = problem.details["missing"]
    result = {"op_id": str(entry.op_id), "status": "rejected", "reason": reason}
    return result | {"parked": True} if to_place else result


def _storable(text: Encoded) -> Encoded:
    """What JSON does not know (NaN) would break the log: then the text of it is kept as a text."""
    if "NaN" in text or "Infinity" in text:
        try:
            json.loads(text, parse_constant=_refuse)
        except ValueError:
            return Encoded(IN_ORDER({"as_sent": text}))
    return text


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _key(value: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return None


def _missing_pictures(visits: set[uuid.UUID], by: Person) -> list[str]:
    """The pictures that these visits, as far as they are this person's, still wait for."""
    return list(db.session.scalars(MISSING, {"visits": visits, "person": by.id}))
