"""The side roads of a notice: endorsement, extension, accepted risk, reopening, reissue, appeal."""

import uuid
from datetime import date
from typing import TypeVar

from flask import Blueprint, current_app, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy import select

from inspector import clock
from inspector.db import db
from inspector.notices import repeats
from inspector.notices.appeals import Appeal, Member
from inspector.notices.extensions import Extension
from inspector.notices.forms import AppealForm, DecisionForm, ReasonedDayForm, VerifyForm
from inspector.notices.models import Notice
from inspector.notices.queries import notice_seen_by, panel_candidates, report_seen_by
from inspector.notices.reports import pictures
from inspector.notices.risks import Risk
from inspector.notices.views import answer_with
from inspector.photos.serving import serve
from inspector.problems import Problem
from inspector.templating import day
from inspector.visits.forms import ReasonForm
from inspector.web import Answer, go

blueprint = Blueprint("side_roads", __name__)

Row = TypeVar("Row", Extension, Risk, Appeal)
Form = TypeVar("Form", bound=FlaskForm)


@blueprint.post("/reports/<uuid:report_id>/endorsement")
def endorse(report_id: uuid.UUID) -> Answer:
    """The sub-branch's first check of a report."""
    report = report_seen_by(current_user, report_id, to_change=True)
    report.endorse(by=current_user, at=clock.now())
    notice = report.rectification.notice
    assert notice is not None  # report_seen_by has found it
    return answer_with(notice, _("The check is on record. The channel department verifies now."))


@blueprint.post("/notices/<uuid:notice_id>/extension")
def ask_extension(notice_id: uuid.UUID) -> Answer:
    """Ask for another due day."""
    notice = notice_seen_by(current_user, notice_id, to_change=True)
    reason, wanted_on = _reason_and_day()
    Extension.ask(
        notice,
        wanted_on=wanted_on,
        reason=reason,
        sections=current_app.config["EXTENSION_SECTIONS"],
        by=current_user,
        at=clock.now(),
    )
    return answer_with(notice, _("Asked. The due day stays until it is granted."))


@blueprint.post("/extensions/<uuid:extension_id>/grant")
def grant_extension(extension_id: uuid.UUID) -> Answer:
    """Grant the day that was asked for."""
    extension = _of(Extension, extension_id)
    remark = VerifyForm().remark.data or ""
    extension.grant(remark=remark, by=current_user, at=clock.now())
    return answer_with(extension.notice, _("Granted. %(due)s", due=_due(extension.notice)))


@blueprint.post("/extensions/<uuid:extension_id>/refusal")
def refuse_extension(extension_id: uuid.UUID) -> Answer:
    """Refuse it with a reason."""
    extension = _of(Extension, extension_id)
    extension.refuse(reason=_reason(), by=current_user, at=clock.now())
    return answer_with(extension.notice, _("Refused. %(due)s", due=_due(extension.notice)))


@blueprint.post("/notices/<uuid:notice_id>/risk")
def ask_risk(notice_id: uuid.UUID) -> Answer:
    """Say that it cannot be put right."""
    notice = notice_seen_by(current_user, notice_id, to_change=True)
    Risk.ask(notice, reason=_reason(), by=current_user, at=clock.now())
    return answer_with(notice, _("Asked. The due day stays until the deputy president decides."))


@blueprint.post("/risks/<uuid:risk_id>/acceptance")
def accept_risk(risk_id: uuid.UUID) -> Answer:
    """Close it as an accepted risk, with a day to look again."""
    risk = _of(Risk, risk_id)
    remark, review_on = _reason_and_day()
    risk.accept(remark=remark, review_on=review_on, by=current_user, at=clock.now())
    said = _("Struck off as an accepted risk, to be looked at again on %(day)s.")
    return answer_with(risk.notice, said % {"day": day(review_on)})


@blueprint.post("/risks/<uuid:risk_id>/refusal")
def refuse_risk(risk_id: uuid.UUID) -> Answer:
    """Have it put right all the same."""
    risk = _of(Risk, risk_id)
    risk.refuse(reason=_reason(), by=current_user, at=clock.now())
    return answer_with(risk.notice, _("Refused. %(due)s", due=_due(risk.notice)))


@blueprint.post("/notices/<uuid:notice_id>/reopening")
def reopen(notice_id: uuid.UUID) -> Answer:
    """A look-back shows that it was not done."""
    notice = notice_seen_by(current_user, notice_id, to_change=True)
    reason, due_on = _reason_and_day()
    repeats.reopen(
        notice.rectification, reason=reason, due_on=due_on, by=current_user, at=clock.now()
    )
    return answer_with(notice, _("Reopened. %(due)s", due=_due(notice)))


