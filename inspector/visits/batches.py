"""Batch: the mystery visits that are published together, not before a day set beforehand.

Were each published when it is confirmed, the day of publication would tell a branch the day of the
visit, and with it the shopper (domain.md 3.2 and 6, 2).
"""

import uuid
from collections.abc import Collection, Iterable
from datetime import date, datetime, time

from flask import current_app
from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Select,
    String,
    UniqueConstraint,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from inspector import clock
from inspector.checklists.models import Kind
from inspector.clock import SHANGHAI, Quarter
from inspector.db import TEXT, Base, Keyed, Utc, db
from inspector.history import record
from inspector.people.models import Branch, Person
from inspector.problems import Problem
from inspector.visits.lifecycle import Stage
from inspector.visits.models import Visit
from inspector.visits.queries import STAGE_SQL


class Batch(Keyed, Base):
    """Some mystery visits, mostly those of a quarter, and the day before which none of them is
    published."""

    __tablename__ = "batch"
    __table_args__ = (
        UniqueConstraint("quarter", "name"),
        UniqueConstraint("id", "published_at"),  # what a published visit points at
        CheckConstraint("(published_at IS NULL) = (published_by_id IS NULL)", name="published_by"),
    )

    quarter: Mapped[str] = mapped_column(String(6))
    """As Quarter writes it, 2026Q4: whose visits are proposed for it."""
    name: Mapped[str] = mapped_column(String(40), default="")
    """What tells several batches of a quarter apart; may be empty."""
    publish_on: Mapped[date]
    opened_at: Mapped[datetime] = mapped_column(Utc)
    opened_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[datetime | None] = mapped_column(Utc)
    published_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))

    visits: Mapped[list[Visit]] = relationship(
        primaryjoin="Visit.batch_id == Batch.id",
        foreign_keys=Visit.batch_id,
        back_populates="batch",
    )

    @classmethod
    def open(cls, *, quarter: Quarter, name: str, on: date, by: Person, at: datetime) -> "Batch":
        """Open an empty batch. Raises Problem batch.past for a day that is over."""
        _require_channel(by)
        if on < clock.day(at):
            raise Problem("batch.past")
        batch = cls(
            id=uuid.uuid4(),
            quarter=str(quarter),
            name=name.strip(),
            publish_on=on,
            opened_at=at,
            opened_by_id=by.id,
            visits=[],
        )
        db.session.add(batch)
        record(batch, "open_batch", by, at)
        return batch

    @property
    def period(self) -> Quarter:
        """The quarter that it is for."""
        return Quarter.named(self.quarter)

    def put_in(self, visits: Collection[Visit], *, by: Person, at: datetime) -> None:
        """Add visits. Raises Problem batch.not_ready unless each is a confirmed mystery visit that
        is in no batch yet."""
        self._require_open(by)
        for visit in visits:
            if visit.kind != Kind.MYSTERY or visit.stage != Stage.CONFIRMED or visit.batch:
                raise Problem("batch.not_ready")
            visit.batch = self
        if visits:
            record(self, "put_in", by, at, remark=_outlets(visits))

    def take_out(self, visit: Visit, *, by: Person, at: datetime) -> None:
        """Take a visit out again; it can go into another batch."""
        self._require_open(by)
        if visit in self.visits:
            self.visits.remove(visit)
            record(self, "take_out", by, at, remark=_outlets([visit]))

    def discard(self, *, by: Person, at: datetime) -> None:
        """Delete a batch that holds nothing."""
        self._require_open(by)
        if self.visits:
            raise Problem("batch.not_empty")
        record(self, "discard_batch", by, at, quarter=self.quarter, name=self.name)
        db.session.delete(self)

    def publish(self, *, reason: str, by: Person, at: datetime) -> None:
        """Publish all its visits at one moment.

        Raises Problem batch.early before its day, batch.void_asked while the leader decides about
        one of them, and batch.too_small for fewer than the setting asks, unless a reason is given.
        """
        self._require_open(by)
        if clock.day(at) < self.publish_on:
            raise Problem("batch.early", day=self.publish_on.isoformat())
        if not self.visits:
            raise Problem("batch.empty")
        if any(visit.void_asked_at for visit in self.visits):
            raise Problem("batch.void_asked")
        if len(reason) > TEXT:
            raise Problem("text.too_long", limit=TEXT)
        if self.is_too_small and not reason.strip():
            raise Problem("batch.too_small", least=current_app.config["BATCH_LEAST"])
        self.published_at, self.published_by_id = at, by.id
        db.session.flush()  # before the visits, which point at the moment
        for visit in self.visits:
            visit.publish(by=by, at=at)
        record(self, "publish", by, at, remark=reason.strip())

    @property
    def is_too_small(self) -> bool:
        """Whether a branch could guess from it who came when."""
        return len(self.visits) < int(current_app.config["BATCH_LEAST"])

    def _require_open(self, by: Person) -> None:
        _require_channel(by)
        if self.published_at is not None:
            raise Problem("batch.published")


def _require_channel(by: Person) -> None:
    if by.role != "channel":
        raise Problem("move.not_yours")


def _outlets(visits: Iterable[Visit]) -> str:
    return "、".join(sorted(visit.branch.name_zh for visit in visits))


def batch_of(key: uuid.UUID, *, to_change: bool = False) -> Batch:
    """The batch of that key, locked when it is to be changed. Raises Problem request.unknown."""
    wanted = select(Batch).where(Batch.id == key)
    if to_change:
        wanted = wanted.with_for_update()
    batch = db.session.scalar(
        wanted.options(
            selectinload(Batch.visits).selectinload(Visit.branch).selectinload(Branch.parent)
        )
    )
    if batch is None:
        raise Problem("request.unknown")
    return batch


def ready() -> Select[Visit]:
    """The confirmed mystery visits that are in no batch yet."""
    return _mystery().where(STAGE_SQL[Stage.CONFIRMED], Visit.batch_id.is_(None))


def missing(quarter: Quarter) -> Select[Visit]:
    """The mystery visits of a quarter that are not confirmed yet."""
    on_the_way = (STAGE_SQL[s] for s in (Stage.ASSIGNED, Stage.IN_PROGRESS, Stage.SUBMITTED))
    return _mystery().where(or_(*on_the_way), during(quarter))


def due(today: date) -> Select[Batch]:
    """The batches that hold something and may be published now."""
    return (
        select(Batch)
        .where(Batch.published_at.is_(None), Batch.publish_on <= today, Batch.visits.any())
        .order_by(Batch.publish_on, Batch.id)
    )


def during(quarter: Quarter) -> ColumnElement[bool]:
    """Whether a visit belongs to a quarter: by its day at the bank, or by the day planned."""
    start = datetime.combine(quarter.first, time.min, SHANGHAI)
    end = datetime.combine(quarter.last, time.max, SHANGHAI)
    planned = Visit.planned_on.between(quarter.first, quarter.last)
    return Visit.started_at.between(start, end) | (Visit.started_at.is_(None) & planned)


def _mystery() -> Select[Visit]:
    return (
        select(Visit)
        .join(Visit.branch)
        .where(Visit.kind == Kind.MYSTERY)
        .order_by(Branch.code, Visit.id)
        .options(selectinload(Visit.branch).selectinload(Branch.parent))
    )
