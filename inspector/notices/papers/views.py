"""The papers beside notice and warning order: those that are frozen, and those drawn on request."""

import uuid

from flask import Blueprint, render_template, request
from flask_login import current_user

from inspector import clock
from inspector.checklists.models import Kind
from inspector.db import db
from inspector.notices import queries
from inspector.notices.papers import checking, drawing
from inspector.notices.papers.current import feedback_pdf, ledger_of
from inspector.notices.papers.freezing import papers_of
from inspector.notices.papers.serving import served
from inspector.people.roles import BRANCH_SIDE
from inspector.problems import Problem
from inspector.storage import storage
from inspector.visits.queries import visit_seen_by
from inspector.web import Answer

blueprint = Blueprint("papers", __name__)

SCOPES = {
    "open": "未销号",
    "held": "待发布",
    "draft": "待下发",
    "overdue": "逾期未整改",
    "soon": "三日内到期",
    "to_acknowledge": "待签收",
    "to_report": "待报送整改情况",
    "to_verify": "待验收",
    "asked": "待答复申请",
    "warned": "警告令",
    "closed": "已销号",
    "withdrawn": "已撤回",
    "all": "全部（不含已撤回）",
}
"""The filters of the list, as paper says them."""


@blueprint.get("/notices/<uuid:notice_id>/papers/<uuid:paper_id>")
def show(notice_id: uuid.UUID, paper_id: uuid.UUID) -> Answer:
    """A receipt, a report or a closing form, as it was frozen."""
    notice = queries.notice_seen_by(current_user, notice_id)
    paper = next((p for p in papers_of(notice).values() if p.id == paper_id), None)
    if paper is None:
        raise Problem("request.unknown")
    name = f"{paper.kind}-{notice.doc_year}-{notice.doc_seq}"
    return served(storage().get(paper.pdf_sha256), f"{name}-{paper.round}" if paper.round else name)


@blueprint.get("/visits/<uuid:visit_id>/feedback")
def feedback(visit_id: uuid.UUID) -> Answer:
    """The feedback sheet of an on-site visit, marked as a draft until the visit is confirmed. Other
    visits have none: nobody of the branch was there to be told."""
    visit = visit_seen_by(current_user, visit_id)
    if visit.kind != Kind.ONSITE or visit.submitted_at is None or visit.voided_at is not None:
        raise Problem("request.unknown")
    day = clock.today()
    return served(feedback_pdf(visit, on=day), f"feedback-{visit.branch.code}-{day}")


@blueprint.get("/notices/ledger")
def ledger() -> Answer:
    """The ledger of the notices that one may see, narrowed as their list is."""
    today = clock.today()
    only = queries.chosen(request.args.get("only"))
    notices = db.session.scalars(queries.listed(current_user, only, today)).all()
    whose = f"{current_user.branch.name_zh}，" if current_user.role in BRANCH_SIDE else ""
    doc = ledger_of(notices, scope=f"{whose}{SCOPES[only]}", on=today)
    return served(drawing.draw(doc), f"ledger-{only}-{today}")


@blueprint.route("/papers/<system_code>", methods=["GET", "POST"])
def check(system_code: str) -> Answer:
    """What a paper's QR code opens: number, day and SHA-256 for those who may see its notice; for
    everybody else, whether a file that they have was issued under this code. It is not kept."""
    code = checking.plain(system_code)
    notice = checking.seen_under(code, current_user) if current_user.is_authenticated else None
    file = request.files.get("file")
    sha256 = checking.sha256_of(file.stream) if file else ""
    is_missing = request.method == "POST" and not file
    page = render_template(
        "papers/check.html",
        code=code,
        notice=notice,
        filed=checking.filed_with(notice) if notice else [],
        sha256=sha256,
        matches=bool(sha256) and checking.is_filed(code, sha256),
        is_missing=is_missing,
    )
    return page, 422 if is_missing else 200
