"""What a download is of, in words."""

import uuid

from flask_babel import gettext as _

from inspector import clock, words
from inspector.checklists.models import Kind
from inspector.clock import Quarter
from inspector.db import db
from inspector.downloads.ledger import filters_of
from inspector.ledger import choices
from inspector.notices.papers import drawing
from inspector.people.models import Person
from inspector.visits.models import Visit


def title_of(scope: str, person: Person, language: str) -> str:
    """What a person asked for, in the language that gettext speaks too: zh_CN or en. Of a mystery
    visit its month only, as on all paper."""
    if (filters := filters_of(scope)) is not None:
        return f"{_('Ledger')} · {choices.scope(person, filters)}"
    kind, _colon, name = scope.partition(":")
    if kind == "quarter":
        quarter = Quarter.named(name)
        return str(_("%(year)s, quarter %(number)s", year=quarter.year, number=quarter.number))
    if kind == "filter":
        return str(_("Filter “%(name)s”", name=_(words.word("notice_filter", name))))
    visit = db.session.get_one(Visit, uuid.UUID(name))
    branch = visit.branch.name_en if language == "en" else visit.branch.name_zh
    assert visit.started_at is not None  # there are notices of it
    day = drawing.visited(Kind(visit.kind).value, clock.day(visit.started_at))
    return f"{branch} · {_(words.word('kind', visit.kind))} · {day}"
