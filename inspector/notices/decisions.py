"""Deciding findings: each confirmed one gets its rectification and, where needed, its one draft."""

import uuid

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_login import current_user

from inspector import clock
from inspector.findings.models import Finding
from inspector.findings.queries import finding_to_decide
from inspector.notices import repeats
from inspector.visits.forms import ReasonForm
from inspector.visits.queries import visit_seen_by
from inspector.web import Answer, go, respond

blueprint = Blueprint("decisions", __name__)


@blueprint.post("/findings/<uuid:finding_id>/confirmation")
def confirm(finding_id: uuid.UUID) -> Answer:
    """Confirm a finding: closed at once if corrected on the spot, else one draft notice; none if it
    is the sight of one that is still open."""
    finding = finding_to_decide(current_user, finding_id)
    repeats.confirm([finding], by=current_user, at=clock.now())
    return _decided(finding)


@blueprint.post("/findings/<uuid:finding_id>/rejection")
def reject(finding_id: uuid.UUID) -> Answer:
    """Reject a finding with a reason; the points come back."""
    finding = finding_to_decide(current_user, finding_id)
    reason = ReasonForm().reason.data or ""
    repeats.reject(finding, reason=reason, by=current_user, at=clock.now())
    return _decided(finding)


@blueprint.post("/visits/<uuid:visit_id>/confirmation")
def confirm_visit(visit_id: uuid.UUID) -> Answer:
    """Close the review of a visit: what is still undecided is confirmed."""
    visit = visit_seen_by(current_user, visit_id, to_change=True)
    repeats.confirm_visit(visit, by=current_user, at=clock.now())
    return go(url_for("visits.show", visit_id=visit.id), _("The visit is confirmed."))


def _decided(finding: Finding) -> Answer:
    to = url_for("visits.show", visit_id=finding.visit_id, _anchor=f"finding-{finding.id}")
    return respond(
        "findings/_decided.html",
        to=to,
        finding=finding,
        visit=finding.visit,
        reject_form=ReasonForm(),
    )
