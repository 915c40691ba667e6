"""The ledger's page."""

from flask import Blueprint, render_template, request
from flask_login import current_user

from inspector import clock
from inspector.ledger import queries
from inspector.ledger.filters import Filters
from inspector.problems import Problem
from inspector.web import Answer

blueprint = Blueprint("ledger", __name__)


@blueprint.get("/ledger")
def index() -> Answer:
    """The rows one may see, narrowed and sorted by what stands in the address (filters.py);
    `?after=` goes on after that row."""
    try:
        filters = Filters.of(request.args)
        page = queries.page(current_user, filters, request.args.get("after", ""))
    except ValueError:
        raise Problem("request.unknown") from None
    return render_template(
        "ledger/index.html",
        filters=filters,
        page=page,
        total=queries.count(current_user, filters),
        today=clock.today(),
    )
