"""What was found at an outlet before: what a look-back (回头看, domain.md 3.6) needs to know.

A mystery visit stays what it is: whoever makes one is told nothing, so that they judge with their
own eyes and carry nothing of the bank's; what one found is told only after its publication, with
the month for its day (domain.md 2.5, 6): tablets are shown to branches.
"""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from flask import current_app
from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager

from inspector import clock
from inspector.checklists.models import Kind
from inspector.db import db
from inspector.findings.lifecycle import Decision
from inspector.findings.models import Finding, Rectification, Report, ReportPhoto
from inspector.people.models import Branch
from inspector.photos.models import Picture
from inspector.visits.known import known_of as visit_known
from inspector.visits.models import Photo, Visit
from inspector.visits.queries import SECRET


class Group(StrEnum):
    """Why an earlier finding is told, the most urgent first."""

    LOOK_BACK = "look_back"
    OPEN = "open"
    PAST = "past"


@dataclass(frozen=True)
class Earlier:
    """A confirmed finding of an earlier visit, with the pictures of the fault and of its repair."""

    finding: Finding
    rectification: Rectification
    group: Group
    before: list[Picture]
    after: list[Picture]

    @property
    def report(self) -> Report | None:
        """The last that the branch reported."""
        return self.rectification.reports[-1] if self.rectification.reports else None


@dataclass(frozen=True)
class Known:
    """What is known of the outlet of a visit: its earlier findings, and when it was last visited,
    which whoever makes a mystery visit is not told."""

    earlier: list[Earlier]
    last_visit: datetime | None = None

    @property
    def pictures(self) -> dict[str, Picture]:
        """All their pictures, each once."""
        return {
            picture.sha256: picture for one in self.earlier for picture in (*one.before, *one.after)
        }

    def count(self, group: str) -> int:
        """How many are told for that reason."""
        return sum(one.group == group for one in self.earlier)


def known_of(visits: Sequence[Visit]) -> dict[uuid.UUID, Known]:
    """What is known of the outlets of these visits, by visit; with as many statements for many as
    for one. Open findings are told whatever their age, the others for LOOK_BACK_DAYS."""
    told = [visit for visit in visits if visit.kind != Kind.MYSTERY]
    branches = {visit.branch_id for visit in told}
    merged = _merged_into(branches)
    findings = _findings(branches | merged.keys())
    faults = _pictures({finding.visit_id for finding in findings})
    last = _last_visits(branches)
    by_branch: dict[uuid.UUID, list[Earlier]] = defaultdict(list)
    for finding in findings:
        branch = merged.get(finding.visit.branch_id, finding.visit.branch_id)
        by_branch[branch].append(_earlier(finding, faults, last.get(branch)))
    known = {visit.id: Known([]) for visit in visits}
    for visit in told:
        others = [one for one in by_branch[visit.branch_id] if one.finding.visit_id != visit.id]
        known[visit.id] = Known(sorted(others, key=_urgency), last.get(visit.branch_id))
    return known


def _merged_into(branches: set[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """The outlets that went on as these: what was found there counts here (domain.md 3.8)."""
    wanted = select(Branch.id, Branch.merged_into_id).where(Branch.merged_into_id.in_(branches))
    rows = db.session.execute(wanted).all() if branches else []
    return {branch: into for branch, into in rows if into is not None}


def _findings(branches: set[uuid.UUID]) -> list[Finding]:
    since = clock.now() - timedelta(days=current_app.config["LOOK_BACK_DAYS"])
    wanted = (
        select(Finding)
        .join(Finding.visit)
        .join(Finding.rectification)
        .where(Visit.branch_id.in_(branches), Finding.decision == Decision.CONFIRMED)
        .where(Finding.withdrawn_at.is_(None), Visit.voided_at.is_(None))
        .where(or_(Rectification.closed_at.is_(None), Visit.started_at >= since))
        .where(~SECRET)
        .options(
            contains_eager(Finding.visit),
            contains_eager(Finding.rectification)
            .selectinload(Rectification.reports)
            .selectinload(Report.photos)
            .joinedload(ReportPhoto.picture),
        )
        .order_by(Finding.position)
    )
    found = db.session.scalars(wanted).all() if branches else []
    # Not by the true order of shoppers' visits: tablets are shown to branches.
    return sorted(found, key=lambda finding: visit_known(finding.visit).place, reverse=True)


Faults = dict[tuple[uuid.UUID, uuid.UUID | None, str], list[Picture]]


def _pictures(visits: set[uuid.UUID]) -> Faults:
    """The pictures that arrived, by visit, item and stage."""
    wanted = (
        select(Photo)
        .join(Photo.picture)
        .where(Photo.visit_id.in_(visits), Photo.removed_at.is_(None), Photo.item_id.is_not(None))
        .options(contains_eager(Photo.picture))
        .order_by(Photo.added_at, Photo.id)
    )
    found: Faults = defaultdict(list)
    for photo in db.session.scalars(wanted) if visits else []:
        if photo.picture is not None:
            found[photo.visit_id, photo.item_id, photo.stage].append(photo.picture)
    return found


def _last_visits(branches: set[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """When each outlet was last visited openly."""
    wanted = (
        select(Visit.branch_id, func.max(Visit.started_at))
        .where(Visit.branch_id.in_(branches), Visit.kind != Kind.MYSTERY)
        .where(Visit.submitted_at.is_not(None), Visit.voided_at.is_(None))
        .group_by(Visit.branch_id)
    )
    rows = db.session.execute(wanted).all() if branches else []
    return {branch: at for branch, at in rows if at is not None}


def _earlier(finding: Finding, faults: Faults, last_visit: datetime | None) -> Earlier:
    rectification = finding.rectification
    assert rectification is not None  # joined
    where = finding.visit_id, finding.item_id
    reported = [photo.picture for report in rectification.reports[-1:] for photo in report.photos]
    return Earlier(
        finding,
        rectification,
        _group(rectification.closed_at, last_visit),
        before=faults.get((*where, "before"), []),
        after=[*faults.get((*where, "after"), []), *reported],
    )


def _group(closed_at: datetime | None, last_visit: datetime | None) -> Group:
    """To be looked back at: struck off, and nobody has been there since."""
    if closed_at is None:
        return Group.OPEN
    return Group.PAST if last_visit is not None and last_visit > closed_at else Group.LOOK_BACK


def _urgency(one: Earlier) -> tuple[int, bool]:
    """The order in which they are told; among equals the latest first, as they come."""
    return list(Group).index(one.group), one.finding.severity != "major"
