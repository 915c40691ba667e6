"""Putting it right: the branch reports, the channel department verifies; every round is kept."""

import uuid

from flask import Blueprint, current_app, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from inspector import clock
from inspector.findings.lifecycle import MOVES
from inspector.findings.models import Report
from inspector.moves import check
from inspector.notices import repeats
from inspector.notices.forms import ReportForm, ReturnForm, VerifyForm
from inspector.notices.models import Notice
from inspector.notices.papers.freezing import freeze_closing, freeze_report
from inspector.notices.queries import notice_seen_by, report_seen_by
from inspector.notices.views import answer_with, context_of
from inspector.photos.models import Picture, keep
from inspector.photos.serving import serve
from inspector.problems import Problem
from inspector.web import Answer, sentence, wants_part

blueprint = Blueprint("reports", __name__)

MAX_PHOTOS = 20


@blueprint.post("/notices/<uuid:notice_id>/reports")
def create(notice_id: uuid.UUID) -> Answer:
    """Report cause, measure, result and photos. A mistake leaves what was typed where it is."""
    notice = notice_seen_by(current_user, notice_id, to_change=True)
    check(MOVES, "report", current_user.role, notice.rectification.stage)
    form = ReportForm()
    if not form.validate_on_submit():
        return _again(notice, form, 422)
    at = clock.now()
    try:
        report = notice.rectification.report(
            cause=(form.cause.data or "").strip(),
            measure=(form.measure.data or "").strip(),
            result=(form.result.data or "").strip(),
            done_on=form.done_on.data or clock.today(),
            photos=pictures(),
            by=current_user,
            at=at,
        )
    except Problem as problem:
        if problem.status not in {413, 422}:
            raise
        form.photos.errors = [sentence(problem)]
        return _again(notice, form, problem.status)
    freeze_report(report, at=at)
    return answer_with(notice, _("Sent. The channel department verifies now."))


@blueprint.post("/reports/<uuid:report_id>/closure")
def close(report_id: uuid.UUID) -> Answer:
    """Verified on the desk: strike off."""
    report = report_seen_by(current_user, report_id, to_change=True)
    at = clock.now()
    report.close(
        remark=VerifyForm().remark.data or "",
        by=current_user,
        at=at,
        needs_endorsement=current_app.config["ENDORSEMENT_NEEDED"],
    )
    freeze_closing(report, at=at)
    return answer_with(_notice(report), _("Struck off."))


@blueprint.post("/reports/<uuid:report_id>/return")
def give_back(report_id: uuid.UUID) -> Answer:
    """Return a report with the reason."""
    report = report_seen_by(current_user, report_id, to_change=True)
    at = clock.now()
    form = ReturnForm()
    if not form.validate_on_submit():
        raise Problem("form.invalid")
    reason, due_on = form.remark.data or "", form.day.data
    repeats.give_back(report, reason=reason, due_on=due_on, by=current_user, at=at)
    freeze_closing(report, at=at)
    return answer_with(_notice(report), _("Returned. The branch reports again."))


@blueprint.get("/reports/<uuid:report_id>/photos/<sha256>")
def photo(report_id: uuid.UUID, sha256: str) -> Answer:
    """A photo of a report; `?size=thumb` for the small one."""
    report = report_seen_by(current_user, report_id)
    for found in report.photos:
        if found.sha256 == sha256:
            return serve(found.picture, thumb=request.args.get("size") == "thumb")
    raise Problem("request.unknown")


def pictures() -> list[Picture]:
    """The photos of the form that was sent, kept. Raises Problem photos.too_many."""
    files = [file for file in request.files.getlist("photos") if file.filename]
    if len(files) > MAX_PHOTOS:
        raise Problem("photos.too_many", limit=MAX_PHOTOS)
    return [keep(file.read(), by=current_user, at=clock.now()) for file in files]


def _again(notice: Notice, form: ReportForm, status: int) -> Answer:
    context = {**context_of(notice), "report_form": form}
    page = "notices/_notice.html" if wants_part() else "notices/show.html"
    return render_template(page, **context), status


def _notice(report: Report) -> Notice:
    notice = report.rectification.notice
    assert notice is not None  # report_seen_by has found it
    return notice
