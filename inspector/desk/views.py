"""The board."""

from flask import Blueprint, render_template, request
from flask_login import current_user

from inspector import clock
from inspector.checklists.models import Kind
from inspector.clock import Quarter
from inspector.db import db
from inspector.desk import ageing, figures, heatmap
from inspector.desk.counting import BOARD
from inspector.findings.models import Rectification
from inspector.notices import queries as notices
from inspector.notices.models import Notice
from inspector.notices.systemic import of_rows
from inspector.people.models import Level
from inspector.people.queries import are_many, branch_called
from inspector.people.roles import BRANCH_SIDE, DESK, Role
from inspector.problems import Problem
from inspector.reminders.queries import outages
from inspector.scores.periods import named, quarters
from inspector.visits import batches
from inspector.visits.lifecycle import Stage
from inspector.visits.models import Visit
from inspector.visits.queries import STAGE_SQL, visits_seen_by
from inspector.web import Answer, for_roles

blueprint = Blueprint("desk", __name__)

FIRST = 12
"""How many open notices the board shows; other pages have them all."""

REVIEWED = 20
"""How many visits that wait for review it shows, the oldest first."""


@blueprint.get("/desk")
@for_roles(*DESK)
def board() -> Answer:
    """The sum that proves one to one, what waits for the desk, and the notices due first. Where
    numbers were counted a while ago, `?anew=1` counts them now."""
    today = clock.today()
    counts, as_of = BOARD.told(anew="anew" in request.args)
    due_first = (
        notices.notices_seen_by(current_user)
        .where(notices.filters(today)["open"])
        .order_by(Rectification.due_on.nulls_last(), Notice.doc_seq, Notice.id)
        .limit(FIRST)
    )
    asked = Visit.void_asked_at.is_not(None), Visit.voided_at.is_(None)
    asked_void = visits_seen_by(current_user).where(*asked).order_by(Visit.void_asked_at)
    tables = ageing.tables_of(counts.ageing)
    submitted = visits_seen_by(current_user).where(STAGE_SQL[Stage.SUBMITTED])
    to_review = db.session.scalars(submitted.order_by(Visit.submitted_at).limit(REVIEWED + 1)).all()
    return render_template(
        "desk/board.html",
        quarter=Quarter.of(today),
        counts=counts,
        as_of=as_of,
        ageing=tables,
        late=ageing.LATE,
        ageing_plot=ageing.drawn(counts.ageing, tables["branch"]),
        systemic=of_rows(counts.systemic),
        notices=db.session.scalars(due_first).all(),
        visits=to_review[:REVIEWED],
        more_to_review=len(to_review) > REVIEWED,
        asked_void=db.session.scalars(asked_void).all(),
        outages=outages(),
        batches=db.session.scalars(batches.due(today)).all(),
    )


@blueprint.get("/desk/figures")
@for_roles(*DESK)
def show_figures() -> Answer:
    """A quarter in pictures: how the quarters go, how long striking off takes, what is found most,
    what is systemic."""
    quarter = named(request.args.get("quarter"))
    told, as_of = figures.countable(str(quarter)).asked()
    return render_template(
        "desk/figures.html",
        quarter=quarter,
        quarters=quarters(quarter),
        as_of=as_of,
        course=told.course,
        closing=told.closing,
        pareto=told.pareto,
        systemic=of_rows(told.systemic),
        all_systemic=told.all_systemic,
    )


@blueprint.get("/heatmap/<quarter>")
@for_roles(*DESK, *BRANCH_SIDE)
def show_heatmap(quarter: str) -> Answer:
    """Which section loses points at which outlet; `?kind=` of which visits, `?branch=` of one
    sub-branch or city branch only. A branch sees its own outlets."""
    of = named(quarter)
    kind, code = request.args.get("kind", Kind.ONSITE), request.args.get("branch", "")
    if kind not in set(Kind):
        raise Problem("request.unknown")
    branch = branch_called(code)
    if code and branch is None:
        raise Problem("request.unknown")
    found, as_of = heatmap.told(of, kind, current_user, branch)
    return render_template(
        "desk/heatmap.html",
        heat=found,
        as_of=as_of,
        quarter=of,
        quarters=quarters(of),
        branch=branch,
        city=branch.parent if branch and branch.level == Level.SUBBRANCH and are_many() else None,
        kinds=Kind,
        with_outlets=branch is not None or found.outlets <= heatmap.AT_ONCE,
        is_outlet=current_user.role == Role.OUTLET,
        plot=heatmap.drawn(found),
        worst=heatmap.WORST,
    )
