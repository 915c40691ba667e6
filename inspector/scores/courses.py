"""What happened to the notices that may have been late in a quarter, read from the facts."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select, true

from inspector.clock import Quarter
from inspector.db import any_of, day_of, db
from inspector.findings.lifecycle import Verdict
from inspector.findings.models import Finding, Rectification, Reopening, Report
from inspector.findings.queries import IN_FORCE
from inspector.history import Event
from inspector.notices.appeals import Appeal
from inspector.notices.extensions import Extension
from inspector.notices.models import Notice
from inspector.notices.numbers import number_of
from inspector.notices.risks import Answer, Risk
from inspector.people.models import Branch
from inspector.scores.lateness import Closing, Course, Late, Round, late_in
from inspector.visits.models import Visit

MOVED_DUE = ("return", "reopen", "resume")
"""The verbs of the trail that give a rectification another due day, besides an extension."""


@dataclass(frozen=True)
class LateNotice:
    """A notice that was late in a quarter."""

    key: uuid.UUID
    outlet: uuid.UUID  # at which it counts: the successor of a merged one
    number: str
    late: Late


HOME: ColumnElement[uuid.UUID] = func.coalesce(Branch.merged_into_id, Branch.id)
"""The outlet that a visit counts for: what was done at a merged one counts at its successor."""


def late_notices(
    quarter: Quarter,
    among: ColumnElement[bool] | None = None,
    withdrawn_after: datetime | None = None,
) -> list[LateNotice]:
    """The notices that were late in a quarter, in a constant number of statements; `among` narrows
    them by their visit. With `withdrawn_after` also those that were withdrawn since."""
    return late_by_quarter([quarter], among, withdrawn_after)[quarter]


def late_by_quarter(
    quarters: Sequence[Quarter],
    among: ColumnElement[bool] | None = None,
    withdrawn_after: datetime | None = None,
) -> dict[Quarter, list[LateNotice]]:
    """The same for several quarters, with as many statements as for one."""
    start, end = min(quarters).start, max(quarters).end
    found = _candidates(start, end, true() if among is None else among, withdrawn_after)
    # Sorted here: SQLite would read all notices in their order to spare itself the sorting.
    rows = sorted(db.session.execute(found), key=lambda row: (row.doc_year, row.doc_seq))
    courses = _courses(rows) if rows else {}
    return {quarter: list(_late_in(quarter, rows, courses)) for quarter in quarters}


def _late_in(
    quarter: Quarter, rows: Iterable[Row[Any]], courses: dict[uuid.UUID, Course]
) -> Iterator[LateNotice]:
    for row in rows:
        if (late := late_in(quarter, courses[row.id])) is not None:
            yield LateNotice(row.id, row.home, number_of(row.doc_year, row.doc_seq), late)


def _candidates(
    start: datetime, end: datetime, among: ColumnElement[bool], withdrawn_after: datetime | None
) -> Any:
    """Issued notices in force that were not over before the start, without those that were plainly
    in time."""
    reopened = select(Reopening.id).where(Reopening.rectification_id == Rectification.id)
    in_force: ColumnElement[bool] = IN_FORCE & Notice.withdrawn_at.is_(None)
    if withdrawn_after is not None:
        in_force = or_(in_force, Notice.withdrawn_at > withdrawn_after)
    return (
        select(
            Notice.id,
            Notice.doc_year,
            Notice.doc_seq,
            Notice.issued_at,
            Notice.due_on,
            Rectification.id.label("rectification"),
            Rectification.closed_at,
            HOME.label("home"),
        )
        .join(Notice.rectification)
        .join(Rectification.finding)
        .join(Finding.visit)
        .join(Visit.branch)
        .where(
            among,
            in_force,
            Notice.issued_at < end,
            or_(
                Rectification.closed_at.is_(None),
                (Rectification.closed_at >= start) & ~_plainly_in_time(),
                reopened.exists(),
            ),
        )
    )


def _plainly_in_time() -> ColumnElement[bool]:
    """Whether the first report struck it off, and came by the day that was printed, which no later
    one went below: most are, and need not be looked at. A test holds this against the rule."""
    first = select(Report.id).where(
        Report.rectification_id == Rectification.id,
        Report.round == 1,
        Report.verdict == Verdict.CLOSED,
        day_of(Report.reported_at) <= Notice.due_on,
    )
    return first.exists() & (Notice.due_on <= Rectification.due_on)


def _courses(rows: Sequence[Row[Any]]) -> dict[uuid.UUID, Course]:
    """What happened to each of the notices, each kind of fact in one statement."""
    cases, notices = [row.rectification for row in rows], [row.id for row in rows]

    def of(column: Any) -> ColumnElement[bool]:
        return any_of(column, cases)

    def about(column: Any) -> ColumnElement[bool]:
        return any_of(column, notices)

    reports = _grouped(
        select(Report.rectification_id, Report.reported_at, Report.verified_at, Report.verdict)
        .where(of(Report.rectification_id))
        .order_by(Report.round)
    )
    reopenings = _grouped(
        select(Reopening.rectification_id, Reopening.closed_at, Reopening.at)
        .where(of(Reopening.rectification_id))
        .order_by(Reopening.at)
    )
    moved = _grouped(
        select(Event.subject_id, Event.at, Event.detail)
        .where(
            Event.subject_table == Rectification.__tablename__,
            Event.verb.in_(MOVED_DUE),
            of(Event.subject_id),
        )
        .order_by(Event.at)
    )
    extended = _grouped(
        select(Extension.notice_id, Extension.answered_at, Extension.wanted_on).where(
            Extension.answer == "granted", about(Extension.notice_id)
        )
    )
    accepted = _grouped(
        select(Risk.notice_id, Risk.answered_at, Risk.asked_at).where(
            Risk.answer == Answer.ACCEPTED, about(Risk.notice_id)
        )
    )
    paused = _grouped(
        select(Appeal.notice_id, Appeal.accepted_at, Appeal.decided_at).where(
            Appeal.accepted_at.is_not(None), about(Appeal.notice_id)
        )
    )
    return {
        row.id: Course(
            due=_due(row, moved[row.rectification], extended[row.id]),
            rounds=[
                Round(reported, verified if verdict == Verdict.RETURNED else None)
                for _, reported, verified, verdict in reports[row.rectification]
            ],
            closings=_closings(
                row, reports[row.rectification], reopenings[row.rectification], accepted[row.id]
            ),
            pauses=[(since, until) for _, since, until in paused[row.id]],
        )
        for row in rows
    }


def _grouped(statement: Any) -> dict[uuid.UUID, list[Any]]:
    groups: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for row in db.session.execute(statement):
        groups[row[0]].append(row)
    return groups


def _due(row: Row[Any], moved: list[Any], extended: list[Any]) -> list[tuple[datetime, date]]:
    due = [(row.issued_at, row.due_on)]
    due += [(at, wanted_on) for _, at, wanted_on in extended]
    due += [
        (at, date.fromisoformat(detail["due_on"]))
        for _, at, detail in moved
        if "due_on" in detail and at >= row.issued_at
    ]
    return sorted(due, key=lambda one: one[0])


def _closings(
    row: Row[Any], reports: list[Any], reopenings: list[Any], accepted: list[Any]
) -> list[Closing]:
    """Each striking off with what the branch had done for it: the last report before it, or the
    request to accept the risk."""
    asked = {answered: at for _, answered, at in accepted}
    ends = [(closed, at) for _, closed, at in reopenings]
    if row.closed_at is not None:
        ends.append((row.closed_at, None))
    return [
        Closing(
            asked.get(closed)
            or next((r.reported_at for r in reversed(reports) if r.reported_at <= closed), closed),
            closed,
            reopened,
        )
        for closed, reopened in ends
    ]
