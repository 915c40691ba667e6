"""What an outlet's page shows, each part as far as a person may see it; what was at an outlet that
was merged into this one is shown here too. The number of statements does not grow with the rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Load, contains_eager, joinedload

from inspector import clock
from inspector.db import db, one_of_few
from inspector.findings.models import Finding, Rectification, Report, ReportPhoto
from inspector.findings.queries import IN_FORCE, findings_seen_by, in_order
from inspector.ledger import queries as ledger
from inspector.ledger.filters import Filters
from inspector.notices.models import Notice
from inspector.notices.queries import WITH_PHOTOS, filters, notices_seen_by
from inspector.notices.repeats import at_home
from inspector.people.models import Branch, Level, Person
from inspector.people.queries import branches_seen_by
from inspector.people.roles import BRANCH_SIDE, DESK
from inspector.problems import Problem
from inspector.visits.models import Photo, Visit
from inspector.visits.queries import KNOWN_SINCE, visits_seen_by

FIRST: Final = 10
"""How many rows of each kind are shown before somebody asks for all."""

FEW: Final = 5
"""How many repeats."""

PAIRS: Final = 3
"""How many problems are shown before and after."""


def outlet_seen_by(person: Person, code: str) -> Branch:
    """The outlet of that code. Raises Problem request.unknown."""
    wanted = branches_seen_by(person).where(Branch.code == code, Branch.level == Level.OUTLET)
    outlet = db.session.scalar(wanted.options(joinedload(Branch.parent)))
    if outlet is None:
        raise Problem("request.unknown")
    return outlet


@dataclass(frozen=True)
class Number:
    """One number, and the rows of the ledger that it counts."""

    label: str
    number: int
    filters: Filters
    bad: bool = False


def numbers_of(outlet: Branch, person: Person) -> list[Number]:
    """What there is to say of an outlet in numbers."""
    ways = (
        (_l("Not struck off"), Filters()),
        (_l("Due within 3 days"), Filters(late="soon")),
        (_l("Overdue"), Filters(late="1")),
        (_l("Repeat offences"), Filters(stage="all", repeat="again")),
    )
    among = Filters(branch=outlet.code, stage="all")
    counts = ledger.counts_of(person, among, [way for _, way in ways])
    return [
        Number(label, count, way.but(branch=outlet.code), bad=way.late == "1")
        for (label, way), count in zip(ways, counts, strict=True)
    ]


def visits_at(outlet: Branch, person: Person, most: int | None = FIRST) -> Sequence[Visit]:
    """Its visits, the latest first; for a branch in the order in which it learnt of them."""
    found = visits_seen_by(person).where(at_home(outlet.id), Visit.cancelled_at.is_(None))
    latest = KNOWN_SINCE if person.role in BRANCH_SIDE else Visit.planned_on
    return db.session.scalars(found.order_by(latest.desc(), Visit.id).limit(most)).all()


def visit_count(outlet: Branch, person: Person) -> int:
    """How many visits `visits_at` has in all."""
    found = visits_seen_by(person, plain=True).where(
        at_home(outlet.id), Visit.cancelled_at.is_(None)
    )
    return db.session.scalar(select(func.count()).select_from(found.subquery())) or 0


def open_at(outlet: Branch, person: Person, most: int | None = FIRST) -> Sequence[Notice]:
    """What is not struck off, due first on top."""
    found = notices_seen_by(person).where(at_home(outlet.id), filters(clock.today())["open"])
    order = Rectification.due_on.nulls_last(), Notice.doc_seq, Notice.id
    return db.session.scalars(found.order_by(*order).limit(most)).all()


def repeated_at(outlet: Branch, person: Person, most: int | None = FEW) -> Sequence[Finding]:
    """What was found again after it had been struck off, or past the day it was due."""
    found = findings_seen_by(person).where(
        one_of_few(Finding.visit_id, select(Visit.id).where(at_home(outlet.id))),
        IN_FORCE,
        or_(Finding.occurrence > 1, Finding.not_carried_out),
    )
    return db.session.scalars(in_order(found, person).limit(most)).all()


def put_right_at(outlet: Branch, person: Person) -> Sequence[Notice]:
    """What was struck off last, with photos of before and after."""
    before = select(Photo.id).where(
        Photo.visit_id == Finding.visit_id,
        Photo.item_id == Finding.item_id,
        Photo.stage == "before",
        Photo.removed_at.is_(None),
    )
    after = (
        select(ReportPhoto.id)
        .join(ReportPhoto.report)
        .where(Report.rectification_id == Rectification.id, Report.verdict == "closed")
    )
    found = (
        notices_seen_by(person)
        .where(at_home(outlet.id), Notice.withdrawn_at.is_(None))
        .where(Rectification.closed_at.is_not(None), before.exists(), after.exists())
        .options(
            Load(Notice).lazyload("*"),  # what the branch asked is not shown
            *WITH_PHOTOS,
            contains_eager(Notice.rectification)
            .contains_eager(Rectification.finding)
            .joinedload(Finding.item),
        )
        .order_by(Rectification.closed_at.desc(), Notice.id)
        .limit(PAIRS)
    )
    return db.session.scalars(found).all()


def subjects_at(outlet: Branch, person: Person) -> list[Any]:
    """Of which rows the history may be told, as selects of table and key: to the desk all; to a
    branch its notices and their rectifications, for the rest would tell who and when."""
    mine = notices_seen_by(person).options().where(at_home(outlet.id)).order_by(None)
    notices = mine.with_only_columns(Notice.id)
    cases = mine.with_only_columns(Rectification.id)
    if person.role in BRANCH_SIDE:
        return [(Notice, notices), (Rectification, cases)]
    if person.role not in DESK:
        return []
    visits = select(Visit.id).where(at_home(outlet.id))
    found = select(Finding.id).join(Finding.visit).where(at_home(outlet.id))
    branch = select(Branch.id).where(Branch.id == outlet.id)
    spots = select(Rectification.id).join(Rectification.finding).join(Finding.visit)
    return [
        (Branch, branch),
        (Visit, visits),
        (Finding, found),
        (Rectification, spots.where(at_home(outlet.id))),
        (Notice, notices),
    ]
