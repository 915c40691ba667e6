"""The numbers on the chips of the list of findings."""

from datetime import datetime
from typing import Final

from inspector.findings import queries
from inspector.people.models import Person
from inspector.people.roles import DESK, Role
from inspector.snapshots import Countable


def counts(person: Person, *, anew: bool = False) -> tuple[dict[str, int], datetime | None]:
    """How many findings each filter holds, and as of when; None: now."""
    if person.role in DESK:
        return FINDINGS.told(anew=anew)
    return queries.counts(person), None


FINDINGS: Final = Countable(
    "findings", dict[str, int], lambda: queries.counts(Person(role=Role.CHANNEL))
)
