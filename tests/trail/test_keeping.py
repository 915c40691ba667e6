"""Rows of the trail are added and read: neither the application nor SQL changes or deletes them."""

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from inspector.db import Base, db
from inspector.history import Event, Link
from inspector.offline.models import Operation
from tests import cast as make
from tests import rows
from tests.cast import Cast

KEPT = [Event, Link, Operation]
CHANGES = {"event": "verb = 'x'", "link": "version = 2", "operation": "kind = 'x'"}


@pytest.fixture(autouse=True)
def a_row_in_each(cast: Cast) -> None:
    visit = make.a_visit(cast)
    rows.parked(visit, "answer.set", {"item": "ON-RAK-02"})
    db.session.commit()


@pytest.mark.parametrize("row", KEPT)
def test_the_unit_of_work_refuses(row: type[Base]) -> None:
    one = db.session.scalars(select(row).limit(1)).one()
    db.session.delete(one)
    with pytest.raises(RuntimeError, match="the trail does not change"):
        db.session.flush()
    db.session.rollback()
    one = db.session.scalars(select(row).limit(1)).one()
    name = {"event": "verb", "link": "previous", "operation": "kind"}[row.__tablename__]
    setattr(one, name, "x")
    with pytest.raises(RuntimeError, match="the trail does not change"):
        db.session.flush()
    db.session.rollback()


@pytest.mark.parametrize("row", KEPT)
def test_statements_of_the_unit_of_work_are_refused(row: type[Base]) -> None:
    for statement in (delete(row), update(row).values({"id": None})):
        with pytest.raises(RuntimeError, match="the trail does not change"):
            db.session.execute(statement)


@pytest.mark.parametrize("table", CHANGES)
def test_the_database_refuses_what_comes_past_it(table: str) -> None:
    statements = [f"UPDATE {table} SET {CHANGES[table]}", f"DELETE FROM {table}"]
    if db.engine.dialect.name == "postgresql":
        statements.append(f"TRUNCATE {table} CASCADE")
    before = db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    assert before
    for statement in statements:
        with pytest.raises(DBAPIError, match="never changed"):
            db.session.execute(text(statement))
        db.session.rollback()
    assert db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == before
