"""The pages on which a person sets up a second factor, renews its codes, and takes it away."""

import io

import segno
from flask import Blueprint, Flask, Response, g, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from inspector import clock
from inspector.people import passwords, signing_in
from inspector.people.forms import CodeForm, PasswordForm
from inspector.people.models import Person
from inspector.people.second_factor import models
from inspector.people.sessions import How
from inspector.problems import Problem
from inspector.web import Answer, go, refusal, sentence, wants_json

blueprint = Blueprint("second_factor", __name__, url_prefix="/account/second-factor")

ALWAYS_OPEN = frozenset(
    {
        *("static", "health", "manifest", "launch.service_worker", "launch.offline"),
        *("people.set_language", "people.sign_out"),
    }
)


def init_app(app: Flask) -> None:
    """Lead who must have a second factor, and has none, to where it is set up."""
    app.before_request(_lead_here)


@blueprint.get("")
def show() -> Answer:
    """Whether there is one, and what can be done about it; while it is set up, its QR code."""
    return _page(CodeForm(), PasswordForm())


@blueprint.post("")
def begin() -> Answer:
    """Begin to set it up."""
    models.begin(_me(), at=clock.now())
    return go(url_for("second_factor.show"))


@blueprint.get("/qr.svg")
def picture() -> Answer:
    """The QR code for the app, while the second factor is set up."""
    if (pending := models.pending(_me())) is None:
        raise Problem("request.unknown")
    out = io.BytesIO()
    segno.make(pending.address_for(_me())).save(out, kind="svg", scale=5, border=4, light="#fff")
    answer = Response(out.getvalue(), mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/confirmation")
def confirm() -> Answer:
    """The first code of the app; answered by the recovery codes, once."""
    form, at = CodeForm(), clock.now()
    if not form.validate_on_submit():
        return _page(form, PasswordForm(formdata=None)), 422
    try:
        codes = models.confirm(_me(), form.code.data or "", at=at, but=signing_in.current())
    except Problem as problem:
        form.code.errors = [sentence(problem)]
        return refusal(_page(form, PasswordForm(formdata=None)), problem)
    return render_template("people/recovery_codes.html", codes=codes, is_new=True)


@blueprint.post("/recovery-codes")
def renew_codes() -> Answer:
    """Ten new recovery codes, for the password."""
    form = PasswordForm()
    if problem := _password_refused(form):
        return refusal(_page(CodeForm(formdata=None), form), problem)
    codes = models.renew_codes(_me(), at=clock.now())
    return render_template("people/recovery_codes.html", codes=codes, is_new=False)


@blueprint.post("/removal")
def take_away() -> Answer:
    """Sign in by the password alone again."""
    form, me = PasswordForm(), _me()
    if problem := _password_refused(form):
        return refusal(_page(CodeForm(formdata=None), form), problem)
    models.take_away(me, by=me, at=clock.now(), but=signing_in.current())
    return go(url_for("account.show"), _("The second factor is taken away."))


def _page(code_form: CodeForm, password_form: PasswordForm) -> str:
    me = _me()
    return render_template(
        "people/second_factor.html",
        factor=models.factor_of(me),
        pending=models.pending(me),
        left=models.codes_left(me),
        is_required=models.is_required(me),
        code_form=code_form,
        password_form=password_form,
    )


def _password_refused(form: PasswordForm) -> Problem | None:
    """Why the form's password is not taken, which then stands beside it too."""
    given, address = form.password.data or "", request.remote_addr or ""
    try:
        passwords.prove_again(_me(), given, address=address, at=clock.now())
    except Problem as problem:
        form.password.errors = [sentence(problem)]
        return problem
    return None


def _me() -> Person:
    me: Person = current_user._get_current_object()
    return me


def _lead_here() -> Answer | None:
    if request.blueprint == blueprint.name or request.endpoint in ALWAYS_OPEN:
        return None
    if not current_user.is_authenticated or not models.is_required(current_user):
        return None
    if g.get("how") == How.OIDC or models.factor_of(current_user):
        return None  # the bank's provider has asked for what it thinks enough
    if wants_json():
        raise Problem("second_factor.needed")
    return go(url_for("second_factor.show"))
