"""What was before a finding: the offences that it repeats, and what it will amount to."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from inspector import clock
from inspector.db import db
from inspector.findings.models import Finding, Rectification, Report, ReportPhoto
from inspector.findings.queries import IN_FORCE
from inspector.findings.repeats import Judgement
from inspector.notices.repeats import at_home, judged, sightings, window_days
from inspector.people.models import Branch, Person
from inspector.people.roles import BRANCH_SIDE, DESK
from inspector.visits.known import Known, known_of
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
    now = known_of(visit)
    home = visit.branch.merged_into_id or visit.branch_id
    first_day = clock.day(now.last) - timedelta(days=window_days())
    found = (
        select(Finding)
        .join(Finding.visit)
        .join(Finding.rectification)
        .where(at_home(home), Finding.issue.in_(set(issues)), IN_FORCE)
        .where(Visit.started_at <= now.last)
        .where(~SECRET)
        .where(Rectification.review_on.is_(None))  # an accepted risk was not put right
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
    for one in sorted(db.session.scalars(found), key=in_order):
        then = known_of(one.visit)
        if then.place < now.place and clock.day(then.first) >= first_day and _closed(one, now):
            by_issue[one.issue].append(one)
    return by_issue


def in_order(finding: Finding) -> tuple[Any, ...]:
    """By what is known of the visits: the true order of a shopper's must not show."""
    return *known_of(finding.visit).place, finding.position


def _closed(finding: Finding, now: Known) -> bool:
    """Whether it was surely put right when another visit took place: the rule of repeats.py."""
    assert finding.rectification is not None  # joined
    on_spot = known_of(finding.visit).last if finding.corrected_on_spot else None
    closed_at = on_spot or finding.rectification.closed_at
    return closed_at is not None and closed_at <= now.first


def _may_see(person: Person, finding: Finding) -> bool:
    if person.role in DESK:
        return True
    return person.role in BRANCH_SIDE and finding.visit.branch.within(person.branch)
