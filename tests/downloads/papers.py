"""Issued notices with real records and real, if empty, PDFs; and what a download holds."""

import csv
import hashlib
import io
from collections.abc import Mapping
from datetime import date
from zipfile import ZipFile

import pikepdf

from inspector.db import db
from inspector.notices.models import Notice
from inspector.storage import storage
from inspector.visits.models import Visit
from tests import rows
from tests.cast import Cast
from tests.notices.paper import a_notice


def issued(cast: Cast, count: int = 3, visit: Visit | None = None, first: int = 1) -> list[Notice]:
    """So many issued notices of one visit, numbered from `first`; the n-th has n pages, at most
    three."""
    visit = visit or rows.a_visit_at(cast, "confirmed")
    notices = []
    for n in range(count):
        notice = rows.a_notice_at(cast, visit, n, "issued", seq=first + n)
        give_paper(notice, visit.branch.name_zh, pages=n % 3 + 1)
        notices.append(notice)
    db.session.commit()
    return notices


def give_paper(notice: Notice, outlet: str, pages: int = 1) -> None:
    """Give an issued notice a record and a PDF of its own."""
    seq = notice.doc_seq
    doc = a_notice(doc_seq=seq, outlet=outlet, issued_on=date(2026, 11, 23))
    notice.document = doc.to_json()
    notice.pdf_sha256 = storage().put(a_pdf(f"{seq}", pages))


def a_pdf(title: str, pages: int = 1) -> bytes:
    """Empty pages, in a file that is no other's."""
    with pikepdf.new() as pdf, io.BytesIO() as out:
        for _ in range(pages):
            pdf.add_blank_page()
        pdf.docinfo["/Title"] = pikepdf.String(title)
        pdf.save(out)
        return out.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    """The files of a ZIP, in order, by name."""
    with ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def listed(files: Mapping[str, bytes]) -> list[dict[str, str]]:
    """The list in a ZIP."""
    return list(csv.DictReader(io.StringIO(files["清单.csv"].decode("utf-8-sig"))))


def hashed(data: bytes) -> str:
    """The SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()
