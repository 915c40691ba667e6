"""Plan, how many visits of each kind a quarter asks of every outlet; and Draw, a draw that was
kept."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspector.checklists.models import Kind
from inspector.clock import Quarter
from inspector.db import Base, Keyed, Utc, db
from inspector.history import record
from inspector.people.models import Branch, Person
from inspector.people.roles import Role
from inspector.problems import Problem

MOST = 20
"""More visits of a kind than this in a quarter are a slip of the finger."""


class Plan(Keyed, Base):
    """The targets of a quarter, once the channel department has set them or kept a draw."""

    __tablename__ = "plan"
    __table_args__ = tuple(
        CheckConstraint(f"{kind.value} BETWEEN 0 AND {MOST}", name=kind.value) for kind in Kind
    )

    quarter: Mapped[str] = mapped_column(String(6), unique=True)
    onsite: Mapped[int]
    offsite: Mapped[int]
    mystery: Mapped[int]
    at: Mapped[datetime] = mapped_column(Utc)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))

    by: Mapped[Person] = relationship()

    @classmethod
    def of(cls, quarter: Quarter) -> "Plan | None":
        """The plan of a quarter, if its targets are not those of the settings."""
        return db.session.scalar(select(cls).where(cls.quarter == str(quarter)))

    @classmethod
    def set_targets(
        cls,
        quarter: Quarter,
        targets: Mapping[str, int],
        *,
        was: Mapping[str, int],
        by: Person,
        at: datetime,
    ) -> "Plan":
        """Ask so many visits of each kind of every outlet. Raises Problem plan.target; the same
        again is harmless."""
        if by.role != Role.CHANNEL:
            raise Problem("permission.denied")
        if any(not 0 <= number <= MOST for number in targets.values()):
            raise Problem("plan.target", most=MOST)
        plan = cls.of(quarter)
        if plan is None:
            plan = cls(id=uuid.uuid4(), quarter=str(quarter), at=at, by=by, **targets)
            db.session.add(plan)
        differs = [kind for kind in targets if was[kind] != targets[kind]]
        for kind in differs:
            setattr(plan, kind, targets[kind])
        if differs:
            plan.at, plan.by = at, by
            before, after = ({kind: of[kind] for kind in differs} for of in (was, targets))
            record(plan, "set_targets", by, at, number=plan.quarter, before=before, after=after)
        return plan

    @property
    def targets(self) -> dict[str, int]:
        """How many visits of each kind."""
        return {kind.value: getattr(self, kind.value) for kind in Kind}


class Draw(Keyed, Base):
    """A draw that was kept: its seed, and what became of what was drawn."""

    __tablename__ = "plan_draw"
    __table_args__ = (
        CheckConstraint("visits > 0", name="visits"),
        CheckConstraint("adjusted BETWEEN 0 AND visits", name="adjusted"),
    )

    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plan.id"), index=True)
    seed: Mapped[str] = mapped_column(String(40))
    kinds: Mapped[str] = mapped_column(String(40))
    """Of which kinds visits were drawn, separated by blanks."""
    subbranch_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("branch.id"))
    """Below which sub-branch; None for all."""
    visits: Mapped[int]
    adjusted: Mapped[int]
    """How many of them people gave another inspector or day."""
    left_out: Mapped[int]
    kept_at: Mapped[datetime] = mapped_column(Utc)
    kept_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))

    kept_by: Mapped[Person] = relationship()
    subbranch: Mapped[Branch | None] = relationship()
