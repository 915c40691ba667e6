"""Signing in and out, the language, the list of branches."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from inspector import clock
from inspector.db import db
from inspector.people import queries, signing_in
from inspector.people.forms import SignInForm
from inspector.people.models import NOBODY_HASH, Person
from inspector.people.sessions import How, Why
from inspector.templating import LOCALES
from inspector.web import Answer

blueprint = Blueprint("people", __name__)


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Answer:
    """The sign-in page, and signing in. Which of account and password was wrong is not said."""
    if current_user.is_authenticated:
        return redirect(url_for("home"))
    form = SignInForm(next=request.args.get("next", ""))
    if not form.validate_on_submit():
        return render_template("people/sign_in.html", form=form), 422 if form.errors else 200
    username, password = form.username.data or "", form.password.data or ""
    person = queries.person_called(username.strip())
    # An unknown account costs the time of a wrong password: neither tells which it was.
    known = (person or Person(password_hash=NOBODY_HASH)).has_password(password)
    if not (person and known and person.is_active):
        form.password.errors = [_("Account or password is wrong. Try again.")]
        return render_template("people/sign_in.html", form=form), 422
    signing_in.enter(person, how=How.PASSWORD, at=clock.now())
    return redirect(_safe(form.next.data), 303)


@blueprint.post("/sign-out")
def sign_out() -> Answer:
    """End the session."""
    signing_in.leave(why=Why.SIGNED_OUT, at=clock.now())
    return redirect(url_for("people.sign_in"), 303)


@blueprint.post("/language")
def set_language() -> Answer:
    """Choose the language of the pages, and return to the page one was on."""
    if (language := request.form.get("language")) in LOCALES:
        session["language"] = language
    return redirect(_safe(request.form.get("next")), 303)


@blueprint.get("/branches")
def branches() -> Answer:
    """The tree of sub-branches and outlets that one may see."""
    seen = db.session.scalars(queries.branches_seen_by(current_user)).all()
    return render_template("people/branches.html", branches=seen)


def _safe(target: str | None) -> str:
    """Only a path of ours: a link to sign in must not lead to another site afterwards."""
    # Browsers drop tabs and line ends from an address, so that /<tab>/ would be //.
    ours = target and target.isprintable() and target.startswith("/")
    return target if ours and target and target[1:2] not in {"/", "\\"} else url_for("home")
