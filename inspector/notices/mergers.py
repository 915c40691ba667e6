"""The administrator's pages of merging: which outlet goes on as which, and what that changes."""

import uuid

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import ColumnElement, select

from inspector import clock
from inspector.db import db
from inspector.notices import merging
from inspector.people import tree
from inspector.people.models import Branch
from inspector.people.queries import outlets
from inspector.people.roles import Role
from inspector.problems import Problem
from inspector.web import Answer, for_roles, go

blueprint = Blueprint("mergers", __name__)


@blueprint.get("/branches/<uuid:branch_id>/merger")
@for_roles(Role.ADMIN)
def new(branch_id: uuid.UUID) -> Answer:
    """Choose the outlet that goes on for another."""
    old = _outlet(Branch.id == branch_id)
    there = db.session.scalars(outlets().where(Branch.id != old.id))
    return render_template("mergers/new.html", branch=old, outlets=there.all())


@blueprint.post("/branches/<uuid:branch_id>/merger")
@for_roles(Role.ADMIN)
def create(branch_id: uuid.UUID) -> Answer:
    """Say what a merger would change; if that was seen and is still so, carry it out."""
    tree.lock_the_tree()
    old = _outlet(Branch.id == branch_id)
    into = _outlet(Branch.code == request.form.get("into", ""))
    who = {"by": current_user, "at": clock.now()}
    foreseen = merging.foresee(old, into, **who)
    seen = request.form.get("digest", "")
    if seen != foreseen.digest:
        page = render_template(
            "mergers/show.html", branch=old, into=into, merger=foreseen, moved=bool(seen)
        )
        return page, 409 if seen else 200
    merging.merge(old, into, **who)
    return go(url_for("branches.show", branch_id=old.id), _("The outlets are merged."))


def _outlet(which: ColumnElement[bool]) -> Branch:
    found = db.session.scalar(select(Branch).where(which))
    if found is None:
        raise Problem("request.unknown")
    return found
