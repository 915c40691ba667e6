"""The warning order (警告令): what follows the third time and each one after it (domain.md 3.8).

It is a draft as long as its notice is one, and is issued with it. Only an issued one is a row: a
draft follows from the occurrence, which may still change.
"""

import uuid
from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import JSON, ColumnElement, ForeignKey, String, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspector import clock
from inspector.checklists.models import Kind
from inspector.db import Base, Keyed, Utc
from inspector.findings.models import Finding
from inspector.findings.repeats import WARNING_FROM
from inspector.history import record
from inspector.notices.models import DocumentNumber, Notice, Series
from inspector.notices.papers import drawing
from inspector.notices.papers.cases import address_of, system_code_of
from inspector.notices.past import earlier
from inspector.notices.warning_paper import Time, WarningDocument
from inspector.people.models import Person
from inspector.problems import Problem
from inspector.storage import storage


class WarningOrder(Keyed, Base):
    """One warning order that was issued, beside the one notice of the same finding. Its numbers are
    a series of their own."""

    __tablename__ = "warning_order"
    __table_args__ = (UniqueConstraint("doc_year", "doc_seq"),)

    notice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("notice.id"), unique=True)
    doc_year: Mapped[int]
    doc_seq: Mapped[int]
    issued_at: Mapped[datetime] = mapped_column(Utc)
    issued_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The frozen record from which the PDF was made."""
    pdf_sha256: Mapped[str] = mapped_column(String(64))

    notice: Mapped[Notice] = relationship(back_populates="warning")

    @property
    def number(self) -> str:
        """警〔2026〕1号."""
        return WarningDocument.from_json(self.document).number


WARNED: ColumnElement[bool] = or_(
    select(WarningOrder.id).where(WarningOrder.notice_id == Notice.id).exists(),
    Finding.occurrence >= WARNING_FROM,
)
"""A warning order was issued with the notice, or is due; needs Finding joined."""


def is_due(notice: Notice) -> bool:
    """Whether a warning order belongs to the notice and is still to be issued."""
    occurrence = notice.finding.occurrence or 1
    return occurrence >= WARNING_FROM and notice.warning is None and notice.withdrawn_at is None


def warn(notice: Notice, *, by: Person, at: datetime) -> None:
    """Issue the warning order that is due beside an issued notice; if none is, do nothing.

    Raises Problem move.not_yours for others than the channel department, and move.not_now before
    the notice is issued.
    """
    if by.role != "channel":
        raise Problem("move.not_yours")
    if not is_due(notice):
        return
    if notice.issued_at is None:
        raise Problem("move.not_now", stage=notice.stage.value)
    day = clock.day(at)
    doc = document_of(notice, on=day, seq=DocumentNumber.next(day.year, Series.WARNING))
    order = WarningOrder(
        id=uuid.uuid4(),
        doc_year=doc.doc_year,
        doc_seq=doc.doc_seq,
        issued_at=at,
        issued_by_id=by.id,
        document=doc.to_json(),
        pdf_sha256=storage().put(drawing.draw(doc)),
    )
    notice.warning = order
    record(notice, "warn", by, at, number=doc.number, pdf=order.pdf_sha256)


def document_of(notice: Notice, *, on: date, seq: int | None) -> WarningDocument:
    """All that the paper says, as of a day; without `seq` it is a draft."""
    finding, setting = notice.finding, current_app.config
    visit = finding.visit
    times = [*earlier(visit, [finding.issue])[finding.issue], finding]
    subbranch = visit.branch.subbranch
    return WarningDocument(
        issuer=setting["ISSUER"],
        doc_code=setting["WARNING_CODE"],
        doc_year=on.year,
        doc_seq=seq,
        system_code=system_code_of(notice),
        addressee=subbranch.name_zh,
        outlet=visit.branch.name_zh,
        section=finding.section_zh,
        item_code=finding.item_code,
        item_text=finding.text_zh,
        requirement=finding.requirement_zh,
        occurrence=finding.occurrence or 1,
        look_back=drawing.look_back(setting["REPEAT_WINDOW_DAYS"]),
        times=tuple(_time(one) for one in times),
        notice=notice.number or "",
        issued_on=on,
        due_on=notice.due_on or clock.days_after(on, finding.rectify_days),
        cc=("分管副行长", f"{subbranch.name_zh}行长"),
        bilingual=setting["BILINGUAL_PAPER"],
        item_text_en=finding.text_en if setting["BILINGUAL_PAPER"] else "",
        notice_url=address_of(notice),
    )


def _time(finding: Finding) -> Time:
    visit, rectification = finding.visit, finding.rectification
    assert visit.started_at is not None  # a finding comes from a visit that took place
    closed_at = rectification.closed_at if rectification else None
    return Time(
        visited=drawing.visited(Kind(visit.kind).value, clock.day(visit.started_at)),
        kind=Kind(visit.kind).value,
        notice=(rectification and rectification.notice and rectification.notice.number) or "",
        corrected_on_spot=finding.corrected_on_spot,
        closed_on=clock.day(closed_at) if closed_at and not finding.corrected_on_spot else None,
    )
