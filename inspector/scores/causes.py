"""Why a frozen quarter would come out otherwise now: what was done since, by whom and when."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from inspector.db import db
from inspector.findings.models import Finding
from inspector.history import Event
from inspector.notices.models import Notice
from inspector.scores.models import Freeze
from inspector.visits.batches import Batch
from inspector.visits.models import Visit


class Cause(StrEnum):
    """What became different."""

    LATE_VISIT = "late_visit"  # confirmed, or published, after the freeze
    VOID = "void"
    RESCORED = "rescored"  # a finding was withdrawn, or repeats were counted anew
    NOTICE = "notice"  # a late notice was withdrawn


@dataclass(frozen=True)
class Act:
    """Who did it, when, and the reason that they gave."""

    cause: Cause
    at: datetime | None = None
    by_id: uuid.UUID | None = None
    why: str = ""


def acts(
    freeze: Freeze, visits: Iterable[uuid.UUID], notices: Iterable[uuid.UUID]
) -> dict[Any, Act]:
    """What was done since a freeze to visits and notices that count otherwise now, by their keys;
    in a constant number of statements."""
    wanted = list(visits)
    found: dict[Any, Act] = _rescored(freeze, wanted) | _changed(freeze, wanted)
    withdrawn = select(
        Notice.id, Notice.withdrawn_at, Notice.withdrawn_by_id, Notice.withdrawn_reason
    ).where(Notice.id.in_(list(notices)))
    for key, at, by_id, why in db.session.execute(withdrawn):
        found[key] = Act(Cause.NOTICE, at, by_id, why or "")
    return found


def _changed(freeze: Freeze, visits: list[uuid.UUID]) -> dict[Any, Act]:
    """Of visits that were declared void, or became known, since."""
    found = {}
    rows = db.session.execute(
        select(Visit, Batch.published_by_id)
        .outerjoin(Batch, Visit.batch_id == Batch.id)
        .where(Visit.id.in_(visits))
    )
    for visit, published_by_id in rows:
        known_at = visit.published_at or visit.confirmed_at
        if visit.voided_at is not None:
            why = visit.void_reason or ""
            found[visit.id] = Act(Cause.VOID, visit.voided_at, visit.voided_by_id, why)
        elif known_at is not None and known_at > freeze.frozen_at:
            by_id = published_by_id if visit.published_at else visit.confirmed_by_id
            found[visit.id] = Act(Cause.LATE_VISIT, known_at, by_id)
    return found


def _rescored(freeze: Freeze, visits: list[uuid.UUID]) -> dict[Any, Act]:
    """Of visits whose findings were withdrawn, or counted anew, since: the latest act."""
    events = (
        select(Finding.visit_id, Event.at, Event.by_id, Event.verb, Event.detail)
        .join(Event, (Event.subject_id == Finding.id) & (Event.subject_table == "finding"))
        .where(
            Finding.visit_id.in_(visits),
            Event.verb.in_(("withdraw", "recount")),
            Event.at > freeze.frozen_at,
        )
        .order_by(Event.at, Event.verb)  # a withdrawal tells more than the recount that it caused
    )
    return {
        key: Act(Cause.RESCORED, at, by_id, detail.get("reason", ""))
        for key, at, by_id, _verb, detail in db.session.execute(events)
    }
