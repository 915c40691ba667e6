"""Whether a file is one that was issued: behind the page that the QR code of a paper opens.

The hash of a file cannot stand in the file, so a paper bears a system code, and the hash is that of
the file which somebody has. A stranger learns only whether the two belong together; an unknown code
and a wrong file are answered alike, so that codes cannot be found out by trying.
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import date
from typing import IO

from sqlalchemy import ColumnElement, false, select

from inspector import clock
from inspector.db import db
from inspector.notices.models import Notice
from inspector.notices.papers.cases import CODE_LENGTH
from inspector.notices.papers.freezing import papers_of
from inspector.notices.queries import notices_seen_by
from inspector.people.models import Person


@dataclass(frozen=True)
class Filed:
    """One paper as it was filed when it was issued."""

    kind: str  # as the glossary's words name it: notice, warning, receipt, report or closing
    number: str  # the number of its own, or that of its notice
    round: int  # of a report and its closing form; else 0
    on: date
    sha256: str


def plain(code: str) -> str:
    """A system code as it stands on paper, without what somebody may have typed between."""
    return "".join(sign for sign in code.upper() if sign.isalnum())[:40]


def sha256_of(file: IO[bytes]) -> str:
    """The SHA-256 of a file, read piece by piece: it may be large."""
    digest = hashlib.sha256()
    while piece := file.read(1 << 20):
        digest.update(piece)
    return digest.hexdigest()


def is_filed(code: str, sha256: str) -> bool:
    """Whether a file with this SHA-256 was issued under this system code."""
    found = db.session.scalars(select(Notice).where(_under(code)))
    return any(paper.sha256 == sha256 for notice in found for paper in filed_with(notice))


def seen_under(code: str, person: Person) -> Notice | None:
    """The notice with this system code, if this person may see it."""
    return db.session.scalar(notices_seen_by(person).where(_under(code)).limit(1))


def filed_with(notice: Notice) -> list[Filed]:
    """All papers of a notice that were issued, the oldest first; none of a draft."""
    if notice.issued_at is None:
        return []
    assert notice.number and notice.pdf_sha256  # it is issued
    number = notice.number
    papers = [Filed("notice", number, 0, clock.day(notice.issued_at), notice.pdf_sha256)]
    if order := notice.warning:
        day = clock.day(order.issued_at)
        papers.append(Filed("warning", order.number, 0, day, order.pdf_sha256))
    for paper in sorted(papers_of(notice).values(), key=lambda paper: paper.made_at):
        day = clock.day(paper.made_at)
        papers.append(Filed(paper.kind, number, paper.round, day, paper.pdf_sha256))
    return papers


def _under(code: str) -> ColumnElement[bool]:
    if len(code) != CODE_LENGTH or set(code) - set("0123456789ABCDEF"):
        return false()
    first, last = (uuid.UUID(code + rest * (32 - CODE_LENGTH)) for rest in "0f")
    return Notice.id.between(first, last)
