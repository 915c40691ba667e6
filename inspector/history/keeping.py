"""Keeping what is in the trail: its rows are added and read, never changed and never deleted.

Three walls, one behind the other: the unit of work refuses; the database's triggers refuse what
comes past it; and on PostgreSQL the application's role lacks the right (inspector/trail/roles.py).
"""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, object_session

from inspector.db import Base

FUNCTION: Final = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of "%" are never changed', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$
"""
KEPT: Final = ("event", "link", "operation")
"""The tables of the trail."""

_kept: Final = set[type[Base]]()


def keep(row: type[Base]) -> type[Base]:
    """Have a model's rows refused when they are changed or deleted: a decorator."""
    _kept.add(row)
    event.listen(row, "before_update", _refuse_row)
    event.listen(row, "before_delete", _refuse_row)
    return row


def triggers(dialect: str, tables: Iterable[str]) -> list[str]:
    """The SQL by which a database refuses to change rows of these tables. SQLite forgets it when a
    migration copies a table: such a migration says it again."""
    if dialect == "postgresql":
        every = "UPDATE OR DELETE OR TRUNCATE"
        made = "CREATE TRIGGER {0}_kept BEFORE {1} ON {0} EXECUTE FUNCTION refuse_change()"
        return [FUNCTION, *(made.format(table, every) for table in tables)]
    made = (
        "CREATE TRIGGER {0}_kept_from_{1} BEFORE {1} ON {0}"
        " BEGIN SELECT RAISE(ABORT, 'rows of \"{0}\" are never changed'); END"
    )
    return [made.format(table, act) for table in tables for act in ("UPDATE", "DELETE")]


def without_triggers(dialect: str, tables: Iterable[str]) -> list[str]:
    """The SQL that takes them away again, for a migration back."""
    if dialect == "postgresql":
        dropped = [f"DROP TRIGGER {table}_kept ON {table}" for table in tables]
        return [*dropped, "DROP FUNCTION refuse_change()"]
    acts = ("UPDATE", "DELETE")
    return [f"DROP TRIGGER {table}_kept_from_{act}" for table in tables for act in acts]


def _refuse_row(_mapper: object, _connection: object, row: Base) -> None:
    session = object_session(row)
    if session is None or row in session.deleted or session.is_modified(row):
        raise RuntimeError(f"the trail does not change: {row!r}")


@event.listens_for(Session, "do_orm_execute")
def _refuse_statement(state: ORMExecuteState) -> None:
    if not (state.is_update or state.is_delete):
        return
    mapper = state.bind_mapper
    if mapper is not None and mapper.class_ in _kept:
        raise RuntimeError(f"the trail does not change: {mapper.class_.__name__}")
