"""The stages of a rectification notice, beside the table of domain.md 3.4."""

import pytest

from inspector.notices.lifecycle import (
    APPEAL_MOVES,
    MOVES,
    OPEN,
    AppealStage,
    Facts,
    Stage,
    stage_of,
)
from tests.unit.walking import Allowed, disagreements

ALLOWED: Allowed = {
    "issue": ("draft", "channel", "issued"),
    "acknowledge": ("issued", "outlet subbranch", "acknowledged"),
    "reissue": ("issued acknowledged", "channel", "withdrawn"),
}
APPEAL_ALLOWED: Allowed = {
    "file": ("none", "subbranch", "filed"),
    "refuse": ("filed", "channel", "refused"),
    "accept": ("filed", "channel", "accepted"),
    "uphold": ("accepted", "leader", "upheld"),
    "overturn": ("accepted", "leader", "overturned"),
}

REACHABLE = {
    "held": Facts(held=True),
    "draft": Facts(),
    "issued": Facts(issued=True),
    "acknowledged": Facts(issued=True, acknowledged=True),
    "closed": Facts(issued=True, acknowledged=True, rectified=True),
    "withdrawn": Facts(issued=True, withdrawn=True),
    "withdrawn after the acknowledgement": Facts(issued=True, acknowledged=True, withdrawn=True),
    "withdrawn though rectified": Facts(
        issued=True, acknowledged=True, rectified=True, withdrawn=True
    ),
}


def test_every_cell_of_the_moves_is_as_the_table_says() -> None:
    assert disagreements(MOVES, Stage, ALLOWED) == []


def test_every_cell_of_an_appeal_s_moves_is_as_the_table_says() -> None:
    assert disagreements(APPEAL_MOVES, AppealStage, APPEAL_ALLOWED) == []


@pytest.mark.parametrize("expected", REACHABLE)
def test_what_happened_amounts_to_the_stage(expected: str) -> None:
    assert stage_of(REACHABLE[expected]) == expected.split()[0]


def test_every_stage_can_be_reached() -> None:
    assert {stage_of(facts) for facts in REACHABLE.values()} == set(Stage)


def test_what_is_neither_struck_off_nor_withdrawn_is_open() -> None:
    assert set(Stage) - OPEN == {Stage.CLOSED, Stage.WITHDRAWN}
