"""How far a row of the ledger has come, as one word and as SQL.

All SQL here stands over `queries.seen_by`: Rectification, Finding and Visit joined, Notice perhaps.
"""

from datetime import date
from functools import lru_cache
from typing import Final

from flask import current_app
from sqlalchemy import ColumnElement, and_, case, or_

from inspector.deadlines import Days
from inspector.findings import queries as findings
from inspector.findings.lifecycle import Stage as RectificationStage
from inspector.findings.models import Finding, Rectification
from inspector.notices import queries as notices
from inspector.notices.lifecycle import Stage as NoticeStage
from inspector.notices.models import Notice
from inspector.notices.stages import STAGE_SQL as NOTICE_STAGE

ON_SPOT: Final = "on_spot"
ORDER: Final = (
    "held",
    "draft",
    "issued",
    "acknowledged",
    "paused",
    "returned",
    "reopened",
    "reported",
    "closed",
    ON_SPOT,
    "withdrawn",
)
"""All that a row can be, from first to last."""
OPEN: Final = (
    "open",
    "held",
    "draft",
    "to_acknowledge",
    "to_report",
    "to_verify",
    "asked",
    "returned",
    "reopened",
    "paused",
    "late_issue",
    "late_verify",
)
"""The filters under which every row is still to be struck off."""
_OF_THE_RECTIFICATION: Final = (
    RectificationStage.REPORTED,
    RectificationStage.RETURNED,
    RectificationStage.REOPENED,
    RectificationStage.PAUSED,
)
_OF_THE_NOTICE: Final = (
    NoticeStage.WITHDRAWN,
    NoticeStage.CLOSED,
    NoticeStage.HELD,
    NoticeStage.DRAFT,
)

NOTICED: ColumnElement[bool] = Notice.id.is_not(None) & Notice.withdrawn_at.is_(None)
"""A notice in force."""
_on_spot = Notice.id.is_(None) & Finding.withdrawn_at.is_(None)
_open = NOTICED & Rectification.closed_at.is_(None)

STAGE_SQL: ColumnElement[str] = case(
    (and_(Notice.id.is_(None), Finding.withdrawn_at.is_not(None)), "withdrawn"),
    (Notice.id.is_(None), ON_SPOT),
    (NOTICE_STAGE.in_(_OF_THE_NOTICE), NOTICE_STAGE),
    (findings.STAGE_SQL.in_(_OF_THE_RECTIFICATION), findings.STAGE_SQL),
    else_=NOTICE_STAGE,
)
"""The one word: what the paper says of a row too (notices/papers/current.py)."""


def rules(today: date) -> dict[str, ColumnElement[bool]]:
    """What each stage of filters.STAGES holds."""
    return _rules(today, Days.of(current_app.config))


@lru_cache(4)  # as notices.queries.filters
def _rules(today: date, _days: Days) -> dict[str, ColumnElement[bool]]:
    of_notices = {name: NOTICED & rule for name, rule in notices.filters(today).items()}
    stage = findings.STAGE_SQL
    return {
        **of_notices,
        "open": _open,
        "closed": NOTICED & Rectification.closed_at.is_not(None),
        "returned": _open & (stage == RectificationStage.RETURNED),
        "reopened": _open & (stage == RectificationStage.REOPENED),
        "paused": _open & (stage == RectificationStage.PAUSED),
        "on_spot": _on_spot,
        "withdrawn": Notice.withdrawn_at.is_not(None)
        | (Notice.id.is_(None) & Finding.withdrawn_at.is_not(None)),
        "notices": NOTICED,
        "all": or_(NOTICED, _on_spot),
    }


def open_rules(today: date) -> dict[str, ColumnElement[bool]]:
    """Those of the stages in which a row is not struck off."""
    return {name: rule for name, rule in rules(today).items() if name in OPEN}


def late_rule(late: str, today: date) -> ColumnElement[bool]:
    """Whether a row is as late as `Filters.late` says."""
    if late == "soon":
        return _open & notices.filters(today)["soon"]
    least, _, most = late.partition("-")
    rule = _open & _late_by(int(least), today)
    return rule & ~_late_by(int(most) + 1, today) if most else rule


def _late_by(days: int, today: date) -> ColumnElement[bool]:
    return findings.overdue_sql(today) if days == 1 else findings.late_sql(today, days)
