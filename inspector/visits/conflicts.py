"""Conflict: two who answered the same item differently, without having seen each other's answer.

Both are kept; the one received later stands until somebody decides (offline.md 4.7).
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspector.checklists.models import Item
from inspector.db import Base, Keyed, Utc, db
from inspector.history import record
from inspector.people.models import Person
from inspector.people.roles import Role
from inspector.problems import Problem
from inspector.visits.lifecycle import WRITABLE
from inspector.visits.models import Visit


class Conflict(Keyed, Base):
    """One field of one answer (`value`, `note`, `place`, `no_photo_reason`, `corrected`) with what
    stood there and what came later. `value`s are kept as they travel: a text, a truth, or None."""

    __tablename__ = "conflict"
    __table_args__ = (
        CheckConstraint("(resolved_at IS NULL) = (resolved_by_id IS NULL)", name="resolved_by"),
    )

    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("item.id"))
    field: Mapped[str] = mapped_column(String(20))
    earlier: Mapped[Any] = mapped_column(JSON)
    earlier_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    earlier_device_at: Mapped[datetime] = mapped_column(Utc)
    earlier_received_at: Mapped[datetime] = mapped_column(Utc)
    earlier_offset_ms: Mapped[int | None]
    """How far the clock of that device was behind ours, where that is worth saying."""
    later: Mapped[Any] = mapped_column(JSON)
    later_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    later_device_at: Mapped[datetime] = mapped_column(Utc)
    later_received_at: Mapped[datetime] = mapped_column(Utc)
    later_offset_ms: Mapped[int | None]
    resolved_at: Mapped[datetime | None] = mapped_column(Utc)
    resolved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    kept: Mapped[Any] = mapped_column(JSON, nullable=True)
    """What was decided to stand."""

    visit: Mapped[Visit] = relationship()
    item: Mapped[Item] = relationship()
    earlier_by: Mapped[Person] = relationship(foreign_keys=earlier_by_id)
    later_by: Mapped[Person] = relationship(foreign_keys=later_by_id)
    resolved_by: Mapped[Person | None] = relationship(foreign_keys=resolved_by_id)

    def resolve(self, *, kept: Any, by: Person, at: datetime) -> None:
        """Note what stands from now on; a second time changes nothing."""
        if self.resolved_at is None:
            self.resolved_at, self.resolved_by_id, self.kept = at, by.id, kept
            other = self.earlier if kept == self.later else self.later
            said = {"kept": kept, "before": {self.field: other}, "after": {self.field: kept}}
            # A shopper's notes are removed one day (domain.md 2.5), and the trail never changes.
            record(self, "resolve", by, at, **({} if self.field == "note" else said))


def conflicts_of(visit: Visit) -> list[Conflict]:
    """All conflicts of a visit, open and resolved, in the order in which they arose."""
    wanted = select(Conflict).where(Conflict.visit_id == visit.id)
    return list(db.session.scalars(wanted.order_by(Conflict.later_received_at, Conflict.id)))


def open_conflicts(visit_id: uuid.UUID) -> list[Conflict]:
    """Those that nobody has decided."""
    wanted = select(Conflict).where(Conflict.visit_id == visit_id, Conflict.resolved_at.is_(None))
    return list(db.session.scalars(wanted.order_by(Conflict.later_received_at, Conflict.id)))


def may_resolve(visit: Visit, by: Person) -> bool:
    """Whether this person decides conflicts of a visit now: its inspector and the channel
    department, as long as it takes entries."""
    return (by.id == visit.inspector_id or by.role == Role.CHANNEL) and visit.stage in WRITABLE


def require_none_open(visit: Visit) -> None:
    """Raise Problem visit.conflict, with the items, while something is undecided."""
    if items := sorted({conflict.item.code for conflict in open_conflicts(visit.id)}):
        missing = [{"item": item, "what": "conflict"} for item in items]
        raise Problem("visit.conflict", count=len(items), missing=missing)
