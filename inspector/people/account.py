"""“My account”: who I am here, my password, and where I am signed in."""

import uuid

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from inspector import clock
from inspector.db import db
from inspector.people import calendar_links, passwords, sessions, signing_in
from inspector.people.forms import ChangePasswordForm
from inspector.people.models import Person
from inspector.people.second_factor import models as second_factor
from inspector.people.sessions import Session, Why
from inspector.problems import Problem
from inspector.web import Answer, go, refusal, sentence

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("")
def show() -> Answer:
    """Who I am, how I sign in, and my sessions."""
    me, at = _me(), clock.now()
    return render_template(
        "people/account.html",
        me=me,
        factor=second_factor.factor_of(me),
        left=second_factor.codes_left(me),
        sessions=sessions.sessions_of(me, at),
        here=signing_in.current(),
        link=calendar_links.link_of(me),
    )


@blueprint.route("/password", methods=["GET", "POST"])
def password() -> Answer:
    """Choose another password, for the present one. All other sessions end."""
    form, me, at = ChangePasswordForm(), _me(), clock.now()
    page = "people/change_password.html"
    if not form.validate_on_submit():
        return render_template(page, form=form), 422 if form.errors else 200
    field = form.present
    try:
        passwords.prove_again(me, form.present.data or "", address=request.remote_addr or "", at=at)
        field = form.new
        passwords.choose(me, form.new.data or "", by=me, at=at, but=signing_in.current())
    except Problem as problem:
        field.errors = [sentence(problem)]
        return refusal(render_template(page, form=form), problem)
    return go(url_for("account.show"), _("The password is changed. All other sessions are ended."))


@blueprint.post("/sessions/<uuid:session_id>/end")
def end_session(session_id: uuid.UUID) -> Answer:
    """End one of my sessions elsewhere."""
    mine = db.session.get(Session, session_id)
    if mine is None or mine.person_id != current_user.id:
        raise Problem("request.unknown")
    mine.end(why=Why.REVOKED, by=_me(), at=clock.now())
    return go(url_for("account.show"), _("The session is ended."))


@blueprint.post("/sessions/end")
def end_others() -> Answer:
    """End all my sessions but this one."""
    me = _me()
    here = signing_in.current()
    sessions.end_all(me, why=Why.REVOKED, by=me, at=clock.now(), but=here)
    return go(url_for("account.show"), _("All other sessions are ended."))


@blueprint.post("/calendar-link")
def make_calendar_link() -> Answer:
    """Make the secret link of my calendar, or another in its place. It is shown once."""
    token = calendar_links.make(_me(), by=_me(), at=clock.now())
    return render_template("calendar/link.html", path=url_for("calendar.feed", token=token))


@blueprint.post("/calendar-link/end")
def take_back_calendar_link() -> Answer:
    """Let the secret link of my calendar work no more."""
    calendar_links.take_back(_me(), by=_me(), at=clock.now())
    return go(url_for("account.show"), _("The link of the calendar works no more."))


def _me() -> Person:
    me: Person = current_user._get_current_object()
    return me
