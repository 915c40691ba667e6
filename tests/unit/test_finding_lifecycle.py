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
}
ALLOWED: Allowed = {
    "begin": ("open", "outlet subbranch", "in_progress"),
    "report": ("in_progress returned", "outlet subbranch", "reported"),
    "return": ("reported", "channel", "returned"),
    "close": ("reported", "channel", "closed"),
}

REACHABLE = {
    "pending": Facts(),
    "open": Facts(due_on=DUE),
    "in_progress": Facts(due_on=DUE, begun=True),
    "reported": Facts(due_on=DUE, begun=True, reports=1, unverified=True),
    "returned": Facts(due_on=DUE, begun=True, reports=1),
    "reported again": Facts(due_on=DUE, begun=True, reports=2, unverified=True),
    "closed": Facts(due_on=DUE, begun=True, reports=1, closed=True),
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
    ],
)
def test_a_finding_stands_where_its_decision_and_rectification_put_it(
    decision: str | None, rectified: bool, expected: str
) -> None:
    assert finding_stage(decision, rectified) == expected


@pytest.mark.parametrize("expected", REACHABLE)
def test_what_happened_to_a_rectification_amounts_to_the_stage(expected: str) -> None:
    assert stage_of(REACHABLE[expected]) == expected.split()[0]


def test_every_stage_of_a_rectification_can_be_reached() -> None:
    assert {stage_of(facts) for facts in REACHABLE.values()} == set(Stage)


@pytest.mark.parametrize("days", [-1, 0, 1])
@pytest.mark.parametrize("at", REACHABLE)
def test_only_the_branch_is_late_and_only_after_the_due_day(at: str, days: int) -> None:
    late = days == 1 and at in {"open", "in_progress", "returned"}
    assert is_overdue(REACHABLE[at], DUE + timedelta(days=days)) is late
