"""The harness: a fresh database for each test on each engine, clients for the cast, checked HTML.

It catches what a reader forgets: broken HTML, answers without our headers, warnings, sockets of the
outside world, and query counts that grow with the rows.
"""

import contextvars
import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import event, make_url
from werkzeug.test import TestResponse

from inspector import create_app
from inspector.db import db
from inspector.headers import ALWAYS, HSTS
from inspector.people import models
from tests.cast import QUICK, Cast
from tests.databases import postgres_template, sqlite_template
from tests.signed_in import sign_in_as

COMPILED = Path(__file__).parents[1] / ".setup" / "templates"
POSTGRES = os.environ.get("INSPECTOR_TEST_POSTGRES_URL", "")

THOROUGH = (
    "backup/",
    "demo/test_history",
    "desk/test_ageing",
    "downloads/test_worker",
    "fuzz/",
    "ledger/test_pages",
    "migrations/",
    "notices/test_buttons",
    "offline/test_killed_server",
    "offline/test_many_at_once",
    "oidc/",
    "pdf/test_every_paper",
    "pdf/test_plots",
    "reminders/test_delivery",
    "secrecy/",
    "security/test_forgery",
    "security/test_unsent_bombs",
    "security/test_uploads",
    "test_access",
    "test_audit",
    "trail/test_acts",
    "trail/test_roles",
    "unit/test_scoring_laws",
    "walk/",
)
"""Tests that try thousands of things, or start processes: each of these files takes longer than a
hundred others. The daily loop (-m 'not browser') spares them."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """For tests/browser/test_chaos.py and tests/fuzz."""
    parser.addoption("--schedules", type=int, default=15, help="random schedules of faults")
    parser.addoption("--requests", type=int, default=5600, help="bad requests of the storm")
    parser.addoption("--seed", type=int, default=20261123, help="from which both follow")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests marked `one_engine` run on SQLite only: what they look at is the same on both, and each
    of them costs many requests or papers. Without a PostgreSQL all do: bin/test starts one. And the
    daily loop, unless it names files, leaves the thorough ones to the whole suite."""
    spared = [
        item
        for item in items
        if "postgresql" in item.name and (not POSTGRES or item.get_closest_marker("one_engine"))
    ]
    if config.option.markexpr == "not browser" and not config.option.file_or_dir:
        folder = f"{Path(__file__).parent}/"
        thorough = tuple(f"{folder}{name}" for name in THOROUGH)
        spared += [item for item in items if str(item.path).startswith(thorough)]
    config.hook.pytest_deselected(items=spared)
    items[:] = [item for item in items if item not in set(spared)]


class Client(FlaskClient):
    """A browser without scripts. Each request runs as in production, with a session of its own; the
    test's session is committed before, so that it is seen, and refreshed after, so that it sees."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request; an HTML answer must parse without a single error."""
        db.session.commit()
        kwargs.setdefault("buffered", True)  # read to the end, so that files are closed
        response = contextvars.Context().run(super().open, *args, **kwargs)
        response.request.environ["wsgi.input"].close()  # a long body lies in a file
        db.session.rollback()
        db.session.expire_all()
        assert_headers(response)
        if response.mimetype == "text/html" and response.data:
            _assert_wellformed(response)
        return response


ClientOf: TypeAlias = Callable[..., Client]
"""The fixture `client_of`."""

CountQueries: TypeAlias = Callable[[], AbstractContextManager[list[str]]]
"""The fixture `count_queries`."""


def assert_headers(response: TestResponse) -> None:
    """Every answer carries our headers, each once, and says whether it may be kept."""
    for name, value in (ALWAYS | {"Strict-Transport-Security": HSTS}).items():
        assert response.headers.getlist(name) == [value], (response.request.path, name)
    kept = response.headers["Cache-Control"]
    assert kept == "no-store" or "no-cache" in kept or "private" in kept, response.request.path


TAGS, VALUES, ENTITIES = re.compile("<[^>]*>"), re.compile('"[^"]*"'), re.compile(r"&#?\w*;?")
_parsed: set[int] = set()
"""Of the pages that parsed: their tags without the values of attributes, and their entities. Most
pages of the suite differ in their texts only, and the parser takes longer than many a view."""


def _assert_wellformed(response: TestResponse) -> None:
    html = response.get_data(as_text=True)
    tags = VALUES.sub("", "".join(TAGS.findall(html)))
    markup = hash((tags, frozenset(ENTITIES.findall(html))))
    if markup in _parsed:
        return
    parser = html5lib.HTMLParser()
    if html.lstrip().lower().startswith("<!doctype"):
        parser.parse(html)
    else:
        parser.parseFragment(html)
    if parser.errors:
        (line, column), code, details = parser.errors[0]
        near = html.splitlines()[line - 1 : line + 1]
        pytest.fail(f"{response.request.path}: {code} {details} at {line}:{column}: {near}")
    _parsed.add(markup)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def engine_app(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, Callable[[], None]]]:
    """An app on each engine, and how to make its database fresh: copied from one that was migrated
    and filled once with the bundled library and the cast."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "sqlite":
        app = new_app(f"sqlite:///{folder / 'test.sqlite3'}", folder)
        renew = sqlite_template(app, folder)
    elif POSTGRES:
        name = f"inspector_{os.getpid()}"
        url = make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
        app = new_app(url, folder)
        renew = postgres_template(app, POSTGRES, name)
    else:
        pytest.skip("INSPECTOR_TEST_POSTGRES_URL is not set: bin/test starts a private cluster")
    yield app, renew
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Passwords are hashed at the lowest cost, as the cast's are: none is hashed anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models, "HASHER", QUICK)
        patch.setattr(models, "NOBODY_HASH", QUICK.hash("nobody's"))
        yield


@pytest.fixture
def app(engine_app: tuple[Flask, Callable[[], None]]) -> Iterator[Flask]:
    """The app on a fresh database, with the test inside its context."""
    app, renew = engine_app
    renew()
    app.extensions["snapshots"].clear()
    with app.app_context():
        yield app
        db.session.remove()


@pytest.fixture
def cast(app: Flask) -> Cast:
    """The named people (tests/cast.py)."""
    return Cast.now()


@pytest.fixture
def client_of(app: Flask) -> ClientOf:
    """A client signed in as a person; as a stranger without one."""

    def make(person: Any = None) -> Client:
        client: Client = app.test_client()  # type: ignore[assignment]
        if person is not None:
            sign_in_as(client, person)
        return client

    return make


@pytest.fixture
def count_queries(app: Flask) -> CountQueries:
    """A context manager that collects the statements sent inside it."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        sent: list[str] = []

        def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
            sent.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return counting


def new_app(url: str, folder: Path) -> Flask:
    """The app on a database, with its bytes in a folder."""
    app = create_app(
        SECRET_KEY="for tests only",
        TESTING=True,
        SQLALCHEMY_DATABASE_URI=url,
        STORAGE=str(folder / "bytes"),
        WTF_CSRF_ENABLED=False,
        BASE_URL="https://inspector.example",
        RATES=False,
    )
    app.test_client_class = Client
    # Compiled once for all processes; Jinja compares what it was compiled from.
    COMPILED.mkdir(parents=True, exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(COMPILED))
    return app
