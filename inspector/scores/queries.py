"""Which visits a quarter counts, and for which outlet; and which units' scores a person may see."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, case, false, or_, select, true, union_all
from sqlalchemy.orm import aliased

from inspector import clock
from inspector.clock import Quarter
from inspector.db import db
from inspector.people.models import Branch, Level, Person
from inspector.people.roles import DESK, Role
from inspector.problems import Problem
from inspector.scores.courses import HOME, LateNotice, late_by_quarter
from inspector.scores.rules import Counted
from inspector.visits.models import Visit
from inspector.visits.queries import SECRET

COUNTS: ColumnElement[bool] = (
    Visit.confirmed_at.is_not(None) & Visit.voided_at.is_(None) & Visit.score.is_not(None) & ~SECRET
)
"""Whether a visit counts in the quarter of its day: the twin of rules.counts."""


def during(quarter: Quarter) -> ColumnElement[bool]:
    """Whether a visit belongs to a quarter: by its day at the bank, not by the day of upload."""
    return (Visit.started_at >= quarter.start) & (Visit.started_at < quarter.end)


@dataclass(frozen=True)
class Unit:
    """A branch as far as a score needs it."""

    id: uuid.UUID
    parent_id: uuid.UUID | None
    level: str
    code: str
    name_zh: str
    name_en: str


@dataclass
class Counts:
    """What a quarter counts: the units, the visits of each outlet, and its late notices."""

    units: list[Unit] = field(default_factory=list)
    visits: dict[uuid.UUID, dict[uuid.UUID, tuple[str, Decimal]]] = field(default_factory=dict)
    late: dict[uuid.UUID, list[LateNotice]] = field(default_factory=dict)

    def of(self, outlet: uuid.UUID) -> Counted:
        """What the score of an outlet is made of."""
        late = frozenset(notice.key for notice in self.late.get(outlet, ()))
        return Counted(self.visits.get(outlet, {}), late)


def counts(quarter: Quarter, subbranch: uuid.UUID | None = None) -> Counts:
    """What counts in a quarter, of all or of one sub-branch, in a constant number of statements."""
    return counts_of([quarter], subbranch)[quarter]


def counts_of(
    quarters: Sequence[Quarter], subbranch: uuid.UUID | None = None
) -> dict[Quarter, Counts]:
    """The same for several quarters, with as many statements as for one."""
    among = within(subbranch)
    first, last = min(quarters), max(quarters)
    every = list(_units(last, subbranch))
    found = {
        quarter: Counts([unit for unit, since in every if since is None or since <= quarter.last])
        for quarter in quarters
    }
    for key, home, kind, score, started_at in db.session.execute(
        select(Visit.id, HOME, Visit.kind, Visit.score, Visit.started_at)
        .join(Visit.branch)
        .where(COUNTS, Visit.started_at >= first.start, Visit.started_at < last.end, among)
    ):
        assert score is not None and started_at is not None  # COUNTS says so
        if counted := found.get(Quarter.of(clock.day(started_at))):
            counted.visits.setdefault(home, {})[key] = (kind, score)
    for quarter, late in late_by_quarter(quarters, among).items():
        for notice in late:
            found[quarter].late.setdefault(notice.outlet, []).append(notice)
    return found


def within(unit: uuid.UUID | None) -> ColumnElement[bool]:
    """Whether a visit counts for an outlet of a sub-branch or a city branch: made there, or where
    one of them goes on for another. These are named one by one, for SQLite would read all that was
    ever found where it cannot see that they are few."""
    if unit is None:
        return true()
    above, home, old = aliased(Branch), aliased(Branch), aliased(Branch)
    there = home.merged_into_id.is_(None)
    near, far = home.parent_id == unit, above.parent_id == unit
    made_at = union_all(  # each with its index
        select(home.id).where(near, there),
        select(home.id).join(above, home.parent_id == above.id).where(far, there),
        select(old.id).join(home, old.merged_into_id == home.id).where(near),
        select(old.id)
        .join(home, old.merged_into_id == home.id)
        .join(above, home.parent_id == above.id)
        .where(far),
    )
    return Visit.branch_id.in_(db.session.scalars(made_at).all())


def units(quarter: Quarter, subbranch: uuid.UUID | None = None) -> Iterable[Unit]:
    """The units that there were at the end of a quarter, by code: the city, the sub-branches, and
    the outlets that were not merged into others."""
    return (unit for unit, _since in _units(quarter, subbranch))


def _units(quarter: Quarter, subbranch: uuid.UUID | None) -> Iterator[tuple[Unit, date | None]]:
    """The units, and of outlets since when they are there."""
    is_outlet = Branch.level == Level.OUTLET
    there = (Branch.opened_on <= quarter.last) | ~is_outlet
    wanted = select(
        Branch.id, Branch.parent_id, Branch.level, Branch.code, Branch.name_zh, Branch.name_en,
        case((is_outlet, Branch.opened_on)),
    ).where(there, Branch.merged_into_id.is_(None))  # fmt: skip
    if subbranch is not None:
        wanted = wanted.where(or_(Branch.id == subbranch, Branch.parent_id == subbranch))
    for *said, since in db.session.execute(wanted.order_by(Branch.code)):
        yield Unit(*said), since


def scored_units_seen_by(person: Person) -> Select[Branch]:
    """Whose scores a person may see: the desk all; the head of a sub-branch its own and those of
    its outlets; an outlet its own. Lists of others are not theirs until the bulletin."""
    found = select(Branch).where(Branch.merged_into_id.is_(None)).order_by(Branch.code)
    if person.role in DESK:
        return found
    if person.role == Role.SUBBRANCH:
        own = person.branch_id
        return found.where(or_(Branch.id == own, Branch.parent_id == own))
    if person.role == Role.OUTLET:
        return found.where(Branch.id == person.branch_id)
    return found.where(false())


def unit_seen_by(person: Person, code: str) -> Branch:
    """The sub-branch or outlet of that code. Raises Problem request.unknown."""
    wanted = scored_units_seen_by(person).where(Branch.code == code, Branch.level != Level.CITY)
    branch = db.session.scalar(wanted)
    if branch is None:
        raise Problem("request.unknown")
    return branch


def first_quarter() -> Quarter | None:
    """The quarter of the first visit that counts."""
    first = db.session.scalar(
        select(Visit.started_at).where(COUNTS).order_by(Visit.started_at).limit(1)
    )
    return Quarter.of(first.date()) if first else None


def by_key(found: Mapping[uuid.UUID, Sequence[LateNotice]]) -> dict[uuid.UUID, LateNotice]:
    """Late notices by their own keys."""
    return {notice.key: notice for notices in found.values() for notice in notices}
