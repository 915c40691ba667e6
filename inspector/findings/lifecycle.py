"""The stages of a finding and of its rectification (domain.md 3.3 and 3.5)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from inspector.moves import Move, move


class Decision(StrEnum):
    """What the channel department decided about a finding."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class FindingStage(StrEnum):
    """How far a finding has come."""

    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


FINDING_MOVES: Final[dict[str, Move[FindingStage]]] = {
    "confirm": move({FindingStage.SUBMITTED}, {"channel"}, FindingStage.CONFIRMED),
    "reject": move({FindingStage.SUBMITTED}, {"channel"}, FindingStage.REJECTED),
    "withdraw": move(
        {FindingStage.CONFIRMED, FindingStage.CLOSED}, {"leader"}, FindingStage.WITHDRAWN
    ),
}


def finding_stage(decision: str | None, rectified: bool, withdrawn: bool) -> FindingStage:
    """The stage of a finding, from its decision, whether its rectification is closed, and whether
    an appeal or a void visit undid it."""
    if withdrawn:
        return FindingStage.WITHDRAWN
    if decision == Decision.REJECTED:
        return FindingStage.REJECTED
    if decision == Decision.CONFIRMED:
        return FindingStage.CLOSED if rectified else FindingStage.CONFIRMED
    return FindingStage.SUBMITTED


class Mode(StrEnum):
    """How a finding is put right: during the visit, or by a notice."""

    ON_SPOT = "on_spot"
    NOTICE = "notice"


class Verdict(StrEnum):
    """What verification said of a report."""

    CLOSED = "closed"
    RETURNED = "returned"


class Stage(StrEnum):
    """How far a rectification has come."""

    PENDING = "pending"
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    REPORTED = "reported"
    RETURNED = "returned"
    REOPENED = "reopened"
    PAUSED = "paused"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Facts:
    """What happened to a rectification. `due_on` is None until its notice is issued; `reopened`
    says that nothing was reported since it was reopened."""

    due_on: date | None = None
    begun: bool = False
    reports: int = 0
    unverified: bool = False
    reopened: bool = False
    paused: bool = False
    closed: bool = False
    withdrawn: bool = False


NOT_REPORTED: Final = {Stage.OPEN, Stage.IN_PROGRESS}
WAITING_FOR_BRANCH: Final = frozenset({*NOT_REPORTED, Stage.RETURNED, Stage.REOPENED})
"""The stages in which the clock runs against the branch."""

MOVES: Final[dict[str, Move[Stage]]] = {
    "begin": move({Stage.OPEN}, {"outlet", "subbranch"}, Stage.IN_PROGRESS),
    "report": move(
        {Stage.IN_PROGRESS, Stage.RETURNED, Stage.REOPENED},
        {"outlet", "subbranch"},
        Stage.REPORTED,
    ),
    "endorse": move({Stage.REPORTED}, {"subbranch"}, None),
    "return": move({Stage.REPORTED}, {"channel", "subbranch"}, Stage.RETURNED),
    "close": move({Stage.REPORTED}, {"channel"}, Stage.CLOSED),
    "reopen": move({Stage.CLOSED}, {"channel"}, Stage.REOPENED),
    "ask_extension": move(NOT_REPORTED, {"subbranch"}, None),
    "decide_extension": move(NOT_REPORTED, {"channel"}, None),
    "ask_risk": move(set(WAITING_FOR_BRANCH), {"subbranch"}, None),
    "refuse_risk": move(set(WAITING_FOR_BRANCH), {"leader"}, None),
    "accept_risk": move(set(WAITING_FOR_BRANCH), {"leader"}, Stage.CLOSED),
    "reissue": move(NOT_REPORTED, {"channel"}, Stage.PENDING),
    "appeal": move(NOT_REPORTED, {"subbranch"}, None),
    "pause": move(NOT_REPORTED, {"channel"}, Stage.PAUSED),
    "resume": move({Stage.PAUSED}, {"leader"}, Stage.IN_PROGRESS),
}


def stage_of(facts: Facts) -> Stage:
    """The stage that the facts amount to. Its twin in SQL stands in queries.py."""
    if facts.withdrawn:
        return Stage.WITHDRAWN
    if facts.closed:
        return Stage.CLOSED
    if facts.due_on is None:
        return Stage.PENDING
    if facts.unverified:
        return Stage.REPORTED
    if facts.paused:
        return Stage.PAUSED
    if facts.reopened:
        return Stage.REOPENED
    if facts.reports:
        return Stage.RETURNED
    return Stage.IN_PROGRESS if facts.begun else Stage.OPEN


def is_overdue(facts: Facts, today: date) -> bool:
    """Late: the due day is over and no report waits for verification (domain.md 3.6). A report sent
    in time but returned after the due day is late from the return."""
    return (
        facts.due_on is not None and facts.due_on < today and stage_of(facts) in WAITING_FOR_BRANCH
    )
