"""The orders of the ledger, and pages by key: what comes after a row, never so many rows on.

What is empty comes last, whichever way round. Rows that are alike stand by their random keys, so
that no two have the same place and nothing tells which was first (domain.md 6, 2).
"""

import base64
import binascii
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, SQLColumnExpression, and_, case, false, func, or_, select

from inspector.db import day_of, last_of_month
from inspector.findings.models import Finding, Rectification, Report
from inspector.ledger import stages
from inspector.notices.models import Notice
from inspector.people.models import Branch, Person
from inspector.people.roles import BRANCH_SIDE
from inspector.visits.models import Visit

KEY: ColumnElement[uuid.UUID] = func.coalesce(Notice.id, Rectification.id)
"""What a row is known by: its notice, or its rectification where it has none."""


@dataclass(frozen=True)
class Column:
    """What an order compares, how its value is read from an address, and if it can be empty."""

    sql: SQLColumnExpression[Any]
    read: Callable[[Any], Any]
    empty: bool = False


KNOWN_DAY: ColumnElement[date] = case(
    (Visit.kind == "mystery", last_of_month(Visit.started_at)), else_=day_of(Visit.started_at)
)
"""The day of a visit as far as branches may know it: visits/known.py."""

_SEVERITY = case((Finding.critical, 0), (Finding.severity == "major", 1), else_=2)
_STAGE = case({stage: n for n, stage in enumerate(stages.ORDER)}, value=stages.STAGE_SQL)
_last_report = (
    select(Report.done_on)
    .where(Report.rectification_id == Rectification.id)
    .order_by(Report.round.desc())
    .limit(1)
    .correlate(Rectification)
    .scalar_subquery()
)
DONE_ON: ColumnElement[date | None] = case(
    (stages.STAGE_SQL.in_(("reported", "closed")), _last_report)
)
"""When the branch was done, unless that was not so."""
CLOSED_AT: ColumnElement[datetime | None] = case(
    (Notice.id.is_not(None) & Notice.withdrawn_at.is_(None), Rectification.closed_at),
    (Notice.id.is_(None) & (Visit.kind != "mystery"), Rectification.closed_at),
)
"""When a row was struck off. What was corrected during a shopper's visit was closed when the desk
confirmed it: of that no branch learns the day."""


def columns(name: str, stage: str, person: Person) -> list[Column]:
    """What the order of that name compares, in rows of that stage, for this person."""
    visited = Column(Visit.started_at, datetime.fromisoformat)
    if person.role in BRANCH_SIDE:
        visited = Column(KNOWN_DAY, date.fromisoformat)
    # Where all rows are notices in force it is the column itself, which has an index.
    closed_at = CLOSED_AT if stage in {"all", "on_spot", "withdrawn"} else Rectification.closed_at
    orders: Final[dict[str, list[Column]]] = {
        "number": [Column(Notice.doc_year, int, True), Column(Notice.doc_seq, int, True)],
        "visited": [visited],
        "branch": [Column(Branch.code, str)],
        "item": [Column(Finding.item_code, str)],
        "severity": [Column(_SEVERITY, int)],
        "repeat": [Column(Finding.occurrence, int, True)],
        "due": [Column(Rectification.due_on, date.fromisoformat, True)],
        "stage": [Column(_STAGE, int)],
        "done": [Column(DONE_ON, date.fromisoformat, True)],
        "closed": [Column(closed_at, datetime.fromisoformat, True)],
    }
    return [*orders[name], Column(KEY, uuid.UUID)]


def in_order(compared: Sequence[Column], descending: bool) -> list[ColumnElement[Any]]:
    """For ORDER BY."""
    said: list[ColumnElement[Any]] = []
    for column in compared:
        way = column.sql.desc() if descending else column.sql.asc()
        said.append(way.nulls_last() if column.empty else way)
    return said


def stretches(
    compared: Sequence[Column], values: Sequence[Any], descending: bool
) -> list[ColumnElement[bool]]:
    """What comes after the row with these values: first what is not empty in the first column, then
    what is. Apart, for then an index is entered where the page begins; together all before it would
    be read."""
    column, value = compared[0], values[0]
    beyond = _after(compared, values, descending)
    if value is None:
        return [beyond]
    further = column.sql <= value if descending else column.sql >= value
    filled = and_(further, beyond)
    return [filled, column.sql.is_(None)] if column.empty else [filled]


def _after(
    compared: Sequence[Column], values: Sequence[Any], descending: bool
) -> ColumnElement[bool]:
    if not compared:
        return false()
    column, value = compared[0], values[0]
    rest = _after(compared[1:], values[1:], descending)
    if value is None:
        return and_(column.sql.is_(None), rest)
    further = column.sql < value if descending else column.sql > value
    beyond = or_(further, and_(column.sql == value, rest))
    return or_(beyond, column.sql.is_(None)) if column.empty else beyond


def written(values: Sequence[Any]) -> str:
    """The place of a row, for an address."""
    return base64.urlsafe_b64encode(orjson.dumps(list(values))).decode().rstrip("=")


def read(place: str, compared: Sequence[Column]) -> list[Any]:
    """The values that `written` was given. Raises ValueError for what it did not write."""
    try:
        said = orjson.loads(base64.urlsafe_b64decode(place + "=" * (-len(place) % 4)))
        pairs = zip(compared, said, strict=True)
        return [None if raw is None else column.read(raw) for column, raw in pairs]
    except (binascii.Error, TypeError, AttributeError, orjson.JSONDecodeError) as error:
        raise ValueError(place) from error
