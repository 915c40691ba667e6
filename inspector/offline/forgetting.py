"""A photo that was taken away is gone: the row says that there was one, but nobody keeps its bytes.
So a photo that was covered afterwards leaves no uncovered copy (domain.md 6, 4)."""

from datetime import datetime

from sqlalchemy import select

from inspector.db import db
from inspector.findings.models import ReportPhoto
from inspector.photos.models import Picture, forget
from inspector.visits import recording
from inspector.visits.models import Photo, Visit
from inspector.visits.sheet import Stamp


def take_away(visit: Visit, photo: Photo, stamp: Stamp) -> None:
    """Take a photo away, and its bytes with it, unless another photo shows them too."""
    _removals(photo.sha256)  # all locked at once, in one order: two who remove must not block
    recording.remove_photo(visit, photo, stamp)
    db.session.flush()
    picture = db.session.get(Picture, photo.sha256)
    if picture is not None and is_taken_away(photo.sha256):
        forget(picture)


def is_taken_away(sha256: str) -> bool:
    """Whether photos showed that picture and none does any more. Bytes without any photo wait for
    their entry. The photos are locked: bytes that arrive while the last of them is taken away are
    seen either by who takes it away or by who brings them."""
    removals = _removals(sha256)
    if not removals or None in removals:
        return False
    reports = select(ReportPhoto.id).where(ReportPhoto.sha256 == sha256).limit(1)
    return db.session.scalar(reports) is None


def _removals(sha256: str) -> list[datetime | None]:
    photos = select(Photo.removed_at).where(Photo.sha256 == sha256)
    return list(db.session.scalars(photos.order_by(Photo.id).with_for_update()))
