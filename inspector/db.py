"""The database: one session a request, UUID keys, UTC times, and named constraints."""

import json
import uuid
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from sqlite3 import Connection as SQLiteConnection
from typing import Any, Final, cast

import orjson
from flask import g, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    ColumnElement,
    CompoundSelect,
    Connection,
    Dialect,
    Engine,
    Executable,
    Index,
    MetaData,
    Row,
    Select,
    Table,
    TextClause,
    Update,
    Uuid,
    bindparam,
    event,
    func,
    inspect,
    literal,
    select,
    text,
    types,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from inspector.problems import Problem

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


def index_where(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of those rows only of which that is true: of a long history it holds the few that
    are asked for all the time."""
    only = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=only, postgresql_where=only)


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


@event.listens_for(Engine, "connect")
def _prepare_postgres(connection: Any, _record: object) -> None:
    """What the desk asks has many short conditions: PostgreSQL would spend seconds on compiling
    them for some tens of thousands of rows that it goes through in one."""
    if isinstance(connection, SQLiteConnection):
        return
    connection.execute("SET jit = off")
    connection.commit()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """Take SQLite's write lock at the start of what will write: a reader that turns writer midway
    would be refused when another wrote in between. Only what says that it reads has none."""
    if connection.dialect.name != "sqlite":
        return
    reading = has_request_context() and request.method in READING and "writes" not in g
    reading = reading or connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


TEXT: Final = 2000
"""How many characters a text of people's own may have where its column does not say."""


@event.listens_for(Session, "before_flush")
def _refuse_what_is_too_long(session: Session, *_rest: object) -> None:
    """What a form let pass: PostgreSQL would refuse it by an error, SQLite keep it all."""
    for row in (*session.new, *session.dirty):
        for name, limit in _limits(cast(Hashable, type(row))):
            if len(row.__dict__.get(name) or "") > limit:
                raise Problem("text.too_long", limit=limit)


@cache
def _limits(row: Hashable) -> tuple[tuple[str, int], ...]:
    """The texts of a table, each with how long it may be."""
    return tuple(
        (found.key, found.columns[0].type.length or TEXT)
        for found in inspect(cast(type[Base], row)).column_attrs
        if isinstance(found.columns[0].type, types.String)
    )


def going_to_write() -> None:
    """For a GET that writes: what it has read so far is let go, and from now on it has the write
    lock that others take at their start."""
    db.session.rollback()
    g.writes = True


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


def any_of(column: Any, keys: Iterable[uuid.UUID]) -> ColumnElement[bool]:
    """Whether a column is one of many keys, however many: one parameter holds them all, where an
    IN of its own parameters ends at some ten thousands, and a subquery is worked out once more in
    each statement."""
    if db.engine.dialect.name == "sqlite":
        listed = func.json_each(json.dumps([key.hex for key in keys])).table_valued("value")
        return cast(ColumnElement[bool], column.in_(select(listed.c.value)))
    array = literal(list(keys), ARRAY(Uuid))
    return cast(ColumnElement[bool], column == func.any(array))


def one_of_few(column: Any, keys: Select[Any] | CompoundSelect[Any]) -> ColumnElement[bool]:
    """Whether a column is one of what a statement finds, which is little beside the rows.
    PostgreSQL reads all of these where it is to match them with an IN of unknown length."""
    if db.engine.dialect.name == "sqlite":
        return cast(ColumnElement[bool], column.in_(keys))
    return cast(ColumnElement[bool], column == func.any(func.array(keys.scalar_subquery())))


def insert_if_new(row: type[Base], **values: object) -> None:
    """Insert a row unless one with its key is there: safe when many do it at once."""
    dialect = db.engine.dialect.name
    insert = sqlite_insert if dialect == "sqlite" else postgresql_insert
    db.session.execute(insert(row).values(**values).on_conflict_do_nothing())


def changed(statement: Update) -> bool:
    """Whether the statement, a transaction of its own, changed something."""
    result = db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.commit()
    return bool(result.rowcount)  # type: ignore[attr-defined]


def insert_or_touch(
    row: type[Base], values: dict[str, Any], update: tuple[str, ...], back: tuple[str, ...]
) -> Row[Any]:
    """Insert a row, or give the one with its `id` the new values of the columns `update`; either
    way it is locked until the end of the transaction, and the columns `back` are returned: one
    statement, safe when many do it."""
    dialect = db.engine.dialect.name
    statement = _insert_or_touch(dialect, row, tuple(values), update, back)
    found: Row[Any] = db.session.execute(statement, values).one()
    return found


@lru_cache(maxsize=64)
def _insert_or_touch(
    dialect: str,
    row: type[Base],
    columns: tuple[str, ...],
    update: tuple[str, ...],
    back: tuple[str, ...],
) -> Executable:
    table: Table = row.__table__  # type: ignore[assignment]
    insert: Any = sqlite_insert if dialect == "sqlite" else postgresql_insert
    statement = insert(table).values({name: bindparam(name) for name in columns})
    new = {name: statement.excluded[name] for name in update}
    statement = statement.on_conflict_do_update(index_elements=["id"], set_=new)
    made: Executable = statement.returning(*(table.c[name] for name in back))
    return made


def insert_missing(
    row: type[Base], rows: Sequence[Mapping[str, Any]], back: Sequence[Any]
) -> Sequence[Row[Any]]:
    """Insert the rows of which none with their key is there, and return `back` of these: safe when
    many do it at once, provided that all give their rows in the same order."""
    if not rows:
        return []
    insert: Any = sqlite_insert if db.engine.dialect.name == "sqlite" else postgresql_insert
    statement = insert(row.__table__).on_conflict_do_nothing().returning(*back)
    return db.session.execute(statement, list(rows)).all()


class day_of(FunctionElement[date]):  # noqa: N801 - it is written like a function of SQL
    """The calendar day at the bank of a moment in a column: `clock.day` as SQL."""

    type = types.Date()
    inherit_cache = True


@compiles(day_of, "sqlite")
def _sqlite_day(element: day_of, compiler: SQLCompiler, **how: Any) -> str:
    return f"date({compiler.process(element.clauses, **how)}, '+8 hours')"


@compiles(day_of, "postgresql")
def _postgresql_day(element: day_of, compiler: SQLCompiler, **how: Any) -> str:
    return f"CAST(timezone('Asia/Shanghai', {compiler.process(element.clauses, **how)}) AS DATE)"


class last_of_month(FunctionElement[date]):  # noqa: N801 - it is written like a function of SQL
    """The last day of the month, at the bank, in which a moment in a column lies."""

    type = types.Date()
    inherit_cache = True


@compiles(last_of_month, "sqlite")
def _sqlite_month(element: last_of_month, compiler: SQLCompiler, **how: Any) -> str:
    moment = compiler.process(element.clauses, **how)
    return f"date({moment}, '+8 hours', 'start of month', '+1 month', '-1 day')"


@compiles(last_of_month, "postgresql")
def _postgresql_month(element: last_of_month, compiler: SQLCompiler, **how: Any) -> str:
    moment = compiler.process(element.clauses, **how)
    month = f"date_trunc('month', timezone('Asia/Shanghai', {moment}))"
    return f"CAST({month} + INTERVAL '1 month -1 day' AS DATE)"


class days_between(FunctionElement[int]):  # noqa: N801 - it is written like a function of SQL
    """How many days at the bank lie between two moments in columns, the earlier one first."""

    type = types.Integer()
    inherit_cache = True


@compiles(days_between, "sqlite")
def _sqlite_days(element: days_between, compiler: SQLCompiler, **how: Any) -> str:
    since, until = (compiler.process(day_of(moment), **how) for moment in element.clauses)
    return f"CAST(julianday({until}) - julianday({since}) AS INTEGER)"


@compiles(days_between, "postgresql")
def _postgresql_days(element: days_between, compiler: SQLCompiler, **how: Any) -> str:
    since, until = (compiler.process(day_of(moment), **how) for moment in element.clauses)
    return f"({until} - {since})"


class Encoded(str):
    """JSON that is text already."""


def as_json(value: Any) -> Encoded:
    """A value as JSON, the names in it in order; keys and times are written as text. Raises
    TypeError for what JSON cannot carry everywhere: half a character, a number beyond 64 bits."""
    return Encoded(orjson.dumps(value, option=orjson.OPT_SORT_KEYS), "utf-8")


def insert_many(
    row: type[Base],
    rows: Sequence[Mapping[str, Any]],
    *,
    update: tuple[str, ...] = (),
    key: str = "",
) -> None:
    """Insert many rows in one statement, past the unit of work: hundreds of entries of a tablet at
    once. With `key` (columns, separated by commas) rows that are there get the columns of `update`.

    PostgreSQL gets all rows as one JSON value: a tenth of the time of a parameter for each field.
    """
    if not rows:
        return
    table: Table = row.__table__  # type: ignore[assignment]
    columns = tuple(rows[0])
    if db.engine.dialect.name == "sqlite":
        insert: Any = sqlite_insert(table)
        if key:
            new = {column: insert.excluded[column] for column in update}
            insert = insert.on_conflict_do_update(index_elements=key.split(","), set_=new)
        db.session.execute(insert, [decoded(values) for values in rows])
        return
    shared = {name: rows[0][name] for name in columns[1:] if _is_shared(name, rows)}
    own = [name for name in columns if name not in shared]
    # A JSON value travels as text inside the JSON: PostgreSQL would stumble over a NUL in it.
    as_text = {name for name in columns if isinstance(table.c[name].type, JSON)}
    sent = [{n: _text(row[n]) if n in as_text else row[n] for n in own} for row in rows]
    once = {n: _text(value) if n in as_text else value for n, value in shared.items()}
    statement = _insert_from_json(table, tuple(own), tuple(shared), update, key)
    db.session.execute(statement, {"rows": as_json(sent), **once})


def _text(value: Any) -> Encoded:
    return value if isinstance(value, Encoded) else as_json(value)


def _is_shared(name: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether all rows have the very same object there: then it need not be said each time."""
    first = rows[0][name]
    return all(row[name] is first for row in rows)


def decoded(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a row, with what is JSON already as what it means."""
    return {k: json.loads(v) if isinstance(v, Encoded) else v for k, v in values.items()}


@lru_cache(maxsize=64)
def _insert_from_json(
    table: Table, own: tuple[str, ...], shared: tuple[str, ...], update: tuple[str, ...], key: str
) -> TextClause:
    """INSERT … SELECT of the rows in the parameter `rows`, each with what they share in a parameter
    of its own. All names are our own models'."""
    dialect = db.engine.dialect
    # Without lengths: a cast would cut off what is too long, where the column refuses it.
    kinds = {n: table.c[n].type.compile(dialect).split("(")[0] for n in (*own, *shared)}
    taken = [f"CAST({name} AS {kinds[name]})" for name in own]
    taken += [f"CAST(:{name} AS {kinds[name]})" for name in shared]
    shape = ", ".join(f"{n} {'text' if kinds[n] == 'JSON' else kinds[n]}" for n in own)
    new = ", ".join(f"{name} = excluded.{name}" for name in update)
    return text(
        f"INSERT INTO {table.name} ({', '.join((*own, *shared))}) "  # noqa: S608
        f"SELECT {', '.join(taken)} FROM json_to_recordset(CAST(:rows AS json)) AS sent({shape})"
        + (f" ON CONFLICT ({key}) DO UPDATE SET {new}" if key else "")
    )


def after_commit(act: Callable[[], None]) -> None:
    """Do something once the transaction is through, and not at all when it is rolled back: what
    happens outside of the database cannot be undone with it."""
    db.session.info.setdefault("after_commit", []).append(act)


@event.listens_for(Session, "after_commit")
def _act(session: Session) -> None:
    if not session.in_nested_transaction():  # a savepoint's end is no commit
        for act in session.info.pop("after_commit", []):
            act()


@event.listens_for(Session, "after_rollback")
def _give_up(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop("after_commit", None)
