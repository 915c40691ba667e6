"""Whenever in its month a shopper came, before or after whom: a branch gets the same bytes."""

import difflib
import hashlib
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from inspector.checklists.models import Kind
from inspector.db import db
from inspector.findings.models import Finding, Rectification
from inspector.notices import repeats
from inspector.notices.models import Notice
from inspector.visits.models import Visit
from tests import cast as make
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.secrecy.crawler import Crawler, Page
from tests.secrecy.town import TODAY, Town, noon, shopped_at

pytestmark = [pytest.mark.one_engine, pytest.mark.timeout(900)]

INSPECTED, PUT_RIGHT = noon(11, 12), noon(11, 16)
COLOURS = {"A": "steelblue", "B": "seagreen", "C": "firebrick"}
SHOPPED = [
    {"A": 3, "B": 5, "C": 7},
    {"A": 7, "B": 5, "C": 3},
    {"A": 20, "B": 3, "C": 13},
    {"A": 13, "B": 25, "C": 20},
]
"""The days of November on which three shoppers came to one outlet: all before an inspector, the
same the other way round, some before and some after, all after."""


class Ids:
    """Random keys that are the same in each world: by what they are for, and not by when."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.label, self.made = "", Counter[str]()
        monkeypatch.setattr(uuid, "uuid4", self.next)
        event.listen(db.session, "before_flush", self.name_cases)

    def next(self) -> uuid.UUID:
        self.made[self.label] += 1
        return random_by(f"{self.label} {self.made[self.label]}")

    def name_cases(self, session: Session, *_: object) -> None:
        """Rectifications and notices are made when their finding turns out to need them: sooner in
        one world than in another."""
        for row in session.new:
            if isinstance(row, Rectification):
                row.id = random_by(f"case {row.finding.id}")
            if isinstance(row, Notice):
                row.id = random_by(f"notice {row.rectification.finding.id}")

    def forget(self) -> None:
        event.remove(db.session, "before_flush", self.name_cases)

    @contextmanager
    def of(self, label: str) -> Iterator[None]:
        before, self.label = self.label, label
        yield
        self.label = before


def random_by(seed: str) -> uuid.UUID:
    """A random key, always the same for a seed."""
    return uuid.UUID(bytes=hashlib.sha256(seed.encode()).digest()[:16], version=4)


Renew = Callable[[], None]


def test_a_branch_gets_the_same_bytes_whenever_the_shoppers_came(
    engine_app: tuple[Flask, Renew],
    app: Flask,
    client_of: ClientOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worlds: list[dict[str, dict[str, Page]]] = []
    for days in SHOPPED:
        db.session.remove()
        engine_app[1]()
        ids = Ids(monkeypatch)
        town = Town(app, Cast.now(), client_of, monkeypatch)
        story(town, ids, days)
        worlds.append(read(town))
        ids.forget()
        monkeypatch.undo()
    first = worlds[0]
    assert sum(url.endswith("/pdf") for url in first["outlet"]) >= 3
    for days, world in zip(SHOPPED, worlds, strict=True):
        for who, pages in first.items():
            for url in pages | world[who]:
                told, other = lines(pages.get(url)), lines(world[who].get(url))
                assert told == other, "\n".join([f"{days} {who} {url}", *ndiff(told, other)])


def story(town: Town, ids: Ids, days: dict[str, int]) -> None:
    """Three shoppers and an inspector find the same, in their true order; what the inspector found
    is put right; then all that the shoppers found is published at once."""
    acts: dict[datetime, Callable[[], None]] = {}
    visits: dict[str, Visit] = {}

    def shop(name: str) -> None:
        with ids.of(name):
            visits[name] = seen(town, "mystery", town.time, COLOURS[name], "MY-MAT-01", "MY-CNT-02")

    def inspect() -> None:
        with ids.of("inspector"):
            visits["inspector"] = seen(town, "onsite", town.time, "gold", "ON-RAK-02")
        town.time = noon(11, 13)
        with ids.of("issue"):
            town.post(town.cast.channel, "/notices/issuance")

    def put_right() -> None:
        with ids.of("put right"):
            town.strike_off(town.notice(visits["inspector"], "ON-RAK-02"), town.cast.outlet)

    for name, day in days.items():
        acts[shopped_at(11, day)] = lambda name=name: shop(name)  # type: ignore[misc]
    acts[INSPECTED], acts[PUT_RIGHT] = inspect, put_right
    for moment in sorted(acts):
        town.time = moment
        acts[moment]()
    town.time = noon(12, 2)
    with ids.of("publication"):
        shoppers = [visits[name] for name in sorted(days)]
        town.publish(town.batch(shoppers, "第一批", date(2026, 12, 2)))
    town.time = TODAY


def seen(town: Town, kind: str, at: datetime, colour: str, *items: str) -> Visit:
    """A confirmed visit with a finding at each of these items."""
    visit = make.a_visit(town.cast, kind=kind)
    visit.planned_on, visit.started_at = at.date(), at
    visit.submitted_at = at + timedelta(hours=1)
    codes = [item.code for item in visit.version.items]
    findings = [a_finding(visit, codes.index(code), colour, at) for code in items]
    db.session.flush()
    repeats.confirm(findings, by=town.cast.channel, at=at + timedelta(hours=3))
    visit.confirm(by=town.cast.channel, at=at + timedelta(hours=3))
    db.session.commit()
    assert visit.kind in set(Kind)
    return visit


def a_finding(visit: Visit, n: int, colour: str, at: datetime) -> Finding:
    """What was found at an item, with a photo."""
    rows.a_photo(visit, n, colour, taken_at=at, added_at=at)
    return rows.a_finding(visit, n, raised_at=at + timedelta(hours=1))


def read(town: Town) -> dict[str, dict[str, Page]]:
    """All that the branch is offered."""
    found = {}
    for who in ("outlet", "subbranch"):
        crawler = Crawler(town.client_of(getattr(town.cast, who)))
        crawler.follow()
        found[who] = crawler.pages
    return found


def lines(page: Page | None) -> list[str]:
    """A page, so that a difference can be read; of what is not text, the hash."""
    if page is None:
        return ["not offered"]
    body = page.body
    text = body.decode() if body[:1] == b"<" else hashlib.sha256(body).hexdigest()
    return [f"{page.status} {page.headers}", *text.splitlines()]


def ndiff(one: list[str], other: list[str]) -> list[str]:
    """The lines that differ."""
    return [line for line in difflib.ndiff(one, other) if line[:1] in "+-"]
