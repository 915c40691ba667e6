"""What each kind of operation does to a visit: one function a kind, and one table of them."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, Final

from pydantic import ValidationError

from inspector import clock
from inspector.checklists.queries import version_called
from inspector.db import db
from inspector.findings.raising import submit
from inspector.history import Event
from inspector.offline import forgetting
from inspector.offline import format as wire
from inspector.people.models import Person
from inspector.people.queries import branch_called
from inspector.problems import Problem
from inspector.visits import recording
from inspector.visits.models import Photo, Practice, Visit
from inspector.visits.queries import visit_seen_by
from inspector.visits.sheet import Line, Sheet, Stamp, Written
from inspector.visits.signatures import Signature, require_signable, sign

Result = dict[str, Any]


@dataclass
class Open:
    """A visit while entries are applied to it. `elsewhere`: keys of photos and good practices that
    belong to other visits."""

    visit: Visit
    sheet: Sheet
    elsewhere: set[uuid.UUID] = field(default_factory=set)
    begun: bool = False
    """Whether something of this batch was recorded."""
    writable: bool = False
    """Whether it was asked that its writer may."""

    def line(self, code: str) -> Line:
        """An item of the visit's checklist."""
        if code not in self.sheet.lines:
            raise Problem("answer.unknown_item")
        return self.sheet.lines[code]

    def photo(self, key: uuid.UUID) -> Photo:
        """A photo of this visit."""
        for photo in self.visit.photos:
            if photo.id == key:
                return photo
        raise Problem("ops.malformed", why=f"no photo {key}")

    def practice(self, key: uuid.UUID | None) -> Practice:
        """A good practice of this visit."""
        for practice in self.visit.practices:
            if practice.id == key:
                return practice
        raise Problem("ops.malformed", why=f"no good practice {key}")


def answer_set(on: Open, entry: wire.AnswerSet, stamp: Stamp) -> Result:
    """An answer. One that says what is there already is merged without a new revision."""
    return _written(on, on.sheet.set(entry.item, "value", entry.value, entry.base, stamp), stamp)


def note_set(on: Open, entry: wire.NoteSet, stamp: Stamp) -> Result:
    """A text beside an answer."""
    return _written(on, on.sheet.set(entry.item, entry.field, entry.text, entry.base, stamp), stamp)


def correction_set(on: Open, entry: wire.CorrectionSet, stamp: Stamp) -> Result:
    """Corrected on the spot, or not."""
    written = on.sheet.set(entry.item, "corrected", entry.corrected, entry.base, stamp)
    return _written(on, written, stamp)


def photo_add(on: Open, entry: wire.PhotoAdd, stamp: Stamp) -> Result:
    """A photo; the same photo again is the same photo."""
    if any(photo.id == entry.photo for photo in on.visit.photos):
        return APPLIED
    if entry.photo in on.elsewhere:
        raise Problem("ops.malformed", why=f"photo {entry.photo} belongs to another visit")
    taken = entry.taken_at if entry.taken_at.tzinfo else entry.taken_at.replace(tzinfo=UTC)
    recording.add_photo(
        on.visit,
        key=entry.photo,
        sha256=entry.sha256,
        subject=_subject(on, entry),
        stage=entry.stage,
        caption=entry.caption,
        taken_at=taken,
        stamp=stamp,
    )
    return APPLIED


def photo_caption(on: Open, entry: wire.PhotoCaption, stamp: Stamp) -> Result:
    """What a photo shows."""
    recording.caption_photo(on.visit, on.photo(entry.photo), entry.caption, stamp)
    return APPLIED


def photo_remove(on: Open, entry: wire.PhotoRemove, stamp: Stamp) -> Result:
    """A photo taken away, and its bytes with it unless another photo shows them too."""
    forgetting.take_away(on.visit, on.photo(entry.photo), stamp)
    return APPLIED


def practice_set(on: Open, entry: wire.PracticeSet, stamp: Stamp) -> Result:
    """A good practice."""
    if entry.practice in on.elsewhere:
        raise Problem("ops.malformed", why=f"practice {entry.practice} belongs to another visit")
    sections = {section.code for section in on.visit.version.sections}
    section = entry.section if entry.section in sections else None
    recording.set_practice(
        on.visit, key=entry.practice, section=section, text=entry.text, stamp=stamp
    )
    return APPLIED


def practice_remove(on: Open, entry: wire.PracticeRemove, stamp: Stamp) -> Result:
    """A good practice taken back."""
    recording.remove_practice(on.visit, on.practice(entry.practice), stamp)
    return APPLIED


def begin_visit(key: uuid.UUID, entry: wire.VisitBegin, stamp: Stamp) -> Visit:
    """A visit that nobody planned, begun on a tablet: there is one of that id from now on. Whether
    such visits are allowed was asked before."""
    branch = branch_called(entry.branch)
    if branch is None:
        raise Problem("ops.malformed", why=f"no outlet {entry.branch}")
    version = version_called(entry.checklist, entry.version)
    day = clock.day(stamp.device_at)
    visit = Visit.begin_unplanned(
        key=key, branch=branch, version=version, on=day, by=stamp.by, at=stamp.at
    )
    db.session.flush()
    return visit


