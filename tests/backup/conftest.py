"""A town on each engine with its backup, empty places to restore it into, and the commands as an
operator gives them."""

import contextvars
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import NullPool, create_engine, make_url, text

from inspector.db import db
from tests.backup.town import fill
from tests.cast import Cast, load_library, people_of_the_cast
from tests.conftest import POSTGRES, new_app

Place: TypeAlias = Callable[[str], Flask]
"""The fixture `place`."""

ENGINES = ["sqlite", "postgresql"]
"""As parameters of a test: without a PostgreSQL the harness leaves the second out."""


@dataclass
class Town:
    """An app that nobody changes any more, and its backup."""

    app: Flask
    file: Path


@pytest.fixture(scope="session", params=ENGINES)
def town(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    """A town that all tests share: they only read it."""
    folder = tmp_path_factory.mktemp("town")
    with places(folder) as place:
        app = place(request.param)
        assert run(app, "db", "upgrade").exit_code == 0
        with app.app_context():
            load_library()
            people_of_the_cast()
            db.session.commit()
            fill(Cast.now())
        made = run(app, "backup", folder / "town.backup")
        assert made.exit_code == 0, made.output
        yield Town(app, folder / "town.backup")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """An app on an engine, with no tables and no bytes yet: `place("postgresql")`."""
    with places(tmp_path) as make:
        yield make


@contextmanager
def places(folder: Path) -> Iterator[Place]:
    """Empty places; their databases are gone afterwards."""
    made: list[tuple[Flask, str]] = []

    def make(engine: str) -> Flask:
        name = f"inspector_{uuid.uuid4().hex}"
        within = folder / name
        within.mkdir()
        url = f"sqlite:///{within / 'test.sqlite3'}"
        if engine == "postgresql":
            _on_server(f"CREATE DATABASE {name}")
            url = make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
        made.append((new_app(url, within), name if engine == "postgresql" else ""))
        return made[-1][0]

    yield make
    for app, name in made:
        with app.app_context():
            db.engine.dispose()
        if name:
            _on_server(f"DROP DATABASE {name} WITH (FORCE)")


def _on_server(statement: str) -> None:
    server = create_engine(POSTGRES, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with server.connect() as connection:
        connection.execute(text(statement))


def run(app: Flask, *arguments: object) -> Result:
    """`flask --app inspector ARGUMENTS`, in a context of its own."""

    def invoke() -> Result:
        return app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])

    result = contextvars.Context().run(invoke)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result
