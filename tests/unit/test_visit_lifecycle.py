"""The stages of a visit, beside the table of domain.md 3.2 as far as it is built."""

import pytest

from inspector.visits.lifecycle import MOVES, WRITABLE, Facts, Stage, stage_of
from tests.unit.walking import Allowed, disagreements

ALLOWED: Allowed = {
    "start": ("assigned", "inspector shopper reviewer", "in_progress"),
    "submit": ("in_progress", "inspector shopper reviewer", "submitted"),
    "send_back": ("submitted", "channel", "in_progress"),
    "confirm": ("submitted", "channel", "confirmed"),
    "publish": ("confirmed", "channel", "published"),
    "reassign": ("assigned in_progress", "channel", None),
    "move": ("assigned", "channel", None),
    "cancel": ("assigned in_progress", "channel", "cancelled"),
    "ask_void": ("submitted confirmed published", "channel", None),
    "refuse_void": ("submitted confirmed published", "leader", None),
    "void": ("submitted confirmed published", "leader", "void"),
}

REACHABLE = {
    "assigned": Facts(),
    "in_progress": Facts(started=True),
    "submitted": Facts(started=True, submitted=True),
    "confirmed": Facts(started=True, submitted=True, confirmed=True),
    "published": Facts(started=True, submitted=True, confirmed=True, published=True),
    "cancelled": Facts(cancelled=True),
    "cancelled after the start": Facts(started=True, cancelled=True),
    "void": Facts(started=True, submitted=True, void=True),
    "void after confirmation": Facts(started=True, submitted=True, confirmed=True, void=True),
}


def test_every_cell_of_the_moves_is_as_the_table_says() -> None:
    assert disagreements(MOVES, Stage, ALLOWED) == []


@pytest.mark.parametrize("expected", REACHABLE)
def test_what_happened_amounts_to_the_stage(expected: str) -> None:
    assert stage_of(REACHABLE[expected]) == expected.split()[0]


def test_every_stage_can_be_reached() -> None:
    assert {stage_of(facts) for facts in REACHABLE.values()} == set(Stage)


def test_recording_ends_with_submission_and_with_calling_off() -> None:
    assert set(Stage) - WRITABLE == {
        Stage.SUBMITTED,
        Stage.CONFIRMED,
        Stage.PUBLISHED,
        Stage.CANCELLED,
        Stage.VOID,
    }