def visit_begin(_on: Open, _entry: wire.VisitBegin, _stamp: Stamp) -> Result:
    """The visit is there: it was made for this entry, or for the same one before."""
    return APPLIED


def visit_start(on: Open, _entry: wire.Nothing, stamp: Stamp) -> Result:
    """The visit has begun."""
    recording.begin(on.visit, stamp)
    return APPLIED


def visit_sign(on: Open, entry: wire.VisitSign, stamp: Stamp) -> Result:
    """The branch's signature, or its refusal; the same one again is the same."""
    if db.session.get(Signature, entry.signature) is None:
        photo = on.photo(entry.photo) if entry.photo else None
        if photo is not None and photo.stage != "signature":
            raise Problem("ops.malformed", why=f"photo {photo.id} is no signature")
        seen = entry.model_dump(include={"findings", "practices"})
        said = entry.model_dump(include={"name", "remark", "refusal", "signed_at"})
        signature = Signature(id=entry.signature, photo=photo, seen=seen, **said)
        sign(on.visit, signature, stamp)
    return APPLIED


def visit_submit(on: Open, _entry: wire.Nothing, stamp: Stamp) -> Result:
    """The visit is handed in, complete, with all its photos."""
    on.sheet.save()
    db.session.flush()
    db.session.expire(on.visit)
    submit(visit_seen_by(stamp.by, on.visit.id), by=stamp.by, at=stamp.at)
    return APPLIED


def entry_discard(on: Open, entry: wire.EntryDiscard, stamp: Stamp) -> Result:
    """Something that cannot be sent is given up: that stands in the trail. A photo whose bytes are
    lost is taken away."""
    photo = next((photo for photo in on.visit.photos if photo.id == entry.photo), None)
    if photo is not None:
        forgetting.take_away(on.visit, photo, stamp)
    return given_up(on.visit.id, entry, stamp)


def given_up(visit: uuid.UUID, entry: wire.EntryDiscard, stamp: Stamp) -> Result:
    """The trail of something given up, whatever became of its visit."""
    db.session.add(
        Event(
            at=stamp.at,
            by_id=stamp.by.id,
            verb="discard",
            subject_table=Visit.__tablename__,
            subject_id=visit,
            detail=entry.model_dump(mode="json"),
        )
    )
    return APPLIED


APPLIED: Final[Result] = {"status": "applied"}
KINDS: Final[dict[str, tuple[type[wire.Strict], Callable[..., Result]]]] = {
    "visit.begin": (wire.VisitBegin, visit_begin),
    "visit.start": (wire.Nothing, visit_start),
    "answer.set": (wire.AnswerSet, answer_set),
    "note.set": (wire.NoteSet, note_set),
    "correction.set": (wire.CorrectionSet, correction_set),
    "photo.add": (wire.PhotoAdd, photo_add),
    "photo.caption": (wire.PhotoCaption, photo_caption),
    "photo.remove": (wire.PhotoRemove, photo_remove),
    "practice.set": (wire.PracticeSet, practice_set),
    "practice.remove": (wire.PracticeRemove, practice_remove),
    "visit.sign": (wire.VisitSign, visit_sign),
    "visit.submit": (wire.Nothing, visit_submit),
    "entry.discard": (wire.EntryDiscard, entry_discard),
}


def understood(kind: str, payload: dict[str, Any]) -> wire.Strict:
    """What an entry says. Raises Problem ops.malformed with the first thing that is wrong."""
    if kind not in KINDS:
        raise Problem("ops.malformed", why=f"no such kind: {kind}")
    try:
        return KINDS[kind][0].model_validate(payload)
    except ValidationError as error:
        first = error.errors()[0]
        why = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise Problem("ops.malformed", why=why) from error


def apply(on: Open, kind: str, entry: wire.Strict, stamp: Stamp) -> Result:
    """Do to a visit what an entry says. Whether the visit may be written was asked before."""
    return KINDS[kind][1](on, entry, stamp)


def _subject(on: Open, entry: wire.PhotoAdd) -> Line | Practice | None:
    if entry.stage == "signature":
        require_signable(on.visit)
        return None
    return on.line(entry.item) if entry.item else on.practice(entry.practice)


def _written(on: Open, written: Written, stamp: Stamp) -> Result:
    if not on.begun:
        recording.begin(on.visit, stamp)
        on.begun = True
    result: Result = {"status": written.status, "rev": written.rev}
    if written.other is None:
        return result
    by = db.session.get(Person, uuid.UUID(written.other["by"]))
    told = {name: written.other[name] for name in ("value", "device_at", "received_at")}
    return result | {"other": told | {"by": by.name if by else ""}}
