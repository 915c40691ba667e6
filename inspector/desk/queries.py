"""What the board counts."""

from datetime import datetime, time

from sqlalchemy import func, select

from inspector.clock import SHANGHAI, Quarter
from inspector.db import db
from inspector.people.models import Branch, Level
from inspector.visits.models import Visit


def coverage(quarter: Quarter) -> tuple[int, int]:
    """How many outlets were visited in a quarter (by visit day), of how many."""
    start = datetime.combine(quarter.first, time.min, SHANGHAI)
    end = datetime.combine(quarter.last, time.max, SHANGHAI)
    goes_on_as = func.coalesce(Branch.merged_into_id, Branch.id)
    visited = select(func.count(goes_on_as.distinct())).join(Visit.branch)
    visited = visited.where(
        Visit.started_at.between(start, end),
        Visit.submitted_at.is_not(None),
        Visit.voided_at.is_(None),
    )
    outlets = select(func.count()).where(
        Branch.level == Level.OUTLET, Branch.merged_into_id.is_(None)
    )
    return db.session.scalar(visited) or 0, db.session.scalar(outlets) or 0
