"""Unsent work: the tablet's page of it, and taking in a file of it where a tablet cannot send."""

from io import BufferedIOBase
from typing import cast

from flask import Blueprint, render_template, request
from flask_login import current_user

from inspector import clock
from inspector.offline import files, taking_in
from inspector.people.roles import VISITORS, Role
from inspector.problems import Problem
from inspector.web import Answer, for_roles, keepable, sentence, wants_part

blueprint = Blueprint("unsent", __name__)

TAKERS = VISITORS | {Role.CHANNEL}
"""Who may take in a file: whose work it is, and the channel department anybody's."""


@blueprint.get("/unsent")
@for_roles(*VISITORS)
def index() -> Answer:
    """What on this tablet waits to be sent or was refused. All of it stands in the tablet; so the
    page is kept there."""
    return keepable(render_template("unsent/index.html"), keep=True)


@blueprint.get("/unsent/files")
@for_roles(*TAKERS)
def new_file() -> Answer:
    """Where a file of unsent work is taken in."""
    return render_template("unsent/files.html")


@blueprint.post("/unsent/files")
@for_roles(*TAKERS)
def take_in_file() -> Answer:
    """Show what a file holds; take it in once it comes with `seen`, the SHA-256 of what was shown.
    Nothing is stored in between."""
    try:
        return _answer(**_looked_at())
    except Problem as problem:
        return _answer(problem=sentence(problem)), problem.status


def _looked_at() -> dict[str, object]:
    upload = request.files.get("file")
    if not upload:
        raise Problem("file.missing")
    file = files.read(cast(BufferedIOBase, upload.stream))
    owner = taking_in.owner_of(file, current_user)
    found = taking_in.contained(file, owner, current_user)
    if request.form.get("seen") != file.sha256:
        return {"found": found, "seen": file.sha256}
    taken = taking_in.take_in(file, owner, by=current_user, at=clock.now())
    return {"found": found, "taken": taken}


def _answer(**context: object) -> str:
    page = "unsent/_file.html" if wants_part() else "unsent/files.html"
    return render_template(page, **context)
