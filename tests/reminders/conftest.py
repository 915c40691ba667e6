"""A clock that stands still where a story puts it."""

from collections.abc import Callable
from datetime import datetime

import pytest

from inspector import clock
from inspector.reminders.sending import remind


class Frozen:
    """The clock of a story."""

    def __init__(self) -> None:
        self.moment = clock.now()

    def put(self, text: str) -> datetime:
        """It is this time at the bank now: 2026-11-27, or 2026-11-27 23:59:59."""
        day = datetime.fromisoformat(text if len(text) > 10 else f"{text} 08:00")
        self.moment = day.replace(tzinfo=clock.SHANGHAI)
        return self.moment

    def run(self, text: str) -> int:
        """The daily command runs at this time; how many reminders are new."""
        return remind(self.put(text))


@pytest.fixture
def frozen(app: object, monkeypatch: pytest.MonkeyPatch) -> Frozen:
    """It is the time that the story says."""
    found = Frozen()
    now: Callable[[], datetime] = lambda: found.moment  # noqa: E731
    monkeypatch.setattr(clock, "now", now)
    return found
