"""What each kind of operation does to a visit: one function a kind, and one table of them."""

import uuid
from collections.abc import Callable
from datetime import UTC
from typing import Any, Final

from inspector.checklists.models import Item
from inspector.findings.raising import submit
from inspector.offline import format as wire
from inspector.problems import Problem
from inspector.visits import recording
from inspector.visits.models import Photo, Practice, Visit
from inspector.visits.recording import Stamp

Result = dict[str, Any]


def answer_set(visit: Visit, entry: wire.AnswerSet, stamp: Stamp) -> Result:
    """An answer. One that says what is there already is merged without a new revision."""
    item = _item(visit, entry.item)
    known = visit.answers.get(item.id)
    if known is not None and known.value == entry.value and known.rev > entry.base:
        visit.require_writable(stamp.by)
        return {"status": "merged", "rev": known.rev}
    return _applied(recording.set_answer(visit, item, entry.value, stamp).rev)


def note_set(visit: Visit, entry: wire.NoteSet, stamp: Stamp) -> Result:
    """A text beside an answer."""
    item = _item(visit, entry.item)
    return _applied(recording.set_text(visit, item, entry.field, entry.text, stamp).rev)


def correction_set(visit: Visit, entry: wire.CorrectionSet, stamp: Stamp) -> Result:
    """Corrected on the spot, or not."""
    item = _item(visit, entry.item)
    return _applied(recording.set_corrected(visit, item, entry.corrected, stamp).rev)


def photo_add(visit: Visit, entry: wire.PhotoAdd, stamp: Stamp) -> Result:
    """A photo; the same photo again is the same photo."""
    if any(photo.id == entry.photo for photo in visit.photos):
        return _applied()
    subject = _item(visit, entry.item) if entry.item else _practice(visit, entry.practice)
    taken = entry.taken_at if entry.taken_at.tzinfo else entry.taken_at.replace(tzinfo=UTC)
    recording.add_photo(
        visit,
        key=entry.photo,
        sha256=entry.sha256,
        subject=subject,
        stage=entry.stage,
        caption=entry.caption,
        taken_at=taken,
        stamp=stamp,
    )
    return _applied()


def photo_caption(visit: Visit, entry: wire.PhotoCaption, stamp: Stamp) -> Result:
    """What a photo shows."""
    recording.caption_photo(visit, _photo(visit, entry.photo), entry.caption, stamp)
    return _applied()


def photo_remove(visit: Visit, entry: wire.PhotoRemove, stamp: Stamp) -> Result:
    """A photo taken away."""
    recording.remove_photo(visit, _photo(visit, entry.photo), stamp)
    return _applied()


def practice_set(visit: Visit, entry: wire.PracticeSet, stamp: Stamp) -> Result:
    """A good practice."""
    sections = {section.code for section in visit.version.sections}
    section = entry.section if entry.section in sections else None
    recording.set_practice(visit, key=entry.practice, section=section, text=entry.text, stamp=stamp)
    return _applied()


def practice_remove(visit: Visit, entry: wire.PracticeRemove, stamp: Stamp) -> Result:
    """A good practice taken back."""
    recording.remove_practice(visit, _practice(visit, entry.practice), stamp)
    return _applied()


def visit_start(visit: Visit, _entry: wire.Nothing, stamp: Stamp) -> Result:
    """The visit has begun."""
    visit.start(by=stamp.by, at=stamp.at, device_at=stamp.device_at)
    return _applied()


def visit_submit(visit: Visit, _entry: wire.Nothing, stamp: Stamp) -> Result:
    """The visit is handed in, complete, with all its photos."""
    submit(visit, by=stamp.by, at=stamp.at)
    return _applied()


KINDS: Final[dict[str, tuple[type[wire.Strict], Callable[..., Result]]]] = {
    "visit.start": (wire.Nothing, visit_start),
    "answer.set": (wire.AnswerSet, answer_set),
    "note.set": (wire.NoteSet, note_set),
    "correction.set": (wire.CorrectionSet, correction_set),
    "photo.add": (wire.PhotoAdd, photo_add),
    "photo.caption": (wire.PhotoCaption, photo_caption),
    "photo.remove": (wire.PhotoRemove, photo_remove),
    "practice.set": (wire.PracticeSet, practice_set),
    "practice.remove": (wire.PracticeRemove, practice_remove),
    "visit.submit": (wire.Nothing, visit_submit),
}


def _applied(rev: int | None = None) -> Result:
    return {"status": "applied"} if rev is None else {"status": "applied", "rev": rev}


def _item(visit: Visit, code: str) -> Item:
    for item in visit.version.items:
        if item.code == code:
            return item
    raise Problem("answer.unknown_item")


def _photo(visit: Visit, key: uuid.UUID) -> Photo:
    for photo in visit.photos:
        if photo.id == key:
            return photo
    raise Problem("ops.malformed", why=f"no photo {key}")


def _practice(visit: Visit, key: uuid.UUID | None) -> Practice:
    for practice in visit.practices:
        if practice.id == key:
            return practice
    raise Problem("ops.malformed", why=f"no good practice {key}")
