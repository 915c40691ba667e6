"""How much was done on some visits: found = on the spot + notices (domain.md 3.9)."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, func, select

from inspector.db import db
from inspector.findings.models import Finding, Rectification
from inspector.findings.queries import IN_FORCE
from inspector.notices.models import Notice
from inspector.visits.models import Visit

ACTIVE: Final = (Notice.rectification_id == Rectification.id) & Notice.withdrawn_at.is_(None)
"""The one notice in force of a rectification, to join by."""


@dataclass(frozen=True)
class Sums:
    """The visits themselves, and what was found on them and became of it."""

    visits: int
    found: int
    on_spot: int
    notices: int
    closed: int


def sums_of(mine: ColumnElement[bool]) -> Sums:
    """The sums of the visits of which `mine` is true."""
    visits = select(func.count()).select_from(Visit).where(mine)
    found = (
        select(
            func.count(),
            func.count().filter(Finding.corrected_on_spot),
            func.count(Notice.id),
            func.count(Notice.id).filter(Rectification.closed_at.is_not(None)),
        )
        .select_from(Finding)
        .join(Finding.visit)
        .outerjoin(Rectification, Rectification.finding_id == Finding.id)
        .outerjoin(Notice, ACTIVE)
        .where(mine, IN_FORCE, Finding.original)
    )
    return Sums(db.session.scalar(visits) or 0, *db.session.execute(found).one())
