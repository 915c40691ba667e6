"""The numbers on the chips of the list of visits."""

from datetime import datetime
from typing import Final

from sqlalchemy import func

from inspector import clock
from inspector.db import db
from inspector.people.models import Person
from inspector.people.roles import DESK, Role
from inspector.snapshots import Countable
from inspector.visits import deadlines, queries

LATE: Final = "late"
"""Besides the stages, a way to narrow the list: what was to be uploaded or confirmed before."""


def counts(person: Person, *, anew: bool = False) -> tuple[dict[str, int], datetime | None]:
    """How many visits there are at each stage and late, and as of when; None: now."""
    return VISITS.told(anew=anew) if person.role in DESK else (_counted(person), None)


def _counted(person: Person) -> dict[str, int]:
    ways = queries.STAGE_SQL | {LATE: deadlines.late(clock.today())}
    totals = [func.count().filter(sql).label(name) for name, sql in ways.items()]
    seen = queries.visits_seen_by(person, plain=True).with_only_columns(*totals)
    return dict(db.session.execute(seen).one()._mapping)


VISITS: Final = Countable("visits", dict[str, int], lambda: _counted(Person(role=Role.CHANNEL)))
