"""Signing in and out, the language, the list of branches."""

from datetime import datetime

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from inspector import clock
from inspector.db import db
from inspector.paging import page_of
from inspector.people import lockout, password_links, passwords, queries, signing_in
from inspector.people.forms import CodeForm, NewPasswordForm, SignInForm
from inspector.people.masks import masked
from inspector.people.models import Branch, Level, Person
from inspector.people.roles import Role
from inspector.people.second_factor import models as second_factor
from inspector.people.sessions import How, Why
from inspector.people.single_sign_on import leaving
from inspector.problems import Problem
from inspector.templating import LOCALES
from inspector.web import Answer, go, refusal, sentence

blueprint = Blueprint("people", __name__)


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Answer:
    """The sign-in page, and signing in. Which of account and password was wrong is not said."""
    if current_user.is_authenticated:
        return redirect(url_for("home"))
    if request.method == "POST" and not current_app.config["PASSWORDS"]:
        raise Problem("sign_in.no_passwords")
    form = SignInForm(next=_safe(request.args.get("next")))
    if not form.validate_on_submit():
        return render_template("people/sign_in.html", form=form), 422 if form.errors else 200
    username, password = (form.username.data or "").strip(), form.password.data or ""
    at, address = clock.now(), request.remote_addr or ""
    try:
        person = passwords.prove(username, password, address=address, at=at)
    except Problem as problem:
        form.password.errors = [sentence(problem)]
        return refusal(render_template("people/sign_in.html", form=form), problem)
    return _go_on(person, _safe(form.next.data), at)


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
def second_step() -> Answer:
    """The second factor of who has proved their password a moment ago."""
    at, form = clock.now(), CodeForm()
    if (found := signing_in.halfway(at)) is None:
        return redirect(url_for("people.sign_in"), 303)
    person, to = found
    if not form.validate_on_submit():
        return render_template("people/second_step.html", form=form), 422 if form.errors else 200
    try:
        second_factor.prove(person, form.code.data or "", address=request.remote_addr or "", at=at)
    except Problem as problem:
        form.code.errors = [sentence(problem)]
        return refusal(render_template("people/second_step.html", form=form), problem)
    return _enter(person, to, at)


@blueprint.route("/password/<token>", methods=["GET", "POST"])
def password(token: str) -> Answer:
    """Choose a password by the administrator's link, without one or instead of one forgotten."""
    form, at = NewPasswordForm(), clock.now()
    person = password_links.person_with(token, at)
    emergency = not current_app.config["PASSWORDS"]  # single sign-on may be what is broken
    if emergency and person.role != Role.ADMIN:
        raise Problem("sign_in.no_passwords")
    page = "people/password.html"
    if not form.validate_on_submit():
        return render_template(page, form=form, person=person), 422 if form.errors else 200
    try:
        password_links.use(token, form.new.data or "", at=at)
    except Problem as problem:
        form.new.errors = [sentence(problem)]
        return refusal(render_template(page, form=form, person=person), problem)
    if emergency:
        return _go_on(person, url_for("home"), at)
    return go(url_for("people.sign_in"), _("The password is set. Sign in with it."))


@blueprint.post("/sign-out")
def sign_out() -> Answer:
    """End the session; then the one at the provider of single sign-on, if the settings say so."""
    there = leaving.way_out(signing_in.current())
    signing_in.leave(why=Why.SIGNED_OUT, at=clock.now())
    if there:
        # A redirect would be the form's, which may lead to no other site.
        page = current_app.make_response(render_template("people/leaving.html", there=there))
        page.headers["Refresh"] = f"0; url={there}"
        return page
    return redirect(url_for("people.sign_in"), 303)


@blueprint.post("/language")
def set_language() -> Answer:
    """Choose the language of the pages, and return to the page one was on."""
    if (language := request.form.get("language")) in LOCALES:
        session["language"] = language
    return redirect(_safe(request.form.get("next")), 303)


@blueprint.get("/branches")
def branches() -> Answer:
    """The sub-branches and outlets that one may see, in pages; `?q=` is looked for in their codes
    and names, and in those of what is above them."""
    seen, text = queries.branches_seen_by(current_user), request.args.get("q", "").strip()
    found = seen.where(queries.named_like(text)) if text else seen
    below = found.where(Branch.level != Level.CITY)
    outlets = found.where(Branch.level == Level.OUTLET, Branch.merged_into_id.is_(None))
    return render_template(
        "people/branches.html",
        page=page_of(below.options(selectinload(Branch.parent), selectinload(Branch.merged_into))),
        outlets=db.session.scalar(select(func.count()).select_from(outlets.subquery())),
        q=text,
    )


@blueprint.app_template_global("masked")
def _masked(person: Person) -> str:
    """What somebody is called before whoever is signed in."""
    return masked(person, current_user)


def _go_on(person: Person, to: str, at: datetime) -> Answer:
    if second_factor.factor_of(person):
        signing_in.stop_halfway(person, to=to, at=at)
        return redirect(url_for("people.second_step"), 303)
    return _enter(person, to, at)


def _enter(person: Person, to: str, at: datetime) -> Answer:
    lockout.clear(person.username)
    signing_in.enter(person, how=How.PASSWORD, at=at)
    return redirect(to, 303)


def _safe(target: str | None) -> str:
    """Only a path of ours: a link to sign in must not lead to another site afterwards."""
    # Browsers drop tabs and line ends from an address, so that /<tab>/ would be //.
    ours = target and target.isprintable() and target.startswith("/")
    return target if ours and target and target[1:2] not in {"/", "\\"} else url_for("home")
