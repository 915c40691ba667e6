"""The administrator's pages of the people: the list, one account, adding, changing, closing,
reopening."""

import uuid

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from inspector import clock
from inspector.db import db
from inspector.people import keeping, password_links, roster
from inspector.people.account_forms import AccountForm, ClosingForm
from inspector.people.acts import acts_on
from inspector.people.in_hand import in_hand_of
from inspector.people.models import NO_PASSWORD, Person
from inspector.people.roles import Role
from inspector.people.roster import KEPT, Filter, Which
from inspector.problems import Problem
from inspector.web import Answer, for_roles, go

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/people")
@for_roles(Role.ADMIN)
def index() -> Answer:
    """The people, narrowed by the address: q, role, branch, only; a page begins after a name."""
    wanted = _filter()
    people, more = wanted.page(request.args.get("after", ""))
    return render_template(
        "people/index.html",
        people=people,
        more=more,
        wanted=wanted,
        counts=wanted.counts(),
        units=roster.units(),
        roles=list(Role),
    )


@blueprint.get("/people/new")
@for_roles(Role.ADMIN)
def new() -> Answer:
    """The form to add a person."""
    return render_template("people/new.html", form=AccountForm.of())


@blueprint.post("/people")
@for_roles(Role.ADMIN)
def create() -> Answer:
    """Add a person, and show the link by which they choose their password."""
    form = AccountForm.of()
    if form.validate_on_submit():
        try:
            person = keeping.add(form.entry, by=current_user, at=clock.now())
            return _link(person)
        except Problem as problem:
            form.refuse(problem)
    return render_template("people/new.html", form=form), 422


@blueprint.get("/people/<uuid:person_id>")
@for_roles(Role.ADMIN)
def show(person_id: uuid.UUID) -> Answer:
    """One account: what it holds, what its person has in hand, what was done to it."""
    person = db.session.get(Person, person_id)
    if person is None:
        raise Problem("request.unknown")
    return _page(person, AccountForm.of(person))


@blueprint.post("/people/<uuid:person_id>")
@for_roles(Role.ADMIN)
def change(person_id: uuid.UUID) -> Answer:
    """Change an account; another role or branch is asked about while visits are in hand."""
    person = keeping.account_to_change(person_id)
    form = AccountForm.of(person)
    if not form.validate_on_submit():
        return _page(person, form), 422
    moves = (person.role, person.branch) != (form.entry.role, form.entry.branch)
    if moves and form.sure.data != "yes" and in_hand_of(person):
        form.sure.data = "yes"
        return _page(person, form, warn=True), 422
    try:
        changes = keeping.change(person, form.entry, by=current_user, at=clock.now())
    except Problem as problem:
        form.refuse(problem)
        return _page(person, form), 422
    said = _("The account is changed.") if changes else _("Nothing was different.")
    return go(url_for("accounts.show", person_id=person.id), said)


@blueprint.post("/people/<uuid:person_id>/password-link")
@for_roles(Role.ADMIN)
def reset(person_id: uuid.UUID) -> Answer:
    """Take a person's password away, and show the link by which they choose another."""
    return _link(keeping.account_to_change(person_id))


@blueprint.post("/people/<uuid:person_id>/closure")
@for_roles(Role.ADMIN)
def close(person_id: uuid.UUID) -> Answer:
    """Close an account, with a reason."""
    person = keeping.account_to_change(person_id)
    reason = ClosingForm().reason.data or ""
    keeping.close(person, reason=reason, by=current_user, at=clock.now())
    return go(url_for("accounts.show", person_id=person.id), _("The account is closed."))


@blueprint.post("/people/<uuid:person_id>/reopening")
@for_roles(Role.ADMIN)
def reopen(person_id: uuid.UUID) -> Answer:
    """Open a closed account again."""
    person = keeping.account_to_change(person_id)
    keeping.reopen(person, by=current_user, at=clock.now())
    return go(url_for("accounts.show", person_id=person.id), _("The account is open again."))


@blueprint.post("/people/<uuid:person_id>/unmasking")
@for_roles(Role.ADMIN)
def let_unmask(person_id: uuid.UUID) -> Answer:
    """Name somebody who may learn who mystery shoppers are, or no longer."""
    person = keeping.account_to_change(person_id)
    may = request.form.get("may") == "yes"
    changed = keeping.let_unmask(person, may=may, by=current_user, at=clock.now())
    said = _("The account is changed.") if changed else _("Nothing was different.")
    return go(url_for("accounts.show", person_id=person.id), said)


def _link(person: Person) -> str:
    """The page of a new link, which is shown now and never again."""
    token = password_links.reset(person, by=current_user, at=clock.now())
    path = url_for("people.password", token=token)
    return render_template("people/link.html", person=person, path=path)


def _filter() -> Filter:
    args = request.args
    only = args.get("only", "")
    return Filter(
        q=args.get("q", "").strip(),
        role=args.get("role", ""),
        branch=args.get("branch", ""),
        only=Which(only) if only in set(Which) else Which.OPEN,
    )


def _page(person: Person, form: AccountForm, *, warn: bool = False) -> str:
    return render_template(
        "people/show.html",
        person=person,
        form=form,
        warn=warn,
        in_hand=in_hand_of(person),
        has_password=person.password_hash != NO_PASSWORD,
        last_sign_in=roster.last_sign_in(person),
        history=acts_on(person.id, "people", KEPT),
        closing_form=ClosingForm(),
    )
