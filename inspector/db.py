"""The database: one session a request, UUID keys, UTC times, and named constraints."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from sqlite3 import Connection as SQLiteConnection
from typing import Any

from flask import has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Dialect, Engine, MetaData, event, types
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Base(DeclarativeBase):
    """The base of every row. Constraints are named by one convention, for the migrations."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Utc(types.TypeDecorator[datetime]):
    """An aware datetime, kept in UTC: SQLite forgets the zone, so it is put back on the way out."""

    impl = types.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be stored: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Keyed:
    """A row whose key is a random UUID. Never a time-ordered one: a key that a branch can see must
    not tell when a shopper came (domain.md 6, 2)."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


def one_of(column: str, values: Iterable[StrEnum]) -> str:
    """The SQL of a CHECK that a column holds one of an enum's values."""
    return f"{column} IN ({', '.join(repr(v.value) for v in values)})"


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: object, _record: object) -> None:
    if not isinstance(connection, SQLiteConnection):
        return
    connection.isolation_level = None  # the driver must not begin transactions: _begin does
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # "received" must survive a power cut
        "foreign_keys=ON",
        "busy_timeout=15000",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """Take SQLite's write lock at the start of what will write: a reader that turns writer midway
    would be refused when another wrote in between."""
    if connection.dialect.name != "sqlite":
        return
    reading = has_request_context() and request.method in READING
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


class Exact(types.TypeDecorator[Decimal]):
    """A Decimal that comes back digit for digit: NUMERIC on PostgreSQL, text on SQLite, which
    would turn a score into a float."""

    impl = types.Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> types.TypeEngine[Any]:
        sqlite = dialect.name == "sqlite"
        return dialect.type_descriptor(types.String(40) if sqlite else types.Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        return str(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


def insert_if_new(row: type[Base], **values: object) -> None:
    """Insert a row unless one with its key is there: safe when many do it at once."""
    dialect = db.engine.dialect.name
    insert = sqlite_insert if dialect == "sqlite" else postgresql_insert
    db.session.execute(insert(row).values(**values).on_conflict_do_nothing())
