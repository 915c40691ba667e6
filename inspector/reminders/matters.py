"""What is waited for, and whom it concerns; in a number of statements that does not grow with the
rows."""

import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import aliased, contains_eager, selectinload

from inspector import clock
from inspector.db import db
from inspector.deadlines import Days, Deadline, Step, deadline
from inspector.findings import queries as findings
from inspector.findings.lifecycle import WAITING_FOR_BRANCH
from inspector.findings.models import Finding, Rectification
from inspector.notices import deadlines as of_notices
from inspector.notices.appeals import Appeal
from inspector.notices.lifecycle import Stage
from inspector.notices.models import Notice
from inspector.notices.stages import STAGE_SQL
from inspector.people.models import Branch, Person
from inspector.reminders.rules import Party, Subject
from inspector.visits import deadlines as of_visits
from inspector.visits.models import Visit


@dataclass(frozen=True)
class Matter:
    """Something that is waited for: until when, about what, at which outlet, by which inspector."""

    deadline: Deadline
    table: Subject
    subject_id: uuid.UUID
    outlet: Branch
    inspector_id: uuid.UUID
    number: str = ""
    reports: int = 0

    @property
    def round(self) -> str:
        """Another due day is another round; so is what was reported and returned."""
        return f"{self.deadline.due_on}.{self.reports}"

    @property
    def detail(self) -> dict[str, str]:
        """What the sentences name."""
        return {
            "outlet_zh": self.outlet.name_zh,
            "outlet_en": self.outlet.name_en,
            "number": self.number,
            "due": self.deadline.due_on.isoformat(),
        }


class Addressees:
    """The people with an open account, by what they are responsible for."""

    def __init__(self) -> None:
        people = select(Person.id, Person.role, Person.branch_id).where(Person.closed_at.is_(None))
        self._all: set[uuid.UUID] = set()
        self._by_role: dict[str, list[uuid.UUID]] = defaultdict(list)
        self._at: dict[tuple[str, uuid.UUID | None], list[uuid.UUID]] = defaultdict(list)
        for key, role, branch_id in db.session.execute(people):
            self._all.add(key)
            self._by_role[role].append(key)
            self._at[role, branch_id].append(key)

    def of(self, party: Party, matter: Matter) -> list[uuid.UUID]:
        """Who that is in this matter. What is left of a merged outlet belongs to the one that went
        on for it."""
        outlet = matter.outlet.merged_into or matter.outlet
        if party == Party.INSPECTOR:
            return [matter.inspector_id] if matter.inspector_id in self._all else []
        if party == Party.OUTLET:
            return self._at[party, outlet.id]
        if party == Party.SUBBRANCH:
            return self._at[party, outlet.parent_id]
        return self._by_role[party]


def matters(today: date) -> Iterator[Matter]:
    """All that is waited for and of which somebody could have to be told on that day."""
    days = Days.of(current_app.config)
    yield from _of_visits(today)
    yield from _of_notices(today, days)
    yield from _to_look_back(today, days)


def _of_visits(today: date) -> Iterator[Matter]:
    late = select(Visit).where(of_visits.late(today))
    late = late.options(_with_outlet(), selectinload(Visit.send_backs))
    for visit in db.session.scalars(late):
        if found := of_visits.deadline_of(visit):
            yield Matter(found, Subject.VISIT, visit.id, visit.branch, visit.inspector_id)


def _of_notices(today: date, days: Days) -> Iterator[Matter]:
    late = of_notices.late_sql(today, days)
    due = and_(
        findings.STAGE_SQL.in_(WAITING_FOR_BRANCH),
        Rectification.due_on <= today + timedelta(days.remind_before),
    )
    appealed = select(Appeal.id).where(
        Appeal.notice_id == Notice.id, Appeal.refused_at.is_(None), Appeal.decided_at.is_(None)
    )
    waits = or_(STAGE_SQL == Stage.ISSUED, due, late[Step.ISSUE], late[Step.VERIFY])
    open_ones = _notices().where(Notice.withdrawn_at.is_(None), or_(waits, appealed.exists()))
    for notice in db.session.scalars(open_ones):
        yield from _of_notice(notice, today)


def _of_notice(notice: Notice, today: date) -> Iterator[Matter]:
    waits = of_notices.deadline_of(notice)
    # The notice that has come today says itself until when.
    issued_today = notice.issued_at is not None and clock.day(notice.issued_at) >= today
    if waits and not (waits.step == Step.RECTIFY and issued_today):
        yield about(notice, waits)
    for other in (of_notices.signing_of(notice), of_notices.appeal_deadline_of(notice)):
        if other:
            yield about(notice, other)


def _to_look_back(today: date, days: Days) -> Iterator[Matter]:
    """What was struck off and not looked back at since (回头看), and accepted risks."""
    since = clock.start_of(today - timedelta(current_app.config["LOOK_BACK_DAYS"]))
    later = aliased(Visit)
    visited = select(later.id).where(
        or_(later.branch_id == Branch.id, later.branch_id == Branch.merged_into_id),
        later.started_at > Rectification.closed_at,
        later.submitted_at.is_not(None),
        later.voided_at.is_(None),
    )
    look_back_from = clock.start_of(today - timedelta(days.effectiveness - 1))
    closed = (
        _notices()
        .join(Visit.branch)
        .where(STAGE_SQL == Stage.CLOSED, Rectification.closed_at >= since)
        .where(
            or_(
                Rectification.review_on <= today,
                Rectification.review_on.is_(None)
                & (Rectification.closed_at < look_back_from)
                & ~visited.exists(),
            )
        )
    )
    for notice in db.session.scalars(closed):
        rectification = notice.rectification
        assert rectification.closed_at is not None  # its stage says so
        if rectification.review_on is not None:
            yield about(notice, deadline(Step.REVIEW, rectification.review_on, 0))
        else:
            closed_on = clock.day(rectification.closed_at)
            yield about(notice, deadline(Step.EFFECTIVENESS, closed_on, days.effectiveness))


def _notices() -> Select[Notice]:
    return (
        select(Notice)
        .join(Notice.rectification)
        .join(Rectification.finding)
        .join(Finding.visit)
        .options(
            contains_eager(Notice.rectification)
            .contains_eager(Rectification.finding)
            .contains_eager(Finding.visit)
            .options(_with_outlet())
        )
    )


def _with_outlet() -> Any:
    return selectinload(Visit.branch).selectinload(Branch.merged_into)


def about(notice: Notice, found: Deadline) -> Matter:
    """What is waited for of a notice."""
    visit = notice.finding.visit
    return Matter(
        found,
        Subject.NOTICE,
        notice.id,
        visit.branch,
        visit.inspector_id,
        notice.number or "",
        len(notice.rectification.reports),
    )
