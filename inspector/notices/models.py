"""Notice, the rectification notice (整改通知书) of one rectification; and its acknowledgement."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspector.db import Base, Keyed, Utc, db, index_where, insert_if_new
from inspector.findings import lifecycle as rectifications
from inspector.findings.lifecycle import Mode
from inspector.findings.models import Finding, Rectification
from inspector.history import record
from inspector.moves import check, may
from inspector.notices import lifecycle
from inspector.notices.lifecycle import Facts, Stage
from inspector.notices.numbers import number_of
from inspector.people.models import Person
from inspector.people.roles import BRANCH_SIDE
from inspector.problems import Problem

if TYPE_CHECKING:
    from inspector.notices.appeals import Appeal
    from inspector.notices.extensions import Extension
    from inspector.notices.risks import Risk
    from inspector.notices.warnings import WarningOrder

ISSUED_TOGETHER = ("doc_year", "doc_seq", "issued_by_id", "due_on", "document", "pdf_sha256")


class Notice(Keyed, Base):
    """One notice for one rectification (domain.md 3.9). A number is assigned at issue, on the
    server, gap-free within its year, and never used again."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("doc_year", "doc_seq"),
        index_where(
            "uq_notice_one_active", "rectification_id", where="withdrawn_at IS NULL", unique=True
        ),
        index_where("ix_notice_unissued", "drafted_at", where="issued_at IS NULL"),
        *(
            CheckConstraint(f"(issued_at IS NULL) = ({column} IS NULL)", name=f"issued_{column}")
            for column in ISSUED_TOGETHER
        ),
        CheckConstraint("withdrawn_at IS NULL OR issued_at IS NOT NULL", name="withdrawn_issued"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", name="withdrawn_by"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name="withdrawn_why"
        ),
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
    withdrawn_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)
    supersedes_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("notice.id"), unique=True)
    """The withdrawn notice that this one stands in for."""

    rectification: Mapped[Rectification] = relationship(back_populates="notices")
    issued_by: Mapped[Person | None] = relationship(foreign_keys=issued_by_id)
    supersedes: Mapped["Notice | None"] = relationship(
        remote_side="Notice.id", back_populates="superseded_by"
    )
    superseded_by: Mapped["Notice | None"] = relationship(back_populates="supersedes")
    extension: Mapped["Extension | None"] = relationship(back_populates="notice", lazy="selectin")
    risks: Mapped[list["Risk"]] = relationship(
        order_by="Risk.asked_at", back_populates="notice", lazy="selectin"
    )
    appeal: Mapped["Appeal | None"] = relationship(back_populates="notice", lazy="selectin")
    acknowledgement: Mapped["Acknowledgement | None"] = relationship(
        back_populates="notice", lazy="selectin"
    )
    warning: Mapped["WarningOrder | None"] = relationship(back_populates="notice", lazy="selectin")

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
        return number_of(self.doc_year, self.doc_seq) or None

    @property
    def facts(self) -> Facts:
        """What happened so far, as the lifecycle needs it."""
        return Facts(
            held=self.finding.visit.is_secret,
            issued=self.issued_at is not None,
            acknowledged=self.acknowledgement is not None,
            rectified=self.rectification.closed_at is not None,
            withdrawn=self.withdrawn_at is not None,
        )

    @property
    def stage(self) -> Stage:
        """How far the notice has come."""
        return lifecycle.stage_of(self.facts)

    @property
    def appeal_until(self) -> date:
        """The last day for an appeal, as the paper says."""
        assert self.document is not None  # only an issued notice can be appealed against
        return date.fromisoformat(self.document["appeal_until"])

    def may(self, move: str, by: Person) -> bool:
        """Whether this person can take that step now."""
        return may(lifecycle.MOVES, move, by.role, self.stage)

    def reissue(self, *, reason: str, by: Person, at: datetime) -> "Notice":
        """Withdraw this notice and draft the one that stands in for it: the number is kept and
        never used again, the new one points back (domain.md 3.4). Returns the draft."""
        check(lifecycle.MOVES, "reissue", by.role, self.stage)
        check(rectifications.MOVES, "reissue", by.role, self.rectification.stage)
        self.take_back(reason=reason, by=by, at=at)
        db.session.flush()  # before the draft: only one notice may be in force
        draft = Notice(id=uuid.uuid4(), drafted_at=at)
        self.rectification.notices.append(draft)
        draft.supersedes = self
        # The clock of the new notice begins with its issue; what was stands on this one.
        self.rectification.due_on = self.rectification.begun_at = None
        return draft

    def take_back(self, *, reason: str, by: Person, at: datetime) -> None:
        """Withdraw the paper itself, with a reason."""
        if not reason.strip():
            raise Problem("reason.needed")
        self.withdrawn_at, self.withdrawn_by_id = at, by.id
        self.withdrawn_reason = reason.strip()
        record(self, "withdraw", by, at, remark=self.withdrawn_reason)

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


class Series(StrEnum):
    """The runs of document numbers: each counts for itself, year by year."""

    NOTICE = "notice"
    WARNING = "warning"
    BULLETIN = "bulletin"


class DocumentNumber(Base):
    """The last number given out in a year of a series. Its row is locked until the issuing
    transaction ends, so that numbers have no gaps: whoever fails gives theirs back."""

    __tablename__ = "document_series"

    series: Mapped[str] = mapped_column(String(10), primary_key=True, default=Series.NOTICE)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)

    @classmethod
    def next(cls, year: int, series: Series = Series.NOTICE) -> int:
        """The next number of a year, for the transaction that is under way."""
        insert_if_new(cls, series=series, year=year, last=0)
        taken = update(cls).where(cls.series == series, cls.year == year)
        return db.session.execute(taken.values(last=cls.last + 1).returning(cls.last)).scalar_one()
