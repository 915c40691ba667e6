"""Which three items a service analysis meeting should talk about. Pure.

What costs most comes first: the points that an issue lost, times how often it has come back, times
one more than the notices about it that are late. So a small fault that returns and is not put right
comes before a dearer one that happened once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

MOST: Final = 3


@dataclass(frozen=True)
class Topic:
    """One issue, with all that was found of it at the outlets of one sub-branch."""

    issue: str
    problem: str
    problem_en: str
    outlets: int
    lost: Decimal  # points, over all findings
    occurrence: int  # the highest of them: 1 is the first time
    late: int = 0  # notices about it that are overdue now

    @property
    def weight(self) -> Decimal:
        """How much it matters."""
        return self.lost * self.occurrence * (1 + self.late)


def to_discuss(topics: Iterable[Topic], most: int = MOST) -> list[Topic]:
    """The weightiest; of two that weigh the same the one that came back more often, then the one at
    more outlets. An item that costs nothing, is no repeat and not late is no topic."""
    there = [one for one in topics if one.weight or one.occurrence > 1 or one.late]
    ordered = sorted(
        there, key=lambda one: (-one.weight, -one.occurrence, -one.late, -one.outlets, one.issue)
    )
    return ordered[:most]
