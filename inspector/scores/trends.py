"""The numbers of several quarters beside each other, with as many statements as those of two."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from inspector.clock import Quarter
from inspector.db import db
from inspector.people.models import Branch, Level
from inspector.scores import queries, results
from inspector.scores.models import Freeze, QuarterScore
from inspector.scores.results import Result


def until(last: Quarter, count: int) -> list[Quarter]:
    """So many quarters, of which this is the last."""
    quarters = [last]
    while len(quarters) < count:
        quarters.append(quarters[-1].before)
    return quarters[::-1]


def results_of(quarters: Sequence[Quarter], unit: Branch | None = None) -> list[Result]:
    """The numbers of each of the quarters: of the sub-branch and its outlets for one of these, else
    of the units above the outlets."""
    subbranch = unit.subbranch.id if unit else None
    frozen = _frozen(quarters, subbranch)
    drafts = [quarter for quarter in quarters if quarter not in frozen]
    counted = queries.counts_of(drafts, subbranch) if drafts else {}
    rules = results.rules_now()
    return [
        frozen.get(quarter) or results.draft(counted[quarter], quarter, rules)
        for quarter in quarters
    ]


def _frozen(quarters: Sequence[Quarter], subbranch: uuid.UUID | None) -> dict[Quarter, Result]:
    rows = (
        select(Freeze, QuarterScore)
        .join(QuarterScore, QuarterScore.freeze_id == Freeze.id)
        .where(Freeze.quarter.in_(map(str, quarters)), Freeze.returned_at.is_(None))
        .order_by(QuarterScore.code)
    )
    if subbranch is None:
        rows = rows.where(QuarterScore.level != Level.OUTLET)
    else:
        mine = (QuarterScore.branch_id == subbranch) | (QuarterScore.parent_id == subbranch)
        rows = rows.where(mine)
    found: dict[Quarter, Result] = {}
    for freeze, row in db.session.execute(rows):
        result = found.setdefault(freeze.of, Result(freeze.of, freeze.kept_rules, freeze))
        result.standings.append(results.read(row))
    return found
