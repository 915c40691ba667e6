"""What somebody's tablets still hold, as far as they have told."""

import uuid
from collections import defaultdict
from collections.abc import Iterable

from flask_babel import gettext as _
from sqlalchemy import or_, select

from inspector.db import db
from inspector.offline.models import Stream
from inspector.people.in_hand import InHand


def tablets_in_hand(people: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[InHand]]:
    """Each tablet with unsent work, by person."""
    unsent = or_(Stream.unsent_entries > 0, Stream.unsent_photos > 0)
    found: dict[uuid.UUID, list[InHand]] = defaultdict(list)
    held = select(Stream).where(Stream.person_id.in_(people), unsent).order_by(Stream.told_at)
    for stream in db.session.scalars(held):
        text = _(
            "A tablet with %(entries)s entries and %(photos)s photos not sent",
            entries=stream.unsent_entries or 0,
            photos=stream.unsent_photos or 0,
        )
        found[stream.person_id].append(InHand(text, "tablets.index"))
    return found
