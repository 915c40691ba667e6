"""Systemic problems (普遍性问题): the same issue in several outlets of one sub-branch.

The rule is domain.md 3.8. Derived from the findings each time, never stored.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import func, select, true

from inspector.clock import Quarter
from inspector.db import db
from inspector.findings.models import Finding
from inspector.findings.queries import IN_FORCE, within
from inspector.people.models import Branch, Person
from inspector.people.queries import branches_seen_by
from inspector.people.roles import DESK
from inspector.visits.models import Visit
from inspector.visits.queries import SECRET


@dataclass(frozen=True)
class Systemic:
    """One issue that several outlets of a sub-branch had in a quarter. `text_zh` and `text_en` are
    those of one of its findings: an issue has a code, but no words of its own."""

    subbranch: Branch
    issue: str
    text_zh: str
    text_en: str
    outlets: int
    findings: int


Grouped = tuple[uuid.UUID, str, str, str, int, int]
"""The sub-branch, the issue, its text in Chinese and in English, outlets and findings."""


def systemic(quarter: Quarter, *, seen_by: Person, published: bool = False) -> list[Systemic]:
    """The systemic problems of a quarter, by visit day, the widest first. A branch sees those of
    its own sub-branch, without what is not published yet; the desk too, if it asks so."""
    return of_rows(grouped(quarter, seen_by=seen_by, published=published))


def of_rows(rows: Sequence[Grouped]) -> list[Systemic]:
    """The problems with their sub-branches."""
    wanted = select(Branch).where(Branch.id.in_({row[0] for row in rows}))
    subbranches = {branch.id: branch for branch in db.session.scalars(wanted)} if rows else {}
    return [
        Systemic(subbranches[key], issue, zh, en, *numbers) for key, issue, zh, en, *numbers in rows
    ]


def grouped(quarter: Quarter, *, seen_by: Person, published: bool = False) -> list[Grouped]:
    """The same as plain values."""
    outlet = func.coalesce(Branch.merged_into_id, Branch.id)
    outlets = func.count(outlet.distinct())
    theirs = branches_seen_by(seen_by).with_only_columns(Branch.id).order_by(None)
    known = true() if seen_by.role in DESK and not published else ~SECRET
    found = (
        select(
            Branch.parent_id,
            Finding.issue,
            func.max(Finding.text_zh),
            func.max(Finding.text_en),
            outlets,
            func.count(),
        )
        .join(Finding.visit)
        .join(Visit.branch)
        .where(IN_FORCE, known, within(quarter), Branch.parent_id.in_(theirs))
        .group_by(Branch.parent_id, Finding.issue)
        .having(outlets >= current_app.config["SYSTEMIC_OUTLETS"])
        .order_by(outlets.desc(), Finding.issue, Branch.parent_id)
    )
    rows: list[Any] = [tuple(row) for row in db.session.execute(found)]
    return rows
