"""The numbers on the chips of the ledger: how many rows each stage holds, and how late they are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from inspector.ledger import choices, queries
from inspector.ledger.filters import Filters
from inspector.people.models import Person
from inspector.people.roles import DESK, Role
from inspector.snapshots import Countable


@dataclass(frozen=True)
class Numbers:
    """By the name of the stage, and by how late."""

    stages: dict[str, int]
    lates: dict[str, int]


def numbers(
    person: Person, filters: Filters, *, anew: bool = False
) -> tuple[Numbers, datetime | None]:
    """The numbers under the filters, and as of when; None: now. Only those of all that is open are
    ever counted beforehand (snapshots.py): every filter leaves few."""
    if person.role in DESK and not filters.but(sort=Filters.sort).query:
        return OPEN.told(anew=anew)
    return _counted(person, filters), None


def _counted(person: Person, filters: Filters) -> Numbers:
    return Numbers(
        queries.open_counts(person, filters),
        queries.late_counts(person, filters, choices.late_ways()),
    )


OPEN: Final = Countable("ledger", Numbers, lambda: _counted(Person(role=Role.CHANNEL), Filters()))
