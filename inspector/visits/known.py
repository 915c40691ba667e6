"""When a visit took place, as far as branches may know: of a mystery visit its month, and that it
was before its publication (domain.md 6, 2). What is told to them must follow from this and no more.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from inspector import clock
from inspector.checklists.models import Kind
from inspector.visits.models import Visit


@dataclass(frozen=True)
class Known:
    """Between which moments a visit took place; both the same when that is known."""

    first: datetime
    last: datetime
    tie: str = ""
    """Which of those that may have been at the same time comes first: that published first, then by
    their random keys."""

    @property
    def place(self) -> tuple[datetime, str]:
        """Where a visit stands among others."""
        return self.last, self.tie


def known(key: uuid.UUID, kind: str, started_at: datetime, published_at: datetime | None) -> Known:
    """What is known of a visit, from its facts."""
    if kind != Kind.MYSTERY:
        return Known(started_at, started_at)
    first = clock.day(started_at).replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    last = clock.start_of(after) - timedelta(microseconds=1)
    published = published_at.isoformat() if published_at else "later"
    return Known(clock.start_of(first), min(last, published_at or last), f"{published} {key}")


def known_of(visit: Visit) -> Known:
    """What is known of a visit that took place."""
    assert visit.started_at is not None  # it took place
    return known(visit.id, visit.kind, visit.started_at, visit.published_at)
