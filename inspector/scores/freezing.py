"""Freezing a quarter: its numbers, and all that they were made of, are kept once and for all."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from inspector import clock
from inspector.clock import Quarter
from inspector.db import db, insert_many
from inspector.findings.lifecycle import Decision
from inspector.findings.models import Finding
from inspector.history import record
from inspector.moves import check
from inspector.people.models import Person
from inspector.problems import Problem
from inspector.scores import adjustments, lifecycle, queries, results
from inspector.scores.lifecycle import Stage
from inspector.scores.models import (
    Adjustment,
    CountedLateness,
    CountedVisit,
    Freeze,
    QuarterScore,
)
from inspector.scores.queries import Counts
from inspector.scores.results import Result
from inspector.scores.rules import VERSION
from inspector.visits.scoring import Standing


def check_can(quarter: Quarter, *, by: Person, at: datetime) -> None:
    """Raise Problem if a quarter cannot be frozen now: before its end, freeze.early."""
    standing = results.freeze_of(quarter)
    check(lifecycle.MOVES, "freeze", by.role, standing.stage if standing else Stage.DRAFT)
    if not is_over(quarter, clock.day(at)):
        raise Problem("freeze.early", last=quarter.last.isoformat())


def freeze(quarter: Quarter, *, by: Person, at: datetime) -> Freeze:
    """Lock a quarter that is over, by the rules of today. Raises Problem as check_can does. The
    number of statements does not grow with the outlets."""
    check_can(quarter, by=by, at=at)
    counts, numbers = queries.counts(quarter), results.rules_now()
    lines = adjustments.pending(quarter)
    made = Freeze(
        id=uuid.uuid4(),
        quarter=str(quarter),
        starts_at=quarter.start,
        ends_at=quarter.end,
        rule_version=VERSION,
        rules=numbers.record(),
        frozen_at=at,
        frozen_by=by,
    )
    db.session.add(made)
    db.session.flush()
    found = results.draft(counts, quarter, numbers).adjusted_by(points_of(lines))
    _keep(made, found, counts, quarter)
    for line in lines:
        line.id, line.freeze_id = uuid.uuid4(), made.id
        db.session.add(line)
    record(made, "freeze", by, at, quarter=str(quarter))
    return made


def is_over(quarter: Quarter, today: date) -> bool:
    """Whether a quarter can be frozen: after its last day."""
    return quarter.last < today


def points_of(lines: Sequence[Adjustment]) -> dict[uuid.UUID, Decimal]:
    """What lines add to the points of each sub-branch."""
    points: dict[uuid.UUID, Decimal] = defaultdict(Decimal)
    for line in lines:
        points[line.subbranch_id] += line.points or 0
    return dict(points)


def _keep(made: Freeze, found: Result, counts: Counts, quarter: Quarter) -> None:
    marks = _marks(quarter)
    insert_many(QuarterScore, [_score(made, one) for one in found.standings])
    insert_many(
        CountedVisit,
        [
            {
                "id": uuid.uuid4(),
                "freeze_id": made.id,
                "visit_id": key,
                "branch_id": outlet,
                "kind": kind,
                "score": str(score),
                "marks": marks.get(key, {}),
            }
            for outlet, visits in counts.visits.items()
            for key, (kind, score) in visits.items()
        ],
    )
    insert_many(
        CountedLateness,
        [
            {
                "id": uuid.uuid4(),
                "freeze_id": made.id,
                "notice_id": notice.key,
                "branch_id": outlet,
                "how": notice.late.how,
                "due_on": notice.late.due_on,
                "days": notice.late.days,
            }
            for outlet, notices in counts.late.items()
            for notice in notices
        ],
    )


def _score(made: Freeze, one: results.Standing) -> dict[str, Any]:
    return {
        "id": uuid.uuid4(),
        "freeze_id": made.id,
        "branch_id": one.id,
        **{name: getattr(one, name) for name in ("parent_id", "level", "code", "name_zh")},
        **{name: getattr(one, name) for name in ("name_en", "outlets", "inspected", "late")},
        **{name: _exact(getattr(one, name)) for name in EXACT},
    }


EXACT = ("before", "deduction", "value", "contribution", "adjusted")


def _exact(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def marks_of(decision: str | None, withdrawn: bool) -> Standing:
    """How a finding stands for the score of its visit."""
    if decision == Decision.REJECTED or withdrawn:
        return Standing.REJECTED
    return Standing.CONFIRMED if decision else Standing.PENDING


def _marks(quarter: Quarter) -> dict[uuid.UUID, dict[str, list[Any]]]:
    """By visit and item code the standing and the occurrence of each finding of a quarter."""
    found: dict[uuid.UUID, dict[str, list[Any]]] = defaultdict(dict)
    rows = db.session.execute(
        select(
            Finding.visit_id,
            Finding.item_code,
            Finding.decision,
            Finding.withdrawn_at,
            Finding.occurrence,
        )
        .join(Finding.visit)
        .where(queries.COUNTS, queries.during(quarter))
    )
    for visit, code, decision, withdrawn_at, occurrence in rows:
        found[visit][code] = [marks_of(decision, withdrawn_at is not None), occurrence or 1]
    return found
