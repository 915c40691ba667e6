"""The papers of a download: each notice's PDF as it was frozen at issue, and its warning order."""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from inspector.db import db
from inspector.downloads.models import DownloadNotice
from inspector.notices.document import NoticeDocument
from inspector.notices.models import Notice
from inspector.notices.warning_paper import WarningDocument
from inspector.notices.warnings import WarningOrder
from inspector.problems import Problem
from inspector.storage import Damaged, Missing, storage


@dataclass(frozen=True)
class Piece:
    """One paper, described by nothing but what it says itself: so it tells no more than it does."""

    number: str
    title: str
    outlet: str
    issued_on: date
    due_on: date
    withdrawn: bool
    sha256: str

    def read(self) -> bytes:
        """The stored PDF. Raises Problem download.missing or download.damaged, with its number."""
        try:
            return storage().get(self.sha256)
        except Missing:
            raise Problem("download.missing", number=self.number) from None
        except Damaged:
            raise Problem("download.damaged", number=self.number) from None


def pieces_of(download: uuid.UUID) -> list[Piece]:
    """All papers of a download, in its order; a warning order follows its notice."""
    rows = db.session.execute(
        select(
            Notice.withdrawn_at,
            Notice.document,
            Notice.pdf_sha256,
            WarningOrder.document,
            WarningOrder.pdf_sha256,
        )
        .join(DownloadNotice, DownloadNotice.notice_id == Notice.id)
        .outerjoin(WarningOrder, WarningOrder.notice_id == Notice.id)
        .where(DownloadNotice.download_id == download)
        .order_by(DownloadNotice.position)
    )
    pieces = []
    for withdrawn_at, notice, notice_pdf, order, order_pdf in rows:
        withdrawn = withdrawn_at is not None
        pieces.append(_piece(NoticeDocument.from_json(notice), notice_pdf, withdrawn))
        if order_pdf:
            pieces.append(_piece(WarningDocument.from_json(order), order_pdf, withdrawn))
    return pieces


def _piece(doc: NoticeDocument | WarningDocument, sha256: str, withdrawn: bool) -> Piece:
    return Piece(
        number=doc.number,
        title=doc.title,
        outlet=doc.outlet,
        issued_on=doc.issued_on,
        due_on=doc.due_on,
        withdrawn=withdrawn,
        sha256=sha256,
    )
