"""Which findings a person may see, and the stage of a rectification as SQL."""

import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from inspector.checklists.models import Item, Section
from inspector.clock import SHANGHAI, Quarter, start_of
from inspector.db import day_of, db, one_of_few
from inspector.findings.lifecycle import (
    WAITING_FOR_BRANCH,
    Decision,
    FindingStage,
    Stage,
    Verdict,
)
from inspector.findings.models import Finding, Rectification, Reopening, Report
from inspector.people.models import Branch, Person
from inspector.people.roles import BRANCH_SIDE, DESK
from inspector.visits.models import Visit
from inspector.visits.queries import KNOWN_SINCE, SECRET, visit_seen_by, visits_seen_by

IN_FORCE: ColumnElement[bool] = (Finding.decision == Decision.CONFIRMED) & Finding.withdrawn_at.is_(
    None
)
"""What counts as found: confirmed, and not withdrawn since."""

_reports = select(Report.id).where(Report.rectification_id == Rectification.id)

_rounds = (
    select(func.count())
    .where(Report.rectification_id == Rectification.id)
    .correlate(Rectification)
    .scalar_subquery()
)
_withdrawn = select(Finding.id).where(
    Finding.id == Rectification.finding_id, Finding.withdrawn_at.is_not(None)
)
_reopened = select(Reopening.id).where(
    Reopening.rectification_id == Rectification.id, Reopening.round == _rounds
)

STAGE_SQL: ColumnElement[str] = case(
    (_withdrawn.correlate(Rectification).exists(), Stage.WITHDRAWN),
    (Rectification.closed_at.is_not(None), Stage.CLOSED),
    (Rectification.due_on.is_(None), Stage.PENDING),
    (_reports.where(Report.verdict.is_(None)).exists(), Stage.REPORTED),
    (Rectification.paused_at.is_not(None), Stage.PAUSED),
    (_reopened.exists(), Stage.REOPENED),
    (_reports.exists(), Stage.RETURNED),
    (Rectification.begun_at.is_not(None), Stage.IN_PROGRESS),
    else_=Stage.OPEN,
)
"""The twin of lifecycle.stage_of; a test walks all facts and holds the two together."""

FINDING_STAGE_SQL: ColumnElement[str] = case(
    (Finding.withdrawn_at.is_not(None), FindingStage.WITHDRAWN),
    (Finding.decision == Decision.REJECTED, FindingStage.REJECTED),
    (Finding.decision.is_(None), FindingStage.SUBMITTED),
    (
        select(Rectification.id)
        .where(
            Rectification.finding_id == func.coalesce(Finding.duplicate_of_id, Finding.id),
            Rectification.closed_at.is_not(None),
        )
        .exists(),
        FindingStage.CLOSED,
    ),
    else_=FindingStage.CONFIRMED,
)
"""The twin of lifecycle.finding_stage."""


def within(quarter: Quarter) -> ColumnElement[bool]:
    """Whether a finding is of a visit in a quarter: what counts is its day at the bank."""
    start = datetime.combine(quarter.first, time.min, SHANGHAI)
    end = datetime.combine(quarter.last, time.max, SHANGHAI)
    return Finding.visit_id.in_(select(Visit.id).where(Visit.started_at.between(start, end)))


def under(code: str) -> ColumnElement[bool]:
    """Whether a finding is of an outlet of the sub-branch with that code."""
    outlet, parent = aliased(Branch), aliased(Branch)
    of = select(Visit.id).join(outlet, Visit.branch_id == outlet.id)
    return Finding.visit_id.in_(
        of.join(parent, outlet.parent_id == parent.id).where(parent.code == code)
    )


def at(code: str) -> ColumnElement[bool]:
    """Whether a finding counts at the outlet of that code, or at one of the sub-branch's or the
    city branch's: what was at a merged outlet counts where it goes on."""
    made_at, home, parent, city = (aliased(Branch) for _ in range(4))
    goes_on_as = func.coalesce(made_at.merged_into_id, made_at.id)
    of = (
        select(Visit.id)
        .join(made_at, Visit.branch_id == made_at.id)
        .join(home, home.id == goes_on_as)
        .outerjoin(parent, home.parent_id == parent.id)
        .outerjoin(city, parent.parent_id == city.id)
        .where(or_(home.code == code, parent.code == code, city.code == code))
    )
    return Finding.visit_id.in_(of)


def of_section(code: str) -> ColumnElement[bool]:
    """Whether a finding is of a section, by its code in the checklist."""
    return Finding.item_id.in_(select(Item.id).join(Item.section).where(Section.code == code))


def of_kind(kind: str) -> ColumnElement[bool]:
    """Whether a finding is of a kind of visit."""
    return Finding.visit_id.in_(select(Visit.id).where(Visit.kind == kind))


