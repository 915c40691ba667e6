"""What a visit waits for, and until when: to be uploaded, then to be confirmed (domain.md 3.6)."""

from datetime import date, timedelta

from flask import current_app
from sqlalchemy import ColumnElement, and_, case, not_, or_, select

from inspector import clock, deadlines
from inspector.checklists.models import Kind
from inspector.deadlines import Days, Deadline, Step, deadline
from inspector.visits.lifecycle import WRITABLE, Stage
from inspector.visits.models import SendBack, Visit
from inspector.visits.queries import STAGE_SQL


def deadline_of(visit: Visit) -> Deadline | None:
    """The one step that the visit waits for; None when it waits for none."""
    days = Days.of(current_app.config)
    if visit.stage in WRITABLE:
        return deadlines.upload(
            days,
            mystery=visit.kind == Kind.MYSTERY,
            planned_on=visit.planned_on,
            started_on=clock.day(visit.started_at) if visit.started_at else None,
            given_back_on=max((clock.day(sent.at) for sent in visit.send_backs), default=None),
        )
    if visit.stage == Stage.SUBMITTED and visit.submitted_at:
        return deadline(Step.CONFIRM, clock.day(visit.submitted_at), days.confirm)
    return None


def late_sql(today: date, days: Days) -> dict[Step, ColumnElement[bool]]:
    """The twin of deadline_of: for each step of a visit, whether it is late."""
    return {
        Step.UPLOAD: or_(STAGE_SQL[Stage.ASSIGNED], STAGE_SQL[Stage.IN_PROGRESS])
        & case(
            (Visit.kind == Kind.MYSTERY, _began_before(today - timedelta(days.upload_mystery))),
            else_=_began_before(today - timedelta(days.upload)),
        ),
        Step.CONFIRM: STAGE_SQL[Stage.SUBMITTED]
        & (Visit.submitted_at < clock.start_of(today - timedelta(days.confirm))),
    }


def late(today: date) -> ColumnElement[bool]:
    """Whether a visit is late with any step."""
    return or_(*late_sql(today, Days.of(current_app.config)).values())


def _began_before(day: date) -> ColumnElement[bool]:
    """Whether the time for uploading began before a day."""
    moment = clock.start_of(day)
    given_back = select(SendBack.id).where(SendBack.visit_id == Visit.id, SendBack.at >= moment)
    return and_(
        or_(
            Visit.started_at < moment,
            Visit.started_at.is_(None) & (Visit.planned_on < day),
        ),
        not_(given_back.exists()),
    )
