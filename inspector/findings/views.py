"""The list of findings: the rows behind the numbers of the desk."""

from flask import Blueprint, render_template, request
from flask_login import current_user
from sqlalchemy import ColumnElement, func

from inspector.db import db
from inspector.findings import queries
from inspector.findings.lifecycle import Decision
from inspector.findings.models import Finding
from inspector.problems import Problem
from inspector.web import Answer

blueprint = Blueprint("findings", __name__)

FILTERS: dict[str, ColumnElement[bool]] = {
    "to_decide": Finding.decision.is_(None),
    "confirmed": queries.IN_FORCE & Finding.original,
    "on_spot": queries.IN_FORCE & Finding.original & Finding.corrected_on_spot,
    "repeats": queries.IN_FORCE & (Finding.occurrence > 1),
    "seen_again": queries.IN_FORCE & ~Finding.original,
    "not_carried_out": queries.IN_FORCE & Finding.not_carried_out,
    "rejected": Finding.decision == Decision.REJECTED,
}
"""The ways to narrow the list; a number of the desk opens exactly the rows it counts."""


@blueprint.get("/findings")
def index() -> Answer:
    """The findings one may see, narrowed by `?only=`."""
    only = request.args.get("only", "")
    seen = queries.findings_seen_by(current_user)
    totals = [func.count().filter(sql).label(name) for name, sql in FILTERS.items()]
    counted = seen.options().with_only_columns(*totals).order_by(None)
    if only in FILTERS:
        seen = seen.where(FILTERS[only])
    for name, narrow in queries.NARROWED.items():
        if value := request.args.get(name):
            try:
                seen = seen.where(narrow(value))
            except ValueError:
                raise Problem("request.unknown") from None
    return render_template(
        "findings/index.html",
        findings=db.session.scalars(
            seen.order_by(Finding.raised_at.desc(), Finding.position)
        ).all(),
        counts=dict(db.session.execute(counted).one()._mapping),
        only=only,
    )
