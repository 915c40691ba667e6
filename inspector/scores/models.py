"""Freeze, the numbers of a quarter as they were locked, with all that they were made of; the lines
that adjust them afterwards; and O, what comes from outside."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspector.checklists.models import Kind
from inspector.clock import Quarter
from inspector.db import Base, Exact, Keyed, Utc, index_where, one_of
from inspector.decimals import Hundredths
from inspector.history import record
from inspector.moves import check
from inspector.people.models import Branch, Level, Person
from inspector.problems import Problem
from inspector.scores import lifecycle
from inspector.scores.lateness import Lateness
from inspector.scores.lifecycle import Facts, Stage
from inspector.scores.rules import Rules


class Freeze(Keyed, Base):
    """That a quarter was locked, by which rules. Of each quarter one stands; what the leader has
    given back stays readable. None of its numbers is ever changed."""

    __tablename__ = "quarter_freeze"  # FREEZE alone is a word of PostgreSQL
    __table_args__ = (
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name="confirmed_by"),
        CheckConstraint("(returned_at IS NULL) = (returned_by_id IS NULL)", name="returned_by"),
        CheckConstraint("(returned_at IS NULL) = (return_reason IS NULL)", name="returned_why"),
        CheckConstraint("confirmed_at IS NULL OR returned_at IS NULL", name="one_answer"),
        CheckConstraint("confirmed_by_id <> frozen_by_id", name="recusal"),
        index_where(
            "uq_quarter_freeze_stands", "quarter", where="returned_at IS NULL", unique=True
        ),
    )

    quarter: Mapped[str] = mapped_column(String(6))
    starts_at: Mapped[datetime] = mapped_column(Utc)
    ends_at: Mapped[datetime] = mapped_column(Utc)
    rule_version: Mapped[int]
    rules: Mapped[dict[str, str]] = mapped_column(JSON)
    frozen_at: Mapped[datetime] = mapped_column(Utc)
    frozen_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(Utc)
    confirmed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    returned_at: Mapped[datetime | None] = mapped_column(Utc)
    returned_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    return_reason: Mapped[str | None] = mapped_column(Text)

    frozen_by: Mapped[Person] = relationship(foreign_keys=frozen_by_id)
    confirmed_by: Mapped[Person | None] = relationship(foreign_keys=confirmed_by_id)
    returned_by: Mapped[Person | None] = relationship(foreign_keys=returned_by_id)

    @property
    def of(self) -> Quarter:
        """The quarter that was frozen."""
        return Quarter.named(self.quarter)

    @property
    def stage(self) -> Stage:
        """How far the quarter has come."""
        stands = self.returned_at is None
        return lifecycle.stage_of(Facts(frozen=stands, confirmed=self.confirmed_at is not None))

    @property
    def kept_rules(self) -> Rules:
        """The numbers of the formula that it was frozen by."""
        return Rules.read(self.rules)

    def confirm(self, *, by: Person, at: datetime) -> None:
        """The leader agrees; twice is harmless."""
        if self.confirmed_at is not None and by.id == self.confirmed_by_id:
            return
        check(lifecycle.MOVES, "confirm", by.role, self.stage)
        self.confirmed_at, self.confirmed_by_id = at, by.id
        record(self, "confirm_quarter", by, at, quarter=self.quarter)

    def give_back(self, *, reason: str, by: Person, at: datetime) -> None:
        """The leader does not agree: the quarter is a draft again, to be frozen anew."""
        check(lifecycle.MOVES, "give_back", by.role, self.stage)
        if not reason.strip():
            raise Problem("reason.needed")
        self.returned_at, self.returned_by_id = at, by.id
        self.return_reason = reason.strip()
        record(self, "give_back_quarter", by, at, quarter=self.quarter, remark=self.return_reason)


class FreezeOrder(Base):
    """That a quarter is to be frozen by the worker: who ordered it, and what spoke against it."""

    __tablename__ = "freeze_order"

    quarter: Mapped[str] = mapped_column(String(6), primary_key=True)
    at: Mapped[datetime] = mapped_column(Utc)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    begun_at: Mapped[datetime | None] = mapped_column(Utc)
    failure: Mapped[str | None] = mapped_column(String(40))
    """The code of a problem; then the quarter can be ordered again."""

    by: Mapped[Person] = relationship()

    @property
    def why_not(self) -> str:
        """What spoke against it, as a message."""
        return Problem(self.failure).sentence if self.failure else ""


class QuarterScore(Keyed, Base):
    """One unit's numbers in a frozen quarter, with its name and place in the tree of that day."""

    __tablename__ = "quarter_score"
    __table_args__ = (
        UniqueConstraint("freeze_id", "branch_id"),
        CheckConstraint(one_of("level", Level), name="level"),
        Index(None, "freeze_id", "parent_id"),
        Index(None, "freeze_id", "level"),
    )

    freeze_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quarter_freeze.id"))
    branch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("branch.id"), index=True)
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("branch.id"))
    level: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(20))
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120))
    outlets: Mapped[int]
    inspected: Mapped[int]
    before: Mapped[Decimal | None] = mapped_column(Exact)
    """Of an outlet, what lateness was taken off."""
    late: Mapped[int]
    deduction: Mapped[Decimal] = mapped_column(Exact)
    value: Mapped[Decimal | None] = mapped_column(Exact)
    """I of domain.md 3.7; None where no visit counts."""
    contribution: Mapped[Decimal | None] = mapped_column(Exact)
    """Points of 40, without adjustments."""
    adjusted: Mapped[Decimal] = mapped_column(Exact)
    """What adjustments of earlier quarters add to them."""


