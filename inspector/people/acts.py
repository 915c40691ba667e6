"""What was done to an account or a branch, for the timeline of its page."""

import uuid
from collections.abc import Collection

from flask_babel import gettext as _
from sqlalchemy import select

from inspector.db import db
from inspector.history import Event
from inspector.people.models import Person
from inspector.people.wording import what_differs
from inspector.templating import moment, word


def acts_on(key: uuid.UUID, noun: str, verbs: Collection[str]) -> list[dict[str, str]]:
    """The acts of these verbs on a row, the newest first; by a command where there is no person."""
    rows = db.session.execute(
        select(Event, Person.name)
        .outerjoin(Person, Person.id == Event.by_id)
        .where(Event.subject_id == key, Event.verb.in_(verbs))
        .order_by(Event.at.desc())
    )
    return [_told(event, name or _("A command on the server"), noun) for event, name in rows]


def _told(event: Event, who: str, noun: str) -> dict[str, str]:
    detail = event.detail
    differs = what_differs(noun, detail.get("before", {}), detail.get("after", {}))
    return {
        "who": who,
        "what": word(f"{noun}_verb", event.verb),
        "when": moment(event.at),
        "note": detail.get("reason") or detail.get("into") or differs,
    }
