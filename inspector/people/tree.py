"""The tree of branches: one is added or changed, by the administrator or a command; none is ever
deleted."""

import uuid
from datetime import datetime

from sqlalchemy import select

from inspector.db import db
from inspector.history import record
from inspector.people.branch_file import Row
from inspector.people.models import Branch, Level, Person
from inspector.people.roles import Role
from inspector.problems import Problem


def add(row: Row, parent: Branch | None, *, by: Person | None, at: datetime) -> Branch:
    """A new branch, whose code no other has."""
    _only_an_administrator(by)
    branch = Branch(id=uuid.uuid4(), **_values(row), parent=parent)
    db.session.add(branch)
    record(branch, "add", by, at, after=row.shown())
    return branch


def change(
    branch: Branch, row: Row, parent: Branch | None, *, by: Person | None, at: datetime
) -> dict[str, tuple[str, str]]:
    """Let a branch be as a row says. Returns what differs, before and after, by column: the same
    again is harmless."""
    _only_an_administrator(by)
    before, after = Row.of(branch).shown(), row.shown()
    differs = [name for name in after if before[name] != after[name]]
    for name, value in _values(row).items():
        setattr(branch, name, value)
    branch.parent = parent
    if differs:
        was, now = ({name: said[name] for name in differs} for said in (before, after))
        record(branch, "change", by, at, before=was, after=now)
    return {name: (before[name], after[name]) for name in differs}


def lock_the_tree() -> None:
    """Let one at a time change branches, until the end of the transaction. Who only names a city
    branch, as a new account does, need not wait."""
    cities = select(Branch.id).where(Branch.level == Level.CITY).order_by(Branch.id)
    db.session.execute(cities.with_for_update(key_share=True))


def _values(row: Row) -> dict[str, object]:
    return row.model_dump(exclude={"parent_code"})


def _only_an_administrator(by: Person | None) -> None:
    if by is not None and by.role != Role.ADMIN:
        raise Problem("permission.denied")
