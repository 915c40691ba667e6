"""How Alembic runs inside the app: the app's engine, the models' metadata, batches for SQLite."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from inspector.db import db


def run() -> None:
    """Migrate the app's database in one transaction."""
    options = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection, _unchecked(connection):
        context.configure(connection=connection, target_metadata=db.metadata, **options)
        with context.begin_transaction():
            context.run_migrations()


@contextmanager
def _unchecked(connection: Connection) -> Iterator[None]:
    """On SQLite a table is changed by copying it, and the old one cannot be dropped while rows of
    others point at it: the references are checked at the end instead."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")  # does nothing inside a transaction
    yield
    broken = driver.execute("PRAGMA foreign_key_check").fetchall()
    driver.execute("PRAGMA foreign_keys=ON")
    if broken:
        raise RuntimeError(f"rows that point nowhere: {broken[:5]}")


run()
