"""The numbers on the chips of the list of notices."""

from datetime import datetime
from typing import Final

from inspector import clock
from inspector.notices import queries
from inspector.people.models import Person
from inspector.people.roles import DESK, Role
from inspector.snapshots import Countable


def counts(person: Person, *, anew: bool = False) -> tuple[dict[str, int], datetime | None]:
    """How many notices each filter holds, and as of when; None: now."""
    if person.role in DESK:
        return NOTICES.told(anew=anew)
    return queries.counts(person, clock.today()), None


NOTICES: Final = Countable(
    "notices", dict[str, int], lambda: queries.counts(Person(role=Role.CHANNEL), clock.today())
)
