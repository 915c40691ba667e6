"""Walking the chain: every row is hashed again, in order, and so is every entry that tablets sent.

A chain that was hashed anew as a whole, or cut off at its end, follows on itself perfectly: only a
head that was written down elsewhere (heads.py) tells.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Table, bindparam, func, select

from inspector.db import db
from inspector.history import Event, Link
from inspector.history.digest import COLUMNS, OPERATION, START, chained, of_operations
from inspector.offline.models import Operation, Stream
from inspector.offline.raw_notes import HASH, VERB, RawNote, hashed
from inspector.trail.heads import Head
from inspector.visits.models import Visit
from inspector.words import N_

AT_ONCE: Final = 2000
"""So many rows are in memory."""

WRONG: Final = {
    "missing": N_("The row is missing."),
    "gone": N_("What was done is missing; only its place is left."),
    "order": N_("The row does not follow on the one before it."),
    "changed": N_("What the row says is not what was hashed."),
    "version": N_("The row was hashed in a way that this version of the software does not know."),
    "entries": N_(
        "The entries %(first)s–%(last)s of the tablet's stream %(stream)s are not what was"
        " received: %(there)s of %(count)s are there."
    ),
    "note": N_("The note of the entry %(entry)s is not what was received, or was removed unseen."),
    "head": N_("The row is not the one whose hash was noted: it, or one before it, was changed."),
    "cut": N_("The chain ends before this row, which was noted."),
    "outside": N_("The act %(event)s stands outside of the chain."),
    "stray": N_(
        "The tablet's stream %(stream)s holds %(there)s entries, of which %(count)s were received."
    ),
}
"""All that can be wrong with a row, or with what belongs to none."""

_event: Table = Event.__table__  # type: ignore[assignment]
_link: Table = Link.__table__  # type: ignore[assignment]
_operation: Table = Operation.__table__  # type: ignore[assignment]
_note: Table = RawNote.__table__  # type: ignore[assignment]
# Made once: they are run hundreds of thousands of times.
ROWS: Final = (
    select(*_link.c, *(_event.c[name] for name in COLUMNS[1]))
    .join_from(_link, _event, _event.c.id == _link.c.event_id, isouter=True)
    .where(_link.c.seq > bindparam("after"))
    .order_by(_link.c.seq)
    .limit(AT_ONCE)
)
ENTRIES: Final = (
    select(*(_operation.c[name] for name in OPERATION))
    .where(
        _operation.c.stream_id == bindparam("stream"),
        _operation.c.seq.between(bindparam("first"), bindparam("last")),
    )
    .order_by(_operation.c.seq)
)
NOTES: Final = select(_note.c.op_id, _note.c.salt, _note.c.text).where(
    _note.c.op_id.in_(bindparam("entries", expanding=True))
)
FORGOTTEN: Final = select(_event.c.id).where(
    _event.c.subject_table == Visit.__tablename__,
    _event.c.subject_id == bindparam("visit"),
    _event.c.verb == VERB,
)
OUTSIDE: Final = select(_event.c.id).where(
    ~select(_link.c.seq).where(_link.c.event_id == _event.c.id).exists()
)


class Broken(Exception):
    """The first row that is not what it was, and what is wrong (a key of WRONG). `seq` is 0 for
    what belongs to no row."""

    def __init__(self, seq: int, what: str, **details: object) -> None:
        super().__init__(WRONG[what] % details)
        self.seq, self.what, self.details = seq, what, details


@dataclass(frozen=True)
class Walked:
    """What was found to be whole: how many rows, the last of them, how many entries of tablets."""

    rows: int
    head: Head
    entries: int


def verify(since: int = 1, heads: Iterable[Head] = ()) -> Walked:
    """Walk the chain from row `since` to its end, past the heads that were noted earlier. The row
    before `since` is taken for true, and entries that belong to no row are looked for only from the
    very beginning. Raises Broken."""
    with reading() as connection:
        return walk(connection, since, heads)


def walk(connection: Connection, since: int = 1, heads: Iterable[Head] = ()) -> Walked:
    """The same as far as this connection sees. Raises Broken."""
    steps = _Walk(connection, since, {head.seq: head.sha256 for head in heads})
    steps.begin()
    for row in _rows(connection, since):
        steps.step(row)
    steps.end()
    head = Head(steps.seq, steps.sha256, steps.seq)
    return Walked(steps.seq - since + 1, head, steps.entries.total())


@contextmanager
def reading() -> Iterator[Connection]:
    """A connection that sees one moment until its end, and holds up nobody."""
    options: dict[str, Any] = {"reading": True}
    if db.engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with db.engine.connect().execution_options(**options) as connection:
        yield connection


def _rows(connection: Connection, since: int) -> Iterator[Mapping[str, Any]]:
    """The links in order, each with its event or with none."""
    after = since - 1
    while rows := connection.execute(ROWS, {"after": after}).mappings().all():
        yield from map(dict, rows)
        after = rows[-1]["seq"]


@dataclass
class _Walk:
    """How far one has come."""

    connection: Connection
    since: int
    noted: dict[int, str]
    seq: int = 0
    sha256: str = START
    entries: Counter[uuid.UUID] = field(default_factory=Counter)
    """How many entries of each stream were received."""

    def begin(self) -> None:
        self.seq = self.since - 1
        if self.seq:
            before = select(_link.c.sha256).where(_link.c.seq == self.seq)
            found = self.connection.scalar(before)
            if found is None:
                raise Broken(self.seq, "missing")
            self.sha256 = found

    def step(self, row: Mapping[str, Any]) -> None:
        self.seq += 1
        if row["seq"] != self.seq:
            raise Broken(self.seq, "missing")
        if row["id"] is None:
            raise Broken(self.seq, "gone")
        if row["previous"] != self.sha256:
            raise Broken(self.seq, "order")
        if row["version"] not in COLUMNS:
            raise Broken(self.seq, "version")
        if chained(self.seq, self.sha256, row, row["version"]) != row["sha256"]:
            raise Broken(self.seq, "changed")
        if self.noted.get(self.seq, row["sha256"]) != row["sha256"]:
            raise Broken(self.seq, "head")
        self.sha256 = row["sha256"]
        if (row["subject_table"], row["verb"]) == (Stream.__tablename__, "receive"):
            self._entries(row["subject_id"], row["detail"])

    def _entries(self, stream: uuid.UUID, told: dict[str, Any]) -> None:
        wanted = {"stream": stream, "first": told["first"], "last": told["last"]}
        rows = [dict(row) for row in self.connection.execute(ENTRIES, wanted).mappings()]
        if of_operations(rows) != told["sha256"]:
            raise Broken(self.seq, "entries", **wanted, there=len(rows), count=told["count"])
        self._notes({row["op_id"]: row for row in rows if HASH in row["payload"]})
        self.entries[stream] += len(rows)

    def _notes(self, noted: dict[uuid.UUID, dict[str, Any]]) -> None:
        """The words of notes, which the entries have only the hash of; or the act that took them
        away."""
        if not noted:
            return
        found = self.connection.execute(NOTES, {"entries": list(noted)}).all()
        there = {row.op_id: hashed(row.salt, row.text) for row in found}
        for key, row in noted.items():
            if key in there:
                holds = there[key] == row["payload"][HASH]
            else:
                holds = self.connection.scalar(FORGOTTEN, {"visit": row["visit_id"]}) is not None
            if not holds:
                raise Broken(self.seq, "note", entry=key)

    def end(self) -> None:
        """What is at the end, and what belongs to no row."""
        if ahead := min((seq for seq in self.noted if seq > self.seq), default=0):
            raise Broken(ahead, "cut")
        if (found := self.connection.scalar(OUTSIDE.limit(1))) is not None:
            raise Broken(0, "outside", event=found)
        if self.since > 1:
            return
        held = select(_operation.c.stream_id, func.count()).group_by(_operation.c.stream_id)
        for stream, there in self.connection.execute(held):
            if there != self.entries[stream]:
                raise Broken(0, "stray", stream=stream, there=there, count=self.entries[stream])
