"""The stages of a finding and of its rectification, beside domain.md 3.3, 3.5 and 3.6."""

from datetime import date, timedelta

import pytest

from inspector.findings.lifecycle import (
    FINDING_MOVES,
    MOVES,
    Facts,
    FindingStage,
    Stage,
    finding_stage,
    is_overdue,
    stage_of,
)
from tests.unit.walking import Allowed, disagreements

DUE = date(2026, 11, 26)

FINDING_ALLOWED: Allowed = {
    "confirm": ("submitted", "channel", "confirmed"),
    "reject": ("submitted", "channel", "rejected"),
    "withdraw": ("confirmed closed", "leader", "withdrawn"),
}
ALLOWED: Allowed = {
    "begin": ("open", "outlet subbranch", "in_progress"),
    "report": ("in_progress returned reopened", "outlet subbranch", "reported"),
    "endorse": ("reported", "subbranch", None),
    "return": ("reported", "channel subbranch", "returned"),
    "close": ("reported", "channel", "closed"),
    "reopen": ("closed", "channel", "reopened"),
    "ask_extension": ("open in_progress", "subbranch", None),
    "decide_extension": ("open in_progress", "channel", None),
    "ask_risk": ("open in_progress returned reopened", "subbranch", None),
    "refuse_risk": ("open in_progress returned reopened", "leader", None),
    "accept_risk": ("open in_progress returned reopened", "leader", "closed"),
    "reissue": ("open in_progress", "channel", "pending"),
    "appeal": ("open in_progress", "subbranch", None),
    "pause": ("open in_progress", "channel", "paused"),
    "resume": ("paused", "leader", "in_progress"),
}

REACHABLE = {
    "pending": Facts(),
    "open": Facts(due_on=DUE),
    "in_progress": Facts(due_on=DUE, begun=True),
    "reported": Facts(due_on=DUE, begun=True, reports=1, unverified=True),
    "returned": Facts(due_on=DUE, begun=True, reports=1),
    "reported again": Facts(due_on=DUE, begun=True, reports=2, unverified=True),
    "reopened": Facts(due_on=DUE, begun=True, reports=1, reopened=True),
    "reopened at the second round": Facts(due_on=DUE, begun=True, reports=2, reopened=True),
    "paused": Facts(due_on=DUE, begun=True, paused=True),
    "closed": Facts(due_on=DUE, begun=True, reports=1, closed=True),
    "withdrawn": Facts(due_on=DUE, begun=True, withdrawn=True),
    "withdrawn after closing": Facts(closed=True, withdrawn=True),
    "closed on the spot": Facts(closed=True),
}


def test_every_cell_of_a_finding_s_moves_is_as_the_table_says() -> None:
    assert disagreements(FINDING_MOVES, FindingStage, FINDING_ALLOWED) == []


def test_every_cell_of_a_rectification_s_moves_is_as_the_table_says() -> None:
    assert disagreements(MOVES, Stage, ALLOWED) == []


@pytest.mark.parametrize(
    ("decision", "rectified", "expected"),
    [
        (None, False, "submitted"),
        ("rejected", False, "rejected"),
        ("confirmed", False, "confirmed"),
        ("confirmed", True, "closed"),
        ("withdrawn", False, "withdrawn"),
        ("withdrawn", True, "withdrawn"),
    ],
)
def test_a_finding_stands_where_its_decision_and_rectification_put_it(
    decision: str | None, rectified: bool, expected: str
) -> None:
    withdrawn = decision == "withdrawn"
    decided = "confirmed" if withdrawn else decision
    assert finding_stage(decided, rectified, withdrawn) == expected


@pytest.mark.parametrize("expected", REACHABLE)
def test_what_happened_to_a_rectification_amounts_to_the_stage(expected: str) -> None:
    assert stage_of(REACHABLE[expected]) == expected.split()[0]


def test_every_stage_of_a_rectification_can_be_reached() -> None:
    assert {stage_of(facts) for facts in REACHABLE.values()} == set(Stage)


@pytest.mark.parametrize("days", [-1, 0, 1])
@pytest.mark.parametrize("at", REACHABLE)
def test_only_the_branch_is_late_and_only_after_the_due_day(at: str, days: int) -> None:
    late = days == 1 and at.split()[0] in {
        "open",
        "in_progress",
        "returned",
        "reopened",
    }
    assert is_overdue(REACHABLE[at], DUE + timedelta(days=days)) is late
