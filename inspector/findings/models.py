"""Finding, its Rectification, and the reports that prove it; with the verbs that move them."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspector import clock, deadlines
from inspector.checklists.models import Item
from inspector.db import Base, Exact, Keyed, Utc, index_where, one_of
from inspector.deadlines import Deadline
from inspector.findings import lifecycle
from inspector.findings.lifecycle import Decision, Facts, FindingStage, Mode, Stage, Verdict
from inspector.history import record
from inspector.moves import check, may
from inspector.people.models import Person
from inspector.photos.models import Picture
from inspector.problems import Problem
from inspector.visits.models import Photo, Visit

if TYPE_CHECKING:
    from inspector.notices.models import Notice


CONFIRMED = "(decision IS NOT NULL AND decision = 'confirmed')"


class Finding(Keyed, Base):
    """One problem found on one visit. What the item said and asked is copied, so that the finding
    stays true when the checklist changes (domain.md 6, 7)."""

    __tablename__ = "finding"
    __table_args__ = (
        UniqueConstraint("visit_id", "item_code"),
        CheckConstraint(f"decision IS NULL OR {one_of('decision', Decision)}", name="decision"),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("(decision IS NULL) = (decided_by_id IS NULL)", name="decided_by"),
        CheckConstraint(
            "(decision = 'rejected') = (reason IS NOT NULL)", name="reason_if_rejected"
        ),
        UniqueConstraint("id", "original"),  # what a rectification points at
        CheckConstraint("original = (duplicate_of_id IS NULL)", name="original"),
        CheckConstraint("duplicate_of_id <> id", name="duplicate_of_another"),
        CheckConstraint("NOT (original AND not_carried_out)", name="not_carried_out"),
        CheckConstraint(f"original OR {CONFIRMED}", name="duplicate_if_confirmed"),
        CheckConstraint(
            f"(occurrence IS NOT NULL) = (original AND {CONFIRMED})", name="occurrence_if_original"
        ),
        CheckConstraint("occurrence >= 1", name="occurrence"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", name="withdrawn_by"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name="withdrawn_why"
        ),
        CheckConstraint(
            "withdrawn_at IS NULL OR decision = 'confirmed'", name="withdrawn_if_confirmed"
        ),
        index_where("ix_finding_undecided", "visit_id", where="decision IS NULL"),
        index_where("ix_finding_withdrawn", "id", where="withdrawn_at IS NOT NULL"),
    )

    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visit.id"))
    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("item.id"))
    item_code: Mapped[str] = mapped_column(String(30))
    position: Mapped[int]
    issue: Mapped[str] = mapped_column(String(40), index=True)
    section_zh: Mapped[str] = mapped_column(String(80))
    section_en: Mapped[str] = mapped_column(String(120))
    text_zh: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    requirement_zh: Mapped[str] = mapped_column(Text)
    requirement_en: Mapped[str] = mapped_column(Text)
    observed_zh: Mapped[str] = mapped_column(String(200))
    observed_en: Mapped[str] = mapped_column(String(200))
    ref: Mapped[str] = mapped_column(String(200))
    severity: Mapped[str] = mapped_column(String(10))
    critical: Mapped[bool]
    points: Mapped[Decimal] = mapped_column(Exact)
    lost: Mapped[Decimal] = mapped_column(Exact)
    rectify_days: Mapped[int]
    note: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(String(200))
    corrected_on_spot: Mapped[bool]
    raised_at: Mapped[datetime] = mapped_column(Utc, index=True)
    decision: Mapped[str | None] = mapped_column(String(10))
    decided_at: Mapped[datetime | None] = mapped_column(Utc)
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    original: Mapped[bool] = mapped_column(default=True)
    """Whether it is an offence of its own, and not the sight of one that was still open."""
    occurrence: Mapped[int | None]
    """The how-manieth time (domain.md 3.8); set when it is confirmed and an original."""
    duplicate_of_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("rectification.finding_id", use_alter=True, deferrable=True), index=True
    )
    not_carried_out: Mapped[bool] = mapped_column(default=False)
    """A duplicate seen after the due day (整改不到位)."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(Utc)
    withdrawn_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)

    visit: Mapped[Visit] = relationship(back_populates="findings")
    item: Mapped[Item] = relationship()
    decided_by: Mapped[Person | None] = relationship(foreign_keys=decided_by_id)
    rectification: Mapped["Rectification | None"] = relationship(
        primaryjoin="Finding.id == foreign(Rectification.finding_id)",
        back_populates="finding",
        lazy="selectin",
    )
    duplicate_of: Mapped["Finding | None"] = relationship(
        primaryjoin="foreign(Finding.duplicate_of_id) == remote(Finding.id)",
        viewonly=True,
        lazy="selectin",
        join_depth=1,
    )

    @property
    def case(self) -> "Rectification | None":
        """The rectification that stands for it: its own, or that of the one it duplicates."""
        if self.original or self.duplicate_of is None:
            return self.rectification
        return self.duplicate_of.rectification

    @property
    def stage(self) -> FindingStage:
        """How far the finding has come."""
        closed = self.case is not None and self.case.closed_at is not None
        return lifecycle.finding_stage(self.decision, closed, self.withdrawn_at is not None)

    def may(self, move: str, by: Person) -> bool:
        """Whether this person can take that step now."""
        return may(lifecycle.FINDING_MOVES, move, by.role, self.stage)

    def photos(self, stage: str) -> list[Photo]:
        """The photos of the fault (before), or of its correction on the spot (after)."""
        return self.visit.photos_of(self.item, stage)

    def confirm(self, *, by: Person, at: datetime) -> "Rectification":
        """Confirm, and open the one rectification: closed at once when it was corrected on the
        spot (domain.md 3.5). A finding that is confirmed already answers with what it has."""
        there = self.stage in {FindingStage.CONFIRMED, FindingStage.CLOSED}
        if there and self.case and by.role == "channel":
            return self.case
        check(lifecycle.FINDING_MOVES, "confirm", by.role, self.stage)
        self.decision, self.decided_at, self.decided_by = Decision.CONFIRMED, at, by
        self.occurrence = self.occurrence or 1
        rectification = self.open_rectification(at=at)
        record(self, "confirm", by, at)
        return rectification

    def open_rectification(self, *, at: datetime) -> "Rectification":
        """The rectification of its own: closed at once if it was corrected on the spot."""
        assert self.decided_by is not None  # only a confirmed finding has one
        mode = Mode.ON_SPOT if self.corrected_on_spot else Mode.NOTICE
        opened = Rectification(id=uuid.uuid4(), mode=mode, opened_at=at, reports=[], notices=[])
        if self.corrected_on_spot:
            opened.closed_at, opened.closed_by = at, self.decided_by
        self.rectification = opened
        return opened

    def reject(self, *, reason: str, by: Person, at: datetime) -> None:
        """Reject with a reason; the points come back."""
        check(lifecycle.FINDING_MOVES, "reject", by.role, self.stage)
        if not reason.strip():
            raise Problem("reason.needed")
        self.decision, self.decided_at, self.decided_by = Decision.REJECTED, at, by
        self.reason = reason.strip()
        record(self, "reject", by, at, reason=self.reason)

    def void(self, *, reason: str, by: Person, at: datetime) -> None:
        """The visit that saw it is void: rejected if nobody decided it, withdrawn if confirmed."""
        if self.decision is None:
            self.decision, self.decided_at, self.decided_by = Decision.REJECTED, at, by
            self.reason = reason
            record(self, "reject", by, at, reason=reason)
        elif self.stage in {FindingStage.CONFIRMED, FindingStage.CLOSED}:
            self.withdraw(reason=reason, by=by, at=at)

    def withdraw(self, *, reason: str, by: Person, at: datetime) -> None:
        """Take a confirmed finding back, after an overturned appeal or with a void visit: it counts
        for nothing any more (domain.md 3.3). Everything that happened stays readable."""
        check(lifecycle.FINDING_MOVES, "withdraw", by.role, self.stage)
        if not reason.strip():
            raise Problem("reason.needed")
        self.withdrawn_at, self.withdrawn_by_id = at, by.id
        self.withdrawn_reason = reason.strip()
        record(self, "withdraw", by, at, reason=self.withdrawn_reason)


