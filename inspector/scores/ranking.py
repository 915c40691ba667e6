"""The sub-branches of a quarter, with the lines that it carries for earlier ones. What is frozen is
read; a draft is worked out, of very many outlets by the worker (snapshots.py)."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from inspector import clock
from inspector.clock import Quarter
from inspector.people.models import Level
from inspector.scores import adjustments, results
from inspector.scores.models import Adjustment
from inspector.scores.results import Result, Standing
from inspector.scores.whole import with_lines
from inspector.snapshots import Countable

EVERY: Final = timedelta(hours=1)
"""Of 16,000 outlets a quarter takes about a minute."""


@dataclass(frozen=True)
class Line:
    """An adjustment that is not a row yet: named as its columns (models.py)."""

    position: int
    quarter: str
    subbranch_id: uuid.UUID
    outlet_id: uuid.UUID
    cause: str
    visit_id: uuid.UUID | None
    notice_id: uuid.UUID | None
    kind: str | None
    score: Decimal | None
    outlet_was: Decimal | None
    outlet_now: Decimal | None
    was: Decimal | None
    now: Decimal | None
    points: Decimal | None
    by_id: uuid.UUID | None
    at: datetime | None
    why: str


@dataclass(frozen=True)
class Draft:
    """What a quarter that is not frozen comes to, without its outlets."""

    standings: list[Standing]
    lines: list[Line]


def ranking(
    quarter: Quarter, *, anew: bool = False
) -> tuple[Result, Sequence[Adjustment], datetime | None]:
    """The numbers of the units above the outlets, the lines, whose points are in them, and as of
    when; None: as they are now. `anew` works a draft out in any case."""
    if results.freeze_of(quarter):
        return *with_lines(quarter, outlets=False), None
    draft, as_of = _countable(quarter).told(anew=anew)
    lines = adjustments.named([Adjustment(**vars(line)) for line in draft.lines])
    return Result(quarter, results.rules_now(), None, draft.standings), lines, as_of


def countables() -> Iterable[Countable[Draft]]:
    """What the worker is to work out: this quarter and the one before it, unless it is frozen."""
    now = Quarter.of(clock.today())
    return (_countable(one) for one in (now, now.before) if results.freeze_of(one) is None)


def _countable(quarter: Quarter) -> Countable[Draft]:
    return Countable(f"ranking {quarter}", Draft, lambda: _draft(quarter), EVERY)


def _draft(quarter: Quarter) -> Draft:
    found, lines = with_lines(quarter)
    above = [one for one in found.standings if one.level != Level.OUTLET]
    names = [field.name for field in fields(Line)]
    return Draft(above, [Line(**{name: getattr(line, name) for name in names}) for line in lines])
