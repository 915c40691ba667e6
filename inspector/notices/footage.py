"""Footage request (录像留存): what the cameras have seen of a published mystery visit is kept.

Footage is overwritten after about a month, and an appeal comes later than that (domain.md 3.6).
The request goes to those who were inspected, so it must not tell when the shopper came: the window
is the whole month of the visit as far as it is over, which is what they are told anyway, and the
areas are those that the findings name.
"""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import JSON, ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from inspector import clock
from inspector.db import Base, Keyed, Utc, db
from inspector.findings.lifecycle import FindingStage
from inspector.history import record
from inspector.people.models import Branch, Person
from inspector.visits.batches import Batch
from inspector.visits.models import Visit


class FootageRequest(Keyed, Base):
    """That the footage of some areas of an outlet be kept: of which days, and until when."""

    __tablename__ = "footage_request"

    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visit.id"), unique=True)
    areas: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Each with section_zh, section_en and place, as the findings have them."""
    first_day: Mapped[date]
    last_day: Mapped[date]
    keep_until: Mapped[date]
    asked_at: Mapped[datetime] = mapped_column(Utc)
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))

    visit: Mapped[Visit] = relationship()


def request_footage(visit: Visit, *, by: Person, at: datetime) -> FootageRequest | None:
    """Ask to keep what the findings of a published visit may be appealed with; None if it has
    none."""
    assert visit.started_at is not None  # it took place
    day = clock.day(visit.started_at)
    areas = sorted(
        {
            (finding.section_zh, finding.section_en, finding.place)
            for finding in visit.findings
            if finding.stage in {FindingStage.CONFIRMED, FindingStage.CLOSED}
        }
    )
    if not areas:
        return None
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    asked = FootageRequest(
        id=uuid.uuid4(),
        visit=visit,
        areas=[{"section_zh": zh, "section_en": en, "place": place} for zh, en, place in areas],
        first_day=first,
        last_day=min(last, clock.day(at)),
        keep_until=clock.days_after(clock.day(at), current_app.config["FOOTAGE_DAYS"]),
        asked_at=at,
        asked_by_id=by.id,
    )
    db.session.add(asked)
    record(visit, "ask_footage", by, at)
    return asked


def overwritten_after(batch: Batch) -> date | None:
    """Until when the cameras have the earliest visit of a batch; None while it is empty."""
    days = [clock.day(visit.started_at) for visit in batch.visits if visit.started_at]
    return clock.days_after(min(days), current_app.config["FOOTAGE_DAYS"]) if days else None


def footage_of(visit: Visit) -> FootageRequest | None:
    """What was asked to be kept of a visit."""
    return db.session.scalar(select(FootageRequest).where(FootageRequest.visit_id == visit.id))


def footage_of_batch(batch: Batch) -> list[FootageRequest]:
    """What was asked to be kept of the visits of a batch, by outlet."""
    wanted = (
        select(FootageRequest)
        .join(FootageRequest.visit)
        .join(Visit.branch)
        .where(Visit.batch_id == batch.id)
        .order_by(Branch.code, FootageRequest.id)
        .options(selectinload(FootageRequest.visit).selectinload(Visit.branch))
    )
    return list(db.session.scalars(wanted))
