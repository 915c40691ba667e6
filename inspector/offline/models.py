"""Stream and Operation: the log of everything that tablets sent, as they sent it. TabletKey: what
seals it until then."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from inspector.db import Base, Utc


class Stream(Base):
    """The ordered entries of one person on one device. The device makes the id."""

    __tablename__ = "stream"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    last_seq: Mapped[int] = mapped_column(default=0)


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
    result: Mapped[dict[str, Any]] = mapped_column(JSON)


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
