"""Appeal (申诉): the sub-branch disputes a finding; a panel decides (domain.md 3.6)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspector import clock
from inspector.db import Base, Keyed, Utc, one_of
from inspector.findings import lifecycle as rectifications
from inspector.findings.raising import score_of
from inspector.history import record
from inspector.moves import check, may
from inspector.notices import repeats
from inspector.notices.lifecycle import APPEAL_MOVES as MOVES
from inspector.notices.lifecycle import AppealStage as Stage
from inspector.notices.models import Notice
from inspector.people.models import Person
from inspector.photos.models import Picture
from inspector.problems import Problem


class Ground(StrEnum):
    """What is disputed."""

    FACT = "fact"
    APPLICABILITY = "applicability"


@dataclass(frozen=True)
class Member:
    """Who sat on the panel, for which department."""

    person: Person
    department: str


class Appeal(Keyed, Base):
    """The one appeal against a notice: filed, accepted or refused by the channel department within
    days, then upheld or overturned by a panel of at least two departments."""

    __tablename__ = "appeal"
    __table_args__ = (
        CheckConstraint(one_of("ground", Ground), name="ground"),
        CheckConstraint("(accepted_at IS NULL) = (accepted_by_id IS NULL)", name="accepted_by"),
        CheckConstraint("(refused_at IS NULL) = (refused_by_id IS NULL)", name="refused_by"),
        CheckConstraint("refused_at IS NULL OR accepted_at IS NULL", name="one_answer"),
        CheckConstraint("(decided_at IS NULL) = (decided_by_id IS NULL)", name="decided_by"),
        CheckConstraint("(decided_at IS NULL) = (overturned IS NULL)", name="decision"),
        CheckConstraint("decided_at IS NULL OR accepted_at IS NOT NULL", name="decided_accepted"),
    )

    notice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("notice.id"), unique=True)
    ground: Mapped[str] = mapped_column(String(15))
    statement: Mapped[str] = mapped_column(Text)
    filed_at: Mapped[datetime] = mapped_column(Utc)
    filed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    accepted_at: Mapped[datetime | None] = mapped_column(Utc)
    accepted_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    refused_at: Mapped[datetime | None] = mapped_column(Utc)
    refused_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Utc)
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    overturned: Mapped[bool | None]
    remark: Mapped[str] = mapped_column(Text, default="")
    """The reason of the refusal, or of the panel's decision."""

    notice: Mapped[Notice] = relationship(back_populates="appeal")
    photos: Mapped[list["AppealPhoto"]] = relationship(back_populates="appeal", lazy="selectin")
    panel: Mapped[list["PanelSeat"]] = relationship(
        order_by="PanelSeat.department", back_populates="appeal", lazy="selectin"
    )

    @classmethod
    def file(
        cls,
        notice: Notice,
        *,
        ground: str,
        statement: str,
        photos: Sequence[Picture],
        by: Person,
        at: datetime,
    ) -> "Appeal":
        """Appeal against a notice, with evidence, until the day printed on it.

        Raises Problem appeal.late after that day, and appeal.once for a second one.
        """
        check(MOVES, "file", by.role, Stage.NONE if notice.appeal is None else notice.appeal.stage)
        check(rectifications.MOVES, "appeal", by.role, notice.rectification.stage)
        if not statement.strip():
            raise Problem("reason.needed")
        if clock.day(at) > notice.appeal_until:
            raise Problem("appeal.late", until=notice.appeal_until.isoformat())
        unlike = {picture.sha256: picture for picture in photos}
        appeal = cls(
            id=uuid.uuid4(),
            ground=Ground(ground),
            statement=statement.strip(),
            filed_at=at,
            filed_by_id=by.id,
            photos=[AppealPhoto(id=uuid.uuid4(), picture=picture) for picture in unlike.values()],
        )
        notice.appeal = appeal
        record(notice, "appeal", by, at, remark=appeal.statement)
        return appeal

    @property
    def stage(self) -> Stage:
        """How far the appeal has come."""
        if self.decided_at is not None:
            return Stage.OVERTURNED if self.overturned else Stage.UPHELD
        if self.refused_at is not None:
            return Stage.REFUSED
        return Stage.ACCEPTED if self.accepted_at is not None else Stage.FILED

    def may(self, move: str, by: Person) -> bool:
        """Whether this person can take that step now; nobody decides about their own decision."""
        rectification = self.notice.rectification
        if move == "accept" and not rectification.may("pause", by):
            return False  # what was reported meanwhile has no clock to stop
        in_force = self.notice.withdrawn_at is None
        return in_force and not self._recused(move, by) and may(MOVES, move, by.role, self.stage)

    def accept(self, *, by: Person, at: datetime) -> None:
        """Take it up: the clock stops until the panel has decided."""
        self._check("accept", by)
        self.notice.rectification.pause(by=by, at=at)
        self.accepted_at, self.accepted_by_id = at, by.id
        record(self.notice, "accept_appeal", by, at)
        repeats.recount_like(self.notice.rectification, by=by, at=at)

    def refuse(self, *, reason: str, by: Person, at: datetime) -> None:
        """Do not take it up; the clock has not stopped."""
        self._check("refuse", by)
        if not reason.strip():
            raise Problem("reason.needed")
        self.refused_at, self.refused_by_id, self.remark = at, by.id, reason.strip()
        record(self.notice, "refuse_appeal", by, at, remark=self.remark)

    def uphold(self, *, reason: str, panel: Sequence[Member], by: Person, at: datetime) -> None:
        """The finding stands: the clock goes on with the days that were left."""
        self._decide("uphold", reason, panel, by, at, overturned=False)
        self.notice.rectification.resume(by=by, at=at)
        record(self.notice, "uphold", by, at, remark=self.remark)
        repeats.recount_like(self.notice.rectification, by=by, at=at)

    def overturn(self, *, reason: str, panel: Sequence[Member], by: Person, at: datetime) -> None:
        """The finding does not stand: finding and notice are withdrawn, the points come back."""
        self._decide("overturn", reason, panel, by, at, overturned=True)
        record(self.notice, "overturn", by, at, remark=self.remark)
        self.notice.rectification.paused_at = None
        finding = self.notice.finding
        finding.withdraw(reason=self.remark, by=by, at=at)
        self.notice.take_back(reason=self.remark, by=by, at=at)
        repeats.recount_like(self.notice.rectification, by=by, at=at)
        finding.visit.score = score_of(finding.visit).value

    def _decide(
        self,
        move: str,
        reason: str,
        panel: Sequence[Member],
        by: Person,
        at: datetime,
        *,
        overturned: bool,
    ) -> None:
        self._check(move, by)
        if not reason.strip():
            raise Problem("reason.needed")
        if self._recused(move, by) or any(self._recused(move, m.person) for m in panel):
            raise Problem("appeal.recusal")
        departments = {member.department.strip() for member in panel} - {""}
        people = {member.person.id for member in panel}
        if not PANEL <= len(departments) == len(people) == len(panel):
            raise Problem("appeal.panel", least=PANEL)
        self.panel = [
            PanelSeat(id=uuid.uuid4(), person_id=m.person.id, department=m.department.strip())
            for m in panel
        ]
        self.decided_at, self.decided_by_id = at, by.id
        self.overturned, self.remark = overturned, reason.strip()

    def _check(self, move: str, by: Person) -> None:
        """The table of moves; and with a notice that was withdrawn its appeal is over, too."""
        check(MOVES, move, by.role, self.stage)
        if self.notice.withdrawn_at is not None:
            raise Problem("move.not_now", stage=self.notice.stage.value)

    def _recused(self, move: str, person: Person) -> bool:
        """Who confirmed the finding does not decide about it (domain.md 3.1)."""
        confirmed = self.notice.finding.decided_by_id
        return move in {"uphold", "overturn"} and person.id == confirmed


PANEL: Final = 2
"""How many departments a panel has at least."""


class AppealPhoto(Keyed, Base):
    """A photo that the sub-branch gives as evidence."""

    __tablename__ = "appeal_photo"
    __table_args__ = (UniqueConstraint("appeal_id", "sha256"),)

    appeal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal.id"))
    sha256: Mapped[str] = mapped_column(ForeignKey("picture.sha256"))

    appeal: Mapped[Appeal] = relationship(back_populates="photos")
    picture: Mapped[Picture] = relationship()


class PanelSeat(Keyed, Base):
    """Who decided an appeal, for which department."""

    __tablename__ = "panel_seat"
    __table_args__ = (
        UniqueConstraint("appeal_id", "person_id"),
        UniqueConstraint("appeal_id", "department"),
    )

    appeal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("appeal.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    department: Mapped[str] = mapped_column(String(60))

    appeal: Mapped[Appeal] = relationship(back_populates="panel")
    person: Mapped[Person] = relationship()
