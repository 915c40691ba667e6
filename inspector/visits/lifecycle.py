"""The stages of a visit and who moves it from one to the next (domain.md 3.2)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from inspector.moves import Move, move


class Stage(StrEnum):
    """How far a visit has come; derived from its facts, never stored."""

    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    PUBLISHED = "published"
    CANCELLED = "cancelled"
    VOID = "void"


@dataclass(frozen=True)
class Facts:
    """What happened to a visit."""

    started: bool = False
    submitted: bool = False
    confirmed: bool = False
    published: bool = False
    cancelled: bool = False
    void: bool = False


ENDED: Final = {Stage.SUBMITTED, Stage.CONFIRMED, Stage.PUBLISHED}
VISITORS: Final = {"inspector", "shopper", "reviewer"}

MOVES: Final[dict[str, Move[Stage]]] = {
    "start": move({Stage.ASSIGNED}, VISITORS, Stage.IN_PROGRESS),
    "submit": move({Stage.IN_PROGRESS}, VISITORS, Stage.SUBMITTED),
    "send_back": move({Stage.SUBMITTED}, {"channel"}, Stage.IN_PROGRESS),
    "confirm": move({Stage.SUBMITTED}, {"channel"}, Stage.CONFIRMED),
    "publish": move({Stage.CONFIRMED}, {"channel"}, Stage.PUBLISHED),
    "reassign": move({Stage.ASSIGNED, Stage.IN_PROGRESS}, {"channel"}, None),
    "move": move({Stage.ASSIGNED}, {"channel"}, None),
    "cancel": move({Stage.ASSIGNED, Stage.IN_PROGRESS}, {"channel"}, Stage.CANCELLED),
    "ask_void": move(ENDED, {"channel"}, None),
    "refuse_void": move(ENDED, {"leader"}, None),
    "void": move(ENDED, {"leader"}, Stage.VOID),
}

# Only mystery visits are published, in batches (batches.py). What the others found is for their
# branch to see as soon as they are confirmed.

WRITABLE: Final = frozenset({Stage.ASSIGNED, Stage.IN_PROGRESS})
"""While the inspector may still record."""


def stage_of(facts: Facts) -> Stage:
    """The stage that the facts amount to."""
    if facts.cancelled:
        return Stage.CANCELLED
    if facts.void:
        return Stage.VOID
    if facts.published:
        return Stage.PUBLISHED
    if facts.confirmed:
        return Stage.CONFIRMED
    if facts.submitted:
        return Stage.SUBMITTED
    return Stage.IN_PROGRESS if facts.started else Stage.ASSIGNED
