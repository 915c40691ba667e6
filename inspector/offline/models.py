"""Stream and Operation: the log of everything that tablets sent, as they sent it. TabletKey: what
seals it until then."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspector.db import Base, Utc, one_of
from inspector.history.keeping import keep
from inspector.offline.raw_notes import RawNote, whole
from inspector.people.models import Person


class Placing(StrEnum):
    """What became of an entry that could not be placed."""

    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


class Stream(Base):
    """The ordered entries of one person on one device, which makes the id; and what the device said
    of itself when it was last heard."""

    __tablename__ = "stream"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    last_seq: Mapped[int] = mapped_column(default=0)
    heard_at: Mapped[datetime | None] = mapped_column(Utc)
    clock_offset_ms: Mapped[int | None]
    """How far the device's clock was behind ours (a negative number: ahead)."""
    unsent_entries: Mapped[int | None]
    """None until the device has told."""
    unsent_photos: Mapped[int | None]
    unsent_bytes: Mapped[int | None] = mapped_column(BigInteger)
    oldest_at: Mapped[datetime | None] = mapped_column(Utc)
    """When the oldest of what is unsent was recorded, by our clock."""
    told_at: Mapped[datetime | None] = mapped_column(Utc)
    """When the device told these numbers."""
    app_version: Mapped[str | None] = mapped_column(String(40))

    person: Mapped[Person] = relationship()


@keep
class Operation(Base):
    """One entry, never changed: what was sent, when by the device, when received, what came of it.

    The same id and content again gets the stored result; the same id with other content is refused.
    """

    __tablename__ = "operation"
    __table_args__ = (UniqueConstraint("stream_id", "seq"),)

    op_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    stream_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stream.id"))
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    visit_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    device_at: Mapped[datetime] = mapped_column(Utc)
    received_at: Mapped[datetime] = mapped_column(Utc)
    clock_offset_ms: Mapped[int | None]
    """How far the device's clock was behind ours when it sent this, in milliseconds; what a device
    says of time is shown with it, and never used for order."""
    result: Mapped[dict[str, Any]] = mapped_column(JSON)

    stream: Mapped[Stream] = relationship()
    note: Mapped[RawNote | None] = relationship(viewonly=True)
    """The words of a note, until they are removed."""

    @property
    def said(self) -> dict[str, Any]:
        """The payload as it was sent, with the words of a note."""
        return whole(self.payload, self.note)


class TabletKey(Base):
    """The key that seals what one person keeps on tablets, the same on each of them. It is never
    changed: what was sealed with it and not sent yet would be lost."""

    __tablename__ = "tablet_key"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary(32))

    @property
    def id(self) -> uuid.UUID:
        """The person's: each has one."""
        return self.person_id


class Parked(Base):
    """An entry that could not be placed: its visit is another's now, called off, handed in, or not
    there; or it broke something. It waits for the channel department, which accepts it or
    dismisses it with a reason; the entry itself stays in the log either way."""

    __tablename__ = "parked"
    __table_args__ = (
        CheckConstraint(f"decision IS NULL OR {one_of('decision', Placing)}", name="decision"),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("(decision IS NULL) = (decided_by_id IS NULL)", name="decided_by"),
        CheckConstraint("(decision = 'dismissed') = (reason IS NOT NULL)", name="reason"),
    )

    op_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("operation.op_id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    """The problem that kept it from being placed (problems.py)."""
    decision: Mapped[str | None] = mapped_column(String(10), index=True)
    decided_at: Mapped[datetime | None] = mapped_column(Utc)
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str | None] = mapped_column(Text)

    @property
    def id(self) -> uuid.UUID:
        """The entry's: each waits once."""
        return self.op_id

    operation: Mapped[Operation] = relationship()
    decided_by: Mapped[Person | None] = relationship()
