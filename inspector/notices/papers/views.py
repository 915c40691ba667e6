"""The papers beside notice and warning order: those that are frozen, and those drawn on request."""

import uuid

from flask import Blueprint, render_template, request
from flask_login import current_user

from inspector import clock
from inspector.checklists.models import Kind
from inspector.notices import queries
from inspector.notices.papers import checking
from inspector.notices.papers.current import feedback_pdf
from inspector.notices.papers.freezing import papers_of
from inspector.notices.papers.serving import served
from inspector.problems import Problem
from inspector.storage import storage
from inspector.visits.queries import visit_seen_by
from inspector.web import Answer

blueprint = Blueprint("papers", __name__)


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