class Rectification(Keyed, Base):
    """The putting right of one confirmed finding: exactly one, with or without a notice."""

    __tablename__ = "rectification"
    __table_args__ = (
        CheckConstraint(one_of("mode", Mode), name="mode"),
        CheckConstraint("(closed_at IS NULL) = (closed_by_id IS NULL)", name="closed_by"),
        CheckConstraint("mode = 'notice' OR closed_at IS NOT NULL", name="closed_on_spot"),
        CheckConstraint("mode = 'notice' OR due_on IS NULL", name="due_by_notice"),
        CheckConstraint("begun_at IS NULL OR due_on IS NOT NULL", name="begun_after_issue"),
        # A duplicate cannot have one: it is put right with the finding that it duplicates.
        ForeignKeyConstraint(["finding_id", "of_original"], ["finding.id", "finding.original"]),
        CheckConstraint("of_original", name="of_original"),
        CheckConstraint("paused_at IS NULL OR begun_at IS NOT NULL", name="paused_after_begin"),
        CheckConstraint("paused_at IS NULL OR closed_at IS NULL", name="paused_or_closed"),
        CheckConstraint("review_on IS NULL OR closed_at IS NOT NULL", name="review_if_closed"),
        # However long the history, what is not struck off is found at once.
        index_where("ix_rectification_open", "due_on", where="closed_at IS NULL"),
    )

    finding_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    of_original: Mapped[bool] = mapped_column(default=True)
    mode: Mapped[str] = mapped_column(String(10))
    opened_at: Mapped[datetime] = mapped_column(Utc)
    due_on: Mapped[date | None] = mapped_column(index=True)
    """The day that counts: set when the notice is issued, moved by an extension, a pause or a
    reopening. What it was before stands on the notice, and on the row that moved it."""
    begun_at: Mapped[datetime | None] = mapped_column(Utc)
    paused_at: Mapped[datetime | None] = mapped_column(Utc)
    """Since when an accepted appeal has stopped the clock; None while it runs."""
    closed_at: Mapped[datetime | None] = mapped_column(Utc, index=True)
    closed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    review_on: Mapped[date | None]
    """Closed as an accepted risk, because it cannot be put right: the day to look again."""

    finding: Mapped[Finding] = relationship(
        primaryjoin="Finding.id == foreign(Rectification.finding_id)",
        back_populates="rectification",
    )
    duplicates: Mapped[list[Finding]] = relationship(
        primaryjoin="Rectification.finding_id == foreign(Finding.duplicate_of_id)", viewonly=True
    )
    """Where the fault was seen again while it was open: further evidence."""
    closed_by: Mapped[Person | None] = relationship()
    reports: Mapped[list["Report"]] = relationship(
        order_by="Report.round", back_populates="rectification", lazy="selectin"
    )
    reopenings: Mapped[list["Reopening"]] = relationship(
        order_by="Reopening.at", back_populates="rectification", lazy="selectin"
    )
    notices: Mapped[list["Notice"]] = relationship(
        order_by="Notice.drafted_at", back_populates="rectification", lazy="selectin"
    )

    @property
    def notice(self) -> "Notice | None":
        """The one notice in force, if this needs one."""
        return next((n for n in self.notices if n.withdrawn_at is None), None)

    @property
    def facts(self) -> Facts:
        """What happened so far, as the lifecycle needs it."""
        return Facts(
            due_on=self.due_on,
            begun=self.begun_at is not None,
            reports=len(self.reports),
            unverified=any(report.verdict is None for report in self.reports),
            reopened=any(one.round == len(self.reports) for one in self.reopenings),
            paused=self.paused_at is not None,
            closed=self.closed_at is not None,
            withdrawn=self.finding.withdrawn_at is not None,
        )

    @property
    def stage(self) -> Stage:
        """How far the rectification has come."""
        return lifecycle.stage_of(self.facts)

    def is_overdue(self, today: date) -> bool:
        """Whether the branch is late on that day; derived, never stored."""
        return lifecycle.is_overdue(self.facts, today)

    @property
    def deadline(self) -> Deadline | None:
        """The due day and since when it is late; only while the clock runs against the branch."""
        if self.due_on is None or self.stage not in lifecycle.WAITING_FOR_BRANCH:
            return None
        rounds = (
            (clock.day(report.reported_at), clock.day(report.verified_at))
            for report in self.reports
            if report.verified_at and report.verdict == Verdict.RETURNED
        )
        return deadlines.rectification(self.due_on, rounds)

    def may(self, move: str, by: Person) -> bool:
        """Whether this person can take that step now."""
        return may(lifecycle.MOVES, move, by.role, self.stage)

    def begin(self, *, by: Person, at: datetime) -> None:
        """The branch has taken note and begins; twice is harmless."""
        if self.begun_at is None:
            check(lifecycle.MOVES, "begin", by.role, self.stage)
            self.begun_at = at

    def report(
        self,
        *,
        cause: str,
        measure: str,
        result: str,
        done_on: date,
        photos: list[Picture],
        by: Person,
        at: datetime,
    ) -> "Report":
        """Report how it was put right: cause, measure, result (S47), and photos after, where the
        finding had a photo. Each round is kept."""
        check(lifecycle.MOVES, "report", by.role, self.stage)
        if self.finding.photos("before") and not photos:
            raise Problem("report.photo_needed")
        report = Report(
            id=uuid.uuid4(),
            round=len(self.reports) + 1,
            cause=cause,
            measure=measure,
            result=result,
            done_on=done_on,
            reported_at=at,
            reported_by=by,
        )
        unlike = {picture.sha256: picture for picture in photos}
        report.photos = [ReportPhoto(id=uuid.uuid4(), picture=p) for p in unlike.values()]
        self.reports.append(report)
        record(self, "report", by, at, round=report.round)
        return report

    def reopen(self, *, reason: str, due_on: date, by: Person, at: datetime) -> "Reopening":
        """A look-back shows that it was not done: the closing itself was wrong, so this is no new
        occurrence (domain.md 3.8). Raises Problem due.past for a day before today."""
        check(lifecycle.MOVES, "reopen", by.role, self.stage)
        if self.mode == Mode.ON_SPOT:
            raise Problem("reopen.on_spot")
        if not reason.strip():
            raise Problem("reason.needed")
        if due_on < clock.day(at):
            raise Problem("due.past")
        assert self.closed_at is not None  # the stage says so
        reopening = Reopening(
            id=uuid.uuid4(),
            round=len(self.reports),
            closed_at=self.closed_at,
            due_on=due_on,
            reason=reason.strip(),
            at=at,
            by=by,
        )
        self.reopenings.append(reopening)
        self.closed_at = self.closed_by = self.review_on = None
        self.due_on = due_on
        record(self, "reopen", by, at, remark=reopening.reason, due_on=due_on.isoformat())
        return reopening

    def pause(self, *, by: Person, at: datetime) -> None:
        """An accepted appeal stops the clock (domain.md 3.6)."""
        check(lifecycle.MOVES, "pause", by.role, self.stage)
        self.begun_at = self.begun_at or at  # whoever appeals has read the notice
        self.paused_at = at
        record(self, "pause", by, at)

    def resume(self, *, by: Person, at: datetime) -> None:
        """The appeal failed: the clock goes on with the days that were left."""
        check(lifecycle.MOVES, "resume", by.role, self.stage)
        assert self.paused_at is not None and self.due_on is not None  # the stage says so
        stood = (clock.day(at) - clock.day(self.paused_at)).days
        self.due_on, self.paused_at = clock.days_after(self.due_on, stood), None
        record(self, "resume", by, at, due_on=self.due_on.isoformat())

    def accept_risk(self, *, review_on: date, by: Person, at: datetime) -> None:
        """Close what cannot be put right, with a day to look again (domain.md 3.5)."""
        check(lifecycle.MOVES, "accept_risk", by.role, self.stage)
        self.closed_at, self.closed_by, self.review_on = at, by, review_on
        record(self, "accept_risk", by, at, review_on=review_on.isoformat())


