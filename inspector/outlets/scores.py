"""The scores of an outlet quarter by quarter, and how they are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from flask_babel import gettext as _
from markupsafe import Markup

from inspector import clock, plots
from inspector.clock import Quarter
from inspector.db import db
from inspector.people.models import Branch, Person
from inspector.plots import Series
from inspector.scores import trends
from inspector.scores.lifecycle import Stage
from inspector.scores.queries import scored_units_seen_by
from inspector.scores.results import Standing
from inspector.templating import local, points

QUARTERS: Final = 8


@dataclass(frozen=True)
class Point:
    """One quarter. `beside` is the mean of the sub-branch, for those who may read it."""

    quarter: Quarter
    stage: Stage
    standing: Standing
    beside: Decimal | None


def scores_of(outlet: Branch, person: Person) -> list[Point]:
    """The last quarters from the first one with a score on; none where the person may not see the
    outlet's scores, or there is none."""
    units = (outlet.id, outlet.subbranch.id)
    seen = db.session.scalars(
        scored_units_seen_by(person).with_only_columns(Branch.id).where(Branch.id.in_(units))
    ).all()
    if outlet.id not in seen:
        return []
    quarters = trends.until(Quarter.of(clock.today()), QUARTERS)
    found: list[Point] = []
    for result in trends.results_of(quarters, outlet):
        standing = result.by_id.get(outlet.id)
        if standing is None or not (found or standing.value is not None):
            continue
        above = result.by_id.get(outlet.subbranch.id) if outlet.subbranch.id in seen else None
        found.append(Point(result.quarter, result.stage, standing, above.value if above else None))
    return found


def drawn(outlet: Branch, scores: Sequence[Point]) -> Markup | None:
    """The scores as a plot; None for one quarter, which is no trend."""
    if len(scores) < 2:
        return None
    series = [Series(local(outlet, "name"), [_number(one.standing.value) for one in scores])]
    if any(one.beside is not None for one in scores):
        beside = [_number(one.beside) for one in scores]
        series.append(Series(local(outlet.subbranch, "name"), beside, "ink-2"))
    last = scores[-1]
    alt = _(
        "Score of %(outlet)s by quarter; %(quarter)s: %(score)s.",
        outlet=local(outlet, "name"),
        quarter=last.quarter,
        score=points(last.standing.value),
    )
    return plots.trend([str(one.quarter) for one in scores], series, alt=alt)


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
