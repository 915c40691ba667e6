"""The stages of a quarter and who moves it from one to the next (domain.md 3.1 and 3.7)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from inspector.moves import Move, move


class Stage(StrEnum):
    """How far a quarter has come; derived from its facts, never stored."""

    DRAFT = "draft"
    FROZEN = "frozen"
    CONFIRMED = "confirmed"


@dataclass(frozen=True)
class Facts:
    """What happened to a quarter. What the leader has given back was never frozen."""

    frozen: bool = False
    confirmed: bool = False


MOVES: Final[dict[str, Move[Stage]]] = {
    "freeze": move({Stage.DRAFT}, {"channel"}, Stage.FROZEN),
    "give_back": move({Stage.FROZEN}, {"leader"}, Stage.DRAFT),
    "confirm": move({Stage.FROZEN}, {"leader"}, Stage.CONFIRMED),
}


def stage_of(facts: Facts) -> Stage:
    """The stage that the facts amount to."""
    if facts.confirmed:
        return Stage.CONFIRMED
    return Stage.FROZEN if facts.frozen else Stage.DRAFT
