"""Taking a file of unsent work in, as if its tablet had sent it: the same entries, in the same
stream. The tablet may send them again later and gets the same receipts."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from inspector.db import db
from inspector.history import Event, record
from inspector.offline.files import UnsentFile
from inspector.offline.forgetting import is_taken_away
from inspector.offline.format import BATCH, Batch, Entry
from inspector.offline.models import Operation, Stream
from inspector.offline.receiving import last_seq, receive
from inspector.people.masks import masked
from inspector.people.models import Person
from inspector.people.roles import Role
from inspector.photos.models import Picture, keep
from inspector.problems import Problem
from inspector.visits.models import Visit
from inspector.visits.queries import visits_seen_by
from inspector.web import sentence


@dataclass
class Line:
    """What a file holds of one visit."""

    title: str
    visit: Visit | None
    entries: int = 0
    known: int = 0
    photos: int = 0
    refused: int = 0


@dataclass
class Contained:
    """What a file holds, beside what has arrived already."""

    owner: Person
    lines: list[Line]
    photos: int
    photos_known: int
    taken: list[Event]

    @property
    def entries(self) -> int:
        """All entries of the file."""
        return sum(line.entries for line in self.lines)

    @property
    def known(self) -> int:
        """Those that have arrived already."""
        return sum(line.known for line in self.lines)


@dataclass
class Taken:
    """What came of a file: how each new entry was received, and what could not be taken."""

    results: list[dict[str, Any]] = field(default_factory=list)
    photos: int = 0
    problems: list[str] = field(default_factory=list)


def owner_of(file: UnsentFile, by: Person) -> Person:
    """Whose work a file holds. Raises Problem file.nobody, and file.foreign for everybody but its
    owner and the channel department."""
    named = file.contents.person
    owner = db.session.get(Person, named.id)
    if owner is None:
        raise Problem("file.nobody", name=named.name)
    if by.id != owner.id and by.role != Role.CHANNEL:
        raise Problem("file.foreign", name=masked(owner, by))
    return owner


def contained(file: UnsentFile, owner: Person, by: Person) -> Contained:
    """What is in a file, as `by` may see it. Raises Problem file.gap when it cannot follow what has
    arrived."""
    entries = file.contents.entries
    known = _known(entries)
    _require_no_gap(entries, known, owner)
    lines = _lines(file, by)
    for entry in entries:
        line = lines[entry.visit]
        line.entries += 1
        line.known += entry.op_id in known
        line.photos += entry.kind == "photo.add"
    for old in file.contents.refused:
        lines[old.visit].refused += 1
    arrived = select(Picture.sha256).where(Picture.sha256.in_(file.photos))
    return Contained(
        owner=owner,
        lines=list(lines.values()),
        photos=len(file.photos),
        photos_known=len(db.session.scalars(arrived).all()),
        taken=_taken_before(file),
    )


def _lines(file: UnsentFile, by: Person) -> dict[uuid.UUID, Line]:
    contents = file.contents
    keys = {entry.visit for entry in contents.entries} | {old.visit for old in contents.refused}
    seen = db.session.scalars(visits_seen_by(by).where(Visit.id.in_(keys)))
    visits = {visit.id: visit for visit in seen}
    titles = {key: about.title for key, about in contents.visits.items()}
    return {key: Line(titles.get(key, str(key)), visits.get(key)) for key in sorted(keys)}


def take_in(file: UnsentFile, owner: Person, *, by: Person, at: datetime) -> Taken:
    """Receive a file's photos and entries for its owner; the history says who brought them. What
    cannot be taken is named; the rest goes on. Raises Problem file.gap."""
    entries = file.contents.entries
    known = _known(entries)
    _require_no_gap(entries, known, owner)
    taken = Taken()
    _take_photos(file, taken, owner, at)
    for batch in _batches(entries):
        try:
            results = receive(Batch(stream=batch[0].stream, ops=batch), by=owner, at=at).results
        except Problem as problem:
            if problem.code != "photos.missing":
                raise
            taken.problems.append(sentence(problem))  # only a submission can be that far
            break
        new = {str(entry.op_id) for entry in batch if entry.op_id not in known}
        taken.results += [result for result in results if result["op_id"] in new]
    if entries:
        stream = db.session.get_one(Stream, entries[0].stream)
        stream.heard_at = None  # a file is no tablet that was heard
        counts: dict[str, Any] = {
            "entries": len(taken.results),
            "known": len(known),
            "photos": taken.photos,
        }
        record(stream, "take_in", by, at, file=file.sha256, **counts)
    return taken


def _known(entries: list[Entry]) -> set[uuid.UUID]:
    ids = [entry.op_id for entry in entries]
    found: set[uuid.UUID] = set()
    for n in range(0, len(ids), BATCH):
        some = select(Operation.op_id).where(Operation.op_id.in_(ids[n : n + BATCH]))
        found.update(db.session.scalars(some))
    return found


def _require_no_gap(entries: list[Entry], known: set[uuid.UUID], owner: Person) -> None:
    if not entries:
        return
    if len({entry.stream for entry in entries}) > 1:
        raise Problem("file.unreadable")
    expected = last_seq(entries[0].stream, owner) + 1
    for entry in entries:
        if entry.seq == expected:
            expected += 1
        elif entry.op_id not in known:
            raise Problem("file.gap", first=expected, last=entry.seq - 1)


def _take_photos(file: UnsentFile, taken: Taken, owner: Person, at: datetime) -> None:
    for sha256 in file.photos:
        if db.session.get(Picture, sha256) is not None or is_taken_away(sha256):
            continue
        try:
            keep(file.photo(sha256), sha256=sha256, by=owner, at=at)
            taken.photos += 1
        except Problem as problem:
            taken.problems.append(sentence(problem))


def _batches(entries: list[Entry]) -> Iterator[list[Entry]]:
    """A submission begins a batch: one that comes before its photos rolls its whole batch back."""
    batch: list[Entry] = []
    for entry in entries:
        if batch and (len(batch) == BATCH or entry.kind == "visit.submit"):
            yield batch
            batch = []
        batch.append(entry)
    if batch:
        yield batch


def _taken_before(file: UnsentFile) -> list[Event]:
    if not file.contents.entries:
        return []
    events = select(Event).where(
        Event.verb == "take_in",
        Event.subject_table == Stream.__tablename__,
        Event.subject_id == file.contents.entries[0].stream,
    )
    earlier = db.session.scalars(events.order_by(Event.at))
    return [event for event in earlier if event.detail["file"] == file.sha256]
