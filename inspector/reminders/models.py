"""Reminder, one message to one person in their inbox; and Delivery, its way out of the house."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspector.db import Base, Keyed, Utc, one_of
from inspector.people.models import Person
from inspector.reminders.rules import Subject


class Reminder(Keyed, Base):
    """That a person was told of something, once. The key of four makes it so: the same rule about
    the same thing comes again only in another round, when the due day or the report is another."""

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("rule", "subject_id", "recipient_id", "round"),
        CheckConstraint(one_of("subject_table", Subject), name="subject_table"),
        Index(None, "recipient_id", "at", "id"),
        Index(None, "recipient_id", "read_at"),
    )

    rule: Mapped[str] = mapped_column(String(20))
    """The name of a row of rules.TABLE."""
    subject_table: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[uuid.UUID]
    recipient_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    round: Mapped[str] = mapped_column(String(20))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What the sentence of the rule names: outlet_zh, outlet_en, number, due."""
    at: Mapped[datetime] = mapped_column(Utc)
    read_at: Mapped[datetime | None] = mapped_column(Utc)

    recipient: Mapped[Person] = relationship()

    def read(self, *, at: datetime) -> None:
        """Note when it was first read."""
        self.read_at = self.read_at or at


class Delivery(Keyed, Base):
    """That a reminder also goes to an address of the settings: until it has arrived it is tried
    again, each time after a longer while. An address that several people share gets it once."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("address", "rule", "subject_id", "round"),
        Index(None, "delivered_at", "next_try_at"),
        CheckConstraint("(failed_at IS NULL) = (error IS NULL)", name="failed_why"),
    )

    reminder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reminder.id"), index=True)
    address: Mapped[str] = mapped_column(String(120))
    """Its name, without the secrets of its URL (addresses.py)."""
    rule: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[uuid.UUID]
    round: Mapped[str] = mapped_column(String(20))
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(Utc)
    taken_until: Mapped[datetime | None] = mapped_column(Utc)
    """While a run is at it, no other takes it up."""
    failed_at: Mapped[datetime | None] = mapped_column(Utc)
    """When it failed first."""
    error: Mapped[str | None] = mapped_column(String(300))
    """What was wrong the last time."""
    delivered_at: Mapped[datetime | None] = mapped_column(Utc)

    reminder: Mapped[Reminder] = relationship()
