"""Receipt, report and closing form: each made by the act that it tells of, in its transaction.

If the paper cannot be made the act does not take place, as with a notice (issuing.py): an act
without its paper would have to be explained for years.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime

from flask import current_app
from sqlalchemy import select

from inspector import clock
from inspector.db import db
from inspector.findings.models import Report
from inspector.notices.models import Notice
from inspector.notices.papers import drawing
from inspector.notices.papers.cases import (
    POSTS,
    address_of,
    before_of,
    case_of,
    images_of,
    is_bilingual,
    system_code_of,
)
from inspector.notices.papers.closing import ClosingDocument
from inspector.notices.papers.drawing import Photo, Record
from inspector.notices.papers.models import Paper, PaperKind
from inspector.notices.papers.receipt import ReceiptDocument
from inspector.notices.papers.report import ReportDocument
from inspector.people.models import Person
from inspector.people.roles import Role
from inspector.storage import storage


def papers_of(notice: Notice) -> dict[tuple[str, int], Paper]:
    """The papers of a notice by kind and round."""
    found = db.session.scalars(select(Paper).where(Paper.notice_id == notice.id))
    return {(paper.kind, paper.round): paper for paper in found}


def freeze_receipt(notice: Notice, *, at: datetime) -> None:
    """The receipt of a notice that was just signed for; a second time does nothing."""
    signed = notice.acknowledgement
    assert signed is not None and notice.issued_at is not None  # it was just signed for
    if (PaperKind.RECEIPT, 0) in papers_of(notice):
        return
    days = current_app.config["ACKNOWLEDGE_DAYS"]
    doc = ReceiptDocument(
        issuer=current_app.config["ISSUER"],
        system_code=system_code_of(notice),
        case=case_of(notice),
        unit=signed.by.branch.name_zh,
        post=POSTS[signed.post],
        account=signed.by.username,
        signed_at=signed.at,
        acknowledge_by=clock.days_after(clock.day(notice.issued_at), days),
        issued_on=clock.day(signed.at),
        notice_url=address_of(notice),
        bilingual=is_bilingual(),
    )
    _freeze(notice, PaperKind.RECEIPT, 0, doc, {}, at)


def freeze_report(report: Report, *, at: datetime) -> None:
    """The paper of a report that was just made."""
    notice = _notice(report)
    doc = ReportDocument(
        issuer=report.reported_by.branch.name_zh,
        addressee=current_app.config["ISSUER"],
        system_code=system_code_of(notice),
        case=case_of(notice),
        round=report.round,
        cause=report.cause,
        measure=report.measure,
        result=report.result,
        done_on=report.done_on,
        responsible=POSTS["duty_leader"],
        before=before_of(notice),
        after=_after(report),
        issued_on=clock.day(report.reported_at),
        notice_url=address_of(notice),
        bilingual=is_bilingual(),
    )
    _freeze(notice, PaperKind.REPORT, report.round, doc, _images(notice, report), at)


def freeze_closing(report: Report, *, at: datetime) -> None:
    """The closing form of a report that was just verified, or returned."""
    notice = _notice(report)
    assert report.verdict and report.verified_at and report.verified_by  # it was just verified
    doc = ClosingDocument(
        issuer=_unit(report.verified_by),
        system_code=system_code_of(notice),
        case=case_of(notice),
        round=report.round,
        verdict="closed" if report.verdict == "closed" else "returned",
        remark=report.remark,
        result=report.result,
        done_on=report.done_on,
        reported_on=clock.day(report.reported_at),
        endorsed_on=clock.day(report.endorsed_at) if report.endorsed_at else None,
        before=before_of(notice),
        after=_after(report),
        issued_on=clock.day(report.verified_at),
        notice_url=address_of(notice),
        bilingual=is_bilingual(),
    )
    _freeze(notice, PaperKind.CLOSING, report.round, doc, _images(notice, report), at)


def _freeze(
    notice: Notice,
    kind: PaperKind,
    round: int,
    doc: Record,
    images: Mapping[str, bytes],
    at: datetime,
) -> None:
    paper = Paper(
        id=uuid.uuid4(),
        notice_id=notice.id,
        kind=kind,
        round=round,
        document=doc.to_json(),
        pdf_sha256=storage().put(drawing.draw(doc, images)),
        made_at=at,
    )
    db.session.add(paper)


def _notice(report: Report) -> Notice:
    notice = report.rectification.notice
    assert notice is not None  # nothing is reported without one
    return notice


def _unit(person: Person) -> str:
    """On whose behalf somebody acts: paper names units, not persons."""
    if person.role == Role.CHANNEL:
        return str(current_app.config["ISSUER"])
    return person.branch.name_zh


def _after(report: Report) -> tuple[Photo, ...]:
    return tuple(Photo(photo.sha256, "", None) for photo in report.photos)


def _images(notice: Notice, report: Report) -> dict[str, bytes]:
    return images_of((*notice.finding.photos("before"), *report.photos))
