"""Merging an outlet into another, and what follows: whose faults are repeats, who must move."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from inspector import clock
from inspector.db import db
from inspector.findings.models import Finding
from inspector.findings.repeats import Judgement
from inspector.mistakes import Sentence
from inspector.notices import repeats
from inspector.notices.repeats import Recounted
from inspector.people import merging
from inspector.people.models import Branch, Person
from inspector.visits.lifecycle import Stage
from inspector.visits.models import Visit
from inspector.visits.queries import STAGE_SQL
from inspector.words import N_


@dataclass(frozen=True)
class Line:
    """A finding that counts otherwise than before."""

    outlet: str
    day: str
    item: str
    was: Sentence
    now: Sentence

    @classmethod
    def of(cls, one: Recounted) -> "Line":
        """That of one finding."""
        visit = one.finding.visit
        assert visit.started_at is not None  # else nothing was found
        day = clock.day(visit.started_at).isoformat()
        return cls(visit.branch.code, day, one.finding.item_code, _told(one.was), _told(one.now))

    def __str__(self) -> str:
        return f"{self.outlet} {self.day} {self.item}: {self.was} → {self.now}"


@dataclass(frozen=True)
class Merger:
    """What a merger changes, and what it leaves for people to see to."""

    changed: bool
    lines: tuple[Line, ...] = ()
    findings: int = 0
    """How many go along."""
    visits: int = 0
    """How many are still planned at the outlet that goes: they are planned anew."""
    accounts: int = 0
    """How many are open there: they are given another branch."""

    @property
    def digest(self) -> str:
        """The same for the same changes only: who confirms, confirms this."""
        said = (*map(str, self.lines), self.findings, self.visits, self.accounts)
        return hashlib.sha256(repr(said).encode()).hexdigest()


def merge(old: Branch, into: Branch, *, by: Person | None, at: datetime) -> Merger:
    """Let an outlet go on as another one, and count the repeats of both together. Raises Problem
    merge.outlets and merge.gone."""
    if not merging.merge(old, into, by=by, at=at):
        return Merger(changed=False)
    recounted = repeats.recount_home(into, by=by, at=at)
    at_it, there = Visit.branch_id == old.id, Person.branch_id == old.id
    counts = (
        select(func.count(Finding.id)).join(Finding.visit).where(at_it),
        select(func.count(Visit.id)).where(at_it, STAGE_SQL[Stage.ASSIGNED]),
        select(func.count(Person.id)).where(there, Person.closed_at.is_(None)),
    )
    findings, visits, accounts = (db.session.scalar(count) or 0 for count in counts)
    return Merger(True, tuple(map(Line.of, recounted)), findings, visits, accounts)


def foresee(old: Branch, into: Branch, *, by: Person | None, at: datetime) -> Merger:
    """What `merge` would change, without changing it."""
    attempt = db.session.begin_nested()
    try:
        return merge(old, into, by=by, at=at)
    finally:
        attempt.rollback()


def _told(judgement: Judgement) -> Sentence:
    if judgement.original:
        return Sentence(N_("time %(number)s"), number=judgement.occurrence)
    not_done = N_("not carried out") if judgement.not_carried_out else N_("seen while open")
    return Sentence(not_done)
