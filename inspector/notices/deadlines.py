"""What a notice waits for, and until when (domain.md 3.6)."""

from datetime import date, timedelta

from flask import current_app
from sqlalchemy import ColumnElement, select

from inspector import clock
from inspector.checklists.models import Kind
from inspector.deadlines import Days, Deadline, Step, deadline
from inspector.findings import queries as findings
from inspector.findings.lifecycle import Stage as RectificationStage
from inspector.findings.models import Rectification, Report
from inspector.notices.lifecycle import AppealStage, Stage
from inspector.notices.models import Notice
from inspector.notices.stages import STAGE_SQL
from inspector.visits.models import Visit


def deadline_of(notice: Notice) -> Deadline | None:
    """The step that the putting right waits for: issue, rectify or verify; None before a mystery
    visit is published, while an appeal has stopped the clock, and when all is done."""
    days = Days.of(current_app.config)
    if notice.stage == Stage.DRAFT:
        published_at = notice.finding.visit.published_at or notice.drafted_at
        start = max(notice.drafted_at, published_at)
        return deadline(Step.ISSUE, clock.day(start), days.issue)
    rectification = notice.rectification
    if notice.withdrawn_at is not None:
        return None
    if rectification.stage == RectificationStage.REPORTED:
        reported_at = rectification.reports[-1].reported_at
        return deadline(Step.VERIFY, clock.day(reported_at), days.verify)
    return rectification.deadline


def signing_of(notice: Notice) -> Deadline | None:
    """Until when it is to be signed for; None for one that nobody has to sign for any more."""
    if notice.stage != Stage.ISSUED or notice.issued_at is None:
        return None
    days = Days.of(current_app.config)
    return deadline(Step.ACKNOWLEDGE, clock.day(notice.issued_at), days.acknowledge)


def served_on(notice: Notice) -> date | None:
    """The day on which it counts, or will count, as served though nobody signed for it: not signing
    must not stop the clock (domain.md 3.4)."""
    if notice.issued_at is None or notice.acknowledgement is not None:
        return None
    days = Days.of(current_app.config)
    return clock.days_after(clock.day(notice.issued_at), days.served)


def appeal_deadline_of(notice: Notice) -> Deadline | None:
    """Until when the appeal is to be taken up or not; then, until when the panel decides."""
    appeal = notice.appeal
    if appeal is None or notice.withdrawn_at is not None:
        return None
    days = Days.of(current_app.config)
    if appeal.stage == AppealStage.FILED:
        return deadline(Step.APPEAL_ANSWER, clock.day(appeal.filed_at), days.appeal_answer)
    if appeal.stage == AppealStage.ACCEPTED and appeal.accepted_at:
        return deadline(Step.APPEAL_DECISION, clock.day(appeal.accepted_at), days.appeal_decision)
    return None


REPORTED: ColumnElement[bool] = Rectification.id.in_(
    select(Report.rectification_id).where(Report.verdict.is_(None))
)
"""Whether a report waits for its verdict: few do."""


def late_sql(today: date, days: Days) -> dict[Step, ColumnElement[bool]]:
    """The twin of deadline_of: for each step of a notice, whether it is late. Needs Rectification
    and Visit joined."""
    unverified = select(Report.id).where(
        Report.rectification_id == Rectification.id,
        Report.verdict.is_(None),
        Report.reported_at < clock.start_of(today - timedelta(days.verify)),
    )
    in_force = Notice.withdrawn_at.is_(None)
    issuable_before = clock.start_of(today - timedelta(days.issue))
    return {
        Step.ISSUE: in_force
        & Notice.issued_at.is_(None)
        & Rectification.closed_at.is_(None)
        & (STAGE_SQL == Stage.DRAFT)
        & (Notice.drafted_at < issuable_before)
        & ((Visit.kind != Kind.MYSTERY) | (Visit.published_at < issuable_before)),
        Step.RECTIFY: in_force & findings.overdue_sql(today),
        Step.VERIFY: in_force
        & REPORTED
        & (findings.STAGE_SQL == RectificationStage.REPORTED)
        & unverified.exists(),
    }


def to_name_sql(today: date, days: Days) -> ColumnElement[bool]:
    """Whether a notice is so late that the bulletin names its outlet."""
    return Notice.withdrawn_at.is_(None) & findings.late_sql(today, days.late_bulletin)
