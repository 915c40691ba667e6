"""What was before a finding: the offences that it repeats, and what it will amount to."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, selectinload

from inspector import clock
from inspector.db import db
from inspector.findings.models import Finding, Rectification, Report, ReportPhoto
from inspector.findings.queries import IN_FORCE
from inspector.findings.repeats import Judgement
from inspector.notices.repeats import at_home, judged, sightings, window_days
from inspector.people.models import Branch, Person
from inspector.people.roles import BRANCH_SIDE, DESK
from inspector.visits.models import Photo, Visit
from inspector.visits.queries import SECRET


@dataclass(frozen=True)
class Past:
    """Of one finding: what it amounts to (of one not decided, what it would), and the offences
    before it that were closed when it was seen, the oldest first."""

    judgement: Judgement
    earlier: list[Finding]


def past_of(visit: Visit, *, seen_by: Person) -> dict[uuid.UUID, Past]:
    """The past of each finding of a visit, with as many statements for many as for one.

    The desk sees all of it; a branch what happened at its own outlets; others nothing of it.
    """
    if visit.started_at is None:
        return {}
    issues = {finding.issue for finding in visit.findings}
    home = visit.branch.merged_into_id or visit.branch_id
    rows = db.session.execute(sightings(home, issues)).all()
    amounts, before = judged(rows), earlier(visit, issues)
    return {
        finding.id: Past(
            amounts.get(finding.id, Judgement()),
            [one for one in before[finding.issue] if _may_see(seen_by, one)],
        )
        for finding in visit.findings
    }


def earlier(visit: Visit, issues: Iterable[str]) -> dict[str, list[Finding]]:
    """By issue, the offences that make what a visit found a repeat, the oldest first: found within
    the window before it, and closed when it took place. A mystery visit makes nothing a repeat
    before its publication."""
    assert visit.started_at is not None  # findings come from a visit that took place
    home = visit.branch.merged_into_id or visit.branch_id
    first_day = clock.day(visit.started_at) - timedelta(days=window_days())
    found = (
        select(Finding)
        .join(Finding.visit)
        .join(Finding.rectification)
        .where(at_home(home), Finding.issue.in_(set(issues)), IN_FORCE)
        .where(Visit.started_at < visit.started_at)
        .where(or_(Finding.corrected_on_spot, Rectification.closed_at <= visit.started_at))
        .where(~SECRET)
        .where(Rectification.review_on.is_(None))  # an accepted risk was not put right
        .order_by(Visit.started_at, Finding.position)
        .options(
            contains_eager(Finding.visit).options(
                selectinload(Visit.photos).selectinload(Photo.picture),
                selectinload(Visit.branch).selectinload(Branch.parent),
            ),
            contains_eager(Finding.rectification)
            .selectinload(Rectification.reports)
            .selectinload(Report.photos)
            .selectinload(ReportPhoto.picture),
        )
    )
    by_issue: dict[str, list[Finding]] = defaultdict(list)
    for one in db.session.scalars(found):
        if one.visit.started_at and clock.day(one.visit.started_at) >= first_day:
            by_issue[one.issue].append(one)
    return by_issue


def _may_see(person: Person, finding: Finding) -> bool:
    if person.role in DESK:
        return True
    return person.role in BRANCH_SIDE and finding.visit.branch.within(person.branch)
