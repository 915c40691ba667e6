"""Which notices were late in a quarter: closed late, or overdue at its end (domain.md 3.6, 3.7).

Pure, and derived from what happened: everything is judged as it stood when the quarter ended, so
that the answer is the same whenever it is asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from inspector import clock, deadlines
from inspector.clock import Quarter


class Lateness(StrEnum):
    """How a notice was late."""

    CLOSED_LATE = "closed_late"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class Round:
    """A report: when it came, and when it was returned, if it was."""

    reported_at: datetime
    returned_at: datetime | None = None


@dataclass(frozen=True)
class Closing:
    """A striking off: when the branch had done what led to it (the report, or the request to accept
    a risk), when it was struck off, and when that turned out to be wrong."""

    done_at: datetime
    closed_at: datetime
    reopened_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Course:
    """What happened to one notice, each list in the order of time."""

    due: Sequence[tuple[datetime, date]]  # since when which day was the due day
    rounds: Sequence[Round] = ()
    closings: Sequence[Closing] = ()
    pauses: Sequence[tuple[datetime, datetime | None]] = ()  # by an appeal


@dataclass(frozen=True)
class Late:
    """That a notice was late in a quarter, by how many days, counted to the day the branch had done
    it, or to the end of the quarter."""

    how: Lateness
    due_on: date
    days: int


def late_in(quarter: Quarter, course: Course) -> Late | None:
    """Whether a notice counts as late in a quarter. One that is late across the end of a quarter
    and struck off in the next counts in both: it was late in both."""
    end = quarter.end
    due = _due(course, end)
    if due is None:
        return None
    closing = next((c for c in reversed(course.closings) if c.closed_at < end), None)
    if closing and (closing.reopened_at is None or closing.reopened_at >= end):
        if clock.day(closing.closed_at) < quarter.first:
            return None
        return _late(Lateness.CLOSED_LATE, course, closing.closed_at, clock.day(closing.done_at))
    if _waits(course, end):
        return None
    return _late(Lateness.OVERDUE, course, end, quarter.last)


def _late(how: Lateness, course: Course, at: datetime, done_on: date) -> Late | None:
    """Late if what was done by `at` was done on or after the first late day."""
    due_on = _due(course, at)
    if due_on is None:
        return None
    rounds = (
        (clock.day(one.reported_at), clock.day(one.returned_at))
        for one in _rounds(course, at)
        if one.returned_at is not None and one.returned_at <= at
    )
    deadline = deadlines.rectification(due_on, rounds)
    days = deadline.days_late(done_on)
    return Late(how, due_on, days) if days else None


def _due(course: Course, at: datetime) -> date | None:
    """The due day that held at a moment; None before the notice was issued."""
    return next((due_on for since, due_on in reversed(course.due) if since <= at), None)


def _rounds(course: Course, at: datetime) -> list[Round]:
    """The reports until a moment since the notice was last reopened: the earlier ones were for
    another due day."""
    reopened = [
        c.reopened_at for c in course.closings if c.reopened_at is not None and c.reopened_at <= at
    ]
    return [
        one
        for one in course.rounds
        if one.reported_at <= at and (not reopened or one.reported_at >= reopened[-1])
    ]


def _waits(course: Course, end: datetime) -> bool:
    """Whether at the end of the quarter the clock did not run against the branch: a report waited
    for verification, or an appeal had stopped it."""
    unverified = any(
        one.returned_at is None or one.returned_at >= end for one in _rounds(course, end)
    )
    paused = any(since < end and (until is None or until >= end) for since, until in course.pauses)
    return unverified or paused
