"""Accepted risk: what the sub-branch says cannot be put right (landlord, building law), and what
the leader decides about it (domain.md 3.5)."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspector import clock
from inspector.db import Base, Keyed, Utc, index_where, one_of
from inspector.findings import lifecycle
from inspector.history import record
from inspector.moves import check
from inspector.notices import repeats
from inspector.notices.models import Notice
from inspector.people.models import Person
from inspector.problems import Problem


class Answer(StrEnum):
    """What the leader decided."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


class Risk(Keyed, Base):
    """One request to close a rectification that cannot be done. One at a time waits for an answer;
    a refused one may be asked again with better reasons."""

    __tablename__ = "risk"
    __table_args__ = (
        CheckConstraint(f"answer IS NULL OR {one_of('answer', Answer)}", name="answer"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_at"),
        CheckConstraint("(answer IS NULL) = (answered_by_id IS NULL)", name="answered_by"),
        CheckConstraint(
            "(review_on IS NOT NULL) = (answer IS NOT NULL AND answer = 'accepted')",
            name="review_if_accepted",
        ),
        index_where("uq_risk_one_waiting", "notice_id", where="answer IS NULL", unique=True),
    )

    notice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("notice.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(Utc)
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str | None] = mapped_column(String(10))
    remark: Mapped[str] = mapped_column(Text, default="")
    review_on: Mapped[date | None]
    answered_at: Mapped[datetime | None] = mapped_column(Utc)
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))

    notice: Mapped[Notice] = relationship(back_populates="risks")

    @classmethod
    def ask(cls, notice: Notice, *, reason: str, by: Person, at: datetime) -> "Risk":
        """Say that it cannot be put right, and why. The clock runs on until it is decided."""
        check(lifecycle.MOVES, "ask_risk", by.role, notice.rectification.stage)
        if not reason.strip():
            raise Problem("reason.needed")
        if any(risk.answer is None for risk in notice.risks):
            raise Problem("risk.waiting")
        asked = cls(id=uuid.uuid4(), reason=reason.strip(), asked_at=at, asked_by_id=by.id)
        notice.risks.append(asked)
        record(notice.rectification, "ask_risk", by, at, remark=asked.reason)
        return asked

    @property
    def is_open(self) -> bool:
        """Whether it waits for its answer, and an answer could still change something."""
        waiting = self.notice.rectification.stage in lifecycle.WAITING_FOR_BRANCH
        return self.answer is None and self.notice.withdrawn_at is None and waiting

    def accept(self, *, remark: str, review_on: date, by: Person, at: datetime) -> None:
        """Close it as an accepted risk, to be looked at again on a later day."""
        if review_on <= clock.day(at):
            raise Problem("due.past")
        self._answer("accept_risk", Answer.ACCEPTED, remark, by, at)
        self.review_on = review_on
        self.notice.rectification.accept_risk(review_on=review_on, by=by, at=at)
        repeats.recount_like(self.notice.rectification, by=by, at=at)

    def refuse(self, *, reason: str, by: Person, at: datetime) -> None:
        """It is to be put right all the same; the due day stays."""
        if not reason.strip():
            raise Problem("reason.needed")
        self._answer("refuse_risk", Answer.REFUSED, reason, by, at)
        record(self.notice.rectification, "refuse_risk", by, at, remark=self.remark)

    def _answer(self, move: str, answer: Answer, remark: str, by: Person, at: datetime) -> None:
        stage = self.notice.rectification.stage
        check(lifecycle.MOVES, move, by.role, stage)
        if not self.is_open:
            raise Problem("move.not_now", stage=stage.value)
        self.answer, self.remark = answer, remark.strip()
        self.answered_at, self.answered_by_id = at, by.id
