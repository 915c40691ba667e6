"""Years of inspection, made up: visits, findings, repeats, and notices at every stage.

The same numbers make the same history, to the row. Repeats are judged by findings/repeats.py; no
paper is drawn: all notices share one specimen.
"""

import uuid
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

from flask import current_app
from sqlalchemy import select

from inspector import clock, history
from inspector.checklists.models import Kind
from inspector.checklists.queries import latest_versions
from inspector.clock import Quarter
from inspector.db import db
from inspector.demo import pictures
from inspector.demo.loading import Loader
from inspector.demo.rectifying import at_work
from inspector.demo.town import Outlet, key, settle
from inspector.demo.visited import Past, Visited
from inspector.demo.visiting import Sheet, see
from inspector.findings.models import Finding
from inspector.notices.models import DocumentNumber, Notice, Series
from inspector.people.models import Branch, Person
from inspector.people.roles import Role
from inspector.visits.batches import Batch
from inspector.visits.models import Visit

OFTEN: Final = ((Kind.ONSITE, 1.0), (Kind.ONSITE, 0.3), (Kind.MYSTERY, 0.95), (Kind.OFFSITE, 0.85))
"""The visits of an outlet in a quarter, each with its odds."""
WHO: Final = {
    Kind.ONSITE: Role.INSPECTOR,
    Kind.MYSTERY: Role.SHOPPER,
    Kind.OFFSITE: Role.REVIEWER,
}
PUBLISHED_AFTER_DAYS: Final = 6
TOGETHER: Final = 500
"""So many outlets are written down at once."""


@dataclass(frozen=True)
class Wanted:
    """How much history: the last `quarters` quarters up to the day `until`, with answers and photos
    for the last `answered` of them."""

    outlets: int
    quarters: int
    answered: int
    until: date
    seed: int

    @property
    def told(self) -> list[Quarter]:
        """The quarters, the earliest first."""
        told = [Quarter.of(self.until)]
        while len(told) < self.quarters:
            told.append(told[-1].before)
        return told[::-1]


def make(wanted: Wanted) -> Iterator[str]:
    """Make it, and say after each quarter what was written. Raises ValueError where findings are
    there already, or a checklist is missing."""
    if db.session.scalar(select(Finding.id).limit(1)) is not None:
        raise ValueError("There are findings already: history is made in an empty installation.")
    sheets = {version.kind: Sheet.of(version) for version in latest_versions()}
    if set(sheets) != set(Kind):
        raise ValueError("Import the checklists first: flask checklists import …")
    outlets = settle(wanted.outlets, wanted.until, wanted.seed)
    author = db.session.get_one(Person, outlets[0].city.staff[Role.CHANNEL][0])
    story = _Story(wanted, sheets, pictures.some(author))
    db.session.commit()
    for quarter in wanted.told:
        begun = clock.now()
        rows = story.tell(quarter, outlets)
        yield f"{quarter}: {rows} rows in {(clock.now() - begun).seconds} s"
    _record(wanted, outlets[0])


def _record(wanted: Wanted, first: Outlet) -> None:
    told = f"{wanted.outlets} outlets, {wanted.quarters} quarters, seed {wanted.seed}"
    outlet = db.session.get_one(Branch, first.id)
    history.record(outlet, "demo_history", None, clock.now(), remark=told)
    db.session.commit()


