"""The roles, each a column of the table in domain.md 3.1. Pure."""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What an account is for; every permission starts here."""

    INSPECTOR = "inspector"
    SHOPPER = "shopper"
    REVIEWER = "reviewer"
    OUTLET = "outlet"
    SUBBRANCH = "subbranch"
    CHANNEL = "channel"
    LEADER = "leader"
    ADMIN = "admin"


VISITORS: Final = frozenset({Role.INSPECTOR, Role.SHOPPER, Role.REVIEWER})
"""Those who run visits."""

BRANCH_SIDE: Final = frozenset({Role.OUTLET, Role.SUBBRANCH})
"""Those who are inspected, and must never learn who a shopper is."""

DESK: Final = frozenset({Role.CHANNEL, Role.LEADER, Role.ADMIN})
"""Those who read everything of the city branch."""