class Reopening(Keyed, Base):
    """That a closing was wrong: after which round, when it had been closed, and the new due day."""

    __tablename__ = "reopening"
    __table_args__ = (UniqueConstraint("rectification_id", "round", "closed_at"),)

    rectification_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rectification.id"))
    round: Mapped[int]
    closed_at: Mapped[datetime] = mapped_column(Utc)
    due_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Utc)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))

    rectification: Mapped[Rectification] = relationship(back_populates="reopenings")
    by: Mapped[Person] = relationship()


class Report(Keyed, Base):
    """One round: what the branch reported, and what verification said of it."""

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("rectification_id", "round"),
        CheckConstraint(f"verdict IS NULL OR {one_of('verdict', Verdict)}", name="verdict"),
        CheckConstraint("(verdict IS NULL) = (verified_at IS NULL)", name="verified_at"),
        CheckConstraint("(verdict IS NULL) = (verified_by_id IS NULL)", name="verified_by"),
        CheckConstraint("verdict <> 'returned' OR remark <> ''", name="reason_if_returned"),
        CheckConstraint("verified_by_id <> reported_by_id", name="recusal"),
        CheckConstraint("(endorsed_at IS NULL) = (endorsed_by_id IS NULL)", name="endorsed_by"),
        CheckConstraint("endorsed_by_id <> reported_by_id", name="endorse_recusal"),
        index_where("ix_report_unverified", "rectification_id", where="verdict IS NULL"),
    )

    rectification_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rectification.id"))
    round: Mapped[int]
    cause: Mapped[str] = mapped_column(Text)
    measure: Mapped[str] = mapped_column(Text)
    result: Mapped[str] = mapped_column(Text)
    done_on: Mapped[date]
    reported_at: Mapped[datetime] = mapped_column(Utc)
    reported_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    verdict: Mapped[str | None] = mapped_column(String(10))
    remark: Mapped[str] = mapped_column(Text, default="")
    verified_at: Mapped[datetime | None] = mapped_column(Utc)
    verified_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    endorsed_at: Mapped[datetime | None] = mapped_column(Utc)
    endorsed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))

    rectification: Mapped[Rectification] = relationship(back_populates="reports")
    reported_by: Mapped[Person] = relationship(foreign_keys=reported_by_id)
    verified_by: Mapped[Person | None] = relationship(foreign_keys=verified_by_id)
    endorsed_by: Mapped[Person | None] = relationship(foreign_keys=endorsed_by_id)
    photos: Mapped[list["ReportPhoto"]] = relationship(back_populates="report")

    def endorse(self, *, by: Person, at: datetime) -> None:
        """The sub-branch's first check, a fact with who and when (domain.md 7, 4); twice is
        harmless. Raises Problem verify.recusal for the reporter."""
        if self.endorsed_at is not None and by.role == "subbranch":
            return
        check(lifecycle.MOVES, "endorse", by.role, self.rectification.stage)
        self._require_unverified(by)
        self.endorsed_at, self.endorsed_by = at, by
        record(self.rectification, "endorse", by, at, round=self.round)

    def close(
        self, *, remark: str, by: Person, at: datetime, needs_endorsement: bool = False
    ) -> None:
        """Verified: strike it off. Raises Problem verify.recusal for the reporter, and
        endorse.needed where the setting asks for the sub-branch's first check."""
        if needs_endorsement and self.endorsed_at is None:
            raise Problem("endorse.needed")
        self._verify("close", Verdict.CLOSED, remark, by, at)
        self.rectification.closed_at, self.rectification.closed_by = at, by

    def give_back(
        self, *, reason: str, by: Person, at: datetime, due_on: date | None = None
    ) -> None:
        """Return the report with a reason; the due day stays, unless the channel department gives
        another (domain.md 3.5). Raises Problem due.past for a day before today."""
        if not reason.strip():
            raise Problem("reason.needed")
        if due_on is None:
            self._verify("return", Verdict.RETURNED, reason, by, at)
            return
        if by.role != "channel":
            raise Problem("move.not_yours")
        if due_on < clock.day(at):
            raise Problem("due.past")
        self._verify("return", Verdict.RETURNED, reason, by, at, due_on=due_on.isoformat())
        self.rectification.due_on = due_on

    def _verify(
        self, move: str, verdict: Verdict, remark: str, by: Person, at: datetime, **told: Any
    ) -> None:
        check(lifecycle.MOVES, move, by.role, self.rectification.stage)
        self._require_unverified(by)
        self.verdict, self.remark = verdict, remark.strip()
        self.verified_at, self.verified_by = at, by
        record(self.rectification, move, by, at, round=self.round, remark=self.remark, **told)

    def _require_unverified(self, by: Person) -> None:
        if self.verdict is not None:
            raise Problem("move.not_now", stage=self.rectification.stage.value)
        if by.id == self.reported_by_id:
            raise Problem("verify.recusal")


class ReportPhoto(Keyed, Base):
    """A photo that shows the fault put right."""

    __tablename__ = "report_photo"
    __table_args__ = (UniqueConstraint("report_id", "sha256"),)

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id"))
    sha256: Mapped[str] = mapped_column(ForeignKey("picture.sha256"))

    report: Mapped[Report] = relationship(back_populates="photos")
    picture: Mapped[Picture] = relationship()
