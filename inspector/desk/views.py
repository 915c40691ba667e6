"""The board."""

from flask import Blueprint, render_template
from flask_login import current_user
from sqlalchemy import func, select

from inspector import clock
from inspector.clock import Quarter
from inspector.db import db
from inspector.desk import ageing
from inspector.desk.queries import coverage
from inspector.findings import queries as findings
from inspector.findings.models import Finding, Rectification
from inspector.notices import queries as notices
from inspector.notices.models import Notice
from inspector.notices.systemic import systemic
from inspector.people.roles import DESK
from inspector.reminders.queries import outages
from inspector.visits import batches
from inspector.visits.deadlines import late
from inspector.visits.lifecycle import Stage
from inspector.visits.models import Visit
from inspector.visits.queries import STAGE_SQL, visits_seen_by
from inspector.web import Answer, for_roles

blueprint = Blueprint("desk", __name__)

FIRST = 12
"""How many open notices the board shows; the list has them all."""


@blueprint.get("/desk")
@for_roles(*DESK)
def board() -> Answer:
    """The sum that proves one to one, what waits for the desk, and the notices due first."""
    today = clock.today()
    filters = notices.filters(today)
    due_first = (
        notices.notices_seen_by(current_user)
        .where(filters["open"])
        .order_by(Rectification.due_on.is_(None), Rectification.due_on, Notice.doc_seq, Notice.id)
        .limit(FIRST)
    )
    asked = Visit.void_asked_at.is_not(None), Visit.voided_at.is_(None)
    asked_void = visits_seen_by(current_user).where(*asked).order_by(Visit.void_asked_at)
    tables = ageing.ageing(current_user)
    to_review = visits_seen_by(current_user).where(STAGE_SQL[Stage.SUBMITTED])
    return render_template(
        "desk/board.html",
        quarter=Quarter.of(today),
        proof=notices.proof(),
        counts=notices.counts(current_user, today),
        ageing=tables,
        late=ageing.LATE,
        ageing_plot=ageing.drawn(tables["branch"]),
        findings=findings.counts(current_user),
        systemic=systemic(Quarter.of(today), seen_by=current_user),
        to_decide=db.session.scalar(select(func.count()).where(Finding.decision.is_(None))),
        notices=db.session.scalars(due_first).all(),
        visits=db.session.scalars(to_review.order_by(Visit.submitted_at)).all(),
        asked_void=db.session.scalars(asked_void).all(),
        late_visits=db.session.scalar(select(func.count()).where(late(today))),
        outages=outages(),
        batches=db.session.scalars(batches.due(today)).all(),
        coverage=coverage(Quarter.of(today)),
    )
