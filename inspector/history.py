"""The audit trail: every change of state leaves one row beside it, in the same transaction."""

import uuid
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from inspector.db import Base, Keyed, Utc, db


class Subject(Protocol):
    """Anything with a key and a table: what a history row is about."""

    __tablename__: str

    @property
    def id(self) -> uuid.UUID:
        """Its key."""


class Event(Keyed, Base):
    """Who did what to which row, and when. Written once, never changed."""

    __tablename__ = "event"
    __table_args__ = (Index(None, "subject_table", "subject_id"),)

    at: Mapped[datetime] = mapped_column(Utc)
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    verb: Mapped[str] = mapped_column(String(40))
    subject_table: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[uuid.UUID]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


def record(subject: Subject, verb: str, by: Subject | None, at: datetime, **detail: object) -> None:
    """Add a history row for `subject`. `by` is None only for what a command did."""
    db.session.add(
        Event(
            at=at,
            by_id=by.id if by else None,
            verb=verb,
            subject_table=subject.__tablename__,
            subject_id=subject.id,
            detail=detail,
        )
    )
