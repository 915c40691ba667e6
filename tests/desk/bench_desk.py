"""How fast the desk's pages are with years of history: what bin/bench desk runs and prints as
`name value unit`.

The history is made by the demonstration (inspector/demo): on SQLite as much as a city branch has in
three years, on PostgreSQL as much as is asked for. All quarters but the last two are frozen. A page
is asked for through the test client, so that what is measured is the server's own work: the first
two answers of each do not count, for they fill what is kept between requests.
"""

import argparse
import gc
import math
import re
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import flask_migrate
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import NullPool, create_engine, event, func, make_url, select, text

from inspector import clock
from inspector.clock import Quarter
from inspector.db import db
from inspector.demo import history
from inspector.demo.history import Wanted
from inspector.desk.counting import BOARD
from inspector.findings.counting import FINDINGS
from inspector.findings.models import Finding
from inspector.ledger.counting import OPEN
from inspector.notices.counting import NOTICES
from inspector.notices.models import Notice
from inspector.people.models import Branch, Level, Person
from inspector.people.queries import are_many
from inspector.scores import freezing, ranking, recomputing
from inspector.visits.counting import VISITS
from inspector.visits.models import Visit
from tests.cast import load_library
from tests.conftest import POSTGRES, new_app
from tests.signed_in import sign_in_as

DEEP = 20
"""So many pages down the ledger."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--outlets", type=int, default=16_000, help="on PostgreSQL")
    parser.add_argument("--quarters", type=int, default=8, help="on PostgreSQL")
    parser.add_argument("--requests", type=int, default=40, help="for each page")
    parser.add_argument("--seconds", type=float, default=60, help="for each page, at most")
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="one of the two")
    asked = parser.parse_args()
    if asked.only != "postgresql":
        for app in on_sqlite():
            Bench(app, "sqlite", asked.requests, asked.seconds).run(40, 12)
    if asked.only != "sqlite":
        for app in on_postgres():
            bench = Bench(app, "postgresql", asked.requests, asked.seconds)
            bench.run(asked.outlets, asked.quarters)


def on_sqlite() -> Iterator[Flask]:
    """The app on a file of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from ready(new_app(f"sqlite:///{folder / 'bench.sqlite3'}", folder))


def on_postgres() -> Iterator[Flask]:
    """The app on a database of its own, which is dropped."""
    engine = create_engine(POSTGRES, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    name = f"bench_{uuid.uuid4().hex}"
    with engine.connect() as server, tempfile.TemporaryDirectory() as folder:
        server.execute(text(f"CREATE DATABASE {name}"))
        url = make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
        yield from ready(new_app(url, Path(folder)))
        server.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def ready(app: Flask) -> Iterator[Flask]:
    """The app with its tables and checklists."""
    with app.app_context():
        flask_migrate.upgrade()
        load_library()
        db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()


class Bench:
    """Fills one database and asks it."""

    def __init__(self, app: Flask, engine: str, requests: int, seconds: float) -> None:
        self.app, self.engine, self.requests, self.seconds = app, engine, requests, seconds
        self.statements: list[float] = []
        event.listen(db.engine, "before_cursor_execute", self._note)

    def _note(self, *_rest: object) -> None:
        self.statements.append(time.perf_counter())

    def run(self, outlets: int, quarters: int) -> None:
        """Print all numbers of one size."""
        self.say("outlets", outlets, "")
        self.say("quarters", quarters, "")
        self.fill(outlets, quarters)
        for table in (Visit, Finding, Notice):
            count = db.session.scalar(select(func.count()).select_from(table)) or 0
            self.say(f"{table.__tablename__}s", count, "rows")
        self.pages()
        self.recompute()

    def fill(self, outlets: int, quarters: int) -> None:
        """Make the history, and freeze the quarters that are over, but for the last of them."""
        wanted = Wanted(outlets, quarters, min(2, quarters), clock.today(), 20261128)
        self.timed("history", lambda: list(history.make(wanted)))
        if self.engine == "postgresql":
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as plain:
                plain.execute(text("VACUUM ANALYZE"))
        else:
            db.session.execute(text("ANALYZE"))
            db.session.commit()
        self.channel = self._somebody("channel")
        for quarter in wanted.told[:-2]:
            freezing.freeze(quarter, by=self.channel, at=clock.now())
            db.session.commit()
        if are_many():  # what the worker does every ten minutes
            for one in (BOARD, OPEN, NOTICES, FINDINGS, VISITS):
                self.timed(f"{one.name}_count", one.keep)
            for draft in ranking.countables():
                self.timed("ranking_count", draft.keep)
        self.frozen = wanted.told[-3] if quarters > 2 else wanted.told[-1]

    def pages(self) -> None:
        """The pages of the desk, each as often as was asked or as the seconds allow."""
        gc.collect()  # as gunicorn.conf.py does
        gc.freeze()
        gc.set_threshold(50_000)
        client = self.app.test_client()
        sign_in_as(client, self.channel)
        busiest = db.session.scalar(
            select(Branch.code).where(Branch.level == Level.OUTLET).order_by(Branch.code).limit(1)
        )
        now = Quarter.of(clock.today())
        self.page(client, "board", "/desk")
        self.page(client, "ledger_first_page", "/ledger")
        self.page(client, "ledger_deep_page", self._deep(client))
        self.page(client, "outlet_page", f"/outlets/{busiest}")
        self.page(client, "ranking_frozen", f"/scores?quarter={self.frozen}")
        self.page(client, "ranking_draft", f"/scores?quarter={now}")
        for name in ("notices", "findings", "visits"):
            self.page(client, f"{name}_list", f"/{name}")

    def page(self, client: FlaskClient, name: str, path: str) -> None:
        """The 95th percentile of one page, and how many statements it sends."""
        took: list[float] = []
        begun = time.perf_counter()
        while len(took) < self.requests + 2 and time.perf_counter() - begun < self.seconds:
            self.statements.clear()
            start = time.perf_counter()
            answer = client.get(path)
            took.append(time.perf_counter() - start)
            gc.collect(1)  # as gunicorn.conf.py does
            assert answer.status_code == 200, (path, answer.status_code)
        counted = sorted(took[2:] or took)
        self.say(f"{name}_p95", 1000 * counted[math.ceil(0.95 * len(counted)) - 1], "ms")
        self.say(f"{name}_statements", len(self.statements), "")

    def recompute(self) -> None:
        """A quarter from its raw answers, and its numbers as they come out now."""
        now = Quarter.of(clock.today()).before
        self.timed("quarter_recompute", lambda: recomputing.recompute(now))

    def timed(self, name: str, doing: Callable[[], object]) -> None:
        """How long something takes."""
        start = time.perf_counter()
        doing()
        self.say(name, time.perf_counter() - start, "s")

    def say(self, name: str, value: float, unit: str) -> None:
        """One line."""
        print(f"desk_{self.engine}_{name} {value:.4g} {unit}".rstrip(), flush=True)

    def _deep(self, client: FlaskClient) -> str:
        """The address of a page far down the ledger, found by following the links."""
        path = "/ledger?stage=all"
        for _ in range(DEEP):
            page = client.get(path).get_data(as_text=True)
            following = re.findall(r'href="(/ledger\?[^"]*after=[^"]*)"', page)
            if not following:
                break
            path = following[-1].replace("&amp;", "&")
        return path

    def _somebody(self, role: str) -> Person:
        mine = select(Person).where(Person.role == role, Person.closed_at.is_(None))
        return db.session.scalars(mine.order_by(Person.username)).first() or _nobody()


def _nobody() -> Person:
    raise RuntimeError("the history made no people")


if __name__ == "__main__":
    main()
