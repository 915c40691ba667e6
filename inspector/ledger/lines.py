"""One row of the ledger, as page, spreadsheet and paper show it: plain values, no rows of the
database, so that a million of them pass through one at a time."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Row, select
from sqlalchemy.orm import aliased

from inspector import clock
from inspector.findings.lifecycle import WAITING_FOR_BRANCH
from inspector.findings.models import Finding, Rectification, Report
from inspector.findings.queries import STAGE_SQL as RECTIFICATION_STAGE
from inspector.ledger import sorting, stages
from inspector.notices.models import Notice
from inspector.notices.numbers import number_of
from inspector.notices.warnings import WarningOrder
from inspector.people.models import Branch, Person
from inspector.visits.models import Visit
from inspector.visits.queries import shows_day

Subbranch = aliased(Branch, name="subbranch")


@dataclass(frozen=True, kw_only=True)
class Line:
    """What is known of one row. Texts in two languages end in _zh and _en, for `local`."""

    key: uuid.UUID
    notice_id: uuid.UUID | None
    visit_id: uuid.UUID
    finding_id: uuid.UUID
    doc_year: int | None
    doc_seq: int | None
    kind: str
    visited: date
    """Of a mystery visit the last day of its month, for whom no more is to know."""
    shows_day: bool
    branch_code: str
    branch_zh: str
    branch_en: str
    subbranch_zh: str
    subbranch_en: str
    item_code: str
    issue: str
    section_zh: str
    section_en: str
    text_zh: str
    text_en: str
    requirement_zh: str
    requirement_en: str
    observed_zh: str
    observed_en: str
    place: str
    note: str
    severity: str
    critical: bool
    occurrence: int
    due_on: date | None
    stage: str
    waits: bool
    """Whether the clock runs against the branch."""
    warned: bool
    done_on: date | None
    closed_on: date | None
    cause: str
    measure: str
    result: str

    @property
    def number(self) -> str:
        """The number of the notice; empty for a draft, and where there is none."""
        return number_of(self.doc_year, self.doc_seq)

    def days_left(self, today: date) -> int | None:
        """How many days are left, negative when it is late; None while the clock does not run."""
        return (self.due_on - today).days if self.due_on and self.waits else None


def columns() -> Sequence[Any]:
    """What `line` is made from, over the joins of queries.seen_by."""
    return (
        sorting.KEY.label("key"),
        Notice.id.label("notice_id"),
        Visit.id.label("visit_id"),
        Finding.id.label("finding_id"),
        Notice.doc_year,
        Notice.doc_seq,
        Visit.kind,
        Visit.started_at,
        Visit.inspector_id,
        Branch.code.label("branch_code"),
        Branch.name_zh.label("branch_zh"),
        Branch.name_en.label("branch_en"),
        Subbranch.name_zh.label("subbranch_zh"),
        Subbranch.name_en.label("subbranch_en"),
        Finding.item_code,
        Finding.issue,
        Finding.section_zh,
        Finding.section_en,
        Finding.text_zh,
        Finding.text_en,
        Finding.requirement_zh,
        Finding.requirement_en,
        Finding.observed_zh,
        Finding.observed_en,
        Finding.place,
        Finding.note,
        Finding.severity,
        Finding.critical,
        Finding.occurrence,
        Rectification.due_on,
        stages.STAGE_SQL.label("stage"),
        (RECTIFICATION_STAGE.in_(WAITING_FOR_BRANCH) & Notice.withdrawn_at.is_(None)).label(
            "waits"
        ),
        select(WarningOrder.id)
        .where(WarningOrder.notice_id == Notice.id)
        .correlate(Notice)
        .exists()
        .label("warned"),
        sorting.DONE_ON.label("done_on"),
        sorting.CLOSED_AT.label("closed_at"),
        *(_reported(column).label(column.key) for column in (Report.cause, Report.measure)),
        _reported(Report.result).label("result"),
    )


def line(row: Row[Any], person: Person) -> Line:
    """A row of `columns`, with what this person may know of the day."""
    said = dict(row._mapping)
    started_at: datetime = said.pop("started_at")
    closed_at = said.pop("closed_at")
    of_visit = cast(Visit, row)  # it has what is asked of one
    shown, day = shows_day(person, of_visit), clock.day(started_at)
    return Line(
        **{name: said[name] for name in _TAKEN if said[name] is not None},
        **{name: _EMPTY[name] for name in _TAKEN if said[name] is None},
        visited=day if shown else clock.last_of_month(day),
        shows_day=shown,
        closed_on=clock.day(closed_at) if closed_at else None,
    )


_MADE = {"visited", "shows_day", "closed_on"}
_TAKEN = [field.name for field in fields(Line) if field.name not in _MADE]
_EMPTY: dict[str, Any] = {
    **dict.fromkeys(("notice_id", "doc_year", "doc_seq", "due_on", "done_on")),
    **dict.fromkeys(("subbranch_zh", "subbranch_en", "cause", "measure", "result"), ""),
    "occurrence": 1,
    "waits": False,
}


def _reported(column: Any) -> Any:
    """What the last report says."""
    reports = select(column).where(Report.rectification_id == Rectification.id)
    return reports.order_by(Report.round.desc()).limit(1).correlate(Rectification).scalar_subquery()
