"""Unmasking: a named person of the channel department learns who made one mystery visit, for a
short while and with a reason (domain.md 3.1). To everybody else at the desk it is a shopper.
"""

import uuid
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspector.checklists.models import Kind
from inspector.db import Base, Keyed, Utc, db
from inspector.history import record
from inspector.people.models import Person
from inspector.problems import Problem
from inspector.visits.models import Visit

UNMASKED_FOR: Final = timedelta(minutes=15)
LONGEST_REASON: Final = 500


class Unmasking(Keyed, Base):
    """That somebody was told who made a visit: why, and until when it was shown to them."""

    __tablename__ = "unmasking"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("until > at", name="until"),
        Index(None, "visit_id", "by_id"),
    )

    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visit.id"))
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Utc)
    until: Mapped[datetime] = mapped_column(Utc)
    reason: Mapped[str] = mapped_column(Text)

    by: Mapped[Person] = relationship()


def unmask(visit: Visit, *, reason: str, by: Person, at: datetime) -> None:
    """Show who made a visit to whoever asks, for a quarter of an hour. The visit's history says
    that and why, not the name.

    Raises Problem unmask.not_named for all but the named persons, unmask.no_secret for another kind
    of visit, and reason.needed.
    """
    if not by.is_unmasker:
        raise Problem("unmask.not_named")
    if visit.kind != Kind.MYSTERY:
        raise Problem("unmask.no_secret")
    if not (reason := reason.strip()):
        raise Problem("reason.needed")
    if len(reason) > LONGEST_REASON:
        raise Problem("text.too_long", limit=LONGEST_REASON)
    db.session.add(
        Unmasking(visit_id=visit.id, by_id=by.id, at=at, until=at + UNMASKED_FOR, reason=reason)
    )
    record(visit, "unmask", by, at, remark=reason)


def unmasked_until(visit: Visit, person: Person, now: datetime) -> datetime | None:
    """Until when a visit's shopper is shown to a person; None when they are not."""
    if visit.kind != Kind.MYSTERY or not person.is_unmasker:
        return None
    mine = Unmasking.visit_id == visit.id, Unmasking.by_id == person.id, Unmasking.until > now
    latest = select(Unmasking.until).where(*mine).order_by(Unmasking.until.desc())
    return db.session.scalar(latest.limit(1))
