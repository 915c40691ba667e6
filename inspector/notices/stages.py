"""The stage of a notice as SQL."""

from sqlalchemy import ColumnElement, case, select

from inspector.findings.models import Finding, Rectification
from inspector.notices.lifecycle import Stage
from inspector.notices.models import Acknowledgement, Notice
from inspector.visits.queries import SECRET

_held = select(Finding.id).join(Finding.visit).where(Finding.id == Rectification.finding_id, SECRET)

STAGE_SQL: ColumnElement[str] = case(
    (Notice.withdrawn_at.is_not(None), Stage.WITHDRAWN),
    (Rectification.closed_at.is_not(None), Stage.CLOSED),
    (
        select(Acknowledgement.id).where(Acknowledgement.notice_id == Notice.id).exists(),
        Stage.ACKNOWLEDGED,
    ),
    (Notice.issued_at.is_not(None), Stage.ISSUED),
    (_held.correlate(Rectification).exists(), Stage.HELD),
    else_=Stage.DRAFT,
)
"""The twin of lifecycle.stage_of; needs Rectification joined."""
