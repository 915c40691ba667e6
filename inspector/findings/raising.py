"""Handing a visit in: one finding for each item that failed, and the score that follows."""

import uuid
from datetime import datetime

from sqlalchemy import select

from inspector.db import db
from inspector.findings.lifecycle import Decision
from inspector.findings.models import Finding
from inspector.people.models import Person
from inspector.photos.models import Picture
from inspector.problems import Problem
from inspector.visits import completeness, scoring
from inspector.visits.conflicts import require_none_open
from inspector.visits.models import Visit
from inspector.visits.observed import observed_en, observed_zh
from inspector.visits.scoring import Score, Standing


def submit(visit: Visit, *, by: Person, at: datetime) -> None:
    """Freeze a visit and raise its findings (domain.md 3.3); a second time does nothing new.

    Raises Problem photos.missing before all photos have arrived, visit.conflict while two answers
    to one item wait for a decision, and visit.incomplete with the list of what is missing.
    """
    if visit.submitted_at is not None and visit.inspector_id == by.id:
        return
    visit.require_writable(by)
    if absent := _absent_pictures(visit):
        raise Problem("photos.missing", count=len(absent), missing=absent)
    require_none_open(visit)
    if missing := completeness.missing(visit):
        todo = [{"item": m.item, "what": m.what} for m in missing]
        raise Problem("visit.incomplete", missing=todo)
    score = score_of(visit)
    visit.submit(score=score.value, by=by, at=at)
    _raise_findings(visit, score, at)


def score_of(visit: Visit) -> Score:
    """The score as the decisions stand: rejected and withdrawn findings give their points back, and
    repeats lose theirs again (domain.md 3.7)."""
    standing = {
        None: Standing.PENDING,
        Decision.CONFIRMED: Standing.CONFIRMED,
        Decision.REJECTED: Standing.REJECTED,
    }
    rules, values = completeness.rules(visit), completeness.values(visit)
    behind_a_gate = scoring.skipped(rules, values)
    return scoring.score(
        rules,
        # What a gate skipped was never judged: it stays out even if the gate is rejected later.
        {code: v for code, v in values.items() if code not in behind_a_gate or v == "na"},
        standings={f.item_code: standing[_decision(f)] for f in visit.findings},
        # A duplicate of an open one loses its points once more, but not twice over (domain.md 3.8).
        occurrences={f.item_code: f.occurrence or 1 for f in visit.findings},
    )


def _decision(finding: Finding) -> Decision | None:
    if finding.withdrawn_at is not None:
        return Decision.REJECTED  # for the score it was never there
    return Decision(finding.decision) if finding.decision else None


def _absent_pictures(visit: Visit) -> list[str]:
    names = {photo.sha256 for photo in visit.photos if photo.removed_at is None}
    there = db.session.scalars(select(Picture.sha256).where(Picture.sha256.in_(names)))
    return sorted(names - set(there))


def _raise_findings(visit: Visit, score: Score, at: datetime) -> None:
    rules = {rule.code: rule for rule in completeness.rules(visit)}
    for position, item in enumerate(visit.version.items):
        if item.code not in score.failed:
            continue
        answer = visit.answers[item.id]
        value = answer.value or ""
        visit.findings.append(
            Finding(
                id=uuid.uuid4(),
                item=item,
                item_code=item.code,
                position=position,
                issue=item.issue,
                section_zh=item.section.title_zh,
                section_en=item.section.title_en,
                text_zh=item.text_zh,
                text_en=item.text_en,
                requirement_zh=item.requirement_zh,
                requirement_en=item.requirement_en,
                observed_zh=observed_zh(item, value),
                observed_en=observed_en(item, value),
                ref=item.ref,
                severity=item.severity,
                critical=item.critical,
                points=item.points,
                lost=scoring.lost(rules[item.code], value),
                rectify_days=item.rectify_days,
                note=answer.note,
                place=answer.place,
                corrected_on_spot=answer.corrected,
                raised_at=at,
            )
        )
