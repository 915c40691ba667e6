"""The numbers on the chips of the ledger: how many rows each stage holds, and how late they are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from inspector.ledger import choices, queries
from inspector.ledger.filters import Filters
from inspector.people.models import Person
from inspector.people.queries import are_many
from inspector.people.roles import DESK, Role
from inspector.snapshots import Countable, counted_up_to


@dataclass(frozen=True)
class Numbers:
    """By the name of the stage, and by how late."""

    stages: dict[str, int]
    lates: dict[str, int]


NONE: Final = Numbers({}, {})
"""Not counted: that would take long."""


def numbers(
    person: Person, filters: Filters, *, anew: bool = False
) -> tuple[Numbers, datetime | None]:
    """The numbers under the filters, and as of when; None: now. Where there are very many outlets
    only those of all that is open are counted beforehand (snapshots.py); while searching, or under
    filters that leave much of it, nothing is counted, which NONE says."""
    if person.role in DESK and not _of_stage(filters).but(sort=Filters.sort).query:
        return OPEN.told(anew=anew)
    if are_many():
        most = counted_up_to()
        open_ = filters.but(stage=Filters.stage, late=Filters.late)
        if filters.q or queries.count_up_to(person, open_, most) > most:
            return NONE, None
    return _counted(person, filters), None


def _of_stage(filters: Filters) -> Filters:
    """The chips of all rows are those of the open ones: the others are not counted."""
    return filters.but(stage=Filters.stage) if filters.stage == "all" else filters


def total(person: Person, filters: Filters, told: Numbers, as_of: datetime | None) -> int:
    """How many rows there are under the filters; of more than are counted, one more. Not counted
    once more where it is known that they are more."""
    most = counted_up_to()
    if as_of and told.stages.get(_of_stage(filters).stage, 0) > most:
        return most + 1
    return queries.count_up_to(person, filters, most)


def _counted(person: Person, filters: Filters) -> Numbers:
    return Numbers(
        queries.open_counts(person, filters),
        queries.late_counts(person, filters, choices.late_ways()),
    )


OPEN: Final = Countable("ledger", Numbers, lambda: _counted(Person(role=Role.CHANNEL), Filters()))
