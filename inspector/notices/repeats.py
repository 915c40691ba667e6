"""Repeat offences joined to the data: the rule of findings/repeats.py, kept true in the rows.

A finding that turns out to be the sight of one that is still open gets no rectification and no
notice of its own; one that was, and is no longer, gets them (domain.md 3.8 and 3.9).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Row, func, or_, select, update
from sqlalchemy.orm import selectinload

from inspector.checklists.models import Version
from inspector.db import db, one_of_few
from inspector.findings import repeats
from inspector.findings.lifecycle import Decision
from inspector.findings.models import Finding, Rectification, Report
from inspector.findings.queries import IN_FORCE
from inspector.findings.raising import score_of
from inspector.findings.repeats import Judgement, Sighting
from inspector.history import record
from inspector.notices.models import Notice
from inspector.people.models import Branch, Person
from inspector.visits.known import known
from inspector.visits.models import Visit
from inspector.visits.queries import SECRET
from inspector.visits.scoring import Standing


def confirm(findings: Sequence[Finding], *, by: Person, at: datetime) -> None:
    """Confirm findings of one visit: each is judged as a first, a repeat, or the sight of one still
    open, and gets its rectification and draft notice if it needs them. The score follows.

    The number of statements does not grow with the findings.
    """
    for finding in findings:
        finding.confirm(by=by, at=at)
    if findings:
        visit = findings[0].visit
        recount(visit.branch, *(finding.issue for finding in findings), by=by, at=at)
        visit.score = score_of(visit).value


def reject(finding: Finding, *, reason: str, by: Person, at: datetime) -> None:
    """Reject a finding; its points come back."""
    finding.reject(reason=reason, by=by, at=at)
    finding.visit.score = score_of(finding.visit).value


def confirm_visit(visit: Visit, *, by: Person, at: datetime) -> None:
    """Close the review of a visit: what is still undecided is confirmed."""
    confirm([finding for finding in visit.findings if finding.decision is None], by=by, at=at)
    visit.confirm(by=by, at=at)


def reopen(
    rectification: Rectification, *, reason: str, due_on: date, by: Person, at: datetime
) -> None:
    """Reopen what was struck off wrongly: what was seen since is the sight of it (3.8)."""
    rectification.reopen(reason=reason, due_on=due_on, by=by, at=at)
    recount_like(rectification, by=by, at=at)


def give_back(
    report: Report, *, reason: str, by: Person, at: datetime, due_on: date | None = None
) -> None:
    """Return a report, with another due day if one is given."""
    report.give_back(reason=reason, by=by, at=at, due_on=due_on)
    if due_on is not None:
        recount_like(report.rectification, by=by, at=at)


def reissue(notice: Notice, *, reason: str, by: Person, at: datetime) -> Notice:
    """Withdraw a notice and draft the one that stands in for it: nothing is due until its issue.
    Returns the draft."""
    draft = notice.reissue(reason=reason, by=by, at=at)
    recount_like(notice.rectification, by=by, at=at)
    return draft


def recount_like(rectification: Rectification, *, by: Person, at: datetime) -> None:
    """Judge anew what is like this one, when the day that it is due has changed: whether what was
    seen meanwhile was past it."""
    db.session.flush()
    finding = rectification.finding
    recount(finding.visit.branch, finding.issue, by=by, at=at)


@dataclass(frozen=True)
class Recounted:
    """A finding that came out otherwise than before."""

    finding: Finding
    was: Judgement
    now: Judgement


def recount(branch: Branch, *issues: str, by: Person | None, at: datetime) -> Sequence[Recounted]:
    """Judge anew what was ever found at an outlet under these issues: call it whenever a finding is
    confirmed, withdrawn or reopened, or the day that it is due changes.

    The visits of what came out otherwise are scored anew. A notice that was issued keeps its number
    and its paper.
    """
    home = branch.merged_into_id or branch.id
    # Whoever judges at the same time waits: else both would miss what the other finds.
    db.session.execute(select(Branch.id).where(Branch.id == home).with_for_update())
    rows = db.session.execute(sightings(home, issues)).all()
    stored = {row.id: _stored(row) for row in rows}
    changed = {
        key: judgement
        for key, judgement in judged(rows).items()
        if stored[key] not in (None, judgement)
    }
    recounted = [
        Recounted(finding, was, changed[finding.id])
        for finding in _loaded(changed)
        if (was := stored[finding.id]) is not None
    ]
    _apply(recounted, at)
    for finding in (one.finding for one in recounted):
        if finding.decided_at != at:
            other = str(finding.duplicate_of_id) if finding.duplicate_of_id else None
            record(finding, "recount", by, at, occurrence=finding.occurrence, same_as=other)
    for visit in {one.finding.visit for one in recounted}:
        visit.score = score_of(visit).value
    _draft_what_lacks_one(home, issues, at)
    return recounted


def recount_home(branch: Branch, *, by: Person | None, at: datetime) -> Sequence[Recounted]:
    """The same for all that was ever found at an outlet."""
    home = branch.merged_into_id or branch.id
    issues = select(Finding.issue).join(Finding.visit).where(at_home(home)).distinct()
    return recount(branch, *db.session.scalars(issues), by=by, at=at)


def recount_all(*, by: Person | None, at: datetime) -> list[Recounted]:
    """The same for all outlets."""
    visited = select(Visit.branch_id).join(Visit.findings)
    homes = select(func.coalesce(Branch.merged_into_id, Branch.id)).where(Branch.id.in_(visited))
    found = select(Branch).where(Branch.id.in_(homes)).order_by(Branch.code)
    return [
        one
        for branch in db.session.scalars(found).all()
        for one in recount_home(branch, by=by, at=at)
    ]


def sightings(home: Any, issues: Iterable[str]) -> Any:
    """All findings of an outlet, and of those merged into it, as the rule needs them."""
    issued = select(Notice.id).where(
        Notice.rectification_id == Rectification.id, Notice.issued_at.is_not(None)
    )
    return (
        select(
            Finding.id,
            Finding.issue,
            Finding.visit_id,
            Finding.decision,
            Finding.corrected_on_spot,
            Finding.occurrence,
            Finding.duplicate_of_id,
            Finding.not_carried_out,
            Visit.started_at,
            Visit.kind,
            Visit.published_at,
            Rectification.due_on,
            Rectification.closed_at,
            Rectification.paused_at,
            Rectification.review_on,
            IN_FORCE.label("in_force"),
            SECRET.label("secret"),
            issued.exists().label("issued"),
        )
        .join(Finding.visit)
        .outerjoin(Finding.rectification)
        .where(at_home(home), Finding.issue.in_(set(issues)))
        .order_by(Visit.started_at, Finding.position, Finding.id)
    )


def at_home(home: Any) -> ColumnElement[bool]:
    """Whether a visit was made to an outlet, or to one that was merged into it."""
    family = select(Branch.id).where(or_(Branch.id == home, Branch.merged_into_id == home))
    return one_of_few(Visit.branch_id, family)


def judged(rows: Iterable[Row[Any]]) -> dict[Any, Judgement]:
    """What those findings amount to, by key; of those not decided, what they would."""
    return repeats.judge(map(_sighting, rows), window_days=window_days())


def _sighting(row: Row[Any]) -> Sighting:
    when = known(row.visit_id, row.kind, row.started_at, row.published_at)
    return Sighting(
        key=row.id,
        outlet="",  # all rows are of one
        issue=row.issue,
        visit=row.visit_id,
        seen_at=when.first,
        until=when.last,
        tie=when.tie,
        standing=_standing(row),
        corrected_on_spot=row.corrected_on_spot,
        # An accepted risk was not put right: it stays open until the day to look again.
        due_on=row.review_on or (None if row.paused_at else row.due_on),
        closed_at=None if row.review_on else row.closed_at,
        issued=row.issued,
    )


def _standing(row: Row[Any]) -> Standing:
    if row.decision is None:
        return Standing.PENDING
    if not row.in_force:
        return Standing.REJECTED
    # What no branch knows of must not show in what it is told about another visit.
    return Standing.PENDING if row.secret else Standing.CONFIRMED


def window_days() -> int:
    """How far back an earlier finding counts."""
    return int(current_app.config["REPEAT_WINDOW_DAYS"])


def _stored(row: Row[Any]) -> Judgement | None:
    """What the row says now; None of one not decided, which says nothing."""
    if row.decision != Decision.CONFIRMED:
        return None
    return Judgement(row.occurrence, row.duplicate_of_id, row.not_carried_out)


def _loaded(keys: Iterable[Any]) -> list[Finding]:
    if not (wanted := list(keys)):
        return []
    found = (
        select(Finding)
        .where(Finding.id.in_(wanted))
        .options(
            selectinload(Finding.visit).options(
                selectinload(Visit.version).selectinload(Version.items),
                selectinload(Visit.answers),
                selectinload(Visit.findings),
            )
        )
    )
    return list(db.session.scalars(found))


def _apply(changes: Sequence[Recounted], at: datetime) -> None:
    """Write the judgements in the order that the references of the database ask for."""
    for change in changes:
        if change.now.duplicate_of is None:
            _write(change)
            if change.finding.rectification is None:
                change.finding.open_rectification(at=at)
    db.session.flush()
    for change in changes:
        if change.now.duplicate_of is not None and not change.finding.original:
            _write(change)
    db.session.flush()
    folded = [c for c in changes if c.now.duplicate_of is not None and c.finding.original]
    for change in folded:
        _fold(change.finding, change.now)
    db.session.flush()
    for change in folded:
        db.session.expire(change.finding, ["rectification"])
        _write(change)
    db.session.flush()
    for change in changes:
        db.session.expire(change.finding, ["duplicate_of"])


def _write(change: Recounted) -> None:
    finding, to = change.finding, change.now
    finding.occurrence, finding.not_carried_out = to.occurrence, to.not_carried_out
    finding.duplicate_of_id = to.duplicate_of  # type: ignore[assignment]  # a key like any other
    finding.original = to.duplicate_of is None


def _fold(finding: Finding, to: Judgement) -> None:
    """Take away the rectification, and the draft, of what turned out to be a duplicate."""
    # A withdrawn duplicate is not judged any more, but must not point at what goes away.
    db.session.execute(
        update(Finding)
        .where(Finding.duplicate_of_id == finding.id)
        .values(duplicate_of_id=to.duplicate_of)
    )
    rectification = finding.rectification
    assert rectification is not None  # an original has one
    for draft in rectification.notices:
        db.session.delete(draft)
    db.session.delete(rectification)


def _draft_what_lacks_one(home: Any, issues: Iterable[str], at: datetime) -> None:
    lacking = (
        select(Rectification)
        .join(Rectification.finding)
        .join(Finding.visit)
        .where(at_home(home), Finding.issue.in_(set(issues)), IN_FORCE)
        .where(Rectification.closed_at.is_(None), ~Rectification.notices.any())
    )
    for rectification in db.session.scalars(lacking):
        Notice.draft(rectification, at=at)
