"""Issuing a bulletin: number, record, paper and its hash, all in one transaction."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select

from inspector import clock
from inspector.bulletins.gathering import Edition, gather, tells_the_same
from inspector.bulletins.models import Bulletin
from inspector.clock import Quarter
from inspector.db import db
from inspector.history import record
from inspector.notices.models import DocumentNumber, Series
from inspector.notices.papers import drawing
from inspector.notices.papers.bulletin import BulletinDocument
from inspector.people.models import Person
from inspector.photos.models import Picture
from inspector.problems import Problem
from inspector.scores.models import Freeze
from inspector.storage import storage


def issue(
    quarter: Quarter,
    *,
    edition: int,
    reason: str,
    practices: Collection[uuid.UUID],
    by: Person,
    at: datetime,
) -> Bulletin:
    """Issue the bulletin of a frozen quarter, or a further edition of it, with a reason, once its
    scores have become others. Pressed again it does nothing.

    Raises Problem bulletin.unfrozen before the freeze, bulletin.same when nothing is different.
    """
    if by.role != "channel":
        raise Problem("move.not_yours")
    freeze = _locked(quarter)
    editions = _editions(quarter)
    if edition <= len(editions):
        return editions[edition - 1]
    old = editions[-1] if editions else None
    reason = reason.strip()
    if old and not reason:
        raise Problem("reason.needed")
    day = clock.day(at)
    named = Edition(
        len(editions) + 1,
        DocumentNumber.next(day.year, Series.BULLETIN),
        old.number if old else "",
        reason if old else "",
    )
    doc = gather(quarter, by=by, on=day, edition=named, practices=practices)
    if old and tells_the_same(doc, old):
        raise Problem("bulletin.same")
    made = Bulletin(
        id=uuid.uuid4(),
        quarter=str(quarter),
        edition=named.edition,
        reason=named.reason or None,
        freeze_id=freeze.id,
        doc_year=doc.doc_year,
        doc_seq=doc.doc_seq,
        issued_at=at,
        issued_by=by,
        document=doc.to_json(),
        pdf_sha256=storage().put(paper(doc)),
    )
    db.session.add(made)
    record(made, "issue", by, at, quarter=str(quarter), number=doc.number, pdf=made.pdf_sha256)
    return made


def paper(doc: BulletinDocument) -> bytes:
    """The PDF of a bulletin, with its photos."""
    wanted = select(Picture).where(Picture.sha256.in_(list(doc.pictures())))
    pictures = db.session.scalars(wanted) if doc.pictures() else ()
    return drawing.draw(doc, {one.sha256: storage().get(one.jpeg) for one in pictures})


def _locked(quarter: Quarter) -> Freeze:
    """The freeze of a quarter: who issues its bulletin and who gives it back follow each other."""
    stands = Freeze.quarter == str(quarter), Freeze.returned_at.is_(None)
    freeze = db.session.scalar(select(Freeze).where(*stands).with_for_update())
    if freeze is None:
        raise Problem("bulletin.unfrozen")
    return freeze


def _editions(quarter: Quarter) -> Sequence[Bulletin]:
    mine = select(Bulletin).where(Bulletin.quarter == str(quarter))
    return db.session.scalars(mine.order_by(Bulletin.edition)).all()
