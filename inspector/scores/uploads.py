"""FigureUpload, a file of figures that is looked at before it is imported; and what the columns of
such files mean."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from inspector.db import Base, Keyed, Utc, db
from inspector.history import record
from inspector.people.models import Person


class FigureUpload(Keyed, Base):
    """The bytes of a file until it is imported, so that what was looked at is what is imported."""

    __tablename__ = "figure_upload"
    __table_args__ = (
        CheckConstraint("(imported_at IS NULL) = (content IS NOT NULL)", name="content"),
    )

    quarter: Mapped[str] = mapped_column(String(6))
    name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime] = mapped_column(Utc)
    imported_at: Mapped[datetime | None] = mapped_column(Utc)

    @classmethod
    def take(
        cls, quarter: str, name: str, content: bytes, *, by: Person, at: datetime
    ) -> "FigureUpload":
        """Keep a file to be looked at. What its person did not import before is thrown away."""
        db.session.execute(delete(cls).where(cls.by_id == by.id, cls.imported_at.is_(None)))
        upload = cls(
            id=uuid.uuid4(),
            quarter=quarter,
            name=name[-200:],
            content=content,
            by_id=by.id,
            at=at,
        )
        db.session.add(upload)
        return upload

    def done(self, entries: int, *, by: Person, at: datetime) -> None:
        """It is imported; let go of the bytes."""
        self.imported_at, self.content = at, None
        record(self, "import_figures", by, at, file=self.name, quarter=self.quarter, rows=entries)


class ColumnMeaning(Base):
    """What a head was told to mean, so that the next file of its kind need not be told again."""

    __tablename__ = "column_meaning"

    head: Mapped[str] = mapped_column(String(200), primary_key=True)
    meaning: Mapped[str] = mapped_column(String(20))

    @classmethod
    def remembered(cls) -> dict[str, str]:
        """All meanings by head."""
        return {one.head: one.meaning for one in db.session.scalars(select(cls))}

    @classmethod
    def remember(cls, meanings: Mapping[str, str]) -> None:
        """Keep what the heads of a file were told to mean."""
        for head, meaning in meanings.items():
            db.session.merge(cls(head=head[:200], meaning=meaning))
