"""Past the walls around the trail: for tests that change what nobody may, or begin without it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from inspector.db import Base, db
from inspector.history import Event, Link
from inspector.history.keeping import without_triggers


def erase(*rows: type[Base]) -> None:
    """Empty these tables, and with the events their chain."""
    with past_the_walls() as connection:
        for row in rows:
            for table in (Link, Event) if row is Event else (row,):
                connection.execute(table.__table__.delete())  # type: ignore[attr-defined]


@contextmanager
def past_the_walls() -> Iterator[Connection]:
    """A connection of somebody who may switch off what keeps the trail, committed at the end."""
    db.session.commit()
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            yield connection
            connection.commit()
            return
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
        for statement in without_triggers("sqlite", ("event", "link", "operation")):
            driver.execute(statement.replace("DROP TRIGGER", "DROP TRIGGER IF EXISTS"))
        yield connection
        connection.commit()
        driver.execute("PRAGMA foreign_keys=ON")
