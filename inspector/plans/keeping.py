"""Keeping a draw: what was looked at is what is planned, all of it or nothing."""

import hmac
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from flask import current_app
from sqlalchemy import select

from inspector.checklists.models import Kind, Version
from inspector.checklists.queries import latest_versions
from inspector.clock import Quarter
from inspector.db import db
from inspector.history import record
from inspector.people.models import Branch, Person
from inspector.people.queries import visitors
from inspector.people.tree import lock_the_tree
from inspector.plans.checking import Row
from inspector.plans.models import Draw, Plan
from inspector.plans.queries import targets
from inspector.plans.rules import Key
from inspector.problems import Problem
from inspector.visits.models import Visit

SEED_MOST = 40


@dataclass(frozen=True)
class Kept:
    """What is to be kept beside the visits."""

    quarter: Quarter
    seed: str
    kinds: Sequence[str]
    subbranch: str
    adjusted: int
    left_out: int


def keep(draw: Kept, rows: Sequence[Row], *, by: Person, at: datetime) -> Draw:
    """Plan these visits, which were found without trouble, and remember the draw. Raises what
    Visit.plan raises, and Problem plan.no_checklist; then nothing is kept."""
    if not rows:
        raise Problem("plan.nothing_kept")
    outlets = _by("code", {row.key.outlet for row in rows})
    people = {person.username: person for person in db.session.scalars(visitors())}
    versions = versions_by_kind()
    for row in sorted(rows, key=lambda row: row.key):
        if row.key.kind not in versions:
            raise Problem("plan.no_checklist")
        Visit.plan(
            branch=outlets[row.key.outlet],
            version=versions[row.key.kind],
            inspector=people[row.visitor],
            on=row.day,
            by=by,
            at=at,
        )
    return _remembered(draw, len(rows), by, at)


def _remembered(draw: Kept, visits: int, by: Person, at: datetime) -> Draw:
    asked = targets(draw.quarter)
    plan = Plan.set_targets(draw.quarter, asked, was=asked, by=by, at=at)
    db.session.flush()
    kept = Draw(
        id=uuid.uuid4(),
        plan_id=plan.id,
        seed=draw.seed,
        kinds=" ".join(draw.kinds),
        subbranch=_by("code", {draw.subbranch}).get(draw.subbranch),
        visits=visits,
        adjusted=draw.adjusted,
        left_out=draw.left_out,
        kept_at=at,
        kept_by=by,
    )
    db.session.add(kept)
    record(kept, "keep_draw", by, at, number=plan.quarter, remark=draw.seed, visits=visits)
    return kept


def one_at_a_time() -> None:
    """Let nobody else keep a draw, or close an outlet, until the end of the transaction."""
    lock_the_tree()


def versions_by_kind() -> Mapping[str, Version]:
    """The checklist that visits of each kind are planned on: of several the first by code."""
    found: dict[str, Version] = {}
    for version in latest_versions():
        found.setdefault(version.checklist.kind, version)
    return found


def sealed(key: Key, visitor: str) -> str:
    """Who was drawn for a mystery visit, as a page may carry it: nobody can read it, and the server
    finds the person again."""
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.new(secret, f"plan\n{key}\n{visitor}".encode(), sha256).hexdigest()


def unsealed(key: Key, said: str, shoppers: Sequence[str]) -> str:
    """The person whom a sealed name means, "" for none; of other visits what was said."""
    if key.kind != Kind.MYSTERY:
        return said
    found = (who for who in shoppers if hmac.compare_digest(sealed(key, who), said))
    return next(found, "")


def _by(column: str, values: set[str]) -> dict[str, Branch]:
    found = select(Branch).where(getattr(Branch, column).in_(values))
    return {getattr(branch, column): branch for branch in db.session.scalars(found)}
