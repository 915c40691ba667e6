"""SavedView: filters of the ledger that somebody gave a name."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspector.db import Base, Keyed, Utc, db
from inspector.history import record
from inspector.ledger.filters import Filters
from inspector.people.models import Person
from inspector.people.roles import Role
from inspector.problems import Problem


class SavedView(Keyed, Base):
    """A person's own, which the channel department can share with the whole desk."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("person_id", "name"),)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What the address says: Filters.query."""
    shared: Mapped[bool] = mapped_column(default=False, index=True)
    saved_at: Mapped[datetime] = mapped_column(Utc)

    person: Mapped[Person] = relationship()

    @classmethod
    def save(cls, *, name: str, filters: Filters, by: Person, at: datetime) -> "SavedView":
        """Name the filters. Raises Problem view.taken for a name that the person used already,
        unless it was for the same filters: pressed twice, it is saved once."""
        name = _spelt(name)
        for view in db.session.query(cls).filter_by(person_id=by.id, name=name):
            if view.query == filters.query:
                return view
            raise Problem("view.taken")
        view = cls(id=uuid.uuid4(), person=by, name=name, query=filters.query, saved_at=at)
        db.session.add(view)
        record(view, "save_view", by, at, name=name)
        return view

    @property
    def filters(self) -> Filters:
        """What it is a name for. Raises ValueError for what an earlier version could say."""
        return Filters.of(self.query)

    def change(self, *, name: str, shared: bool, by: Person, at: datetime) -> None:
        """Rename it, and share it or no more. Raises Problem view.taken, and permission.denied for
        whoever is not of the channel department and wants to share."""
        name = _spelt(name)
        if shared and by.role != Role.CHANNEL:
            raise Problem("permission.denied")
        same = db.session.query(SavedView).filter_by(person_id=self.person_id, name=name)
        if any(view.id != self.id for view in same):
            raise Problem("view.taken")
        if (self.name, self.shared) != (name, shared):
            self.name, self.shared = name, shared
            record(self, "change_view", by, at, name=name, shared=shared)

    def delete(self, *, by: Person, at: datetime) -> None:
        """Forget it; the rows stay as they are."""
        record(self, "delete_view", by, at, name=self.name)
        db.session.delete(self)


def _spelt(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > SavedView.__table__.c.name.type.length:  # type: ignore[attr-defined]
        raise Problem("form.invalid")
    return name
