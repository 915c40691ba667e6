"""What the stories of a notice share."""

from datetime import datetime, timedelta

import pytest

from inspector import clock
from tests.cast import MONDAY

NOON = MONDAY + timedelta(hours=10)


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """It is Monday evening, when all that rows.py writes has happened; due days are to come."""
    monkeypatch.setattr(clock, "now", lambda: NOON)
    return NOON
