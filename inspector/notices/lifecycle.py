"""The stages of a rectification notice (domain.md 3.4)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from inspector.moves import Move, move


class Stage(StrEnum):
    """How far a notice has come."""

    HELD = "held"
    DRAFT = "draft"
    ISSUED = "issued"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Facts:
    """What happened to a notice; `rectified` is a fact of its rectification, and `held` one of its
    visit: it is not published yet, so that no branch may learn of the notice (domain.md 3.2)."""

    held: bool = False
    issued: bool = False
    acknowledged: bool = False
    rectified: bool = False
    withdrawn: bool = False


MOVES: Final[dict[str, Move[Stage]]] = {
    "issue": move({Stage.DRAFT}, {"channel"}, Stage.ISSUED),
    "acknowledge": move({Stage.ISSUED}, {"outlet", "subbranch"}, Stage.ACKNOWLEDGED),
    "reissue": move({Stage.ISSUED, Stage.ACKNOWLEDGED}, {"channel"}, Stage.WITHDRAWN),
}


class AppealStage(StrEnum):
    """How far an appeal has come; before the first step there is none."""

    NONE = "none"
    FILED = "filed"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    UPHELD = "upheld"
    OVERTURNED = "overturned"


APPEAL_MOVES: Final[dict[str, Move[AppealStage]]] = {
    "file": move({AppealStage.NONE}, {"subbranch"}, AppealStage.FILED),
    "refuse": move({AppealStage.FILED}, {"channel"}, AppealStage.REFUSED),
    "accept": move({AppealStage.FILED}, {"channel"}, AppealStage.ACCEPTED),
    "uphold": move({AppealStage.ACCEPTED}, {"leader"}, AppealStage.UPHELD),
    "overturn": move({AppealStage.ACCEPTED}, {"leader"}, AppealStage.OVERTURNED),
}

OPEN: Final = frozenset({Stage.HELD, Stage.DRAFT, Stage.ISSUED, Stage.ACKNOWLEDGED})
"""Not yet struck off."""


def stage_of(facts: Facts) -> Stage:
    """The stage that the facts amount to. Its twin in SQL stands in queries.py."""
    if facts.withdrawn:
        return Stage.WITHDRAWN
    if facts.rectified:
        return Stage.CLOSED
    if facts.acknowledged:
        return Stage.ACKNOWLEDGED
    if facts.issued:
        return Stage.ISSUED
    return Stage.HELD if facts.held else Stage.DRAFT
