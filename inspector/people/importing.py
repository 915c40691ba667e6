"""Importing branches: added and updated from a file, never deleted."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from inspector import history
from inspector.db import db
from inspector.people import branch_file
from inspector.people.models import Branch, Person

LIBRARY: Final = Path(__file__).parent / "library" / "branches.csv"
"""The branches that come with the product."""

TOP_DOWN: Final = ("city", "subbranch", "outlet")


@dataclass
class Outcome:
    """What an import did. `changes` says for each updated branch what was and what is now."""

    new: list[str] = field(default_factory=list)
    changes: dict[str, list[str]] = field(default_factory=dict)
    unchanged: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    """Branches that the file does not name; they stay as they are."""


def import_branches(file: Path, by: Person | None, at: datetime) -> Outcome:
    """Add the branches of a file that are new, and update those that differ; the same file again
    changes nothing. Raises Mistakes, with all that is wrong in the file, and imports nothing."""
    branches = {branch.code: branch for branch in db.session.scalars(select(Branch))}
    rows = branch_file.read(file, {code: branch.level for code, branch in branches.items()})
    outcome = Outcome(absent=sorted(branches.keys() - {row.code for row in rows}))
    for row in sorted(rows, key=lambda row: TOP_DOWN.index(row.level)):
        parent = branches[row.parent_code] if row.parent_code else None
        said = {**row.model_dump(exclude={"parent_code"}), "parent": parent}
        if row.code not in branches:
            branches[row.code] = _add(said, by, at)
            outcome.new.append(row.code)
        elif changes := _update(branches[row.code], said, by, at):
            outcome.changes[row.code] = changes
        else:
            outcome.unchanged.append(row.code)
    return outcome


def _add(said: dict[str, Any], by: Person | None, at: datetime) -> Branch:
    branch = Branch(id=uuid.uuid4(), **said)
    db.session.add(branch)
    history.record(branch, "add", by, at)
    return branch


def _update(branch: Branch, said: dict[str, Any], by: Person | None, at: datetime) -> list[str]:
    changes = []
    for name, value in said.items():
        if (before := getattr(branch, name)) != value:
            changes.append(f"{name}: {_shown(before)} → {_shown(value)}")
            setattr(branch, name, value)
    if changes:
        history.record(branch, "change", by, at, changes=changes)
    return changes


def _shown(value: object) -> str:
    return value.code if isinstance(value, Branch) else "empty" if value is None else str(value)
