"""Merging an outlet into another: what was found at the first counts at the second."""

from datetime import datetime

from sqlalchemy import select

from inspector.db import db
from inspector.history import record
from inspector.people.models import Branch, Level, Person
from inspector.people.roles import Role
from inspector.problems import Problem


def merge(old: Branch, into: Branch, *, by: Person | None, at: datetime) -> bool:
    """Let an outlet go on as another one, with those that were merged into it before (domain.md
    3.8). Returns whether anything changed: the same again is harmless.

    Raises Problem merge.outlets for anything but two outlets, and merge.gone when one of them was
    merged into a third one.
    """
    if by is not None and by.role != Role.ADMIN:
        raise Problem("permission.denied")
    if old.id == into.id or {old.level, into.level} != {Level.OUTLET}:
        raise Problem("merge.outlets")
    if old.merged_into_id == into.id:
        return False
    for gone in (old, into):
        if gone.merged_into_id is not None:
            raise Problem("merge.gone", outlet=gone.code)
    before = db.session.scalars(select(Branch).where(Branch.merged_into_id == old.id))
    for branch in (old, *before):
        branch.merged_into = into
        record(branch, "merge", by, at, into=into.code)
    return True
