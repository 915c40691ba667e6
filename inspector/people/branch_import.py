"""Importing branches: added and updated from a file, never deleted."""

from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from inspector.db import db
from inspector.mistakes import Mistakes
from inspector.people import branch_file, tree
from inspector.people.branch_file import Known, Row
from inspector.people.importing import Plan, Planned, nothing
from inspector.people.lines import Lines
from inspector.people.models import Branch, Person
from inspector.spreadsheets import read
from inspector.templating import stored_values

LIBRARY: Final = Path(__file__).parent / "library" / "branches.csv"
"""The branches that come with the product."""

TOP_DOWN: Final = ("city", "subbranch", "outlet")


def import_branches(file: Path, by: Person | None, at: datetime) -> Plan:
    """Add the branches of a file that are new, and update those that differ; the same file again
    changes nothing. Raises Mistakes, with all that is wrong in the file, and imports nothing."""
    tree.lock_the_tree()
    plan = plan_branches(file.read_bytes(), str(file))
    plan.do(by=by, at=at)
    return plan


def plan_branches(content: bytes, name: str) -> Plan:
    """What a file of branches would do. Who then does it locks the tree before."""
    found = select(Branch).options(selectinload(Branch.parent)).order_by(Branch.code)
    branches = {branch.code: branch for branch in db.session.scalars(found)}
    try:
        sheet = read(content, name)
    except Mistakes as unreadable:
        return Plan(content, "", [], [], unreadable.mistakes, nothing)
    lines = Lines(sheet, name, branch_file.COLUMNS, said=stored_values("branch_file"))
    rows = branch_file.read(lines, _known(branches))
    planned = [_planned(line, row, branches.get(row.code)) for line, row in rows]
    named = {row.code for _line, row in rows}
    return Plan(
        content,
        sheet.read_as,
        planned,
        [(code, branch.name_zh) for code, branch in branches.items() if code not in named],
        sorted(set(lines.mistakes)),
        lambda by, at: _carry_out([row for _line, row in rows], branches, by, at),
    )


def _known(branches: dict[str, Branch]) -> Known:
    levels = {code: branch.level for code, branch in branches.items()}
    return Known(levels, {name: stored_values(name) for name in ("level", "fitout")})


def _planned(line: int, row: Row, branch: Branch | None) -> Planned:
    before = Row.of(branch).shown() if branch else None
    return Planned.beside(line, row.code, row.name_zh, before, row.shown())


def _carry_out(
    rows: list[Row], branches: dict[str, Branch], by: Person | None, at: datetime
) -> None:
    for row in sorted(rows, key=lambda row: TOP_DOWN.index(row.level)):
        parent = branches[row.parent_code] if row.parent_code else None
        if row.code in branches:
            tree.change(branches[row.code], row, parent, by=by, at=at)
        else:
            branches[row.code] = tree.add(row, parent, by=by, at=at)
