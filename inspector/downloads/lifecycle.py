"""How far a download is, derived from what was written about it. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SILENT_AFTER = timedelta(seconds=30)
"""A worker gives a sign of life at least every few seconds; one that did not for so long is dead,
and another one takes the work up."""

TRIES = 3
"""So often is work taken up that broke off: what kills its worker each time must not go on for
ever."""


class Form(StrEnum):
    """What a download is."""

    ZIP = "zip"
    PDF = "pdf"


class Outcome(StrEnum):
    """How the work on a download ended."""

    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Stage(StrEnum):
    """What the page says of a download."""

    WAITING = "waiting"
    WORKING = "working"
    SILENT = "silent"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNDER_WAY = frozenset({Stage.WAITING, Stage.WORKING, Stage.SILENT})


@dataclass(frozen=True)
class Facts:
    """What is known of a download."""

    outcome: Outcome | None
    beat_at: datetime | None  # the last sign of life of the worker that has it in hand


def stage_of(facts: Facts, now: datetime) -> Stage:
    """The stage; silent is what broke off and will be taken up again."""
    if facts.outcome is not None:
        return Stage(facts.outcome.value)
    if facts.beat_at is None:
        return Stage.WAITING
    return Stage.SILENT if facts.beat_at < now - SILENT_AFTER else Stage.WORKING
