"""The numbers on the chips of the list of notices."""

from datetime import datetime
from typing import Final

from inspector import clock
from inspector.notices import queries
from inspector.people.models import Person
from inspector.people.roles import DESK, Role
from inspector.snapshots import Countable, counted_up_to


def counts(person: Person, *, anew: bool = False) -> tuple[dict[str, int], datetime | None]:
    """How many notices each filter holds, and as of when; None: now."""
    if person.role in DESK:
        return NOTICES.told(anew=anew)
    return queries.counts(person, clock.today()), None


def issued(person: Person, only: str, told: dict[str, int], as_of: datetime | None) -> int:
    """How many of the notices under a filter were issued; of more than are counted, one more. Not
    counted where it is known that they are more."""
    most = counted_up_to()
    if as_of and told[only] - told["draft"] - told["held"] > most:
        return most + 1
    return queries.issued_up_to(person, only, clock.today(), most)


NOTICES: Final = Countable(
    "notices", dict[str, int], lambda: queries.counts(Person(role=Role.CHANNEL), clock.today())
)
