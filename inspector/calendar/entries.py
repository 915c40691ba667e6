"""Visits as a calendar reads them: iCalendar, by RFC 5545.

The same visits are the same bytes, so that a calendar which has them need not fetch them again.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from icalendar import Calendar, Event

from inspector import clock
from inspector.checklists.models import Kind
from inspector.visits.lifecycle import Stage
from inspector.visits.models import Visit

PRODUCT: Final = "-//Inspector//Visits//ZH"
ASK_AGAIN: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Changes:
    """How often a visit became different since it was planned, and when last."""

    count: int
    last_at: datetime


@dataclass(frozen=True)
class Words:
    """What a calendar says of visits, in the language of the feed."""

    title: str
    kinds: Mapping[str, str]
    discreet: str
    """The title of a mystery visit: a phone shows it on its lock screen, to whoever stands there.
    Neither the kind nor the outlet is told there."""


def ical(
    visits: Iterable[Visit],
    changes: Mapping[uuid.UUID, Changes],
    words: Words,
    addresses: Mapping[uuid.UUID, str],
) -> bytes:
    """A calendar of visits. `addresses` are those of their pages."""
    sheet = Calendar()
    sheet.add("prodid", PRODUCT)
    sheet.add("version", "2.0")
    sheet.add("x-wr-calname", words.title)
    sheet.add("x-wr-timezone", str(clock.SHANGHAI))
    sheet.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    for visit in visits:
        changed = changes.get(visit.id, Changes(0, visit.planned_at))
        sheet.add_component(_entry(visit, changed, words, addresses[visit.id]))
    sheet.add_missing_timezones(first_date=date(2000, 1, 1))
    content: bytes = sheet.to_ical()
    return content


def _entry(visit: Visit, changed: Changes, words: Words, address: str) -> Event:
    entry = Event()
    entry.add("uid", str(visit.id))
    modified = changed.last_at.replace(microsecond=0)
    entry.add("dtstamp", modified)
    entry.add("created", visit.planned_at.replace(microsecond=0))
    entry.add("last-modified", modified)
    entry.add("sequence", changed.count)
    for name, value in _when(visit).items():
        entry.add(name, value)
    outlet = f"{visit.branch.subbranch.name_zh} · {visit.branch.name_zh}"
    if visit.kind == Kind.MYSTERY:
        entry.add("summary", words.discreet)
        entry.add("class", "PRIVATE")
    else:
        entry.add("summary", f"{words.kinds[visit.kind]} · {visit.branch.name_zh}")
        entry.add("location", visit.branch.name_zh)
    entry.add("description", f"{outlet}\n{address}")
    entry.add("url", address)
    entry.add("status", "CANCELLED" if visit.stage == Stage.CANCELLED else "CONFIRMED")
    entry.add("transp", "OPAQUE" if visit.started_at else "TRANSPARENT")
    return entry


def _when(visit: Visit) -> dict[str, date | datetime]:
    """A visit is planned for a day; once it was begun it has a time, on the bank's clock."""
    if visit.started_at is None:
        return {"dtstart": visit.planned_on, "dtend": visit.planned_on + timedelta(days=1)}
    begun = clock.local(visit.started_at).replace(microsecond=0)
    ended = clock.local(visit.submitted_at or visit.started_at).replace(microsecond=0)
    if begun < ended and begun.date() == ended.date():
        return {"dtstart": begun, "dtend": ended}
    return {"dtstart": begun}  # what a tablet sends days later does not tell when it was over
