"""Notice, the rectification notice (整改通知书) of one rectification; and its acknowledgement."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspector.db import Base, Keyed, Utc, db, insert_if_new
from inspector.findings.lifecycle import Mode
from inspector.findings.models import Finding, Rectification
from inspector.history import record
from inspector.moves import check, may
from inspector.notices import lifecycle
from inspector.notices.lifecycle import Facts, Stage
from inspector.people.models import Person
from inspector.people.roles import BRANCH_SIDE

ISSUED_TOGETHER = ("doc_year", "doc_seq", "issued_by_id", "due_on", "document", "pdf_sha256")


class Notice(Keyed, Base):
    """One notice for one rectification (domain.md 3.9). A number is assigned at issue, on the
    server, gap-free within its year, and never used again."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("doc_year", "doc_seq"),
        Index(
            "uq_notice_one_active",
            "rectification_id",
            unique=True,
            sqlite_where=db.text("withdrawn_at IS NULL"),
            postgresql_where=db.text("withdrawn_at IS NULL"),
        ),
        *(
            CheckConstraint(f"(issued_at IS NULL) = ({column} IS NULL)", name=f"issued_{column}")
            for column in ISSUED_TOGETHER
        ),
        CheckConstraint("withdrawn_at IS NULL OR issued_at IS NOT NULL", name="withdrawn_issued"),
    )

    rectification_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rectification.id"), index=True)
    drafted_at: Mapped[datetime] = mapped_column(Utc)
    doc_year: Mapped[int | None]
    doc_seq: Mapped[int | None]
    issued_at: Mapped[datetime | None] = mapped_column(Utc)
    issued_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date | None]
    """The day printed on the paper; the rectification carries the day that counts."""
    document: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """The frozen record from which the PDF was made."""
    pdf_sha256: Mapped[str | None] = mapped_column(String(64))
    viewed_at: Mapped[datetime | None] = mapped_column(Utc)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Utc)

    rectification: Mapped[Rectification] = relationship(back_populates="notices")
    issued_by: Mapped[Person | None] = relationship()
    acknowledgement: Mapped["Acknowledgement | None"] = relationship(
        back_populates="notice", lazy="selectin"
    )

    @classmethod
    def draft(cls, rectification: Rectification, *, at: datetime) -> "Notice | None":
        """The one draft of a rectification that needs a notice; None when it was on the spot."""
        if rectification.mode == Mode.ON_SPOT:
            return None
        if rectification.notice is None:
            rectification.notices.append(cls(id=uuid.uuid4(), drafted_at=at))
        return rectification.notice

    @property
    def finding(self) -> Finding:
        """The one finding this notice is about."""
        return self.rectification.finding

    @property
    def number(self) -> str | None:
        """〔2026〕17号, without leading zeros (domain.md 2.7); None for a draft."""
        return f"〔{self.doc_year}〕{self.doc_seq}号" if self.doc_seq else None

    @property
    def facts(self) -> Facts:
        """What happened so far, as the lifecycle needs it."""
        return Facts(
            issued=self.issued_at is not None,
            acknowledged=self.acknowledgement is not None,
            rectified=self.rectification.closed_at is not None,
            withdrawn=self.withdrawn_at is not None,
        )

    @property
    def stage(self) -> Stage:
        """How far the notice has come."""
        return lifecycle.stage_of(self.facts)

    def may(self, move: str, by: Person) -> bool:
        """Whether this person can take that step now."""
        return may(lifecycle.MOVES, move, by.role, self.stage)

    def view(self, *, by: Person, at: datetime) -> None:
        """Note when the branch first opened the notice; a field, not a stage."""
        if self.viewed_at is None and self.stage == Stage.ISSUED:
            self.viewed_at = at
            record(self, "view", by, at)

    def acknowledge(self, *, post: str, by: Person, at: datetime) -> "Acknowledgement":
        """Sign for the notice, by post; the branch then begins. Twice is harmless."""
        if self.acknowledgement is not None and by.role in BRANCH_SIDE:
            return self.acknowledgement
        check(lifecycle.MOVES, "acknowledge", by.role, self.stage)
        self.viewed_at = self.viewed_at or at
        self.acknowledgement = Acknowledgement(id=uuid.uuid4(), at=at, by=by, post=post.strip())
        self.rectification.begin(by=by, at=at)
        record(self, "acknowledge", by, at, post=post.strip())
        return self.acknowledgement


class Acknowledgement(Keyed, Base):
    """That a branch has received a notice: who, in which post, when."""

    __tablename__ = "acknowledgement"

    notice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("notice.id"), unique=True)
    at: Mapped[datetime] = mapped_column(Utc)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    post: Mapped[str] = mapped_column(String(40))

    notice: Mapped[Notice] = relationship(back_populates="acknowledgement")
    by: Mapped[Person] = relationship()


class DocumentNumber(Base):
    """The last number given out in a year. Its row is locked until the issuing transaction ends, so
    that numbers have no gaps: whoever fails gives theirs back."""

    __tablename__ = "document_number"

    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)

    @classmethod
    def next(cls, year: int) -> int:
        """The next number of a year, for the transaction that is under way."""
        insert_if_new(cls, year=year, last=0)
        taken = update(cls).where(cls.year == year).values(last=cls.last + 1).returning(cls.last)
        return db.session.execute(taken).scalar_one()
