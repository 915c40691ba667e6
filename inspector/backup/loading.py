"""Fills an empty database with rows in any order: what guards it steps aside, and checks them at
the end. All of it happens in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from inspector.backup.manifest import Unusable
from inspector.db import db

FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
    FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"""

TRIGGERS = """
    SELECT tgrelid::regclass::text, quote_ident(tgname), tgenabled::text
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace"""

SEQUENCES = """
    SELECT quote_ident(table_name), quote_ident(column_name), sequence FROM (
        SELECT table_name, column_name,
               pg_get_serial_sequence(quote_ident(table_name), column_name) AS sequence
        FROM information_schema.columns WHERE table_schema = current_schema()) AS found
    WHERE sequence IS NOT NULL"""

AGAIN = {"O": "ENABLE", "A": "ENABLE ALWAYS", "R": "ENABLE REPLICA", "D": "DISABLE"}
"""How a trigger fires, by what PostgreSQL says of it."""


@contextmanager
def unguarded() -> Iterator[Connection]:
    """A transaction in which no foreign key and no trigger holds: rows come as they were, and
    nothing is added to them. Whether each points at one that is there is checked at its end."""
    of_engine = _on_sqlite if db.engine.dialect.name == "sqlite" else _on_postgresql
    with db.engine.connect() as connection, of_engine(connection):
        yield connection


@contextmanager
def _on_sqlite(connection: Connection) -> Iterator[None]:
    driver = connection.connection.driver_connection
    assert driver is not None  # it is connected
    driver.execute("PRAGMA foreign_keys=OFF")  # does nothing inside a transaction
    try:
        with connection.begin():
            found = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            triggers = connection.exec_driver_sql(found).all()
            for name, _sql in triggers:
                connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
            yield
            for _name, sql in triggers:
                connection.exec_driver_sql(sql)
            if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise Unusable(
                    f"A row of {broken[0]} points at one of {broken[2]} that is missing."
                )
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


@contextmanager
def _on_postgresql(connection: Connection) -> Iterator[None]:
    def run(statement: str) -> None:
        connection.execute(text(statement.replace(":", r"\:")))

    with connection.begin():
        keys = connection.exec_driver_sql(FOREIGN_KEYS).all()
        triggers = connection.exec_driver_sql(TRIGGERS).all()
        for table, name, _definition in keys:
            run(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for table, name, _fires in triggers:
            run(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
        yield
        for table, column, sequence in connection.exec_driver_sql(SEQUENCES).all():
            largest = f"SELECT max({column}) FROM {table}"  # noqa: S608 - the catalogue's names
            run(f"SELECT setval('{sequence}', greatest(({largest}), 1), ({largest}) IS NOT NULL)")
        for table, name, fires in triggers:
            run(f"ALTER TABLE {table} {AGAIN[fires]} TRIGGER {name}")
        for table, name, definition in keys:
            run(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
