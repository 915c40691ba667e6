"""Chaining: what a transaction has recorded gets its numbers and hashes last, just before COMMIT.

So writers run side by side until then. On PostgreSQL one lock is taken for the rest of the
transaction; nothing is waited for with it in hand, so that it is held briefly and cannot be part of
a deadlock. On SQLite who writes is alone already.
"""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, event, insert, inspect, select, text
from sqlalchemy.orm import Mapper, Session, object_session

from inspector.history.digest import COLUMNS, START, VERSION, chained
from inspector.history.models import Event, Link

LOCK: Final = 20261128
"""An arbitrary number that nothing else locks."""

WAITING: Final = "events not in the chain"
HEAD: Final = select(Link.seq, Link.sha256).order_by(Link.seq.desc()).limit(1)


@dataclass(frozen=True)
class Waiting:
    """An event that was inserted, and what was inserted."""

    event: Event
    columns: dict[str, Any]

    @property
    def is_there(self) -> bool:
        """Whether it was not rolled back with a savepoint."""
        return not inspect(self.event).transient


def init() -> None:
    """Listen to every session."""
    event.listen(Event, "after_insert", _wait)
    event.listen(Session, "before_commit", _before_commit)
    event.listen(Session, "after_soft_rollback", _forget)


def _wait(_mapper: Mapper[Event], _connection: Connection, row: Event) -> None:
    session = object_session(row)
    assert session is not None  # it was just inserted by one
    columns = {name: getattr(row, name) for name in COLUMNS[VERSION]}
    session.info.setdefault(WAITING, []).append(Waiting(row, columns))


def _before_commit(session: Session) -> None:
    if not session.in_nested_transaction():  # a savepoint's end is no commit
        chain(session)


def chain(session: Session) -> None:
    """Number and hash what was recorded in this transaction until now."""
    session.flush()
    waiting = [one for one in session.info.pop(WAITING, []) if one.is_there]
    if not waiting:
        return
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    # Asked in a statement of its own: one that waits for the lock sees what was before it waited.
    head = session.execute(HEAD).one_or_none()
    seq, previous = (head.seq, head.sha256) if head else (0, START)
    links = []
    for one in waiting:
        seq += 1
        sha256 = chained(seq, previous, one.columns)
        links.append(
            {
                "seq": seq,
                "event_id": one.columns["id"],
                "version": VERSION,
                "previous": previous,
                "sha256": sha256,
            }
        )
        previous = sha256
    session.execute(insert(Link.__table__), links)  # type: ignore[arg-type]


def _forget(session: Session, _previous: object) -> None:
    if not session.in_transaction():
        session.info.pop(WAITING, None)