_counted = select(Visit.id).where(
    Visit.confirmed_at.is_not(None), Visit.voided_at.is_(None), Visit.score.is_not(None), ~SECRET
)
COUNTED: ColumnElement[bool] = IN_FORCE & Finding.visit_id.in_(_counted)
"""In force, of a visit that counts in its quarter: confirmed, of a shopper's also published."""

FILTERS: dict[str, ColumnElement[bool]] = {
    "to_decide": Finding.decision.is_(None),
    "confirmed": IN_FORCE & Finding.original,
    "on_spot": IN_FORCE & Finding.original & Finding.corrected_on_spot,
    "repeats": IN_FORCE & (Finding.occurrence > 1),
    "seen_again": IN_FORCE & ~Finding.original,
    "not_carried_out": IN_FORCE & Finding.not_carried_out,
    "rejected": Finding.decision == Decision.REJECTED,
    "withdrawn": Finding.withdrawn_at.is_not(None),
    "in_force": IN_FORCE,
    "counted": COUNTED,
}
"""The ways to narrow the list; a number of the desk opens exactly the rows it counts."""

NARROWED: dict[str, Callable[[str], ColumnElement[bool]]] = {
    "issue": lambda issue: Finding.issue == issue,
    "quarter": lambda text: within(Quarter.named(text)),
    "under": under,
    "at": at,
    "section": of_section,
    "kind": of_kind,
}
"""More ways to narrow a list, each by a value."""


def overdue_sql(today: date) -> ColumnElement[bool]:
    """The twin of lifecycle.is_overdue."""
    return and_(
        Rectification.due_on < today,
        Rectification.closed_at.is_(None),  # as the stage says; but this has an index
        STAGE_SQL.in_(WAITING_FOR_BRANCH),
    )


def late_sql(today: date, days: int) -> ColumnElement[bool]:
    """The twin of Rectification.deadline: whether a branch is late by at least so many days."""
    returned = select(Report.id).where(
        Report.rectification_id == Rectification.id,
        Report.verdict == Verdict.RETURNED,
        day_of(Report.reported_at) <= Rectification.due_on,
        day_of(Report.verified_at) > Rectification.due_on,
        Report.verified_at >= start_of(today - timedelta(days - 2)),
    )
    overdue = overdue_sql(today) & (Rectification.due_on <= today - timedelta(days))
    return overdue & not_(returned.exists())


def findings_seen_by(person: Person) -> Select[Finding]:
    """The findings of the visits that a person may see, with the number of their notices, but
    without what the branch asked on them."""
    findings = select(Finding).options(
        joinedload(Finding.visit, innerjoin=True)
        .joinedload(Visit.branch, innerjoin=True)
        .joinedload(Branch.parent),
        selectinload(Finding.rectification).selectinload(Rectification.notices).lazyload("*"),
    )
    if person.role in DESK:  # sees all, and need not have them looked up
        return findings
    visits = visits_seen_by(person, plain=True).with_only_columns(Visit.id)
    return findings.where(one_of_few(Finding.visit_id, visits))


def in_order(findings: Select[Finding], person: Person) -> Select[Finding]:
    """The latest first. For a branch that is what it has known for the shortest time: when a visit
    was submitted would tell when a shopper came."""
    if person.role in BRANCH_SIDE:
        known = findings.join(Finding.visit)
        return known.order_by(KNOWN_SINCE.desc(), Visit.id, Finding.position)
    return findings.order_by(Finding.raised_at.desc(), Finding.position, Finding.id)


def counts(person: Person) -> dict[str, int]:
    """How many findings each filter holds, in one statement."""
    return _sums(person, FILTERS)


def again_counts(person: Person) -> dict[str, int]:
    """The same of the filters that hold what was found before."""
    again = {name: FILTERS[name] for name in ("repeats", "seen_again", "not_carried_out")}
    return _sums(person, again, or_(Finding.occurrence > 1, ~Finding.original))


def _sums(
    person: Person, conditions: dict[str, ColumnElement[bool]], *among: ColumnElement[bool]
) -> dict[str, int]:
    totals = [func.count().filter(sql).label(name) for name, sql in conditions.items()]
    seen = findings_seen_by(person).options().with_only_columns(*totals).order_by(None)
    return dict(db.session.execute(seen.where(*among)).one()._mapping)


def finding_to_decide(person: Person, key: uuid.UUID) -> Finding:
    """A finding, with its visit locked: each decision changes the score that all of them make, so
    they follow each other. Raises Problem request.unknown."""
    of_visit = db.session.scalar(select(Finding.visit_id).where(Finding.id == key))
    # Asked also for what does not exist: it must cost the same as what is hidden.
    visit = visit_seen_by(person, of_visit or uuid.UUID(int=0), to_change=True)
    return next(finding for finding in visit.findings if finding.id == key)
