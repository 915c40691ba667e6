"""Event, one act; and Link, its place in the chain. Rows of both are only ever added."""

import uuid
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from inspector.db import Base, Utc, db
from inspector.history.keeping import keep
from inspector.history.origin import origin


class Subject(Protocol):
    """Anything with a key and a table: what a history row is about."""

    __tablename__: str

    @property
    def id(self) -> uuid.UUID:
        """Its key."""


@keep
class Event(Base):
    """Who did what to which row, when, and from where. Written once, never changed."""

    __tablename__ = "event"
    __table_args__ = (Index(None, "subject_table", "subject_id"),)

    # The database refuses to commit an event that is not in the chain, whoever wrote it.
    id: Mapped[uuid.UUID] = mapped_column(
        Uuid,  # which cannot be learnt from a key that points back here
        ForeignKey("link.event_id", use_alter=True, deferrable=True, initially="DEFERRED"),
        primary_key=True,
        default=uuid.uuid4,
    )
    at: Mapped[datetime] = mapped_column(Utc)
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    verb: Mapped[str] = mapped_column(String(40))
    subject_table: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[uuid.UUID]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    device_at: Mapped[datetime | None] = mapped_column(Utc)
    """By the tablet's clock, where a tablet recorded it."""
    address: Mapped[str] = mapped_column(String(60), default=lambda: origin().address)
    device: Mapped[str] = mapped_column(String(60), default=lambda: origin().device)
    """Both are for the desk only: they could tell a shopper (domain.md 6, 2)."""


@keep
class Link(Base):
    """The place of an event in the chain: its number, and a hash over it and the row before."""

    __tablename__ = "link"

    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    """1, 2, 3 … without a gap."""
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"), unique=True)
    version: Mapped[int]
    """What was hashed (digest.py)."""
    previous: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))


def record(
    subject: Subject,
    verb: str,
    by: Subject | None,
    at: datetime,
    *,
    device_at: datetime | None = None,
    **detail: object,
) -> None:
    """Add a history row for `subject`. `by` is None only for what a command did; `device_at` is the
    tablet's own time, where there is one."""
    db.session.add(
        Event(
            at=at,
            by_id=by.id if by else None,
            verb=verb,
            subject_table=subject.__tablename__,
            subject_id=subject.id,
            device_at=device_at,
            detail=detail,
        )
    )
