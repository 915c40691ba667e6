"""How an outlet stands to the standard, or to a part of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """What the newest confirmed on-site visit of the quarter says."""

    MET = "met"
    UNMET = "unmet"
    NA = "na"
    MISSING = "missing"
    """It was not looked at yet."""


class Scope(StrEnum):
    """Which outlets are counted."""

    FITTED = "fitted"
    """Those moved or refurbished in the quarter, by what was seen since."""
    ALL = "all"


RANKS: Final = {State.MISSING: 0, State.NA: 1, State.MET: 2, State.UNMET: 3}
"""Of several items the highest says how the outlet stands: one that is not met spoils the whole,
one that does not apply says nothing."""


@dataclass(frozen=True)
class Count:
    """How many outlets stand how."""

    met: int = 0
    unmet: int = 0
    na: int = 0
    missing: int = 0

    @classmethod
    def of(cls, by_rank: Mapping[int, int], outlets: int) -> "Count":
        """From the numbers by rank; whoever is in none was not looked at."""
        met, unmet, na = (by_rank.get(RANKS[s], 0) for s in (State.MET, State.UNMET, State.NA))
        return cls(met, unmet, na, outlets - met - unmet - na)

    @property
    def judged(self) -> int:
        """How many could meet it and were looked at."""
        return self.met + self.unmet

    @property
    def share(self) -> float | None:
        """How many of these in a hundred meet it."""
        return 100 * self.met / self.judged if self.judged else None
