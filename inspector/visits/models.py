"""Visit, with its answers, photos and good practices; and the verbs that change it."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, attribute_keyed_dict, mapped_column, relationship

from inspector.checklists.models import Item, Kind, Version
from inspector.db import Base, Exact, Keyed, Utc, db, index_where, one_of
from inspector.history import record
from inspector.moves import check, may
from inspector.people.models import Branch, Person
from inspector.people.roles import Role
from inspector.photos.models import Picture
from inspector.problems import Problem
from inspector.visits import lifecycle
from inspector.visits.lifecycle import Facts, Stage

if TYPE_CHECKING:
    from inspector.findings.models import Finding
    from inspector.visits.batches import Batch

SENT_FOR: Final = {
    Kind.ONSITE: {Role.INSPECTOR},
    Kind.OFFSITE: {Role.INSPECTOR, Role.REVIEWER},
    Kind.MYSTERY: {Role.SHOPPER},
}
"""Which roles make which kind of visit."""

WHAT_HAPPENED = (
    "submitted_at IS NULL OR started_at IS NOT NULL",
    "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)",
    "confirmed_at IS NULL OR submitted_at IS NOT NULL",
    "(cancelled_at IS NULL) = (cancelled_by_id IS NULL)",
    "(cancelled_at IS NULL) = (cancel_reason IS NULL)",
    "cancelled_at IS NULL OR submitted_at IS NULL",
    "(void_asked_at IS NULL) = (void_asked_by_id IS NULL)",
    "(void_asked_at IS NULL) = (void_reason IS NULL)",
    "(voided_at IS NULL) = (voided_by_id IS NULL)",
    "voided_at IS NULL OR (void_asked_at IS NOT NULL AND submitted_at IS NOT NULL)",
    "voided_by_id <> void_asked_by_id",
    "batch_id IS NULL OR (kind = 'mystery' AND confirmed_at IS NOT NULL)",
    "published_at IS NULL OR batch_id IS NOT NULL",
)


class Visit(Keyed, Base):
    """One inspection of one outlet by one person, with the checklist version it began with."""

    __tablename__ = "visit"
    __table_args__ = (
        CheckConstraint(one_of("kind", Kind), name="kind"),
        *(CheckConstraint(sql, name=f"facts_{n}") for n, sql in enumerate(WHAT_HAPPENED, 1)),
        # Nothing is published but with its whole batch, at the same moment.
        ForeignKeyConstraint(["batch_id", "published_at"], ["batch.id", "batch.published_at"]),
        Index(None, "inspector_id", "submitted_at"),
        index_where("ix_visit_unconfirmed", "submitted_at", where="confirmed_at IS NULL"),
        index_where("ix_visit_void_asked", "void_asked_at", where="void_asked_at IS NOT NULL"),
    )

    branch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("branch.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("checklist_version.id"))
    inspector_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    planned_on: Mapped[date] = mapped_column(index=True)
    planned_at: Mapped[datetime] = mapped_column(Utc)
    planned_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime | None] = mapped_column(Utc, index=True)
    """When the first thing was recorded, by the tablet's clock."""
    submitted_at: Mapped[datetime | None] = mapped_column(Utc)
    confirmed_at: Mapped[datetime | None] = mapped_column(Utc)
    confirmed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    batch_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("batch.id"), index=True)
    """With which other mystery visits it is published."""
    published_at: Mapped[datetime | None] = mapped_column(Utc)
    cancelled_at: Mapped[datetime | None] = mapped_column(Utc)
    cancelled_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    cancel_reason: Mapped[str | None] = mapped_column(Text)
    void_asked_at: Mapped[datetime | None] = mapped_column(Utc)
    void_asked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    void_reason: Mapped[str | None] = mapped_column(Text)
    voided_at: Mapped[datetime | None] = mapped_column(Utc)
    voided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    score: Mapped[Decimal | None] = mapped_column(Exact)
    """The score as of the last decision, unrounded; None before submission or when all is NA."""

    branch: Mapped[Branch] = relationship()
    version: Mapped[Version] = relationship()
    inspector: Mapped[Person] = relationship(foreign_keys=inspector_id)
    batch: Mapped["Batch | None"] = relationship(
        primaryjoin="Visit.batch_id == Batch.id", foreign_keys=batch_id, back_populates="visits"
    )
    answers: Mapped[dict[uuid.UUID, "Answer"]] = relationship(
        collection_class=attribute_keyed_dict("item_id"), back_populates="visit"
    )
    photos: Mapped[list["Photo"]] = relationship(
        order_by="Photo.added_at, Photo.id", back_populates="visit"
    )
    practices: Mapped[list["Practice"]] = relationship(
        order_by="Practice.added_at, Practice.id", back_populates="visit"
    )
    send_backs: Mapped[list["SendBack"]] = relationship(
        order_by="SendBack.at", back_populates="visit"
    )
    findings: Mapped[list["Finding"]] = relationship(
        order_by="Finding.position", back_populates="visit"
    )

    @classmethod
    def plan(
        cls,
        *,
        branch: Branch,
        version: Version,
        inspector: Person,
        on: date,
        by: Person,
        at: datetime,
    ) -> "Visit":
        """Plan a visit. Raises Problem visit.recusal for the inspector's own sub-branch, and
        branch.closed when it is no outlet now, and unmask.not_named for a shopper's when `by` may
        not know who shops."""
        if by.role != "channel":
            raise Problem("permission.denied")
        if version.checklist.kind == Kind.MYSTERY and not by.is_unmasker:
            raise Problem("unmask.not_named")
        if not branch.is_open_outlet:
            raise Problem("branch.closed")
        if inspector.recused_from(branch):
            raise Problem("visit.recusal")
        visit = cls(
            id=uuid.uuid4(),
            branch=branch,
            kind=version.checklist.kind,
            version=version,
            inspector=inspector,
            planned_on=on,
            planned_at=at,
            planned_by_id=by.id,
        )
        db.session.add(visit)
        record(visit, "plan", by, at)
        return visit

    @classmethod
    def begin_unplanned(
        cls, *, key: uuid.UUID, branch: Branch, version: Version, on: date, by: Person, at: datetime
    ) -> "Visit":
        """Begin a visit that nobody planned, under the id that the tablet gave it.

        Raises Problem visit.kind for a kind that is not theirs to begin (a mystery visit is always
        planned), visit.recusal for their own sub-branch, branch.closed when it is no outlet now.
        """
        kind = Kind(version.checklist.kind)
        if kind == Kind.MYSTERY or by.role not in SENT_FOR[kind]:
            raise Problem("visit.kind")
        if by.recused_from(branch):
            raise Problem("visit.recusal")
        if not branch.is_open_outlet:
            raise Problem("branch.closed")
        visit = cls(
            id=key,
            branch=branch,
            kind=kind,
            version=version,
            inspector=by,
            planned_on=on,
            planned_at=at,
            planned_by_id=by.id,
        )
        db.session.add(visit)
        record(visit, "begin", by, at)
        return visit

    @property
    def is_unplanned(self) -> bool:
        """Whether its inspector began it without anybody having planned it."""
        return self.planned_by_id == self.inspector_id

    @property
    def facts(self) -> Facts:
        """What happened so far, as the lifecycle needs it."""
        return Facts(
            started=self.started_at is not None,
            submitted=self.submitted_at is not None,
            confirmed=self.confirmed_at is not None,
            published=self.published_at is not None,
            cancelled=self.cancelled_at is not None,
            void=self.voided_at is not None,
        )

    @property
    def stage(self) -> Stage:
        """How far the visit has come."""
        return lifecycle.stage_of(self.facts)

    @property
    def is_secret(self) -> bool:
        """Whether branches must not learn of it yet: a mystery visit before its publication. Its
        twin in SQL is queries.SECRET."""
        return self.kind == Kind.MYSTERY and self.published_at is None

    def may(self, move: str, by: Person) -> bool:
        """Whether this person can take that step now."""
        own = move not in {"start", "submit"} or by.id == self.inspector_id
        return own and may(lifecycle.MOVES, move, by.role, self.stage)

    def require_writable(self, by: Person) -> None:
        """Raise unless `by` may still record: only the assigned inspector, until submission."""
        if by.id != self.inspector_id:
            raise Problem("visit.not_yours")
        if self.stage == Stage.CANCELLED:
            raise Problem("visit.cancelled")
        if self.stage not in lifecycle.WRITABLE:
            raise Problem("visit.frozen")

    def start(self, *, by: Person, at: datetime, device_at: datetime) -> None:
        """Note when the inspector began, by the tablet's clock; twice is harmless."""
        self.require_writable(by)
        self.begin(by=by, at=at, device_at=device_at)

    def begin(self, *, by: Person, at: datetime, device_at: datetime) -> None:
        """The same, for whom and whether it may was asked before."""
        if self.started_at is None:
            self.started_at = device_at
            record(self, "start", by, at, device_at=device_at)

    def submit(self, *, score: Decimal | None, by: Person, at: datetime) -> None:
        """Freeze the visit. What must be complete was checked before; twice is harmless."""
        if self.submitted_at is not None and by.id == self.inspector_id:
            return
        self.require_writable(by)
        check(lifecycle.MOVES, "submit", by.role, self.stage)
        self.submitted_at = at
        self.score = score
        record(self, "submit", by, at)

    def confirm(self, *, by: Person, at: datetime) -> None:
        """Close the review: every finding is decided."""
        check(lifecycle.MOVES, "confirm", by.role, self.stage)
        self.confirmed_at, self.confirmed_by_id = at, by.id
        record(self, "confirm", by, at)

    def publish(self, *, by: Person, at: datetime) -> None:
        """Let the branch see it; only its batch does this."""
        check(lifecycle.MOVES, "publish", by.role, self.stage)
        self.published_at = at
        record(self, "publish", by, at)

    def cancel(self, *, reason: str, by: Person, at: datetime) -> None:
        """Call a visit off before it is submitted; what was recorded stays readable."""
        check(lifecycle.MOVES, "cancel", by.role, self.stage)
        if not reason.strip():
            raise Problem("reason.needed")
        self.cancelled_at, self.cancelled_by_id = at, by.id
        self.cancel_reason = reason.strip()
        record(self, "cancel", by, at, reason=self.cancel_reason)

    def send_back(self, *, comment: str, by: Person, at: datetime) -> "SendBack":
        """Give a submitted visit back to its inspector, who records on and submits again. Not for a
        comment that was given before (domain.md 3.2)."""
        check(lifecycle.MOVES, "send_back", by.role, self.stage)
        if self.void_asked_at is not None:
            raise Problem("void.asked")
        comment = comment.strip()
        if not comment:
            raise Problem("reason.needed")
        if any(earlier.comment == comment for earlier in self.send_backs):
            raise Problem("send_back.again")
        assert self.submitted_at is not None  # the stage says so
        sent = SendBack(
            id=uuid.uuid4(), comment=comment, submitted_at=self.submitted_at, at=at, by_id=by.id
        )
        self.send_backs.append(sent)
        self.submitted_at = self.score = None
        record(self, "send_back", by, at, remark=comment)
        return sent

    def ask_void(self, *, reason: str, by: Person, at: datetime) -> None:
        """Ask the leader to declare the visit void (domain.md 3.2: channel and leader)."""
        check(lifecycle.MOVES, "ask_void", by.role, self.stage)
        if not reason.strip():
            raise Problem("reason.needed")
        if self.void_asked_at is not None:
            raise Problem("void.asked")
        self.void_asked_at, self.void_asked_by_id = at, by.id
        self.void_reason = reason.strip()
        record(self, "ask_void", by, at, remark=self.void_reason)

    def refuse_void(self, *, by: Person, at: datetime) -> None:
        """The visit stands. It may be asked again with better reasons; the trail keeps this one."""
        self._require_asked("refuse_void", by)
        record(self, "refuse_void", by, at, remark=self.void_reason)
        self.void_asked_at = self.void_asked_by_id = self.void_reason = None

    def void(self, *, by: Person, at: datetime) -> None:
        """The visit counts for nothing any more; everything stays readable."""
        self._require_asked("void", by)
        self.voided_at, self.voided_by_id, self.score = at, by.id, None
        if self.published_at is None:
            self.batch = None
        record(self, "void", by, at, remark=self.void_reason)

    def _require_asked(self, move: str, by: Person) -> None:
        check(lifecycle.MOVES, move, by.role, self.stage)
        if self.void_asked_at is None:
            raise Problem("move.not_now", stage=self.stage.value)
        if by.id == self.void_asked_by_id:
            raise Problem("void.recusal")

    def photos_of(self, item: Item, stage: str) -> list["Photo"]:
        """The photos of an item that were not removed; `stage` is before or after."""
        return [
            photo
            for photo in self.photos
            if photo.item_id == item.id and photo.stage == stage and photo.removed_at is None
        ]


