"""A random walk of the whole loop: people do what they may, and try what they may not, in any order
and at any time; after each step the laws hold, and what was refused has changed nothing."""

from collections import Counter

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from inspector.notices.papers import drawing
from tests import rows
from tests.walk.steps import TABLES, Walk
from tests.walk.town import WINDOW, settle

PARTS, WALKS, STEPS = 2, 12, 106
"""Together at least 2,000 moves: one for each step but the first of a walk."""

SETTINGS = settings(
    max_examples=WALKS,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # a failure is told as it was met: to shrink it takes minutes
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.one_engine
@pytest.mark.timeout(600)  # a minute of computing, on a machine that may be busy
@pytest.mark.parametrize("part", range(1, PARTS + 1))
def test_in_two_thousand_moves_no_law_is_ever_broken(
    app: Flask, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    monkeypatch.setitem(app.config, "REPEAT_WINDOW_DAYS", WINDOW)
    # The record of each paper is made; only to draw a thousand of them would take minutes.
    monkeypatch.setattr(drawing, "draw", lambda *_: rows.PAPER)
    settle()
    Walk.part, Walk.taken, Walk.refused = part, Counter(), Counter()
    run_state_machine_as_test(Walk, settings=SETTINGS)
    assert Walk.taken.total() >= 2000 / PARTS
    every = {f"{table} {move}" for table, moves in TABLES.items() for move in moves}
    assert every - Walk.taken.keys() == {"rectification begin"}  # signing for the notice begins it
    recused = {"verify.recusal", "appeal.recusal", "visit.recusal"}
    assert {"move.not_yours", "move.not_now", *recused} <= Walk.refused.keys()
