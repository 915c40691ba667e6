"""O, what the other 60 % of the quarter service performance come from: typed in, or left blank."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from inspector.clock import Quarter
from inspector.db import db
from inspector.history import record
from inspector.people.models import Branch, Level, Person
from inspector.problems import Problem
from inspector.scores.lifecycle import Stage
from inspector.scores.models import OtherScore
from inspector.scores.results import freeze_of


def others(quarter: Quarter) -> dict[uuid.UUID, Decimal]:
    """O of each sub-branch that has one: the latest entry, unless it is blank."""
    entries = select(OtherScore.branch_id, OtherScore.value).where(
        OtherScore.quarter == str(quarter)
    )
    latest = {key: value for key, value in db.session.execute(entries.order_by(OtherScore.at))}
    return {key: value for key, value in latest.items() if value is not None}


def history_of(quarter: Quarter, branch: Branch) -> Sequence[OtherScore]:
    """All that was ever entered for a sub-branch, the latest first."""
    mine = OtherScore.quarter == str(quarter), OtherScore.branch_id == branch.id
    entries = select(OtherScore).where(*mine).order_by(OtherScore.at.desc())
    return db.session.scalars(entries.options(selectinload(OtherScore.by))).all()


def enter(
    quarter: Quarter,
    branch: Branch,
    value: Decimal | None,
    *,
    by: Person,
    at: datetime,
    source: str = "",
    figures: dict[str, str] | None = None,
) -> OtherScore | None:
    """Enter O of a sub-branch; None leaves it blank again. The same as before is no entry.

    Raises Problem other.confirmed for a value that stands in a quarter that the leader confirmed.
    """
    if by.role != "channel":
        raise Problem("move.not_yours")
    if branch.level != Level.SUBBRANCH:
        raise Problem("request.unknown")
    standing = others(quarter).get(branch.id)
    entries = history_of(quarter, branch)
    latest = entries[0].figures if entries else {}
    kept = latest if figures is None else figures
    if value == standing and kept == latest:
        return None
    freeze = freeze_of(quarter)
    if (
        value != standing
        and standing is not None
        and freeze is not None
        and freeze.stage == Stage.CONFIRMED
    ):
        raise Problem("other.confirmed")
    entry = OtherScore(
        id=uuid.uuid4(),
        quarter=str(quarter),
        branch_id=branch.id,
        value=value,
        source=source,
        figures=kept,
        at=at,
        by=by,
    )
    db.session.add(entry)
    told = None if value is None else str(value)
    record(entry, "enter_other", by, at, quarter=str(quarter), branch=branch.code, value=told)
    return entry


def number(text: str) -> Decimal | None:
    """What was typed, as a number; None for nothing. Raises Problem other.number."""
    text = text.strip()
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise Problem("other.number") from None
    fits = value.is_finite() and 0 <= value <= 100 and value == value.quantize(Decimal("0.01"))
    if not fits:
        raise Problem("other.number")
    return value
