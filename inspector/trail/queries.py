"""All that was done, narrowed and page by page, for the desk."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, select

from inspector import clock
from inspector.db import db
from inspector.findings.models import Finding, Rectification
from inspector.history import Event, Link
from inspector.notices.models import Notice
from inspector.people.models import Person
from inspector.people.roles import Role
from inspector.words import WORDS

AT_ONCE: Final = 50
"""So many acts are on a page."""

MOST: Final = 100_000
"""So many are in a file: a spreadsheet takes no more than ten times as many."""


@dataclass(frozen=True)
class Act:
    """One row of the trail, as the desk may know it. What a shopper did is told without whom, where
    and by which device: chains of small facts find people (domain.md 6, 2)."""

    event: Event
    link: Link
    by: Person | None

    @property
    def is_shoppers(self) -> bool:
        """Whether a shopper did it."""
        return self.by is not None and self.by.role == Role.SHOPPER

    @property
    def address(self) -> str:
        """From where."""
        return "" if self.is_shoppers else self.event.address

    @property
    def device(self) -> str:
        """With what."""
        return "" if self.is_shoppers else self.event.device

    @property
    def device_at(self) -> datetime | None:
        """When, by the tablet's clock."""
        return None if self.is_shoppers else self.event.device_at

    @property
    def detail(self) -> dict[str, Any]:
        """What was said with it."""
        return {} if self.is_shoppers else self.event.detail

    @property
    def thing(self) -> tuple[str, uuid.UUID] | None:
        """Table and key of what it was done to; of a shopper's only the visit."""
        found = self.event.subject_table, self.event.subject_id
        return None if self.is_shoppers and found[0] not in {"visit", "finding"} else found


@dataclass(frozen=True)
class Wanted:
    """How the trail is narrowed, as the address says."""

    person: str = ""
    thing: uuid.UUID | None = None
    verb: str = ""
    day: date | None = None
    before: int | None = None

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "Wanted":
        """What an address asks for. Raises ValueError for what is no key, day or number."""
        return cls(
            person=asked.get("person", "").strip(),
            thing=uuid.UUID(asked["thing"]) if asked.get("thing") else None,
            verb=asked.get("verb", ""),
            day=date.fromisoformat(asked["day"]) if asked.get("day") else None,
            before=int(asked["before"]) if asked.get("before") else None,
        )

    @property
    def narrowed(self) -> dict[str, str]:
        """The same as an address says it, without the page."""
        said = {"person": self.person, "thing": self.thing, "verb": self.verb, "day": self.day}
        return {name: str(value) for name, value in said.items() if value}

    def acts(self) -> Select[Event, Link, Person]:
        """The acts, the newest first, with link and person."""
        found = (
            select(Event, Link, Person)
            .join(Link, Link.event_id == Event.id)
            .outerjoin(Person, Person.id == Event.by_id)
            .order_by(Link.seq.desc())
        )
        return found.where(*self._rules())

    def _rules(self) -> Iterator[ColumnElement[bool]]:
        if self.person:
            # A shopper is not to be found by what somebody of that name did.
            yield Person.username == self.person
            yield Person.role != Role.SHOPPER
        if self.thing:
            yield Event.subject_id == self.thing
        if self.verb:
            yield Event.verb == self.verb
        if self.day:
            yield Event.at >= clock.start_of(self.day)
            yield Event.at < clock.start_of(self.day + timedelta(days=1))
        if self.before:
            yield Link.seq < self.before


@dataclass
class Page:
    """Some acts, the newest first, and where each thing is to be seen."""

    acts: list[Act]
    more: bool
    visits: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)
    """Of findings."""
    notices: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)
    """Of rectifications."""


def page(wanted: Wanted) -> Page:
    """The acts of one page, in three statements however many there are."""
    rows = db.session.execute(wanted.acts().limit(AT_ONCE + 1)).all()
    acts = [Act(*row) for row in rows[:AT_ONCE]]
    found = Page(acts, len(rows) > AT_ONCE)
    keys = _keys(acts, Finding.__tablename__)
    if keys:
        of_visit = select(Finding.id, Finding.visit_id).where(Finding.id.in_(keys))
        found.visits = {row.id: row.visit_id for row in db.session.execute(of_visit)}
    keys = _keys(acts, Rectification.__tablename__)
    if keys:
        of_notice = select(Notice.rectification_id, Notice.id).where(
            Notice.rectification_id.in_(keys)
        )
        found.notices = {row[0]: row[1] for row in db.session.execute(of_notice)}
    return found


def everything(wanted: Wanted) -> Iterator[Act]:
    """The acts of a file, the newest first, without all of them in memory."""
    found = wanted.acts().limit(MOST).execution_options(yield_per=500)
    return (Act(*row) for row in db.session.execute(found))


def verbs() -> Sequence[str]:
    """All that can be asked for."""
    return sorted(WORDS["verb"])


def _keys(acts: list[Act], table: str) -> set[uuid.UUID]:
    return {act.event.subject_id for act in acts if act.event.subject_table == table}
