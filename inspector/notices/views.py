"""Notices: the list, one notice, its paper, issuing, signing for it."""

import uuid
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import or_, select

from inspector import clock
from inspector.clock import Quarter
from inspector.db import db
from inspector.findings.models import Finding
from inspector.notices import counting, deadlines, issuing, queries, warnings
from inspector.notices.forms import (
    POSTS,
    AcknowledgeForm,
    AppealForm,
    DecisionForm,
    ReportForm,
    VerifyForm,
)
from inspector.notices.models import Notice
from inspector.notices.papers import drawing
from inspector.notices.papers.freezing import freeze_receipt, papers_of
from inspector.notices.papers.serving import served
from inspector.notices.past import Past, in_order, past_of
from inspector.notices.systemic import Systemic, systemic
from inspector.paging import page_of
from inspector.people.models import Branch
from inspector.people.roles import BRANCH_SIDE, DESK, Role
from inspector.people.telling import timeline
from inspector.problems import Problem
from inspector.snapshots import counted_up_to
from inspector.storage import storage
from inspector.visits.models import Visit
from inspector.visits.photos import serve_one
from inspector.web import Answer, for_roles, go, respond

blueprint = Blueprint("notices", __name__)
for _asked in (
    deadlines.deadline_of,
    deadlines.signing_of,
    deadlines.served_on,
    deadlines.appeal_deadline_of,
):
    blueprint.add_app_template_global(_asked)


@blueprint.get("/notices")
def index() -> Answer:
    """The notices one may see, narrowed by `?only=`, those due first on top; `?anew=1` counts what
    was counted a while ago."""
    today = clock.today()
    only = queries.chosen(request.args.get("only"))
    counts, as_of = counting.counts(current_user, anew="anew" in request.args)
    return render_template(
        "notices/index.html",
        page=page_of(queries.listed(current_user, only, today)),
        issued=counting.issued(current_user, only, counts, as_of),
        at_once=counted_up_to(),
        filters=queries.filters(today),
        counts=counts,
        as_of=as_of,
        drafts=queries.draft_count(current_user, today) if only == "draft" else 0,
        systemic=_of_their_subbranch(Quarter.of(today)),
        only=only,
    )


@blueprint.get("/notices/<uuid:notice_id>")
def show(notice_id: uuid.UUID) -> Answer:
    """One notice with its one finding, every round of rectification, and what can be done now."""
    return render_template("notices/show.html", **context_of(_seen(notice_id)))


@blueprint.get("/notices/<uuid:notice_id>/pdf")
def pdf(notice_id: uuid.UUID) -> Answer:
    """The paper: the frozen bytes of an issued notice, or the draft as it would look today."""
    notice = _seen(notice_id)
    if notice.pdf_sha256:
        data, name = storage().get(notice.pdf_sha256), f"notice-{notice.doc_year}-{notice.doc_seq}"
    else:
        doc = issuing.document_of(notice, on=clock.today(), seq=None)
        data, name = issuing.paper(notice.finding, doc), "notice-draft"
    return served(data, name)


@blueprint.get("/notices/<uuid:notice_id>/photos/<sha256>")
def photo(notice_id: uuid.UUID, sha256: str) -> Answer:
    """A photo of the fault, for those who may see the notice though not the visit; also one of when
    it was seen again."""
    notice = _seen(notice_id)
    findings = [notice.finding, *_seen_again(notice)]
    return serve_one((p for finding in findings for p in finding.photos("before")), sha256)


@blueprint.post("/notices/<uuid:notice_id>/issuance")
def issue(notice_id: uuid.UUID) -> Answer:
    """Issue a notice: from now on the branch sees it and the clock runs."""
    notice = _seen(notice_id, to_change=True)
    issue_with_warning(notice)
    return answer_with(notice, _("Issued. The branch sees it now."))


@blueprint.post("/notices/issuance")
@for_roles(Role.CHANNEL)
def issue_all() -> Answer:
    """Issue all drafts, or those of `visit` or `batch`, one paper each: in an order that does not
    tell in which the visits took place, for it is that of their numbers (domain.md 6, 2). Those of
    a mystery visit go with their whole batch, for the same reason."""
    drafts = queries.notices_seen_by(current_user).where(queries.filters(clock.today())["draft"])
    if visit := request.form.get("visit"):
        with_it = select(Visit.batch_id).where(Visit.id == _key(visit))
        drafts = drafts.where(or_(Finding.visit_id == _key(visit), Visit.batch_id.in_(with_it)))
    if batch := request.form.get("batch"):
        drafts = drafts.where(Visit.batch_id == _key(batch))
    drafts = drafts.join(Visit.branch).order_by(Branch.code, Visit.id, Finding.position)
    notices = db.session.scalars(drafts.with_for_update(of=Notice)).all()
    for notice in notices:
        issue_with_warning(notice)
    message = _("%(count)s notices issued.", count=len(notices))
    if visit:
        return go(url_for("visits.show", visit_id=visit), message)
    if batch:
        return go(url_for("batches.show", batch_id=batch), message)
    return go(url_for("notices.index", only="to_acknowledge"), message)


