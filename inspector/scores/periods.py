"""Which quarters there are to look at, and how an address names one."""

from inspector import clock
from inspector.clock import Quarter
from inspector.problems import Problem
from inspector.scores import queries

QUARTERS = 8


def named(text: str | None) -> Quarter:
    """The quarter of that name; the present one without a name. Raises Problem request.unknown,
    also for one that has not begun."""
    now = Quarter.of(clock.today())
    try:
        quarter = Quarter.named(text) if text else now
    except ValueError:
        raise Problem("request.unknown") from None
    if quarter > now or quarter.year < 2000:
        raise Problem("request.unknown")
    return quarter


def quarters(shown: Quarter | None = None) -> list[Quarter]:
    """The quarters to choose from: from the first visit that counts, at most the last eight; and
    the one that is shown."""
    latest = Quarter.of(clock.today())
    first = queries.first_quarter() or latest
    found = [latest]
    while found[-1] > first and len(found) < QUARTERS:
        found.append(found[-1].before)
    return found if shown is None or shown in found else [*found, shown]
