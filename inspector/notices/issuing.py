"""Issuing a notice: number, due day, paper and its hash, all in one transaction (domain.md 3.4)."""

from datetime import date, datetime

from flask import current_app

from inspector import clock
from inspector.checklists.models import Kind
from inspector.findings.models import Finding
from inspector.history import record
from inspector.moves import check
from inspector.notices import lifecycle
from inspector.notices.document import NoticeDocument
from inspector.notices.lifecycle import Stage
from inspector.notices.models import DocumentNumber, Notice
from inspector.notices.papers import drawing
from inspector.notices.papers.cases import address_of, system_code_of
from inspector.people.models import Person
from inspector.problems import Problem
from inspector.storage import storage
from inspector.visits.models import Photo


def issue(notice: Notice, *, by: Person, at: datetime) -> None:
    """Give the notice its number and make its paper; from then on neither changes.

    Pressed again on an issued notice it does nothing. If the paper cannot be made, nothing is kept
    and the number stays free. Raises Problem issue.held before the publication of a mystery visit.
    """
    if notice.issued_at is not None and by.role == "channel":
        return
    if notice.stage == Stage.HELD and by.role == "channel":
        raise Problem("issue.held")
    check(lifecycle.MOVES, "issue", by.role, notice.stage)
    day = clock.day(at)
    doc = document_of(notice, on=day, seq=DocumentNumber.next(day.year))
    pdf = storage().put(paper(notice.finding, doc))
    # Set at once, after all reading: the database takes an issued notice whole or not at all.
    notice.doc_year, notice.doc_seq, notice.document = doc.doc_year, doc.doc_seq, doc.to_json()
    notice.due_on = notice.rectification.due_on = doc.due_on
    notice.pdf_sha256, notice.issued_at, notice.issued_by = pdf, at, by
    record(notice, "issue", by, at, number=notice.number, pdf=notice.pdf_sha256)


def paper(finding: Finding, doc: NoticeDocument) -> bytes:
    """The PDF of a document, with the photos of its finding."""
    images = {p.sha256: _jpeg(p) for p in finding.photos("before")}
    return drawing.draw(doc, images)


def document_of(notice: Notice, *, on: date, seq: int | None) -> NoticeDocument:
    """All that the paper says, as of the day of issue; without `seq` it is a draft."""
    finding = notice.finding
    visit = finding.visit
    mystery = visit.kind == Kind.MYSTERY
    subbranch = visit.branch.subbranch
    setting = current_app.config
    bilingual = setting["BILINGUAL_PAPER"]
    assert visit.started_at is not None  # a finding comes from a visit that took place
    return NoticeDocument(
        issuer=setting["ISSUER"],
        doc_year=on.year,
        doc_seq=seq,
        system_code=system_code_of(notice),
        addressee=subbranch.name_zh,
        outlet=visit.branch.name_zh,
        kind=Kind(visit.kind).value,
        visited=drawing.visited(Kind(visit.kind).value, clock.day(visit.started_at)),
        checklist_title=visit.version.title_zh,
        checklist_code=visit.version.checklist.code,
        checklist_version=visit.version.version,
        section=finding.section_zh,
        item_code=finding.item_code,
        item_text=finding.text_zh,
        requirement=finding.requirement_zh,
        ref=finding.ref,
        observed=finding.observed_zh,
        place=finding.place,
        note=finding.note,
        occurrence=finding.occurrence or 1,
        look_back=drawing.look_back(setting["REPEAT_WINDOW_DAYS"]),
        cc=(f"{subbranch.name_zh}行长",) if (finding.occurrence or 1) > 1 else (),
        severity="major" if finding.severity == "major" else "minor",
        photos=tuple(
            drawing.Photo(
                sha256=photo.sha256,
                caption=photo.caption,
                taken_at=None if mystery else photo.taken_at,
            )
            for photo in finding.photos("before")
        ),
        issued_on=on,
        due_on=clock.days_after(on, finding.rectify_days),
        rectify_days=finding.rectify_days,
        appeal_until=clock.days_after(on, setting["APPEAL_DAYS"]),
        acknowledge_days=setting["ACKNOWLEDGE_DAYS"],
        served_days=setting["SERVED_DAYS"],
        supersedes=(notice.supersedes.number or "") if notice.supersedes else "",
        bilingual=bilingual,
        item_text_en=finding.text_en if bilingual else "",
        requirement_en=finding.requirement_en if bilingual else "",
        acknowledge_url=address_of(notice),
    )


def _jpeg(photo: Photo) -> bytes:
    assert photo.picture is not None  # a visit is submitted only when all photos have arrived
    return storage().get(photo.picture.jpeg)