class SendBack(Keyed, Base):
    """That a submitted visit was given back: why, by whom, and what it had been submitted at."""

    __tablename__ = "send_back"
    __table_args__ = (UniqueConstraint("visit_id", "submitted_at"),)

    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visit.id"))
    comment: Mapped[str] = mapped_column(Text)
    submitted_at: Mapped[datetime] = mapped_column(Utc)
    at: Mapped[datetime] = mapped_column(Utc)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))

    visit: Mapped[Visit] = relationship(back_populates="send_backs")


class Answer(Keyed, Base):
    """What was recorded for one item: the present state. Every earlier one stands, as it was sent,
    in the log of operations."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("visit_id", "item_id"),)

    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visit.id"))
    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("item.id"))
    value: Mapped[str | None] = mapped_column(String(12))
    """yes, no, na, or a number as text; None when the answer was taken back."""
    note: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[str] = mapped_column(String(200), default="")
    no_photo_reason: Mapped[str] = mapped_column(String(500), default="")
    corrected: Mapped[bool] = mapped_column(default=False)
    rev: Mapped[int] = mapped_column(default=0)
    written: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """For each field who wrote it last, in which stream, at which revision, and when: what tells a
    conflict from an inspector's own second thought (sheet.py)."""
    device_at: Mapped[datetime] = mapped_column(Utc)
    received_at: Mapped[datetime] = mapped_column(Utc)

    visit: Mapped[Visit] = relationship(back_populates="answers")
    item: Mapped[Item] = relationship()


