"""Rows as lines of JSON that are the same on both engines, so that a backup of SQLite becomes a
PostgreSQL database and the other way round.

The tables are asked of the database, not of the models: a backup may be older than the code.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import orjson
from sqlalchemy import Column, Connection, MetaData, Table, func, inspect, select, union

from inspector.backup.kinds import kind
from inspector.backup.manifest import PIECE, Unusable
from inspector.db import db

VERSION_TABLE: Final = "alembic_version"

NAMING_BYTES: Final = (
    ("bulletin", "pdf_sha256"),
    ("download", "sha256"),
    ("notice", "pdf_sha256"),
    ("paper", "pdf_sha256"),
    ("picture", "jpeg"),
    ("picture", "thumb"),
    ("warning_order", "pdf_sha256"),
)
"""The columns that name bytes of the storage."""

LEFT_OUT: Final = frozenset({"session", "password_link", "calendar_link"})
"""Tables of which no row is taken along: what was ended or used up since must not live again."""

AT_ONCE: Final = 500
"""How many rows are asked for, or put in, at once."""


def tables(connection: Connection) -> dict[str, Table]:
    """All tables of the database by name, with the values of their rows as the file has them."""
    asked, engine = inspect(connection), connection.dialect.name
    return {
        name: Table(
            name,
            MetaData(),
            *(Column(c["name"], kind(c["type"], engine)) for c in asked.get_columns(name)),
        )
        for name in sorted(asked.get_table_names())
        if name != VERSION_TABLE
    }


@contextmanager
def snapshot() -> Iterator[Connection]:
    """All rows as they stand at this moment, whatever others write meanwhile; nobody waits."""
    options: dict[str, Any] = {"stream_results": True, "yield_per": AT_ONCE}
    if db.engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    else:
        options |= {"reading": True}
    with db.engine.connect().execution_options(**options) as connection:
        yield connection


def written(connection: Connection, table: Table) -> Iterator[bytes]:
    """The rows of a table, in pieces of whole lines."""
    lines = bytearray()
    for row in connection.execute(select(table)):
        lines += orjson.dumps(tuple(row), option=orjson.OPT_APPEND_NEWLINE)
        if len(lines) > PIECE:
            yield bytes(lines)
            lines.clear()
    if lines:
        yield bytes(lines)


def put_in(connection: Connection, table: Table, columns: list[str], lines: bytes) -> None:
    """Insert rows from lines of JSON."""
    try:
        rows = [dict(zip(columns, orjson.loads(line), strict=True)) for line in lines.splitlines()]
    except ValueError:
        raise Unusable(f"Rows of {table.name} cannot be read.") from None
    for first in range(0, len(rows), AT_ONCE):
        connection.execute(table.insert(), rows[first : first + AT_ONCE])


def count(connection: Connection, table: Table) -> int:
    """How many rows a table has."""
    return connection.scalar(select(func.count()).select_from(table)) or 0


def named_bytes(connection: Connection) -> Iterator[str]:
    """The SHA-256 of all bytes that rows name, each once."""
    there = tables(connection)
    naming = [
        select(there[table].c[column])
        for table, column in NAMING_BYTES
        if table in there and column in there[table].c
    ]
    for (name,) in connection.execute(union(*naming)):
        if name is not None:
            yield name