class CountedVisit(Keyed, Base):
    """A visit that a frozen quarter counts: its score, and how its findings stood."""

    __tablename__ = "counted_visit"
    __table_args__ = (
        UniqueConstraint("freeze_id", "visit_id"),
        CheckConstraint(one_of("kind", Kind), name="kind"),
        Index(None, "freeze_id", "branch_id"),
    )

    freeze_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quarter_freeze.id"))
    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    branch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("branch.id"))
    """The outlet that it counted for."""
    kind: Mapped[str] = mapped_column(String(10))
    score: Mapped[Decimal] = mapped_column(Exact)
    marks: Mapped[dict[str, Any]] = mapped_column(JSON)
    """By item code the standing and the occurrence of each finding: with the answers, which do not
    change, all that its score is made of."""


class CountedLateness(Keyed, Base):
    """A notice that a frozen quarter counts as late."""

    __tablename__ = "counted_lateness"
    __table_args__ = (
        UniqueConstraint("freeze_id", "notice_id"),
        CheckConstraint(one_of("how", Lateness), name="how"),
        Index(None, "freeze_id", "branch_id"),
    )

    freeze_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quarter_freeze.id"))
    notice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("notice.id"), index=True)
    branch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("branch.id"))
    how: Mapped[str] = mapped_column(String(12))
    due_on: Mapped[date]
    days: Mapped[int]


class Adjustment(Keyed, Base):
    """One line that a frozen quarter carries for an earlier one: what became different, who did it
    and why, and by how much the sub-branch's score would be another."""

    __tablename__ = "adjustment"
    __table_args__ = (
        UniqueConstraint("freeze_id", "position"),
        CheckConstraint("(visit_id IS NULL) <> (notice_id IS NULL)", name="one_cause"),
    )

    freeze_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quarter_freeze.id"))
    position: Mapped[int]
    quarter: Mapped[str] = mapped_column(String(6))
    """The earlier quarter whose number it would be."""
    subbranch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("branch.id"), index=True)
    outlet_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("branch.id"))
    cause: Mapped[str] = mapped_column(String(12))
    visit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("visit.id"))
    notice_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("notice.id"))
    kind: Mapped[str | None] = mapped_column(String(10))
    score: Mapped[Decimal | None] = mapped_column(Exact)
    """Of a visit, what it counts from now on; None when it does not count any more."""
    outlet_was: Mapped[Decimal | None] = mapped_column(Exact)
    outlet_now: Mapped[Decimal | None] = mapped_column(Exact)
    was: Mapped[Decimal | None] = mapped_column(Exact)
    now: Mapped[Decimal | None] = mapped_column(Exact)
    points: Mapped[Decimal | None] = mapped_column(Exact)
    """Of 40, what it adds; None where one of the two scores is blank."""
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime | None] = mapped_column(Utc)
    why: Mapped[str] = mapped_column(Text)

    by: Mapped[Person | None] = relationship()
    outlet: Mapped[Branch] = relationship(foreign_keys=outlet_id)
    subbranch: Mapped[Branch] = relationship(foreign_keys=subbranch_id)


class OtherScore(Keyed, Base):
    """O of a sub-branch in a quarter: what the other 60 % come from. Each entry stays; the latest
    counts, and one without a value says that it is blank."""

    __tablename__ = "other_score"
    __table_args__ = (
        CheckConstraint("value BETWEEN 0 AND 10000", name="value"),  # hundredths
        Index(None, "quarter", "branch_id"),
    )

    quarter: Mapped[str] = mapped_column(String(6))
    branch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("branch.id"))
    value: Mapped[Decimal | None] = mapped_column(Hundredths)
    source: Mapped[str] = mapped_column(String(200))
    figures: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """What the file gave beside it: satisfaction, waiting, overtime, complaints, each as text."""
    at: Mapped[datetime] = mapped_column(Utc)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))

    by: Mapped[Person] = relationship()
