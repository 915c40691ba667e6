"""The visits that somebody still has in hand: assigned, or begun and not submitted."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable

from flask_babel import ngettext
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from inspector.checklists.models import Kind
from inspector.db import db
from inspector.people.in_hand import InHand
from inspector.templating import day, local, word
from inspector.visits.lifecycle import WRITABLE
from inspector.visits.models import Visit
from inspector.visits.queries import STAGE_SQL


def visits_in_hand(people: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[InHand]]:
    """Each visit with its page, by person; of mystery visits only how many: the administrator does
    not learn who shops where (domain.md 3.1)."""
    under_way = (
        select(Visit)
        .where(Visit.inspector_id.in_(people))
        .where(or_(*(STAGE_SQL[stage] for stage in WRITABLE)))
        .options(joinedload(Visit.branch))
        .order_by(Visit.planned_on, Visit.id)
    )
    found: dict[uuid.UUID, list[InHand]] = defaultdict(list)
    secret: Counter[uuid.UUID] = Counter()
    for visit in db.session.scalars(under_way):
        if visit.kind == Kind.MYSTERY:
            secret[visit.inspector_id] += 1
        else:
            found[visit.inspector_id].append(_told(visit))
    for person, number in secret.items():
        text = ngettext("%(num)s mystery visit", "%(num)s mystery visits", number)
        found[person].append(InHand(text))
    return found


def _told(visit: Visit) -> InHand:
    words = (
        local(visit.branch, "name"),
        word("kind", visit.kind),
        day(visit.planned_on),
        word("visit", visit.stage),
    )
    return InHand(" · ".join(words), "visits.show", {"visit_id": visit.id})
