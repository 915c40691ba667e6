"""An outlet's page."""

from flask import Blueprint, render_template, request
from flask_login import current_user

from inspector.outlets import history, queries, scores
from inspector.visits.queries import shows_inspector
from inspector.web import Answer

blueprint = Blueprint("outlets", __name__)


@blueprint.get("/outlets/<code>")
def show(code: str) -> Answer:
    """All that is known of an outlet, as far as one may know; `?all=1` shows every row."""
    outlet = queries.outlet_seen_by(current_user, code)
    whole = bool(request.args.get("all"))
    most, few = (None, None) if whole else (queries.FIRST, queries.FEW)
    by_quarter = scores.scores_of(outlet, current_user)
    return render_template(
        "outlets/show.html",
        outlet=outlet,
        whole=whole,
        numbers=queries.numbers_of(outlet, current_user),
        notices=queries.open_at(outlet, current_user, most),
        repeats=queries.repeated_at(outlet, current_user, few),
        pairs=queries.put_right_at(outlet, current_user),
        visits=queries.visits_at(outlet, current_user, most),
        visit_count=queries.visit_count(outlet, current_user),
        scores=by_quarter,
        plot=scores.drawn(outlet, by_quarter),
        history=history.history_of(outlet, current_user),
        shows_inspector=shows_inspector,
    )
