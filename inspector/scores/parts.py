"""What an outlet's score is made of, down to the answer and the photo that lost a point."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from inspector.checklists.models import Item, Kind, Version
from inspector.clock import Quarter
from inspector.db import db
from inspector.findings.models import Finding
from inspector.notices.models import Notice
from inspector.people.models import Branch
from inspector.scores import queries, rules
from inspector.scores.freezing import marks_of
from inspector.scores.models import CountedLateness, CountedVisit
from inspector.scores.results import Result, Standing
from inspector.scores.rules import OutletScore
from inspector.visits import completeness, scoring
from inspector.visits.models import Photo, Visit
from inspector.visits.scoring import Rule, Score

ALL_TIMES = 3
"""A repeat loses its points at most three times (domain.md 3.7)."""


@dataclass(frozen=True)
class Lost:
    """Points that one item lost. Without a finding it was skipped behind a gate."""

    item: Item
    finding: Finding | None
    points: Decimal
    times: int  # that these points are lost: 2 or 3 for a repeat
    photos: list[Photo]

    @property
    def deducted(self) -> bool:
        """Whether they are taken off the final result, and not off the sum."""
        return self.item.effect == "deduct"


@dataclass(frozen=True)
class Part:
    """One visit that counts: its score, the sums it comes from, and each item that lost points."""

    visit: Visit
    value: Decimal
    sums: Score
    lost: list[Lost]

    @property
    def capped(self) -> bool:
        """Whether a veto holds the score down."""
        return self.sums.vetoed


@dataclass(frozen=True)
class LateLine:
    """One notice that counts as late."""

    notice_id: uuid.UUID
    number: str
    how: str
    due_on: Any
    days: int


@dataclass(frozen=True)
class Parts:
    """All parts of an outlet's score."""

    score: OutletScore
    visits: list[Part]
    late: list[LateLine]


def parts(found: Result, standing: Standing) -> Parts:
    """The parts of an outlet's score, as frozen or as they are now; the number of statements does
    not grow with the visits."""
    scores, marks, late = (
        _frozen(found, standing) if found.freeze else _now(found.quarter, standing)
    )
    visits = sorted(_loaded(scores), key=_order)
    by_kind: dict[str, list[Decimal]] = {}
    for visit in visits:
        by_kind.setdefault(visit.kind, []).append(scores[visit.id])
    return Parts(
        rules.outlet(found.rules, by_kind, len(late)),
        [_part(visit, scores[visit.id], marks.get(visit.id), found.rules.cap) for visit in visits],
        late,
    )


_Made = tuple[dict[uuid.UUID, Decimal], dict[uuid.UUID, Any], list[LateLine]]


def _frozen(found: Result, standing: Standing) -> _Made:
    assert found.freeze is not None
    mine = CountedVisit.freeze_id == found.freeze.id, CountedVisit.branch_id == standing.id
    rows = db.session.scalars(select(CountedVisit).where(*mine)).all()
    return (
        {row.visit_id: row.score for row in rows},
        {row.visit_id: row.marks for row in rows},
        _frozen_lateness(found.freeze.id, standing.id),
    )


def _frozen_lateness(freeze: uuid.UUID, outlet: uuid.UUID) -> list[LateLine]:
    wanted = (
        select(CountedLateness, Notice)
        .join(Notice, Notice.id == CountedLateness.notice_id)
        .where(CountedLateness.freeze_id == freeze, CountedLateness.branch_id == outlet)
        .order_by(Notice.doc_year, Notice.doc_seq)
    )
    return [
        LateLine(notice.id, notice.number or "", row.how, row.due_on, row.days)
        for row, notice in db.session.execute(wanted)
    ]


def _now(quarter: Quarter, standing: Standing) -> _Made:
    counts = queries.counts(quarter, standing.parent_id)
    visits = counts.visits.get(standing.id, {})
    late = [
        LateLine(one.key, one.number, one.late.how, one.late.due_on, one.late.days)
        for one in counts.late.get(standing.id, ())
    ]
    return {key: score for key, (_, score) in visits.items()}, {}, late


def _loaded(keys: Mapping[uuid.UUID, Any]) -> list[Visit]:
    wanted = (
        select(Visit)
        .where(Visit.id.in_(keys))
        .options(
            selectinload(Visit.branch).selectinload(Branch.parent),
            selectinload(Visit.version).selectinload(Version.items).selectinload(Item.section),
            selectinload(Visit.answers),
            selectinload(Visit.findings),
            selectinload(Visit.photos).selectinload(Photo.picture),
        )
    )
    return list(db.session.scalars(wanted))


def _order(visit: Visit) -> tuple[Any, ...]:
    """By kind and day; mystery visits by their random key, which tells nothing (domain.md 6, 2)."""
    told = "" if visit.kind == Kind.MYSTERY else str(visit.started_at)
    return rules.KINDS.index(visit.kind), told, str(visit.id)


def _part(visit: Visit, value: Decimal, marks: Any, cap: Decimal) -> Part:
    if marks is None:
        marks = {
            f.item_code: [marks_of(f.decision, f.withdrawn_at is not None), f.occurrence or 1]
            for f in visit.findings
        }
    sums = score_by(completeness.rules(visit), completeness.values(visit), marks, cap)
    findings = {finding.item_code: finding for finding in visit.findings}
    return Part(visit, value, sums, list(_lost(visit, sums, findings, marks)))


def score_by(
    items: list[Rule], values: dict[str, str], marks: Mapping[str, Any], cap: Decimal
) -> Score:
    """The score of a visit from its raw answers and from how its findings stand, by item code: the
    twin of findings.raising.score_of, for any moment."""
    behind_a_gate = scoring.skipped(items, values)
    return scoring.score(
        items,
        {code: v for code, v in values.items() if code not in behind_a_gate or v == "na"},
        standings={code: scoring.Standing(mark[0]) for code, mark in marks.items()},
        occurrences={code: mark[1] for code, mark in marks.items()},
        cap=cap,
    )


def _lost(
    visit: Visit, sums: Score, findings: Mapping[str, Finding], marks: Mapping[str, Any]
) -> Iterator[Lost]:
    values = completeness.values(visit)
    for item in visit.version.items:
        rule = Rule.of(item)
        if item.code in sums.failed:
            times = min(marks[item.code][1], ALL_TIMES) if item.code in marks else 1
            points = scoring.lost(rule, values[item.code])
            photos = visit.photos_of(item, "before")
            yield Lost(item, findings.get(item.code), points, times, photos)
        elif item.code in sums.skipped and rule.weight:
            yield Lost(item, None, rule.weight, 1, [])
