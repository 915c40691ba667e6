"""Extension (延期): the sub-branch asks for another due day before the first is over, once."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspector import clock
from inspector.db import Base, Keyed, Utc, one_of
from inspector.findings import lifecycle
from inspector.history import record
from inspector.moves import check
from inspector.notices import repeats
from inspector.notices.models import Notice
from inspector.people.models import Person
from inspector.problems import Problem


class Answer(StrEnum):
    """What the channel department said."""

    GRANTED = "granted"
    REFUSED = "refused"


class Extension(Keyed, Base):
    """One request for another due day: asked before the first is over, once, for at most the first
    length again (domain.md 3.5). Both days stay readable whatever is answered."""

    __tablename__ = "extension"
    __table_args__ = (
        CheckConstraint(f"answer IS NULL OR {one_of('answer', Answer)}", name="answer"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_at"),
        CheckConstraint("(answer IS NULL) = (answered_by_id IS NULL)", name="answered_by"),
        CheckConstraint("wanted_on > due_on", name="later"),
    )

    notice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("notice.id"), unique=True)
    due_on: Mapped[date]
    """The due day when it was asked."""
    wanted_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(Utc)
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str | None] = mapped_column(String(10))
    remark: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(Utc)
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))

    notice: Mapped[Notice] = relationship(back_populates="extension")

    @classmethod
    def ask(
        cls,
        notice: Notice,
        *,
        wanted_on: date,
        reason: str,
        sections: frozenset[str],
        by: Person,
        at: datetime,
    ) -> "Extension":
        """Ask for another due day, for an item of one of `sections` (facilities, by the setting).

        Raises Problem extension.once, extension.section, extension.late after the due day, and
        extension.too_long beyond the first length.
        """
        rectification = notice.rectification
        check(lifecycle.MOVES, "ask_extension", by.role, rectification.stage)
        if not reason.strip():
            raise Problem("reason.needed")
        if notice.extension is not None:
            raise Problem("extension.once")
        if notice.finding.item.section.code not in sections:
            raise Problem("extension.section")
        due_on = rectification.due_on
        assert due_on is not None  # the stage says so
        if due_on < clock.day(at):
            raise Problem("extension.late")
        latest = clock.days_after(due_on, max(notice.finding.rectify_days, 1))
        if not due_on < wanted_on <= latest:
            raise Problem("extension.too_long", latest=latest.isoformat())
        asked = cls(
            id=uuid.uuid4(),
            due_on=due_on,
            wanted_on=wanted_on,
            reason=reason.strip(),
            asked_at=at,
            asked_by_id=by.id,
        )
        notice.extension = asked
        record(
            rectification,
            "ask_extension",
            by,
            at,
            remark=asked.reason,
            due_on=wanted_on.isoformat(),
        )
        return asked

    @property
    def is_open(self) -> bool:
        """Whether it waits for its answer, and an answer could still change something."""
        waiting = self.notice.rectification.stage in lifecycle.NOT_REPORTED
        return self.answer is None and self.notice.withdrawn_at is None and waiting

    def grant(self, *, remark: str, by: Person, at: datetime) -> None:
        """From now on the wanted day is the due day."""
        self._answer(Answer.GRANTED, remark, by, at)
        self.notice.rectification.due_on = self.wanted_on
        was, now = self.due_on.isoformat(), self.wanted_on.isoformat()
        self._record("grant_extension", by, at, before={"due_on": was}, after={"due_on": now})
        repeats.recount_like(self.notice.rectification, by=by, at=at)

    def refuse(self, *, reason: str, by: Person, at: datetime) -> None:
        """The due day stays."""
        if not reason.strip():
            raise Problem("reason.needed")
        self._answer(Answer.REFUSED, reason, by, at)
        self._record("refuse_extension", by, at)

    def _answer(self, answer: Answer, remark: str, by: Person, at: datetime) -> None:
        stage = self.notice.rectification.stage
        check(lifecycle.MOVES, "decide_extension", by.role, stage)
        if not self.is_open:
            raise Problem("move.not_now", stage=stage.value)
        self.answer, self.remark = answer, remark.strip()
        self.answered_at, self.answered_by_id = at, by.id

    def _record(self, verb: str, by: Person, at: datetime, **told: Any) -> None:
        record(self.notice.rectification, verb, by, at, remark=self.remark, **told)
