"""Which notices a person may see, the ways to narrow their list, and the counts of the proof."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from flask import current_app
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager

from inspector import clock
from inspector.db import db
from inspector.deadlines import Days, Step
from inspector.findings import queries as findings
from inspector.findings.lifecycle import NOT_REPORTED, WAITING_FOR_BRANCH, Mode
from inspector.findings.lifecycle import Stage as RectificationStage
from inspector.findings.models import Finding, Rectification, Report, ReportPhoto
from inspector.notices import deadlines
from inspector.notices.appeals import Appeal
from inspector.notices.extensions import Extension
from inspector.notices.lifecycle import Stage
from inspector.notices.models import Notice
from inspector.notices.risks import Risk
from inspector.notices.stages import STAGE_SQL
from inspector.notices.warnings import WARNED
from inspector.people.models import Branch, Person
from inspector.people.roles import DESK
from inspector.problems import Problem
from inspector.visits import queries as visits
from inspector.visits.models import Photo, Visit

DUE_SOON_DAYS = 3
NOWHERE = uuid.UUID(int=0)


def notices_seen_by(person: Person) -> Select[Notice]:
    """The desk sees all notices; a branch those that were issued to it; who runs visits those of
    their own visits."""
    notices = (
        select(Notice)
        .join(Notice.rectification)
        .join(Rectification.finding)
        .join(Finding.visit)
        .options(
            contains_eager(Notice.rectification)
            .contains_eager(Rectification.finding)
            .contains_eager(Finding.visit)
            .joinedload(Visit.branch, innerjoin=True)
            .joinedload(Branch.parent),
        )
    )
    return notices.where(*seen(person))


def seen(person: Person) -> list[ColumnElement[bool]]:
    """Whether a person may see a notice; needs Visit joined."""
    return [] if person.role in DESK else [*visits.of(person), Notice.issued_at.is_not(None)]


WITH_PHOTOS: Final = (
    contains_eager(Notice.rectification)
    .selectinload(Rectification.reports)
    .selectinload(Report.photos)
    .selectinload(ReportPhoto.picture),
    contains_eager(Notice.rectification)
    .contains_eager(Rectification.finding)
    .contains_eager(Finding.visit)
    .selectinload(Visit.photos)
    .selectinload(Photo.picture),
)
"""Load with notices their photos, from before and after."""


def notice_seen_by(person: Person, key: uuid.UUID | None, *, to_change: bool = False) -> Notice:
    """The notice of that key, locked when it is to be changed. Raises Problem request.unknown; what
    is hidden costs the same statements as what does not exist."""
    wanted = notices_seen_by(person).where(Notice.id == (key or NOWHERE)).options(*WITH_PHOTOS)
    if to_change:
        wanted = wanted.with_for_update(of=[Notice, Rectification])
    notice = db.session.scalar(wanted)
    if notice is None:
        raise Problem("request.unknown")
    return notice


def report_seen_by(person: Person, key: uuid.UUID, *, to_change: bool = False) -> Report:
    """A report on a notice that the person may see. Raises Problem request.unknown."""
    of_notice = (
        select(Notice.id)
        .join(Notice.rectification)
        .join(Rectification.reports)
        .where(Report.id == key, Notice.withdrawn_at.is_(None))
    )
    # The report itself is read only now, behind the lock: two who verify it follow each other.
    notice = notice_seen_by(person, db.session.scalar(of_notice), to_change=to_change)
    return next(report for report in notice.rectification.reports if report.id == key)


def panel_candidates(finding: Finding) -> list[Person]:
    """Who can sit on the panel of an appeal: the city branch's people, but for the one who
    confirmed the finding (domain.md 3.1)."""
    people = select(Person).where(
        Person.role.in_(DESK), Person.closed_at.is_(None), Person.id != finding.decided_by_id
    )
    return list(db.session.scalars(people.order_by(Person.name)))


def _asked() -> ColumnElement[bool]:
    """Whether a request or an appeal of the branch waits for an answer."""
    extension = select(Extension.id).where(
        Extension.notice_id == Notice.id, Extension.answer.is_(None)
    )
    risk = select(Risk.id).where(Risk.notice_id == Notice.id, Risk.answer.is_(None))
    appeal = select(Appeal.id).where(
        Appeal.notice_id == Notice.id, Appeal.refused_at.is_(None), Appeal.decided_at.is_(None)
    )
    stage = findings.STAGE_SQL
    return or_(
        and_(extension.exists(), stage.in_(NOT_REPORTED)),
        and_(risk.exists(), stage.in_(WAITING_FOR_BRANCH)),
        appeal.exists(),
    )


def filters(today: date) -> dict[str, ColumnElement[bool]]:
    """The ways to narrow the list of notices; every number of the desk opens one of them."""
    return _filters(today, Days.of(current_app.config))


@lru_cache(4)  # of all that a page does in Python, writing these anew took the longest
def _filters(today: date, days: Days) -> dict[str, ColumnElement[bool]]:
    # What a stage implies is said beside it where that has an index: of a CASE there is none.
    rectification = findings.STAGE_SQL
    soon = today + timedelta(days=DUE_SOON_DAYS)
    in_force = Notice.withdrawn_at.is_(None)
    open_ = in_force & Rectification.closed_at.is_(None)
    unreported = open_ & rectification.in_(WAITING_FOR_BRANCH)
    unissued = open_ & Notice.issued_at.is_(None)
    late = deadlines.late_sql(today, days)
    return {
        "open": open_,
        "held": unissued & (STAGE_SQL == Stage.HELD),
        "draft": unissued & (STAGE_SQL == Stage.DRAFT),
        "late_issue": late[Step.ISSUE],
        "overdue": late[Step.RECTIFY],
        "bulletin": deadlines.to_name_sql(today, days),
        "soon": unreported & Rectification.due_on.between(today, soon),
        "to_acknowledge": open_ & (STAGE_SQL == Stage.ISSUED),
        "to_report": unreported & (STAGE_SQL == Stage.ACKNOWLEDGED),
        "to_verify": in_force & deadlines.REPORTED & (rectification == RectificationStage.REPORTED),
        "late_verify": late[Step.VERIFY],
        "asked": open_ & _asked(),
        "warned": in_force & WARNED,
        "closed": in_force & Rectification.closed_at.is_not(None),
        "withdrawn": Notice.withdrawn_at.is_not(None),
        "all": in_force,
    }


def chosen(only: str | None) -> str:
    """The filter of that name; what is not struck off for a name that there is none of."""
    return only if only in filters(clock.today()) else "open"


def listed(person: Person, only: str, today: date) -> Select[Notice]:
    """The notices that a person may see under a filter, those due first on top."""
    order = Rectification.due_on.nulls_last(), Notice.doc_seq, Notice.id
    return notices_seen_by(person).where(filters(today)[only]).order_by(*order)


def issued_up_to(person: Person, only: str, today: date, most: int) -> int:
    """How many of the notices under a filter were issued; of more than `most`, one more."""
    found = notices_seen_by(person).options().with_only_columns(Notice.id)
    found = found.where(filters(today)[only], Notice.issued_at.is_not(None)).limit(most + 1)
    return db.session.scalar(select(func.count()).select_from(found.subquery())) or 0


def draft_count(person: Person, today: date) -> int:
    """How many drafts there are now, for whoever is about to issue them all."""
    return _counted(person, {"draft": filters(today)["draft"]})["draft"]


OVER: Final = ("warned", "closed", "withdrawn", "all")
"""The filters that hold also what is struck off or withdrawn, the most of all after some years."""


def counts(person: Person, today: date) -> dict[str, int]:
    """How many notices each filter holds, in two statements: one looks at all notices, but asks
    little of each, the other at those that are open only."""
    conditions = filters(today)
    found = _counted(person, {name: conditions[name] for name in OVER})
    found |= waiting_counts(person, today)
    return {name: found[name] for name in conditions}


def waiting_counts(person: Person, today: date) -> dict[str, int]:
    """The same of the filters that hold only what is open: however long the history, those are
    few."""
    waiting = {name: sql for name, sql in filters(today).items() if name not in OVER}
    return _counted(
        person, waiting, Notice.withdrawn_at.is_(None), Rectification.closed_at.is_(None)
    )


def warned_count() -> int:
    """How many notices in force stand beside a warning order, as the desk sees them: all."""
    warned = (
        select(func.count())
        .select_from(Notice)
        .join(Notice.rectification)
        .join(Rectification.finding)
        .where(Notice.withdrawn_at.is_(None), WARNED)
    )
    return db.session.scalar(warned) or 0


def _counted(
    person: Person, conditions: dict[str, ColumnElement[bool]], *among: ColumnElement[bool]
) -> dict[str, int]:
    totals = [func.count().filter(sql).label(name) for name, sql in conditions.items()]
    seen = notices_seen_by(person).options().with_only_columns(*totals).order_by(None)
    return dict(db.session.execute(seen.where(*among)).one()._mapping)


@dataclass(frozen=True)
class Proof:
    """One to one, as a sum: found = on_spot + notices; notices = closed + open (domain.md 3.9).
    What was seen while it was open already is not counted: it points at the notice there is."""

    found: int
    on_spot: int
    notices: int
    closed: int
    open: int

    @property
    def holds(self) -> bool:
        """Whether nothing is missing and nothing is there twice."""
        return self.found == self.on_spot + self.notices and self.notices == self.closed + self.open


def proof() -> Proof:
    """Count each side on its own, so that the sum proves something."""
    confirmed = select(func.count()).where(findings.IN_FORCE, Finding.original)
    spot = (
        select(func.count())
        .select_from(Rectification)
        .join(Rectification.finding)
        .where(Rectification.mode == Mode.ON_SPOT, Finding.withdrawn_at.is_(None))
    )
    active = select(func.count()).select_from(Notice).where(Notice.withdrawn_at.is_(None))
    closed = active.join(Notice.rectification).where(Rectification.closed_at.is_not(None))
    open_ = active.join(Notice.rectification).where(Rectification.closed_at.is_(None))
    row = db.session.execute(
        select(
            confirmed.scalar_subquery().label("found"),
            spot.scalar_subquery().label("on_spot"),
            active.scalar_subquery().label("notices"),
            closed.scalar_subquery().label("closed"),
            open_.scalar_subquery().label("open"),
        )
    ).one()
    return Proof(*row)
