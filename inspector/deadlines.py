"""The deadlines of domain.md 3.6: by which day a step is due, and since when it is late. Pure.

Days are calendar days of the bank. What is due on a day may be done until 23:59:59 of it; overdue
and deemed served are derived from the day they are asked on, never stored.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from inspector.clock import days_after


class Step(StrEnum):
    """What somebody has to do by a day."""

    UPLOAD = "upload"
    CONFIRM = "confirm"
    ISSUE = "issue"
    ACKNOWLEDGE = "acknowledge"
    RECTIFY = "rectify"
    VERIFY = "verify"
    EFFECTIVENESS = "effectiveness"
    REVIEW = "review"
    APPEAL_ANSWER = "appeal_answer"
    APPEAL_DECISION = "appeal_decision"


@dataclass(frozen=True)
class Days:
    """The numbers of the table, each a setting: `verify` is VERIFY_DAYS. Unless said otherwise how
    many days a step may take."""

    upload: int = 1
    upload_mystery: int = 2
    confirm: int = 3
    issue: int = 2
    acknowledge: int = 2
    served: int = 3
    """After so many days a notice counts as served though nobody signed for it."""
    appeal_answer: int = 3
    appeal_decision: int = 7
    verify: int = 5
    effectiveness: int = 90
    remind_before: int = 2
    """So many days before the due day the outlet is reminded."""
    late_subbranch: int = 1
    """So many days late, the head of the sub-branch is told; then the bulletin, then the leader."""
    late_bulletin: int = 3
    late_leader: int = 7

    @classmethod
    def of(cls, settings: Mapping[str, int]) -> "Days":
        """As the settings of the application say."""
        return cls(**{name: settings[setting] for name, setting in SETTINGS.items()})


SETTINGS: Final = {field.name: f"{field.name.upper()}_DAYS" for field in fields(Days)}
"""The setting of each number."""


@dataclass(frozen=True)
class Deadline:
    """A step that is waited for: the last day for it, and the first day on which it is late."""

    step: Step
    due_on: date
    late_from: date

    def days_late(self, today: date) -> int:
        """How many days late: 1 on the first late day, 0 before it."""
        return max((today - self.late_from).days + 1, 0)

    def days_left(self, today: date) -> int:
        """How many days are left: 0 on the due day itself, and afterwards."""
        return max((self.due_on - today).days, 0)

    def days_since_due(self, today: date) -> int:
        """On a line from before to after: -2 two days before the due day, 0 on it, 1 on the first
        late day."""
        return self.days_late(today) or -self.days_left(today)


def deadline(step: Step, start: date, days: int) -> Deadline:
    """A step that may take so many days from the day it can begin; the next day it is late."""
    due_on = days_after(start, days)
    return Deadline(step, due_on, days_after(due_on, 1))


def upload(
    days: Days,
    *,
    mystery: bool,
    planned_on: date,
    started_on: date | None,
    given_back_on: date | None,
) -> Deadline:
    """A visit is to be submitted soon after its day, and after it was last given back."""
    start = max(started_on or planned_on, given_back_on or date.min)
    return deadline(Step.UPLOAD, start, days.upload_mystery if mystery else days.upload)


def rectification(due_on: date, rounds: Iterable[tuple[date, date | None]]) -> Deadline:
    """The due day of a notice. `rounds` are the reports: the day each came, and the day it was
    returned. One that came in time but was returned after the due day is late from the return."""
    returned = (
        returned_on
        for reported_on, returned_on in rounds
        if returned_on is not None and reported_on <= due_on < returned_on
    )
    return Deadline(Step.RECTIFY, due_on, next(returned, due_on + timedelta(days=1)))
