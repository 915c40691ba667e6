"""A storm of bad requests, by everybody and by strangers, to every endpoint: never a 500, always
our headers, never a word to somebody for whom it is not; what was refused has changed nothing."""

import contextvars
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from sqlalchemy import event
from werkzeug.test import TestResponse

from inspector.db import db
from tests.cast import Cast
from tests.conftest import assert_headers
from tests.fuzz.requests import Bad, requests
from tests.fuzz.town import Town, build
from tests.signed_in import sign_in_as
from tests.walk.laws import LAWS, history_only_grows
from tests.walk.town import Rows

PARTS = 4
"""So that all workers of a machine have their share."""

SQUALL = 10
"""How many are drawn at once: Hypothesis repeats parts of what it has drawn before."""

DRAWN = ("ledger.print_", "papers.feedback")
"""Take a tenth of a second and more, and so get fewer of the requests."""

INTERNALS = re.compile(
    rb"Traceback|File \"|sqlalchemy|sqlite3|psycopg|werkzeug|jinja2|site-packages|SELECT |INSERT "
)
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.I)
COUNTED = re.compile(r"UPDATE session SET seen_at|\w+ (INTO |FROM )?sign_in_failures\b")
"""What is noted also of what is refused, or only read: that a session is used, that a password was
wrong."""


class Storm:
    """Sends requests, and looks at each answer and at what became of the database."""

    def __init__(self, app: Flask, cast: Cast) -> None:
        self.app = app
        self.town: Town = build(cast)
        self.needles = re.compile(b"|".join(map(re.escape, self.town.readers)))
        self.failures: list[str] = []
        self.statuses: Counter[tuple[str, int]] = Counter()
        self.reached: set[tuple[str, str]] = set()
        self.people = vars(cast)
        self.cookies: dict[str, dict[str, Any]] = {}
        self.wrote = False
        db.session.rollback()

    def send(self, bad: Bad) -> None:
        """Send one, and note what is wrong with its answer."""
        try:
            answer = self._answer(bad)
        except Exception as error:
            self._fail(bad, f"{type(error).__name__}: {str(error)[:300]} at {_where(error)}")
            return
        self.statuses[bad.who, answer.status_code] += 1
        try:
            self._look_at(bad, answer)
        except AssertionError as error:
            self._fail(bad, f"{answer.status_code}: {error}")

    def _answer(self, bad: Bad) -> TestResponse:
        client = FlaskClient(self.app, self.app.response_class)
        if bad.who in self.people and "Cookie" not in bad.headers:
            if bad.who in self.cookies:
                with client.session_transaction() as session:
                    session.update(self.cookies[bad.who])
            else:
                self.cookies[bad.who] = sign_in_as(client, self.people[bad.who])
        db.session.rollback()  # what the test has read must not stand in the way
        self.wrote = False
        answer = contextvars.Context().run(
            client.open,
            bad.path,
            method=bad.method,
            query_string=bad.query,
            headers=bad.headers,
            data=bad.data,
            content_type=bad.content_type,
            buffered=True,
        )
        if answer.status_code == 401 or "/sign-in" in answer.headers.get("Location", ""):
            self.cookies.pop(bad.who, None)  # they have signed out
        return answer

    def _look_at(self, bad: Bad, answer: TestResponse) -> None:
        assert answer.status_code < 500
        assert_headers(answer)
        reads = bad.method.upper() in {"GET", "HEAD", "OPTIONS"}
        who = bad.who if "Cookie" not in bad.headers else "stranger"
        if answer.status_code >= 400 or reads or who == "stranger":
            assert not self.wrote, "it has changed something"
        if location := answer.headers.get("Location") or answer.headers.get("HX-Redirect"):
            assert re.match(r"/(?![/\\])", location), location
        body = answer.data
        if answer.mimetype in {"text/html", "application/json", "text/plain"}:
            assert not INTERNALS.search(body)
        told = {self.town.readers[found] for found in self.needles.findall(body)}
        if picture := self.town.pictures.get(body):
            told.add(picture)
        for readers in told:
            assert who in readers(), f"it is not for {who}: {sorted(readers())}"
        if told:
            db.session.rollback()

    def _fail(self, bad: Bad, why: str) -> None:
        self.failures.append(f"{bad}\n    {why}")

    def watch(self) -> Iterator[None]:
        """Notice what is written for good."""
        begun = False

        def statement(_c: Any, _cur: Any, sql: str, *_rest: Any) -> None:
            nonlocal begun
            begun = begun or bool(WRITES.match(sql) and not COUNTED.match(sql))

        def over(good: bool) -> None:
            nonlocal begun
            self.wrote, begun = self.wrote or (good and begun), False

        listeners: dict[str, Callable[..., Any]] = {
            "before_cursor_execute": statement,
            "commit": lambda _c: over(True),
            "rollback": lambda _c: over(False),
        }
        for name, listener in listeners.items():
            event.listen(db.engine, name, listener)
        yield
        for name, listener in listeners.items():
            event.remove(db.engine, name, listener)


def _where(error: BaseException) -> str:
    place = error.__traceback__
    found = ""
    while place:
        code = place.tb_frame.f_code
        if "/inspector/" in code.co_filename:
            found = f"{code.co_filename.rpartition('/inspector/')[2]}:{place.tb_lineno}"
        place = place.tb_next
    return found


def holding(now: Rows) -> list[str]:
    """The laws of the walk that hold: the town was written row by row, not walked to."""
    found = []
    for law in LAWS:
        try:
            law(now)
            found.append(law.__name__)
        except (AssertionError, KeyError, StopIteration, TypeError):
            continue
    return found


@pytest.mark.one_engine
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(PARTS))
def test_no_bad_request_breaks_anything_or_tells_anything(
    app: Flask, cast: Cast, pytestconfig: pytest.Config, part: int
) -> None:
    storm = Storm(app, cast)
    watching = storm.watch()
    next(watching)
    before = Rows.now()
    at_first = holding(before)
    for rule in app.url_map.iter_rules():
        storm.town.rules += [rule] * (1 if rule.endpoint in DRAWN else 4)
    db.session.rollback()
    chosen = pytestconfig.getoption("--seed") + part
    print(f"seed {chosen}")

    @seed(chosen)
    @settings(
        max_examples=pytestconfig.getoption("--requests") // PARTS // SQUALL,
        deadline=None,
        database=None,
        phases=[Phase.generate],  # each request finds what those before it have left
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(requests(storm.town), min_size=SQUALL, max_size=SQUALL))
    def rage(squall: list[Bad]) -> None:
        for bad in squall:
            storm.send(bad)

    rage()
    next(watching, None)
    assert not storm.failures, "\n".join(storm.failures[:20])
    after = Rows.now()
    assert set(at_first) <= set(holding(after))
    history_only_grows(before, after)
    for table in ("branch", "person"):  # which the administrator may change, but not remove
        assert set(getattr(before, table)) <= set(getattr(after, table))
    assert storm.statuses.total() >= pytestconfig.getoption("--requests") // PARTS * 0.9
