"""What is noted in the trail about the trail itself: that it was verified, and that its head was
written down. So it is seen whether somebody looks, and since when nobody has."""

from datetime import datetime
from typing import Final

from sqlalchemy import select

from inspector.db import db
from inspector.history import Event, Link, record
from inspector.trail.heads import Head
from inspector.trail.verifying import Broken, Walked

VERIFY: Final = "verify_trail"
NOTE: Final = "note_head"


def verified(outcome: Walked | Broken, *, at: datetime) -> None:
    """Add a row that says how a walk ended."""
    if isinstance(outcome, Broken):
        said = {name: str(value) for name, value in outcome.details.items()}
        _add(VERIFY, at, broken=outcome.seq, what=outcome.what, said=said)
    else:
        head = outcome.head
        _add(VERIFY, at, rows=outcome.rows, seq=head.seq, sha256=head.sha256)


def noted(head: Head, to: str, *, at: datetime) -> None:
    """Add a row that says where a head was written down: a file's name, or by message."""
    _add(NOTE, at, seq=head.seq, sha256=head.sha256, remark=to)


def last(verb: str) -> Event | None:
    """The newest row of one of the two."""
    wanted = select(Event).join(Link, Link.event_id == Event.id).where(Event.verb == verb)
    return db.session.scalar(wanted.order_by(Link.seq.desc()).limit(1))


def _add(verb: str, at: datetime, **detail: object) -> None:
    """About the newest event, up to which it holds. An empty chain has nothing to be noted of."""
    newest = select(Event).join(Link, Link.event_id == Event.id).order_by(Link.seq.desc()).limit(1)
    event = db.session.scalar(newest)
    if event is not None:
        record(event, verb, None, at, **detail)  # type: ignore[arg-type]  # none is called device_at
        db.session.commit()
