"""A database for each test, made fresh fast: migrated and filled once, then copied or emptied."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from sqlite3 import Connection as SQLiteConnection
from typing import Any

import flask_migrate
from flask import Flask
from sqlalchemy import Engine, NullPool, create_engine, event, text

from inspector.db import db
from tests.cast import load_library, people_of_the_cast

KEPT = ("branch", "person", "checklist", "checklist_version", "section", "item")
"""The tables that all tests share; a test that writes to them gets them anew for the next."""


@event.listens_for(Engine, "connect")
def _hurry(connection: object, _record: object) -> None:
    """No test of this process's own database outlives a power cut: nothing waits for the disk."""
    if isinstance(connection, SQLiteConnection):
        connection.execute("PRAGMA synchronous=OFF")


WRITES_TO_KEPT = re.compile(rf"\s*(INSERT INTO|UPDATE|DELETE FROM) ({'|'.join(KEPT)})\b", re.I)


def sqlite_template(app: Flask, folder: Path) -> Callable[[], None]:
    """How to make the app's SQLite file fresh: copy the filled one over it."""
    _fill(app)
    live, template = folder / "test.sqlite3", folder / "template.sqlite3"
    live.rename(template)

    def renew() -> None:
        with app.app_context():
            db.engine.dispose()
        for leftover in folder.glob("test.sqlite3*"):
            leftover.unlink()
        shutil.copyfile(template, live)

    return renew


def postgres_template(app: Flask, server_url: str, name: str) -> Callable[[], None]:
    """How to make the app's PostgreSQL database fresh: empty what tests write to; copy the filled
    one only when a test has written to the tables that all share."""
    server = create_engine(server_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)

    def run(*statements: str) -> None:
        with server.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))

    # Where the tests of one engine come in two runs, this is the second time in this process.
    for stale in (name, f"{name}_template"):
        run(f"DROP DATABASE IF EXISTS {stale} WITH (FORCE)")
    run(f"CREATE DATABASE {name}")
    _fill(app)
    run(f"ALTER DATABASE {name} RENAME TO {name}_template")
    tables = [table.name for table in reversed(db.metadata.sorted_tables)]
    deletes = [f'DELETE FROM "{table}"' for table in tables if table not in KEPT]
    # Findings point at rectifications, and those at findings; and nobody may delete the trail, but
    # for who may switch its triggers off.
    empty = "; ".join(["SET LOCAL session_replication_role = replica", *deletes])
    copied = {"good": False}

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if WRITES_TO_KEPT.match(statement):
            copied["good"] = False

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)

    def renew() -> None:
        with app.app_context():
            if copied["good"]:
                with db.engine.begin() as connection:
                    connection.execute(text(empty))
                return
            db.engine.dispose()
        copied["good"] = True
        run(
            f"DROP DATABASE IF EXISTS {name} WITH (FORCE)",
            f"CREATE DATABASE {name} TEMPLATE {name}_template",
        )

    return renew


def _fill(app: Flask) -> None:
    with app.app_context():
        flask_migrate.upgrade()
        load_library()
        people_of_the_cast()
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
