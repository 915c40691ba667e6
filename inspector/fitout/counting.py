"""The reports of a quarter and those before it. Where there are very many outlets, the worker
counts them, once somebody asks."""

import zlib
from collections.abc import Sequence
from datetime import datetime

from flask import current_app

from inspector.clock import Quarter
from inspector.fitout.queries import Report, report
from inspector.fitout.rules import Scope
from inspector.fitout.standard import Part, standard
from inspector.people.models import Person
from inspector.people.roles import Role
from inspector.scores import trends
from inspector.snapshots import Countable


def reports(
    quarter: Quarter, scope: Scope, parts: Sequence[Part]
) -> tuple[list[Report], datetime | None]:
    """The report of a quarter and of as many before it as the setting says, the oldest first, and
    as of when they are; None: now. Raises BeingCounted where the worker is at it."""
    return _countable(quarter, scope, parts).asked()


def countable(quarter: str, scope: str, _asked: str) -> Countable[list[Report]]:
    """The same, by name, of the standard as it is: if it was another when somebody asked, whoever
    looks again asks anew."""
    return _countable(Quarter.named(quarter), Scope(scope), standard())


def _countable(quarter: Quarter, scope: Scope, parts: Sequence[Part]) -> Countable[list[Report]]:
    def count() -> list[Report]:
        quarters = trends.until(quarter, max(1, current_app.config["FITOUT_TREND_QUARTERS"]))
        desk = Person(role=Role.CHANNEL)
        return [report(one, scope, parts, desk) for one in quarters]

    return Countable(f"fitout {quarter} {scope} {_mark(parts)}", list[Report], count)


def _mark(parts: Sequence[Part]) -> str:
    issues = ",".join(issue for part in parts for issue in part.issues)
    return f"{zlib.crc32(issues.encode()):08x}"
