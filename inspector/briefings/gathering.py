"""What a briefing says today. It is the same for the desk and for the sub-branch: nothing that the
branch may not know yet is in it, and of a mystery visit its month only."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from flask import current_app
from sqlalchemy import ColumnElement, Select, case, func, select

from inspector.briefings.rules import Topic, to_discuss
from inspector.calendar.months import Month
from inspector.clock import Quarter, start_of
from inspector.db import db
from inspector.findings.lifecycle import WAITING_FOR_BRANCH
from inspector.findings.models import Finding, Rectification
from inspector.findings.queries import IN_FORCE, STAGE_SQL, overdue_sql
from inspector.notices.models import Notice
from inspector.notices.numbers import number_of
from inspector.notices.papers.briefing import (
    AgainFound,
    BriefingDocument,
    Item,
    OpenNotice,
    OutletScore,
)
from inspector.notices.sums import sums_of
from inspector.people.models import Branch, Level
from inspector.scores.queries import COUNTS, within
from inspector.scores.whole import with_lines
from inspector.visits.models import Visit
from inspector.visits.queries import SECRET

LINES: Final = {"scores": 6, "open": 5, "repeats": 3}
"""So many of each list fit one page of A4, with the three items."""


def gather(month: Month, subbranch: Branch, *, on: date) -> BriefingDocument:
    """All that the briefing of a sub-branch says on a day."""
    quarter = Quarter.of(month.first)
    found, _lines = with_lines(quarter, subbranch.id)
    own = found.by_id[subbranch.id]
    theirs = within(subbranch.id)
    of_month = theirs & COUNTS & _during(month.first, month.after.first)
    so_far = theirs & COUNTS & _during(quarter.first, month.after.first)
    sums = sums_of(of_month)
    waiting, open_in_all, overdue = _open(theirs, on)
    repeats, repeats_in_all = _repeats(so_far)
    outlets = sorted(
        found.at(Level.OUTLET),
        key=lambda one: (one.value is None, one.value or Decimal(0), one.code),
    )
    return BriefingDocument(
        issuer=current_app.config["ISSUER"],
        system_code=f"{month}-{subbranch.code}",
        subbranch=subbranch.name_zh,
        subbranch_en=subbranch.name_en,
        year=month.year,
        month=month.number,
        visits=sums.visits,
        found=sums.found,
        on_spot=sums.on_spot,
        notices=sums.notices,
        closed=sums.closed,
        quarter=str(quarter),
        is_frozen=found.freeze is not None,
        worth=found.rules.worth,
        score=own.value,
        contribution=own.total,
        outlets=own.outlets,
        inspected=own.inspected,
        late=own.late,
        scores=tuple(
            OutletScore(one.name_zh, one.value, one.late, one.name_en)
            for one in outlets[: LINES["scores"]]
        ),
        open=waiting,
        open_in_all=open_in_all,
        overdue=overdue,
        repeats=repeats,
        repeats_in_all=repeats_in_all,
        items=tuple(
            Item(one.problem, one.lost, one.occurrence, one.outlets, one.late, one.problem_en)
            for one in to_discuss(_topics(so_far, on))
        ),
        issued_on=on,
    )


def _during(first: date, after: date) -> ColumnElement[bool]:
    return (Visit.started_at >= start_of(first)) & (Visit.started_at < start_of(after))


def _open(theirs: ColumnElement[bool], on: date) -> tuple[tuple[OpenNotice, ...], int, int]:
    """What waits for the branch, due first on top; how many there are, and how many are late."""
    waiting = _issued(theirs).where(STAGE_SQL.in_(WAITING_FOR_BRANCH))
    rows = db.session.execute(
        waiting.with_only_columns(
            Notice.doc_year,
            Notice.doc_seq,
            Rectification.due_on,
            Branch.name_zh,
            Branch.name_en,
            Finding.text_zh,
            Finding.text_en,
        )
        .order_by(Rectification.due_on, Notice.doc_year, Notice.doc_seq)
        .limit(LINES["open"])
    )
    late = func.count().filter(Rectification.due_on < on)
    in_all, overdue = db.session.execute(waiting.with_only_columns(func.count(), late)).one()
    lines = tuple(
        OpenNotice(
            number_of(row.doc_year, row.doc_seq),
            row.name_zh,
            row.text_zh,
            row.due_on,
            (row.due_on - on).days,
            row.name_en,
            row.text_en,
        )
        for row in rows
    )
    return lines, in_all, overdue


def _issued(theirs: ColumnElement[bool]) -> Select[Any]:
    """The notices that were issued to the outlets of a sub-branch and are in force."""
    return (
        select(Notice)
        .join(Notice.rectification)
        .join(Rectification.finding)
        .join(Finding.visit)
        .join(Visit.branch)
        .where(theirs, ~SECRET, Notice.issued_at.is_not(None), Notice.withdrawn_at.is_(None))
    )


def _repeats(so_far: ColumnElement[bool]) -> tuple[tuple[AgainFound, ...], int]:
    """What was found again in the quarter so far, the most often first; and how many there are."""
    again = (
        select(Branch.name_zh, Finding.text_zh, Finding.occurrence, Branch.name_en, Finding.text_en)
        .select_from(Finding)
        .join(Finding.visit)
        .join(Visit.branch)
        .where(so_far, IN_FORCE, Finding.original, Finding.occurrence > 1)
    )
    ordered = again.order_by(Finding.occurrence.desc(), Branch.code, Finding.issue, Finding.id)
    rows = db.session.execute(ordered.limit(LINES["repeats"]))
    in_all = db.session.scalar(again.with_only_columns(func.count()))
    lines = tuple(
        AgainFound(row.name_zh, row.text_zh, row.occurrence or 1, row.name_en, row.text_en)
        for row in rows
    )
    return lines, in_all or 0


def _topics(so_far: ColumnElement[bool], on: date) -> list[Topic]:
    """Every issue of the quarter so far with what it cost; points are added up here, for they are
    exact numbers."""
    rows = db.session.execute(
        select(
            Finding.issue,
            Finding.text_zh,
            Finding.text_en,
            Visit.branch_id,
            Finding.lost,
            Finding.occurrence,
            case((overdue_sql(on), 1), else_=0).label("late"),
        )
        .select_from(Finding)
        .join(Finding.visit)
        .outerjoin(Rectification, Rectification.finding_id == Finding.id)
        .where(so_far, IN_FORCE)
        .order_by(Finding.issue, Finding.id)
    ).all()
    by_issue: dict[str, list[Any]] = {}
    for row in rows:
        by_issue.setdefault(row.issue, []).append(row)
    return [
        Topic(
            issue,
            theirs[0].text_zh,
            theirs[0].text_en,
            len({row.branch_id for row in theirs}),
            sum((row.lost for row in theirs), Decimal(0)),
            max(row.occurrence or 1 for row in theirs),
            sum(row.late for row in theirs),
        )
        for issue, theirs in by_issue.items()
    ]
