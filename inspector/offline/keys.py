"""The key that seals a person's work on tablets: made once, released to who is signed in."""

import secrets
import uuid
from datetime import datetime

from sqlalchemy import select

from inspector.db import db, insert_if_new
from inspector.history import Event, record
from inspector.offline.models import TabletKey
from inspector.people.models import Person

BYTES = 32


def release(person: Person, *, device: uuid.UUID, at: datetime) -> bytes:
    """The person's key, for a tablet that they are signed in on. The first time on each tablet
    leaves a history row: the trail tells where a key has been."""
    insert_if_new(TabletKey, person_id=person.id, secret=secrets.token_bytes(BYTES))
    key = db.session.get_one(TabletKey, person.id)
    if str(device) not in _devices(key):
        record(key, "release", person, at, device=str(device))
    return key.secret


def _devices(key: TabletKey) -> set[str]:
    releases = select(Event.detail).where(
        Event.subject_table == TabletKey.__tablename__,
        Event.subject_id == key.id,
        Event.verb == "release",
    )
    return {detail["device"] for detail in db.session.scalars(releases)}