@blueprint.get("/notices/<uuid:notice_id>/warning")
def warning(notice_id: uuid.UUID) -> Answer:
    """The warning order that goes with a notice; a draft of it for the desk only."""
    notice = _seen(notice_id)
    if notice.warning is not None:
        order = notice.warning
        data, name = storage().get(order.pdf_sha256), f"warning-{order.doc_year}-{order.doc_seq}"
    elif warnings.is_due(notice) and current_user.role in DESK:
        doc = warnings.document_of(notice, on=clock.today(), seq=None)
        data, name = drawing.draw(doc), "warning-draft"
    else:
        raise Problem("request.unknown")
    return served(data, name)


@blueprint.post("/notices/<uuid:notice_id>/warning")
def warn(notice_id: uuid.UUID) -> Answer:
    """Issue a warning order later than its notice: a visit that arrived late made it the third."""
    notice = _seen(notice_id, to_change=True)
    warnings.warn(notice, by=current_user, at=clock.now())
    return answer_with(notice, _("Issued. The branch sees it now."))


@blueprint.post("/notices/<uuid:notice_id>/viewing")
@for_roles(*BRANCH_SIDE)
def view(notice_id: uuid.UUID) -> Answer:
    """Note that the branch has opened the notice; the page sends this by itself."""
    _seen(notice_id, to_change=True).view(by=current_user, at=clock.now())
    return Response(status=204)


@blueprint.post("/notices/<uuid:notice_id>/acknowledgement")
def acknowledge(notice_id: uuid.UUID) -> Answer:
    """Sign for a notice, by post."""
    notice = _seen(notice_id, to_change=True)
    form = AcknowledgeForm()
    if not form.validate_on_submit():
        raise Problem("form.invalid")
    at = clock.now()
    notice.acknowledge(post=form.post.data, by=current_user, at=at)
    freeze_receipt(notice, at=at)
    return answer_with(notice, _("You have signed for this notice."))


def answer_with(notice: Notice, message: str) -> Answer:
    """The notice in its new state with what was done, for htmx; or its page, for a browser without
    it."""
    to = url_for("notices.show", notice_id=notice.id)
    return respond("notices/_notice.html", to=to, message=message, **context_of(notice))


def context_of(notice: Notice) -> dict[str, Any]:
    """What the page of a notice and its partial are made from."""
    finding = notice.finding
    return {
        "notice": notice,
        "finding": finding,
        "rectification": notice.rectification,
        "past": past_of(finding.visit, seen_by=current_user).get(finding.id),
        "seen_again": _seen_again(notice),
        "warning_due": warnings.is_due(notice),
        "overdue": notice.rectification.is_overdue(clock.today()),
        "history": _history(notice) if current_user.role in DESK | BRANCH_SIDE else [],
        "posts": POSTS,
        "papers": papers_of(notice),
        "may_extend": finding.item.section.code in current_app.config["EXTENSION_SECTIONS"],
        "appeal_form": AppealForm(),
        "decision_form": _decision_form(notice),
        "acknowledge_form": AcknowledgeForm(),
        "report_form": ReportForm(),
        "verify_form": VerifyForm(),
        "person": current_user,
    }


def _of_their_subbranch(quarter: Quarter) -> list[Systemic]:
    """For the head of a sub-branch: what several of its outlets have in common."""
    return systemic(quarter, seen_by=current_user) if current_user.role == Role.SUBBRANCH else []


def issue_with_warning(notice: Notice) -> None:
    """Issue a notice, and the warning order that is due with it."""
    at = clock.now()
    issuing.issue(notice, by=current_user, at=at)
    warnings.warn(notice, by=current_user, at=at)


@blueprint.app_template_global()
def pasts_of(visit: Visit) -> dict[uuid.UUID, Past]:
    """For the page of a visit: what was before each of its findings."""
    return past_of(visit, seen_by=current_user) if visit.findings else {}


def _seen_again(notice: Notice) -> list[Finding]:
    """Where the fault was seen again while it was open. A branch is not told of a shopper's visit
    before its findings are published."""
    again = sorted(notice.rectification.duplicates, key=in_order)
    if current_user.role in DESK:
        return again
    if current_user.role in BRANCH_SIDE:
        return [f for f in again if f.visit.confirmed_at and not f.visit.is_secret]
    return [f for f in again if f.visit.inspector_id == current_user.id]


def _decision_form(notice: Notice) -> DecisionForm | None:
    appeal = notice.appeal
    if appeal is None or not appeal.may("uphold", current_user):
        return None
    return DecisionForm().offer(queries.panel_candidates(notice.finding))


def _key(text: str) -> uuid.UUID:
    """A key from a form. One that cannot be read is unknown; it must not come to mean all."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Problem("request.unknown") from None


def _seen(notice_id: uuid.UUID, *, to_change: bool = False) -> Notice:
    return queries.notice_seen_by(current_user, notice_id, to_change=to_change)


def _history(notice: Notice) -> list[dict[str, str]]:
    """The trail of the notice and its rectification, for the branch by role. Not that of the visit:
    it would tell who."""
    names = current_user.role in DESK
    return timeline(notice.id, notice.rectification_id, names=names)
