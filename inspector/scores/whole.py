"""The numbers of a quarter with the lines that it carries for earlier ones."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from inspector.clock import Quarter
from inspector.db import db
from inspector.scores import adjustments, freezing, results
from inspector.scores.models import Adjustment, Freeze
from inspector.scores.results import Result


def with_lines(
    quarter: Quarter, subbranch: uuid.UUID | None = None, *, outlets: bool = True
) -> tuple[Result, Sequence[Adjustment]]:
    """The numbers of all units, or of one sub-branch and its outlets: frozen, or as they come out
    now; and the lines, whose points are in them. Without `outlets` those of a frozen quarter are
    not read."""
    found = results.result(quarter, subbranch, outlets=outlets)
    if found.freeze:
        return found, adjustments.lines_of(found.freeze, subbranch)
    lines = adjustments.pending(quarter, subbranch)
    return found.adjusted_by(freezing.points_of(lines)), lines


def lines_since(quarter: Quarter) -> list[Adjustment]:
    """What became different of a frozen quarter since: told by later quarters, or still to be."""
    told = list(adjustments.later_lines_of(quarter))
    standing = select(Freeze.quarter).where(Freeze.returned_at.is_(None))
    frozen = set(db.session.scalars(standing))
    target = quarter.after
    while str(target) in frozen:
        target = target.after
    return told + [line for line in adjustments.pending(target) if line.quarter == str(quarter)]
