"""Time that goes by when the test says so."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeAlias

import pytest

from inspector import clock
from tests.cast import MONDAY

Wait: TypeAlias = Callable[[timedelta], None]
"""The fixture `wait`."""


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Wait:
    """It is Monday morning, until the test waits."""
    at = [MONDAY]
    monkeypatch.setattr(clock, "now", lambda: at[0])

    def go_by(time: timedelta) -> None:
        at[0] += time

    return go_by
