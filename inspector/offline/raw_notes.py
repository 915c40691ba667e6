"""RawNote: the words of a note as a tablet sent them, apart from the log, because a shopper's are
removed after 60 days (domain.md 2.5) and the log never changes.

The log keeps a salted hash in their place. So a note that was altered is found by whoever walks the
trail, and of one that was removed nothing can be guessed: its salt went with it.
"""

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from flask import current_app
from sqlalchemy import JSON, ForeignKey, Select, String, delete, exists, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from inspector.checklists.models import Kind
from inspector.db import Base, db
from inspector.history import record
from inspector.history.digest import canonical
from inspector.visits.conflicts import Conflict
from inspector.visits.models import Answer, Visit

HASH: Final = "text_sha256"
"""The name in the payload of an entry under which the hash stands."""
VERB: Final = "forget_notes"


class RawNote(Base):
    """What one entry `note.set` said. Removed, never changed."""

    __tablename__ = "raw_note"

    op_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("operation.op_id"), primary_key=True)
    visit_id: Mapped[uuid.UUID] = mapped_column(index=True)
    salt: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(JSON)
    """As JSON, which can say what a column of text cannot: NUL, half a character."""

    @property
    def id(self) -> uuid.UUID:
        """The entry's: each says one thing."""
        return self.op_id


@dataclass(frozen=True)
class Parted:
    """An entry's payload in two: what stays in the log, and the words with their salt."""

    kept: dict[str, Any]
    salt: str
    text: str


def parted(kind: str, payload: Mapping[str, Any]) -> Parted | None:
    """The payload of a note without its words; None for every other entry, which stays whole."""
    text = payload.get("text")
    if kind != "note.set" or payload.get("field") != "note" or not isinstance(text, str):
        return None
    salt = secrets.token_hex(16)
    rest = {name: value for name, value in payload.items() if name not in {"text", HASH}}
    return Parted(rest | {HASH: hashed(salt, text)}, salt, text)


def whole(payload: Mapping[str, Any], note: RawNote | None) -> dict[str, Any]:
    """The payload as it was sent; of a note that was removed, without words."""
    if HASH not in payload:
        return dict(payload)
    rest = {name: value for name, value in payload.items() if name != HASH}
    return rest | {"text": note.text if note else ""}


def hashed(salt: str, text: str) -> str:
    """What the log keeps of a note's words."""
    return sha256(salt.encode() + canonical(text)).hexdigest()


def due(at: datetime) -> Select[Visit]:
    """The mystery visits of which raw notes are to be removed: decided or called off, and older
    than the setting NOTES_DAYS."""
    before = at - timedelta(days=current_app.config["NOTES_DAYS"])
    over = func.coalesce(Visit.submitted_at, Visit.cancelled_at)
    decided = or_(
        Visit.confirmed_at.is_not(None),
        Visit.voided_at.is_not(None),
        Visit.cancelled_at.is_not(None),
    )
    noted = exists().where(Answer.visit_id == Visit.id, Answer.note != "")
    sent = exists().where(RawNote.visit_id == Visit.id)
    return (
        select(Visit)
        .where(Visit.kind == Kind.MYSTERY, over < before, decided, or_(noted, sent))
        .order_by(Visit.id)
    )


def forget_notes(at: datetime) -> int:
    """Remove the raw notes that are due, one transaction a visit; returns of how many visits. What
    was seen stands in the findings, which have words of their own."""
    keys = db.session.scalars(due(at).with_only_columns(Visit.id)).all()
    for key in keys:
        visit = db.session.scalars(due(at).where(Visit.id == key).with_for_update(of=Visit))
        if (locked := visit.one_or_none()) is not None:
            _forget(locked, at)
        db.session.commit()
    return len(keys)


def _forget(visit: Visit, at: datetime) -> None:
    db.session.execute(delete(RawNote).where(RawNote.visit_id == visit.id))
    notes = update(Answer).where(Answer.visit_id == visit.id, Answer.note != "")
    db.session.execute(notes.values(note=""))
    disputed = update(Conflict).where(Conflict.visit_id == visit.id, Conflict.field == "note")
    db.session.execute(disputed.values(earlier="", later="", kept=""))
    record(visit, "forget_notes", None, at, days=current_app.config["NOTES_DAYS"])
