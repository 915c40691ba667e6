"""Working a quarter out once more, from the raw answers, and comparing it with what is stored and
with what was frozen. Nothing is read of what it checks but to compare."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import selectinload

from inspector.checklists.models import Item, Version
from inspector.clock import Quarter
from inspector.db import db
from inspector.findings.models import Finding
from inspector.people.models import Branch
from inspector.scores import queries, results
from inspector.scores.courses import HOME, late_notices
from inspector.scores.freezing import marks_of
from inspector.scores.models import CountedLateness, CountedVisit, Freeze
from inspector.scores.parts import score_by
from inspector.scores.queries import COUNTS, Counts
from inspector.scores.results import Standing
from inspector.visits.models import Answer, Visit
from inspector.visits.scoring import Rule, shown

CHUNK = 1_000
"""So many visits are held in memory at a time."""


@dataclass(frozen=True)
class Difference:
    """Something that is stored and comes out otherwise."""

    what: str
    stored: str
    recomputed: str

    def __str__(self) -> str:
        return f"{self.what}: stored {self.stored}, recomputed {self.recomputed}"


@dataclass
class Recomputed:
    """How much was worked out, and what came out otherwise."""

    visits: int = 0
    units: int = 0
    differences: list[Difference] = field(default_factory=list)

    def compare(self, what: str, stored: object, recomputed: object) -> None:
        """Note a difference, if there is one."""
        if stored != recomputed:
            self.differences.append(Difference(what, _told(stored), _told(recomputed)))


def recompute(quarter: Quarter) -> Recomputed:
    """Recompute all of a quarter: each visit's score, each unit's number; the statements do not
    grow with the outlets."""
    found = Recomputed()
    counts = COUNTS & queries.during(quarter)
    stored = {row.id: row for row in db.session.execute(_visits().where(counts))}
    fresh = dict(_scores(counts, _marks(counts), rules_cap()))
    for key, row in stored.items():
        found.compare(_name(row), row.score, fresh.get(key))
    found.visits = len(stored)
    if freeze := results.freeze_of(quarter):
        _compare_frozen(found, freeze)
    else:
        now = queries.counts(quarter)
        found.units = len(now.units)
    return found


def rules_cap() -> Decimal:
    """What a veto holds a visit's score down to, by the settings."""
    return results.rules_now().cap


def _compare_frozen(found: Recomputed, freeze: Freeze) -> None:
    """Compare what was frozen with what comes out of the same visits, as their findings stood."""
    numbers = freeze.kept_rules
    of = CountedVisit.freeze_id == freeze.id
    kept = {
        row.id: row
        for row in db.session.execute(
            _visits(CountedVisit.branch_id.label("outlet"), CountedVisit.score.label("kept"))
            .join(CountedVisit, CountedVisit.visit_id == Visit.id)
            .where(of)
        )
    }
    stood = db.session.execute(select(CountedVisit.visit_id, CountedVisit.marks).where(of))
    marks = {row.visit_id: row.marks for row in stood}
    mine = Visit.id.in_(select(CountedVisit.visit_id).where(of))
    counts = Counts()
    for key, value in _scores(mine, marks, numbers.cap):
        row = kept[key]
        found.compare(f"frozen: {_name(row)}", row.kept, value)
        counts.visits.setdefault(row.outlet, {})[key] = (row.kind, value or Decimal(0))
    _compare_lateness(found, freeze, counts)
    _compare_units(found, freeze, counts)


def _compare_lateness(found: Recomputed, freeze: Freeze, counts: Counts) -> None:
    """What was late is derived from the facts once more; what was withdrawn since was late then."""
    fresh = {one.key: one for one in late_notices(freeze.of, withdrawn_after=freeze.frozen_at)}
    kept = {
        row.notice_id: row
        for row in db.session.scalars(
            select(CountedLateness).where(CountedLateness.freeze_id == freeze.id)
        )
    }
    for key in kept.keys() | fresh.keys():
        was, now = kept.get(key), fresh.get(key)
        name = now.number if now else str(key)
        told = (was.how, was.due_on, was.days) if was else None
        again = (now.late.how.value, now.late.due_on, now.late.days) if now else None
        found.compare(f"frozen: late notice {name}", told, again)
    late: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for key, one in fresh.items():
        late[kept[key].branch_id if key in kept else one.outlet].append(one)
    counts.late = dict(late)


def _compare_units(found: Recomputed, freeze: Freeze, counts: Counts) -> None:
    kept = results.frozen(freeze)
    counts.units = [_unit(one) for one in kept.standings]
    again = results.draft(counts, freeze.of, freeze.kept_rules).by_id
    for one in kept.standings:
        for name in NUMBERS:
            what = f"frozen: {one.code} {one.name_zh}, {name}"
            found.compare(what, getattr(one, name), getattr(again[one.id], name))
    found.units = len(kept.standings)


NUMBERS = ("outlets", "inspected", "before", "late", "deduction", "value", "contribution")


def _unit(one: Standing) -> queries.Unit:
    return queries.Unit(one.id, one.parent_id, one.level, one.code, one.name_zh, one.name_en)


def _visits(*more: Any) -> Any:
    return select(
        Visit.id, Visit.kind, Visit.score, Visit.started_at, Branch.code, HOME.label("home"), *more
    ).join(Visit.branch)


def _name(row: Any) -> str:
    return f"{row.code} {row.kind} visit {row.id}"


def _marks(which: ColumnElement[bool]) -> dict[uuid.UUID, dict[str, list[Any]]]:
    """How the findings of visits stand now."""
    found: dict[uuid.UUID, dict[str, list[Any]]] = defaultdict(dict)
    rows = select(
        Finding.visit_id,
        Finding.item_code,
        Finding.decision,
        Finding.withdrawn_at,
        Finding.occurrence,
    ).join(Finding.visit)
    for visit, code, decision, withdrawn_at, occurrence in db.session.execute(rows.where(which)):
        found[visit][code] = [marks_of(decision, withdrawn_at is not None), occurrence or 1]
    return found


def _scores(
    which: ColumnElement[bool], marks: Mapping[uuid.UUID, Any], cap: Decimal
) -> Iterator[tuple[uuid.UUID, Decimal | None]]:
    """The score of each visit from its answers alone, and from how its findings stand."""
    items = _items(which)
    # Answers of a visit as one text: a row for each would take most of the time.
    sheet = func.aggregate_strings(Item.code + "=" + Answer.value, ";")
    visits = (
        select(Visit.id, Visit.version_id, sheet)
        .join(Answer, Answer.visit_id == Visit.id)
        .join(Item, Item.id == Answer.item_id)
        .where(which, Answer.value.is_not(None))
        .group_by(Visit.id, Visit.version_id)
        .execution_options(yield_per=CHUNK)
    )
    for key, version, answers in db.session.execute(visits):
        values = dict(answer.split("=") for answer in answers.split(";"))
        yield key, score_by(items[version], values, marks.get(key, {}), cap).value


def _items(which: ColumnElement[bool]) -> dict[uuid.UUID, list[Rule]]:
    """The rules of each version that the visits were made by."""
    wanted = (
        select(Version)
        .where(Version.id.in_(select(Visit.version_id).where(which)))
        .options(selectinload(Version.items).selectinload(Item.section))
    )
    return {
        version.id: [Rule.of(item) for item in version.items]
        for version in db.session.scalars(wanted)
    }


def _told(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f} ({shown(value)})"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return "nothing" if value is None else str(value)
