"""Undoing a submitted visit: given back to its inspector, or declared void (domain.md 3.2)."""

import uuid
from datetime import datetime

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_login import current_user

from inspector import clock
from inspector.db import db
from inspector.notices import repeats
from inspector.people.models import Person
from inspector.problems import Problem
from inspector.visits.forms import ReasonForm
from inspector.visits.models import Visit
from inspector.visits.queries import visit_seen_by
from inspector.web import Answer, go

blueprint = Blueprint("undoing", __name__)


@blueprint.post("/visits/<uuid:visit_id>/send-back")
def send_back(visit_id: uuid.UUID) -> Answer:
    """Give a visit back; what was found is found anew when it is submitted again."""
    visit = _visit(visit_id)
    send_back_undecided(visit, comment=_reason(), by=current_user, at=clock.now())
    return _done(visit, _("The visit is with its inspector again."))


@blueprint.post("/visits/<uuid:visit_id>/void-request")
def ask_void(visit_id: uuid.UUID) -> Answer:
    """Ask the leader to declare a visit void."""
    visit = _visit(visit_id)
    visit.ask_void(reason=_reason(), by=current_user, at=clock.now())
    return _done(visit, _("The deputy president decides."))


@blueprint.post("/visits/<uuid:visit_id>/void-refusal")
def refuse_void(visit_id: uuid.UUID) -> Answer:
    """Let the visit stand."""
    visit = _visit(visit_id)
    visit.refuse_void(by=current_user, at=clock.now())
    return _done(visit, _("The visit stands."))


@blueprint.post("/visits/<uuid:visit_id>/void")
def void(visit_id: uuid.UUID) -> Answer:
    """Declare a visit void: its findings and notices are withdrawn, its score is removed."""
    visit = _visit(visit_id)
    make_void(visit, by=current_user, at=clock.now())
    return _done(visit, _("The visit is void."))


def send_back_undecided(visit: Visit, *, comment: str, by: Person, at: datetime) -> None:
    """Give a visit back with what was found on it, as long as nothing of that is decided."""
    visit.send_back(comment=comment, by=by, at=at)
    if any(finding.decision for finding in visit.findings):
        raise Problem("send_back.decided")
    for finding in visit.findings:
        db.session.delete(finding)


def make_void(visit: Visit, *, by: Person, at: datetime) -> None:
    """Undo all that came of a visit. Numbers of its notices stay taken; drafts go."""
    visit.void(by=by, at=at)
    reason = visit.void_reason or ""
    for finding in visit.findings:
        finding.void(reason=reason, by=by, at=at)
        notice = finding.rectification.notice if finding.rectification else None
        if notice is not None and notice.issued_at is not None:
            notice.take_back(reason=reason, by=by, at=at)
        elif notice is not None:
            db.session.delete(notice)
        if finding.rectification is not None:
            finding.rectification.paused_at = None
    db.session.flush()
    repeats.recount(visit.branch, *(f.issue for f in visit.findings), by=by, at=at)
    visit.score = None


def _visit(key: uuid.UUID) -> Visit:
    return visit_seen_by(current_user, key, to_change=True)


def _reason() -> str:
    return ReasonForm().reason.data or ""


def _done(visit: Visit, message: str) -> Answer:
    return go(url_for("visits.show", visit_id=visit.id), message)
