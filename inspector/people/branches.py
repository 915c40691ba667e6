"""The administrator's pages of branches: adding one, what it is, changing it."""

import uuid

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func, select

from inspector import clock
from inspector.db import db
from inspector.people import tree
from inspector.people.acts import acts_on
from inspector.people.branch_forms import BranchForm
from inspector.people.models import Branch, Person
from inspector.people.queries import branch_called
from inspector.people.roles import Role
from inspector.problems import Problem
from inspector.web import Answer, for_roles, go

blueprint = Blueprint("branches", __name__)


@blueprint.get("/branches/new")
@for_roles(Role.ADMIN)
def new() -> Answer:
    """The form to add a branch."""
    return render_template("branches/new.html", form=BranchForm.of())


@blueprint.post("/branches")
@for_roles(Role.ADMIN)
def create() -> Answer:
    """Add a branch."""
    tree.lock_the_tree()
    form = BranchForm.of()
    row = form.row()
    if row is None:
        return render_template("branches/new.html", form=form), 422
    branch = tree.add(row, branch_called(row.parent_code), by=current_user, at=clock.now())
    db.session.flush()
    return go(url_for("branches.show", branch_id=branch.id), _("The branch is there."))


@blueprint.get("/branches/<uuid:branch_id>")
@for_roles(Role.ADMIN)
def show(branch_id: uuid.UUID) -> Answer:
    """One branch: what it is, who belongs there, what was done to it."""
    branch = _branch(branch_id)
    return _page(branch, BranchForm.of(branch))


@blueprint.post("/branches/<uuid:branch_id>")
@for_roles(Role.ADMIN)
def change(branch_id: uuid.UUID) -> Answer:
    """Change a branch; its code and its level stay."""
    tree.lock_the_tree()
    branch = _branch(branch_id)
    form = BranchForm.of(branch)
    row = form.row()
    if row is None:
        return _page(branch, form), 422
    parent = branch_called(row.parent_code)
    changes = tree.change(branch, row, parent, by=current_user, at=clock.now())
    said = _("The branch is changed.") if changes else _("Nothing was different.")
    return go(url_for("branches.show", branch_id=branch.id), said)


def _branch(key: uuid.UUID) -> Branch:
    branch = db.session.get(Branch, key)
    if branch is None:
        raise Problem("request.unknown")
    return branch


def _page(branch: Branch, form: BranchForm) -> str:
    people = select(func.count()).where(Person.branch_id == branch.id, Person.closed_at.is_(None))
    return render_template(
        "branches/show.html",
        branch=branch,
        form=form,
        people=db.session.scalar(people),
        history=acts_on(branch.id, "branches", ("add", "change", "merge")),
    )