@blueprint.post("/notices/<uuid:notice_id>/reissue")
def reissue(notice_id: uuid.UUID) -> Answer:
    """Withdraw a notice and draft the one that stands in for it."""
    notice = notice_seen_by(current_user, notice_id, to_change=True)
    draft = repeats.reissue(notice, reason=_reason(), by=current_user, at=clock.now())
    said = _("%(number)s is withdrawn. This draft stands in for it.", number=notice.number)
    return go(url_for("notices.show", notice_id=draft.id), said)


@blueprint.post("/notices/<uuid:notice_id>/appeal")
def file_appeal(notice_id: uuid.UUID) -> Answer:
    """Appeal against a notice, with evidence."""
    notice = notice_seen_by(current_user, notice_id, to_change=True)
    form = _valid(AppealForm())
    Appeal.file(
        notice,
        ground=form.ground.data,
        statement=form.statement.data or "",
        photos=pictures(),
        by=current_user,
        at=clock.now(),
    )
    return answer_with(notice, _("Filed. The due day stays until the appeal is taken up."))


@blueprint.post("/appeals/<uuid:appeal_id>/acceptance")
def accept_appeal(appeal_id: uuid.UUID) -> Answer:
    """Take an appeal up: the clock stops."""
    appeal = _of(Appeal, appeal_id)
    appeal.accept(by=current_user, at=clock.now())
    said = _("Taken up. The clock stands until the panel has decided.")
    return answer_with(appeal.notice, said)


@blueprint.post("/appeals/<uuid:appeal_id>/refusal")
def refuse_appeal(appeal_id: uuid.UUID) -> Answer:
    """Do not take it up, with a reason."""
    appeal = _of(Appeal, appeal_id)
    appeal.refuse(reason=_reason(), by=current_user, at=clock.now())
    return answer_with(appeal.notice, _("Not taken up. %(due)s", due=_due(appeal.notice)))


@blueprint.post("/appeals/<uuid:appeal_id>/decision")
def decide_appeal(appeal_id: uuid.UUID) -> Answer:
    """The panel's decision: upheld or overturned."""
    appeal = _of(Appeal, appeal_id)
    form = DecisionForm()
    form.offer(panel_candidates(appeal.notice.finding))
    _valid(form)
    decide = appeal.overturn if form.outcome.data == "overturned" else appeal.uphold
    panel = [Member(person, department) for person, department in form.seats()]
    decide(reason=form.reason.data or "", panel=panel, by=current_user, at=clock.now())
    if appeal.overturned:
        said = _("Overturned: finding and notice are withdrawn, and the points are given back.")
    else:
        said = _("Upheld. %(due)s", due=_due(appeal.notice))
    return answer_with(appeal.notice, said)


@blueprint.get("/appeals/<uuid:appeal_id>/photos/<sha256>")
def photo(appeal_id: uuid.UUID, sha256: str) -> Answer:
    """A photo of the evidence; `?size=thumb` for the small one."""
    for found in _of(Appeal, appeal_id, to_change=False).photos:
        if found.sha256 == sha256:
            return serve(found.picture, thumb=request.args.get("size") == "thumb")
    raise Problem("request.unknown")


def _of(table: type[Row], key: uuid.UUID, *, to_change: bool = True) -> Row:
    """The row of that key, when the person may see its notice; the notice is locked."""
    # Only its notice at first: what is hidden must cost the same as what does not exist.
    of_notice = db.session.scalar(select(table.notice_id).where(table.id == key))
    notice_seen_by(current_user, of_notice, to_change=to_change)
    # Read behind the lock: what another did meanwhile is seen.
    return db.session.get_one(table, key, populate_existing=to_change)


def _due(notice: Notice) -> str:
    return str(_("The due day is %(day)s.", day=day(notice.rectification.due_on)))


def _reason() -> str:
    return _valid(ReasonForm()).reason.data or ""


def _reason_and_day() -> tuple[str, date]:
    form = _valid(ReasonedDayForm())
    assert form.day.data is not None  # it is valid
    return form.reason.data or "", form.day.data


def _valid(form: Form) -> Form:
    """The form, or Problem form.invalid: its fields say in the browser what is missing."""
    if not form.validate_on_submit():
        raise Problem("form.invalid")
    return form