class Practice(Keyed, Base):
    """Good practice seen on a visit (S70): text and photos, no points. The tablet makes its id."""

    __tablename__ = "practice"

    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    section: Mapped[str | None] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime] = mapped_column(Utc)
    removed_at: Mapped[datetime | None] = mapped_column(Utc)

    visit: Mapped[Visit] = relationship(back_populates="practices")


class Photo(Keyed, Base):
    """A photo on a visit: of an item before or after, or of a good practice; or the picture of the
    branch's signature. The tablet makes its id and names the picture, whose bytes may arrive later.
    """

    __tablename__ = "photo"
    __table_args__ = (
        CheckConstraint("stage IN ('before', 'after', 'practice', 'signature')", name="stage"),
        CheckConstraint("(stage = 'practice') = (practice_id IS NOT NULL)", name="practice"),
        CheckConstraint("(stage IN ('practice', 'signature')) = (item_id IS NULL)", name="item"),
    )

    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    item_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("item.id"))
    practice_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("practice.id"))
    stage: Mapped[str] = mapped_column(String(10))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    caption: Mapped[str] = mapped_column(String(200), default="")
    taken_at: Mapped[datetime] = mapped_column(Utc)
    added_at: Mapped[datetime] = mapped_column(Utc)
    removed_at: Mapped[datetime | None] = mapped_column(Utc)

    visit: Mapped[Visit] = relationship(back_populates="photos")
    practice: Mapped[Practice | None] = relationship()
    picture: Mapped[Picture | None] = relationship(
        primaryjoin="foreign(Photo.sha256) == Picture.sha256", viewonly=True
    )
