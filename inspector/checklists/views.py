"""The list of checklists, and one version as a whole, to be read or printed."""

from flask import Blueprint, render_template

from inspector.checklists import queries
from inspector.web import Answer

blueprint = Blueprint("checklists", __name__, url_prefix="/checklists")


@blueprint.get("")
def index() -> Answer:
    """Each checklist with its versions, the highest first."""
    return render_template("checklists/index.html", checklists=queries.checklists())


@blueprint.get("/<code>/<version>")
def show(code: str, version: str) -> Answer:
    """One version, whole."""
    found = queries.version_called(code, version)
    return render_template("checklists/show.html", version=found)
