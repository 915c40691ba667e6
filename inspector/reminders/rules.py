"""The table of domain.md 3.6: of what is due, who is told, and from what day on. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from inspector.deadlines import Days, Deadline, Step
from inspector.words import N_


class Party(StrEnum):
    """Whom something concerns: the visit's own inspector, or who fills a role."""

    INSPECTOR = "inspector"
    OUTLET = "outlet"
    SUBBRANCH = "subbranch"
    CHANNEL = "channel"
    LEADER = "leader"


class Subject(StrEnum):
    """The tables of the things that reminders are about, and link to."""

    VISIT = "visit"
    NOTICE = "notice"


@dataclass(frozen=True)
class Rule:
    """A row of the table. `since` says on which day it begins to hold, counted from the due day: 0
    on it, 1 on the first late day, less than 0 before it. The sentence names only days that do not
    move, so that it stays true however late it is read; and never the day of a visit."""

    name: str
    step: Step
    since: Callable[[Days], int]
    to: frozenset[Party]
    sentence: str


def _on(day: int) -> Callable[[Days], int]:
    return lambda _days: day


_IN, _OUT, _SUB = Party.INSPECTOR, Party.OUTLET, Party.SUBBRANCH
_CHA, _LEA = Party.CHANNEL, Party.LEADER

TABLE: Final = (
    Rule(
        "upload",
        Step.UPLOAD,
        _on(1),
        frozenset({_IN}),
        N_("Your visit to %(outlet)s is not submitted yet; it was due on %(due)s."),
    ),
    Rule(
        "confirm",
        Step.CONFIRM,
        _on(1),
        frozenset({_CHA}),
        N_("The visit to %(outlet)s is not confirmed yet; it was due on %(due)s."),
    ),
    Rule(
        "issue",
        Step.ISSUE,
        _on(1),
        frozenset({_CHA}),
        N_("A notice to %(outlet)s is not issued yet; it was due on %(due)s."),
    ),
    Rule(
        "sign",
        Step.ACKNOWLEDGE,
        lambda days: -days.acknowledge,
        frozenset({_OUT}),
        N_("Notice %(number)s to %(outlet)s has come. Sign for it until %(due)s."),
    ),
    Rule(
        "unsigned",
        Step.ACKNOWLEDGE,
        _on(0),
        frozenset({_SUB}),
        N_("%(outlet)s has not signed for notice %(number)s yet; it must do so until %(due)s."),
    ),
    Rule(
        "served",
        Step.ACKNOWLEDGE,
        lambda days: days.served - days.acknowledge,
        frozenset({_OUT, _SUB}),
        N_("Notice %(number)s to %(outlet)s counts as served, though nobody signed for it."),
    ),
    Rule(
        "soon",
        Step.RECTIFY,
        lambda days: -days.remind_before,
        frozenset({_OUT}),
        N_("Notice %(number)s to %(outlet)s is to be put right and reported until %(due)s."),
    ),
    Rule(
        "late",
        Step.RECTIFY,
        lambda days: days.late_subbranch,
        frozenset({_OUT, _SUB}),
        N_("Notice %(number)s to %(outlet)s is overdue: the due day was %(due)s."),
    ),
    Rule(
        "bulletin",
        Step.RECTIFY,
        lambda days: days.late_bulletin,
        frozenset({_OUT, _SUB, _CHA}),
        N_("Notice %(number)s to %(outlet)s, due on %(due)s, is on the list for the bulletin."),
    ),
    Rule(
        "leader",
        Step.RECTIFY,
        lambda days: days.late_leader,
        frozenset({_LEA}),
        N_("Notice %(number)s to %(outlet)s, due on %(due)s, is still not put right."),
    ),
    Rule(
        "verify",
        Step.VERIFY,
        _on(1),
        frozenset({_CHA}),
        N_("The report on notice %(number)s of %(outlet)s was to be verified until %(due)s."),
    ),
    Rule(
        "effectiveness",
        Step.EFFECTIVENESS,
        _on(0),
        frozenset({_CHA}),
        N_("Nobody has looked back at %(outlet)s since notice %(number)s was struck off."),
    ),
    Rule(
        "review",
        Step.REVIEW,
        _on(0),
        frozenset({_CHA}),
        N_("The accepted risk of notice %(number)s at %(outlet)s: look again on %(due)s."),
    ),
    Rule(
        "appeal_answer",
        Step.APPEAL_ANSWER,
        _on(1),
        frozenset({_CHA}),
        N_("The appeal against notice %(number)s of %(outlet)s was to be answered until %(due)s."),
    ),
    Rule(
        "appeal_decision",
        Step.APPEAL_DECISION,
        _on(1),
        frozenset({_CHA, _LEA}),
        N_("The panel was to decide the appeal against notice %(number)s until %(due)s."),
    ),
)
"""Within a step the later rows are the higher levels."""

URGE: Final = Rule(
    "urge",
    Step.RECTIFY,
    _on(0),
    frozenset({_OUT, _SUB}),
    N_(
        "The channel department asks you to see to notice %(number)s to %(outlet)s, due on %(due)s."
    ),
)
"""Told by hand, on whatever day (urging.py)."""

BY_NAME: Final[Mapping[str, Rule]] = {rule.name: rule for rule in (*TABLE, URGE)}


def told(deadline: Deadline, today: date, days: Days) -> dict[Party, Rule]:
    """Who is to be told what about a step that is waited for, on that day.

    Each gets the highest level that names them and no lower one: to somebody who hears only now
    that the bulletin is near, the reminder before the due day would be noise, and no longer true.
    """
    day = deadline.days_since_due(today)
    reached = [r for r in TABLE if r.step == deadline.step and r.since(days) <= day]
    return {party: rule for rule in reached for party in rule.to}
