"""Upload: a file of people or branches that somebody looks at before it is imported."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, delete
from sqlalchemy.orm import Mapped, mapped_column

from inspector.db import Base, Keyed, Utc, db, one_of
from inspector.history import record
from inspector.people.importing import Plan, Verdict
from inspector.people.models import Person


class Noun(StrEnum):
    """What a file holds."""

    PEOPLE = "people"
    BRANCHES = "branches"


class Upload(Keyed, Base):
    """The bytes of a file until it is imported, so that what was looked at is what is imported."""

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint(one_of("noun", Noun), name="noun"),
        CheckConstraint("(imported_at IS NULL) = (content IS NOT NULL)", name="content"),
    )

    noun: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime] = mapped_column(Utc)
    imported_at: Mapped[datetime | None] = mapped_column(Utc)

    @classmethod
    def take(cls, noun: str, name: str, content: bytes, *, by: Person, at: datetime) -> "Upload":
        """Keep a file to be looked at. What its person did not import before is thrown away."""
        theirs = cls.by_id == by.id, cls.imported_at.is_(None)
        db.session.execute(delete(cls).where(*theirs))
        upload = cls(
            id=uuid.uuid4(), noun=noun, name=name[-200:], content=content, by_id=by.id, at=at
        )
        db.session.add(upload)
        return upload

    def carry_out(self, plan: Plan, *, by: Person, at: datetime) -> None:
        """Import what its plan says, and let go of the bytes."""
        plan.do(by=by, at=at)
        self.imported_at, self.content = at, None
        added, changed = (len(plan.having(verdict)) for verdict in (Verdict.ADD, Verdict.CHANGE))
        said = {"noun": self.noun, "file": self.name, "added": added, "changed": changed}
        record(self, "import", by, at, after=said)
