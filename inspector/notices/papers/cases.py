"""What papers are made from: a notice with its finding, and photos with their bytes."""

from collections.abc import Iterable
from typing import Any

from flask import current_app

from inspector import clock
from inspector.checklists.models import Kind
from inspector.findings.models import Finding, ReportPhoto
from inspector.notices.models import Notice
from inspector.notices.papers import drawing
from inspector.notices.papers.case import Case
from inspector.photos.models import Picture
from inspector.storage import storage
from inspector.visits.models import Photo

CODE_LENGTH = 12  # hexadecimal digits of a notice's id

POSTS = {
    "outlet_head": "网点负责人",
    "duty_leader": "坐班领导",
    "lobby_manager": "大堂经理",
    "subbranch_head": "支行行长",
}
"""The posts of forms.py as paper says them, whatever the language of the page."""


def case_of(notice: Notice) -> Case:
    """The problem of an issued notice, as it stands now."""
    finding, visit = notice.finding, notice.finding.visit
    assert visit.started_at is not None and notice.issued_at is not None  # it is issued
    assert notice.number and notice.pdf_sha256 and notice.rectification.due_on
    kind: drawing.Kind = Kind(visit.kind).value
    return Case(
        notice=notice.number,
        notice_sha256=notice.pdf_sha256,
        notice_on=clock.day(notice.issued_at),
        due_on=notice.rectification.due_on,
        subbranch=visit.branch.subbranch.name_zh,
        outlet=visit.branch.name_zh,
        kind=kind,
        visited=drawing.visited(kind, clock.day(visit.started_at)),
        section=finding.section_zh,
        item_code=finding.item_code,
        item_text=finding.text_zh,
        requirement=finding.requirement_zh,
        observed=finding.observed_zh,
        place=finding.place,
        note=finding.note,
        severity="major" if finding.severity == "major" else "minor",
        occurrence=finding.occurrence or 1,
        **english_of(finding),
    )


def english_of(finding: Finding) -> dict[str, Any]:
    """The English of the checklist's words, where the bank wants it on paper."""
    if not is_bilingual():
        return {}
    return {
        "section_en": finding.section_en,
        "item_text_en": finding.text_en,
        "requirement_en": finding.requirement_en,
        "observed_en": finding.observed_en,
    }


def is_bilingual() -> bool:
    """Whether the bank wants English on its papers."""
    return bool(current_app.config["BILINGUAL_PAPER"])


def before_of(notice: Notice) -> tuple[drawing.Photo, ...]:
    """The photos of the fault; those of a mystery visit do not tell their time."""
    finding = notice.finding
    mystery = finding.visit.kind == Kind.MYSTERY
    return tuple(
        drawing.Photo(photo.sha256, photo.caption, None if mystery else photo.taken_at)
        for photo in finding.photos("before")
    )


def images_of(photos: Iterable[Photo | ReportPhoto]) -> dict[str, bytes]:
    """The bytes of photos, by the SHA-256 that the record names them by."""
    return {photo.sha256: _jpeg(photo.picture) for photo in photos}


def address_of(notice: Notice) -> str:
    """What the QR code opens: the page that confirms a paper and leads on to its notice."""
    return f"{current_app.config['BASE_URL']}/papers/{system_code_of(notice)}"


def system_code_of(notice: Notice) -> str:
    """The code at the foot of each page: the same on all papers of a notice."""
    return notice.id.hex[:CODE_LENGTH].upper()


def _jpeg(picture: Picture | None) -> bytes:
    assert picture is not None  # a visit is submitted only when all photos have arrived
    return storage().get(picture.jpeg)
