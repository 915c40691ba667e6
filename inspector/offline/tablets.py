"""What tablets have told of themselves: whose, how much is unsent, since when, when last heard."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import joinedload

from inspector import clock
from inspector.db import db
from inspector.history import Event
from inspector.offline.format import Beat
from inspector.offline.models import Stream
from inspector.offline.receiving import locked_stream, milliseconds
from inspector.people.models import Person
from inspector.people.roles import Role

SHOWN_FOR = timedelta(days=30)
"""How long a tablet is listed that has nothing unsent and is not heard any more."""
WORRYING = timedelta(hours=24)
"""Unsent for longer than a day: the inspector has come home, and the tablet has not sent."""


def hear(beat: Beat, *, by: Person, at: datetime) -> None:
    """Note what a device says. Raises Problem ops.foreign when somebody claims another's stream."""
    offset = milliseconds(beat.sent_at, at)
    for waiting in beat.streams:
        if waiting.person in (None, by.id):
            locked_stream(waiting.stream, by, at, offset)
        oldest = waiting.oldest_at
        # Others are only updated: whose a stream is, its owner says first.
        whose = Stream.person_id == (waiting.person or by.id)
        db.session.execute(
            update(Stream)
            .where(Stream.id == waiting.stream, whose)
            .values(
                heard_at=at,
                told_at=at,
                clock_offset_ms=offset,
                unsent_entries=waiting.entries,
                unsent_photos=waiting.photos,
                unsent_bytes=waiting.bytes,
                oldest_at=at - (beat.sent_at - oldest) if oldest else None,
                app_version=beat.version,
            )
        )


@dataclass(frozen=True)
class Tablet:
    """One stream, as the desk sees it."""

    stream: Stream
    worry: str
    """late (unsent for over a day, or entries lost), wait (unsent), unknown (never told), or ok."""
    shows_name: bool
    gaps: list[dict[str, int]] = field(default_factory=list)
    """First and last number of entries that neither the tablet nor the server has."""

    @property
    def astray(self) -> timedelta | None:
        """How far its clock is behind (negative: ahead), when that is worth saying."""
        return clock.astray(self.stream.clock_offset_ms)


def tablets(person: Person, now: datetime) -> list[Tablet]:
    """All that were heard lately or have something unsent, the most worrying first. Of a
    mystery shopper's only that it is one (domain.md 3.1)."""
    wanted = (
        select(Stream)
        .options(joinedload(Stream.person))
        .where(
            Stream.heard_at.is_not(None),
            or_(
                Stream.heard_at > now - SHOWN_FOR,
                Stream.unsent_entries > 0,
                Stream.unsent_photos > 0,
            ),
        )
    )
    gaps = _gaps(now)
    found = [
        Tablet(
            stream,
            "late" if stream.id in gaps else _worry(stream, now),
            _shows_name(person, stream),
            gaps.get(stream.id, []),
        )
        for stream in db.session.scalars(wanted)
    ]
    order = ["late", "wait", "unknown", "ok"]
    far = datetime.max.replace(tzinfo=now.tzinfo)
    return sorted(
        found,
        key=lambda t: (
            order.index(t.worry),
            t.stream.oldest_at or far,
            now - (t.stream.heard_at or now),
        ),
    )


def _gaps(now: datetime) -> dict[uuid.UUID, list[dict[str, int]]]:
    told = select(Event).where(
        Event.subject_table == Stream.__tablename__,
        Event.verb == "gap",
        Event.at > now - SHOWN_FOR,
    )
    found: dict[uuid.UUID, list[dict[str, int]]] = {}
    for event in db.session.scalars(told.order_by(Event.at)):
        found.setdefault(event.subject_id, []).append(event.detail)
    return found


def _worry(stream: Stream, now: datetime) -> str:
    if stream.unsent_entries is None:
        return "unknown"
    if not stream.unsent_entries and not stream.unsent_photos:
        return "ok"
    is_old = stream.oldest_at is not None and now - stream.oldest_at > WORRYING
    return "late" if is_old else "wait"


def _shows_name(person: Person, stream: Stream) -> bool:
    return stream.person.role != Role.SHOPPER or stream.person_id == person.id
