"""Taking in a batch: in order, once each, with a stored result for each (offline.md 4.4).

Nothing that arrives is thrown away: what cannot be applied is kept with the reason.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select

from inspector.db import db, insert_if_new
from inspector.history import Event
from inspector.offline.format import Batch, Entry
from inspector.offline.models import Operation, Stream
from inspector.offline.operations import KINDS, Result
from inspector.people.models import Person
from inspector.photos.models import Picture
from inspector.problems import Problem
from inspector.visits.models import Photo, Visit
from inspector.visits.queries import visit_seen_by
from inspector.visits.recording import Stamp
from inspector.web import sentence


@dataclass
class Receipt:
    """The answer to a batch: a result for each operation, and which photos have not arrived."""

    results: list[Result] = field(default_factory=list)
    last_seq: int = 0
    missing: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The receipt as the device reads it."""
        return {"results": self.results, "last_seq": self.last_seq, "missing": self.missing}


def receive(batch: Batch, *, by: Person, at: datetime) -> Receipt:
    """Apply what is new, repeat the stored result for what is known.

    Raises Problem ops.foreign for another person's stream, ops.gap when entries are missing before
    the first new one, photos.missing when a visit is submitted before its photos: then nothing of
    the batch is kept, and the device sends it again.
    """
    stream = _locked_stream(batch.stream, by)
    known = _known(batch)
    visits: dict[uuid.UUID, Visit | Problem] = {}
    receipt = Receipt()
    for entry in batch.ops:
        next_one = entry.stream == stream.id and entry.seq == stream.last_seq + 1
        if (before := known.get(entry.op_id)) is not None:
            receipt.results.append(_again(entry, before, by, at))
        elif next_one:
            known[entry.op_id] = _keep(entry, _apply(entry, visits, Stamp(by, at, entry.at)), at)
            receipt.results.append(known[entry.op_id].result)
        else:
            raise Problem("ops.gap", expected=stream.last_seq + 1)
        if next_one:
            stream.last_seq = entry.seq
    receipt.last_seq = stream.last_seq
    db.session.flush()
    receipt.missing = _missing_pictures({entry.visit for entry in batch.ops}, by)
    return receipt


def last_seq(stream: uuid.UUID, by: Person) -> int:
    """Up to which entry a stream has arrived; 0 for one never heard of."""
    known = db.session.get(Stream, stream)
    if known is not None and known.person_id != by.id:
        raise Problem("ops.foreign")
    return known.last_seq if known else 0


def _locked_stream(key: uuid.UUID, by: Person) -> Stream:
    insert_if_new(Stream, id=key, person_id=by.id, last_seq=0)
    stream = db.session.scalars(select(Stream).where(Stream.id == key).with_for_update()).one()
    if stream.person_id != by.id:
        raise Problem("ops.foreign")
    return stream


def _known(batch: Batch) -> dict[uuid.UUID, Operation]:
    ids = [entry.op_id for entry in batch.ops]
    rows = db.session.scalars(select(Operation).where(Operation.op_id.in_(ids)))
    return {row.op_id: row for row in rows}


def _again(entry: Entry, before: Operation, by: Person, at: datetime) -> Result:
    """The stored result; but other content under a known id is refused, and kept in the trail."""
    if before.digest == entry.digest:
        return before.result
    trail = select(Event.detail).where(
        Event.subject_table == Operation.__tablename__, Event.subject_id == entry.op_id
    )
    content = entry.model_dump(mode="json")
    if content not in db.session.scalars(trail).all():
        db.session.add(
            Event(
                at=at,
                by_id=by.id,
                verb="reuse",
                subject_table=Operation.__tablename__,
                subject_id=entry.op_id,
                detail=content,
            )
        )
    return _rejected(entry, Problem("ops.reused"))


def _apply(entry: Entry, visits: dict[uuid.UUID, Visit | Problem], stamp: Stamp) -> Result:
    """One operation's result. A refusal leaves the others of the batch untouched."""
    try:
        visit = _visit(entry.visit, visits, stamp.by)
        if entry.kind not in KINDS:
            raise Problem("ops.malformed", why=f"no such kind: {entry.kind}")
        shape, act = KINDS[entry.kind]
        return {"op_id": str(entry.op_id), **act(visit, shape(**entry.payload), stamp)}
    except ValidationError as error:
        first = error.errors()[0]
        why = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        return _rejected(entry, Problem("ops.malformed", why=why))
    except Problem as problem:
        if problem.code == "photos.missing":
            raise
        return _rejected(entry, problem)


def _visit(key: uuid.UUID, visits: dict[uuid.UUID, Visit | Problem], by: Person) -> Visit:
    if key not in visits:
        try:
            visits[key] = visit_seen_by(by, key, to_change=True)
        except Problem as problem:
            visits[key] = problem
    found = visits[key]
    if isinstance(found, Problem):
        raise found
    return found


def _rejected(entry: Entry, problem: Problem) -> Result:
    reason: dict[str, Any] = {"code": problem.code, "sentence": sentence(problem)}
    if "missing" in problem.details:
        reason["missing"] = problem.details["missing"]
    return {"op_id": str(entry.op_id), "status": "rejected", "reason": reason}


def _keep(entry: Entry, result: Result, at: datetime) -> Operation:
    operation = Operation(
        op_id=entry.op_id,
        stream_id=entry.stream,
        seq=entry.seq,
        kind=entry.kind,
        visit_id=entry.visit,
        payload=entry.payload,
        digest=entry.digest,
        device_at=entry.at,
        received_at=at,
        result=result,
    )
    db.session.add(operation)
    return operation


def _missing_pictures(visits: set[uuid.UUID], by: Person) -> list[str]:
    """The pictures that these visits, as far as they are this person's, still wait for."""
    names = (
        select(Photo.sha256)
        .distinct()
        .join(Photo.visit)
        .outerjoin(Picture, Picture.sha256 == Photo.sha256)
        .where(Visit.id.in_(visits), Visit.inspector_id == by.id)
        .where(Photo.removed_at.is_(None), Picture.sha256.is_(None))
        .order_by(Photo.sha256)
    )
    return list(db.session.scalars(names)) if visits else []
