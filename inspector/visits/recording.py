"""What a tablet records on a visit, one small verb for each kind of entry (offline.md 4.3).

Every verb takes who, when (server) and device_at, asks whether the visit may still be written,
and can be repeated without harm. The log of operations keeps each entry as it came.
"""

import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from inspector.checklists.models import Item
from inspector.db import db
from inspector.people.models import Person
from inspector.problems import Problem
from inspector.visits.models import Answer, Photo, Practice, Visit

NUMBER: Final = re.compile(r"[0-9]{1,7}(\.[0-9]{1,2})?")
WHOLE: Final = re.compile(r"[0-9]{1,5}")
TEXTS: Final = {"note": 2000, "place": 200, "no_photo_reason": 500}
"""The texts of an answer, and how many characters each may have."""


@dataclass(frozen=True)
class Stamp:
    """Who recorded something, when it was received, and when by the tablet's clock."""

    by: Person
    at: datetime
    device_at: datetime


def accepts(item: Item, value: str) -> bool:
    """Whether an item takes this value: yes/no, NA where allowed, a score within its range, a
    number with at most two decimals, whole seconds."""
    if value == "na":
        return item.na_allowed
    if item.type == "yesno":
        return value in {"yes", "no"}
    if item.type == "number":
        return NUMBER.fullmatch(value) is not None
    if WHOLE.fullmatch(value) is None:
        return False
    return item.type == "duration" or int(value) <= (item.max or 0)


def set_answer(visit: Visit, item: Item, value: str | None, stamp: Stamp) -> Answer:
    """Record an answer, or take it back with None."""
    if value is not None and not accepts(item, value):
        raise Problem("answer.not_allowed")
    answer = _touch(visit, item, stamp)
    answer.value = value
    return answer


def set_text(visit: Visit, item: Item, field: str, text: str, stamp: Stamp) -> Answer:
    """Record the note, the place or window, or why there is no photo."""
    if field not in TEXTS:
        raise Problem("ops.malformed", why=f"no such text: {field}")
    if len(text) > TEXTS[field]:
        raise Problem("text.too_long", limit=TEXTS[field])
    answer = _touch(visit, item, stamp)
    setattr(answer, field, text.strip())
    return answer


def set_corrected(visit: Visit, item: Item, corrected: bool, stamp: Stamp) -> Answer:
    """Record that the fault was put right on the spot (S30), or that it was not."""
    answer = _touch(visit, item, stamp)
    answer.corrected = corrected
    return answer


def add_photo(
    visit: Visit,
    *,
    key: uuid.UUID,
    sha256: str,
    subject: Item | Practice,
    stage: str,
    caption: str,
    taken_at: datetime,
    stamp: Stamp,
) -> Photo:
    """Attach a photo to an item or a good practice. Its bytes may arrive before or after."""
    item = subject if isinstance(subject, Item) else None
    practice = subject if isinstance(subject, Practice) else None
    if (practice is None) != (stage in {"before", "after"}):
        raise Problem("ops.malformed", why=f"stage {stage} does not fit")
    if db.session.get(Photo, key) is not None:
        raise Problem("ops.malformed", why=f"photo {key} belongs to another visit")
    _begin(visit, stamp)
    photo = Photo(
        id=key,
        item_id=item.id if item else None,
        practice=practice,
        stage=stage,
        sha256=sha256,
        caption=caption[:200],
        taken_at=taken_at,
        added_at=stamp.at,
    )
    visit.photos.append(photo)
    return photo


def caption_photo(visit: Visit, photo: Photo, caption: str, stamp: Stamp) -> None:
    """Say what a photo shows."""
    _begin(visit, stamp)
    photo.caption = caption[:200]


def remove_photo(visit: Visit, photo: Photo, stamp: Stamp) -> None:
    """Take a photo away before submission; the row stays as a trace."""
    _begin(visit, stamp)
    photo.removed_at = photo.removed_at or stamp.at


def set_practice(
    visit: Visit, *, key: uuid.UUID, section: str | None, text: str, stamp: Stamp
) -> Practice:
    """Record a good practice, or change its text."""
    if len(text) > TEXTS["note"]:
        raise Problem("text.too_long", limit=TEXTS["note"])
    practice = next((p for p in visit.practices if p.id == key), None)
    if practice is None and db.session.get(Practice, key) is not None:
        raise Problem("ops.malformed", why=f"good practice {key} belongs to another visit")
    _begin(visit, stamp)
    if practice is None:
        practice = Practice(id=key, added_at=stamp.at)
        visit.practices.append(practice)
    practice.section, practice.text = section, text.strip()
    return practice


def remove_practice(visit: Visit, practice: Practice, stamp: Stamp) -> None:
    """Take a good practice back; the row stays as a trace."""
    _begin(visit, stamp)
    practice.removed_at = practice.removed_at or stamp.at


def _begin(visit: Visit, stamp: Stamp) -> None:
    visit.start(by=stamp.by, at=stamp.at, device_at=stamp.device_at)


def _touch(visit: Visit, item: Item, stamp: Stamp) -> Answer:
    _begin(visit, stamp)
    answer = visit.answers.get(item.id)
    if answer is None:
        answer = Answer(
            id=uuid.uuid4(),
            item_id=item.id,
            note="",
            place="",
            no_photo_reason="",
            corrected=False,
            rev=0,
        )
        visit.answers[item.id] = answer
        db.session.add(answer)
    answer.rev += 1
    answer.device_at, answer.received_at = stamp.device_at, stamp.at
    return answer
