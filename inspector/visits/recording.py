"""The photos and good practices that a tablet records on a visit, one small verb for each kind of
entry (offline.md 4.3); the answers are in sheet.py.

Every verb can be repeated without harm. Whether the visit may still be written was asked before.
The log of operations keeps each entry as it came.
"""

import uuid
from datetime import datetime

from inspector.checklists.models import Item
from inspector.problems import Problem
from inspector.visits.models import Photo, Practice, Visit
from inspector.visits.sheet import TEXTS, Line, Stamp


def add_photo(
    visit: Visit,
    *,
    key: uuid.UUID,
    sha256: str,
    subject: Item | Line | Practice | None,
    stage: str,
    caption: str,
    taken_at: datetime,
    stamp: Stamp,
) -> Photo:
    """Attach a photo to an item or a good practice; a signature is of neither. Its bytes may
    arrive before or after."""
    practice = subject if isinstance(subject, Practice) else None
    item = None if isinstance(subject, Practice) else subject
    if (stage in {"before", "after"}, stage == "practice") != (bool(item), bool(practice)):
        raise Problem("ops.malformed", why=f"stage {stage} does not fit")
    begin(visit, stamp)
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
    begin(visit, stamp)
    photo.caption = caption[:200]


def remove_photo(visit: Visit, photo: Photo, stamp: Stamp) -> None:
    """Take a photo away before submission; the row stays as a trace."""
    begin(visit, stamp)
    photo.removed_at = photo.removed_at or stamp.at


def set_practice(
    visit: Visit, *, key: uuid.UUID, section: str | None, text: str, stamp: Stamp
) -> Practice:
    """Record a good practice, or change its text."""
    if len(text) > TEXTS["note"]:
        raise Problem("text.too_long", limit=TEXTS["note"])
    practice = next((p for p in visit.practices if p.id == key), None)
    begin(visit, stamp)
    if practice is None:
        practice = Practice(id=key, added_at=stamp.at)
        visit.practices.append(practice)
    practice.section, practice.text = section, text.strip()
    return practice


def remove_practice(visit: Visit, practice: Practice, stamp: Stamp) -> None:
    """Take a good practice back; the row stays as a trace."""
    begin(visit, stamp)
    practice.removed_at = practice.removed_at or stamp.at


def begin(visit: Visit, stamp: Stamp) -> None:
    """The first thing recorded begins the visit, by the tablet's clock."""
    visit.begin(by=stamp.by, at=stamp.at, device_at=stamp.device_at)
