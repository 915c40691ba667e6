"""Picture: the bytes of one photo, known by the SHA-256 under which they were sent."""

import hashlib
import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from inspector.db import Base, Utc, after_commit, db, insert_if_new
from inspector.people.models import Person
from inspector.photos import images
from inspector.problems import Problem
from inspector.storage import storage


class Picture(Base):
    """One photo, cleaned. The bytes as sent are not kept: they may hold a position or a face that
    the redacted picture hides. `jpeg` and `thumb` name the bytes in the storage."""

    __tablename__ = "picture"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    jpeg: Mapped[str] = mapped_column(String(64))
    thumb: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(Utc)
    received_from_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))


def keep(data: bytes, *, by: Person, at: datetime, sha256: str | None = None) -> Picture:
    """Keep a photo, once: the same bytes again are the same picture.

    `sha256` is the name under which a tablet sent it; other bytes than these raise
    Problem photo.mismatch. Bytes that are no photo raise photo.not_an_image.
    """
    name = hashlib.sha256(data).hexdigest()
    if sha256 is not None and sha256 != name:
        raise Problem("photo.mismatch")
    if known := db.session.get(Picture, name):
        return known
    photo = images.clean(data)
    insert_if_new(
        Picture,
        sha256=name,
        jpeg=storage().put(photo.jpeg),
        thumb=storage().put(photo.thumb),
        width=photo.width,
        height=photo.height,
        size=len(photo.jpeg),
        received_at=at,
        received_from_id=by.id,
    )
    return db.session.get_one(Picture, name)


def forget(picture: Picture) -> None:
    """Keep no copy of a photo any more. Its bytes go when the transaction is through, and only
    where no other picture has come to the same ones."""
    names = {picture.jpeg, picture.thumb}
    db.session.delete(picture)
    db.session.flush()
    after_commit(lambda: _remove_bytes(names))


def _remove_bytes(names: set[str]) -> None:
    # Asked anew: the deletion may have been undone by a savepoint.
    using = select(Picture.jpeg, Picture.thumb)
    using = using.where(or_(Picture.jpeg.in_(names), Picture.thumb.in_(names)))
    with db.engine.connect() as connection:
        used = {name for row in connection.execute(using) for name in row}
    for name in names - used:
        storage().remove(name)
