"""The list of findings: the rows behind the numbers of the desk."""

from flask import Blueprint, render_template, request
from flask_login import current_user

from inspector.findings import counting, queries
from inspector.paging import page_of
from inspector.problems import Problem
from inspector.web import Answer

blueprint = Blueprint("findings", __name__)


@blueprint.get("/findings")
def index() -> Answer:
    """The findings one may see, narrowed by `?only=`, the latest first; `?anew=1` counts what was
    counted a while ago."""
    only = request.args.get("only", "")
    seen = queries.findings_seen_by(current_user)
    counts, as_of = counting.counts(current_user, anew="anew" in request.args)
    if only in queries.FILTERS:
        seen = seen.where(queries.FILTERS[only])
    narrowed = {name: request.args[name] for name in queries.NARROWED if request.args.get(name)}
    try:
        seen = seen.where(*(queries.NARROWED[name](value) for name, value in narrowed.items()))
    except ValueError:
        raise Problem("request.unknown") from None
    return render_template(
        "findings/index.html",
        page=page_of(queries.in_order(seen, current_user)),
        counts=counts,
        as_of=as_of,
        narrowed=list(narrowed.values()),
        only=only,
    )
