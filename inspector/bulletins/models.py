"""Bulletin: one that was issued. A draft is no row: it is what the facts say now."""

import uuid
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspector.clock import Quarter
from inspector.db import Base, Keyed, Utc
from inspector.notices.papers.bulletin import BulletinDocument
from inspector.people.models import Person


class Bulletin(Keyed, Base):
    """One bulletin of a quarter. A later edition takes the place of the one before it, which stays
    readable; each has a number of a series of its own."""

    __tablename__ = "bulletin"
    __table_args__ = (
        UniqueConstraint("quarter", "edition"),
        UniqueConstraint("doc_year", "doc_seq"),
        CheckConstraint("edition >= 1", name="edition"),
        CheckConstraint("(edition = 1) = (reason IS NULL)", name="reason"),
    )

    quarter: Mapped[str] = mapped_column(String(6))
    edition: Mapped[int]
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it takes the place of the one before it."""
    freeze_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quarter_freeze.id"))
    """The numbers that it tells."""
    doc_year: Mapped[int]
    doc_seq: Mapped[int]
    issued_at: Mapped[datetime] = mapped_column(Utc)
    issued_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The frozen record from which the PDF was made."""
    pdf_sha256: Mapped[str] = mapped_column(String(64))

    issued_by: Mapped[Person] = relationship()

    @property
    def of(self) -> Quarter:
        """The quarter that it tells of."""
        return Quarter.named(self.quarter)

    @cached_property
    def record(self) -> BulletinDocument:
        """All that it says."""
        return BulletinDocument.from_json(self.document)

    @property
    def number(self) -> str:
        """通〔2026〕1号."""
        return self.record.number
