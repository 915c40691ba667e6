"""To the provider and back: two addresses that only a browser without a session needs."""

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import current_user

from inspector import clock
from inspector.db import db, going_to_write
from inspector.people import signing_in
from inspector.people.forms import SignInForm
from inspector.people.sessions import How
from inspector.people.single_sign_on import chosen
from inspector.people.single_sign_on.arriving import Arrived, arrive, must_prove
from inspector.people.single_sign_on.leaving import end_here, note_arrival
from inspector.people.single_sign_on.provider import Proof, Provider
from inspector.people.views import _safe
from inspector.problems import Problem
from inspector.web import Answer, sentence

blueprint = Blueprint("single_sign_on", __name__, url_prefix="/single-sign-on")


@blueprint.get("")
def begin() -> Answer:
    """Send a browser to the provider; it comes back to `callback`, and then to where it wanted."""
    target = _safe(request.args.get("next"))
    provider = _provider()
    if current_user.is_authenticated:
        return redirect(target)
    g.target = target
    return redirect(provider.begin(target))


@blueprint.get("/callback")
def callback() -> Answer:
    """Who comes back from the provider is signed in, or told why not. A second time it is harmless:
    who is in already goes on, and an attempt counts once."""
    provider = _provider()
    attempt = provider.attempt(request.args.get("state", ""))
    if current_user.is_authenticated:
        return redirect(_safe(attempt.target if attempt else None))
    if attempt is None:
        raise Problem("sso.over")
    g.target = attempt.target
    going_to_write()
    proof = provider.answer(request.args)
    arrived = arrive(proof.claims, provider.settings, at=clock.now())
    if must_prove(arrived.identity, proof.claims, attempt, provider.settings):
        if attempt.again:
            raise Problem("sso.stale")
        db.session.rollback()
        return redirect(provider.begin(attempt.target, again=True))
    _enter(arrived, proof, provider)
    return redirect(_safe(attempt.target))


def _enter(arrived: Arrived, proof: Proof, provider: Provider) -> None:
    other_tabs = provider.under_way()
    begun = signing_in.enter(arrived.identity.person, how=How.OIDC, at=clock.now())
    note_arrival(begun, arrived.identity, proof, provider)
    session.update(other_tabs)
    if arrived.warning:
        flash(sentence(arrived.warning), "warn")


@blueprint.post("/logout")
def end() -> Answer:
    """The provider says that it has ended a session of somebody's; no browser comes here."""
    try:
        end_here(_provider(), request.form.get("logout_token", ""), at=clock.now())
    except Problem:
        return Response("not valid", 400, {"Cache-Control": "no-store"}, mimetype="text/plain")
    return Response("ended", headers={"Cache-Control": "no-store"}, mimetype="text/plain")


@blueprint.errorhandler(Problem)
def _refused(problem: Problem) -> Answer:
    """The sign-in page, with what went wrong and how to go on."""
    db.session.rollback()
    current_app.logger.warning("single sign-on: %s %s", problem.code, problem.details or "")
    target = g.get("target")
    page = render_template(
        "people/sign_in.html",
        form=SignInForm(formdata=None, next=target),
        refused=sentence(problem),
        here=url_for("people.sign_in", next=target),
    )
    return page, problem.status


def _provider() -> Provider:
    return chosen() or abort(404)