class _Story:
    """Tells the quarters one after another."""

    def __init__(self, wanted: Wanted, sheets: dict[str, Sheet], photos: list[str]) -> None:
        self.wanted, self.sheets, self.photos = wanted, sheets, photos
        self.specimen = pictures.specimen()
        end = clock.start_of(wanted.until + timedelta(days=1)) - timedelta(minutes=1)
        self.until = min(end, clock.now())
        self.window_days = int(current_app.config["REPEAT_WINDOW_DAYS"])
        self.issues = sorted({line.item.issue for s in sheets.values() for line in s.lines})
        self.past: dict[uuid.UUID, Past] = {}
        self.loader = Loader()

    def tell(self, quarter: Quarter, outlets: list[Outlet]) -> int:
        """All that came of the visits of one quarter to these outlets; returns rows written."""
        self.quarter = quarter
        self.batches: dict[str, uuid.UUID] = {}
        self.issued: list[dict[str, Any]] = []
        rows = 0
        for n, outlet in enumerate(outlets, 1):
            self._outlet(outlet, self._chance(outlet.code, quarter))
            if n % TOGETHER == 0:
                rows += self.loader.flush()
        self._number()
        return rows + self.loader.finish()

    def _chance(self, *what: object) -> Random:
        return Random(" ".join(map(str, (self.wanted.seed, *what))))

    def _outlet(self, outlet: Outlet, chance: Random) -> None:
        if outlet.id not in self.past:
            nature = self._chance(outlet.code)
            chronic = set(nature.sample(self.issues, 6))
            self.past[outlet.id] = Past(nature.uniform(0.7, 2.2), chronic)
        days = (self.quarter.last - self.quarter.first).days
        kinds = [kind for kind, odds in OFTEN if chance.random() < odds]
        plan = [(self.quarter.first + timedelta(chance.randrange(days)), k) for k in kinds]
        for day, kind in sorted(plan, key=_place):
            self._visit(outlet, kind, day, chance)

    def _visit(self, outlet: Outlet, kind: Kind, day: date, chance: Random) -> None:
        staff, past = outlet.city.staff, self.past[outlet.id]
        desk = staff[Role.CHANNEL][0]
        row: dict[str, Any] = {
            "id": key(chance),
            "branch_id": outlet.id,
            "kind": kind,
            "version_id": self.sheets[kind].version.id,
            "inspector_id": chance.choice(staff[WHO[kind]]),
            "planned_on": day,
            "planned_at": at_work(self.quarter.first - timedelta(days=7), chance),
            "planned_by_id": desk,
        }
        started = at_work(day, chance)
        if started + timedelta(hours=2) > self.until:
            self.loader.put(Visit, **row)
            return
        if chance.random() < 0.01:
            why = {"cancelled_at": started, "cancelled_by_id": desk, "cancel_reason": "网点停电"}
            self.loader.put(Visit, **row, **why)
            return
        seen = see(
            self.sheets[kind],
            chance,
            on=day,
            renovated_on=outlet.renovated_on,
            quality=past.quality,
            chronic=past.chronic,
        )
        batch_id, published_at = self._batch(outlet) if kind == Kind.MYSTERY else (None, None)
        visited = Visited(
            outlet=outlet,
            past=past,
            seen=seen,
            row=row,
            started_at=started,
            until=self.until,
            window_days=self.window_days,
            photos=self.photos if self._answered else [],
            batch_id=batch_id,
            published_at=published_at,
        )
        visited.write(chance, self.loader.put)
        self.issued += visited.issued

    @property
    def _answered(self) -> bool:
        return self.quarter in self.wanted.told[-self.wanted.answered :][: self.wanted.answered]

    def _batch(self, outlet: Outlet) -> tuple[uuid.UUID | None, datetime | None]:
        """The published batch of a city's mystery visits of the quarter; none before its day."""
        city = outlet.city
        chance = self._chance("batch", city.code, self.quarter)
        day = self.quarter.last + timedelta(PUBLISHED_AFTER_DAYS)
        at, batch_id = at_work(day, chance), key(chance)
        if at > self.until:
            return None, None
        if city.code not in self.batches:
            desk = city.staff[Role.CHANNEL][0]
            self.batches[city.code] = batch_id
            self.loader.put(
                Batch,
                id=batch_id,
                quarter=str(self.quarter),
                name=city.code,
                publish_on=day,
                opened_at=at_work(self.quarter.last, chance),
                opened_by_id=desk,
                published_at=at,
                published_by_id=desk,
            )
        return batch_id, at

    def _number(self) -> None:
        """Give the notices of the quarter their numbers, in the order of their issue."""
        self.issued.sort(key=lambda notice: (notice["issued_at"], notice["id"]))
        last: dict[int, DocumentNumber] = {}
        for notice in self.issued:
            year = clock.day(notice["issued_at"]).year
            if year not in last:
                last[year] = _series(year)
            last[year].last += 1
            numbered = {"doc_year": year, "doc_seq": last[year].last, "pdf_sha256": self.specimen}
            self.loader.put(Notice, **notice, **numbered)


def _place(planned: tuple[date, Kind]) -> tuple[date, bool]:
    """The order in which repeats are judged: a mystery visit stands at the end of its month."""
    day, kind = planned
    shopped = kind == Kind.MYSTERY
    return (day.replace(day=monthrange(day.year, day.month)[1]) if shopped else day), shopped


def _series(year: int) -> DocumentNumber:
    there = db.session.get(DocumentNumber, (Series.NOTICE, year))
    if there is None:
        there = DocumentNumber(series=Series.NOTICE, year=year, last=0)
        db.session.add(there)
    return there
