"""While rows are put in, nothing guards the database; afterwards all does as before."""

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from inspector.backup.loading import unguarded
from inspector.backup.manifest import Unusable
from inspector.db import db
from tests.backup.conftest import ENGINES, Place

TABLES = {
    "sqlite": """
        CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, b INTEGER REFERENCES b (id));
        CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a (id));
        CREATE TRIGGER never BEFORE INSERT ON b BEGIN SELECT RAISE(ABORT, 'never'); END;""",
    "postgresql": """
        CREATE TABLE a (id SERIAL PRIMARY KEY, b INTEGER);
        CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a (id));
        ALTER TABLE a ADD CONSTRAINT "odd Name" FOREIGN KEY (b) REFERENCES b (id)
            DEFERRABLE INITIALLY DEFERRED;
        CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'never'; END $$;
        CREATE TRIGGER never BEFORE INSERT ON b FOR EACH ROW EXECUTE FUNCTION never();
        ALTER TABLE b ENABLE ALWAYS TRIGGER never;""",
}


@pytest.fixture(params=ENGINES)
def scratch(request: pytest.FixtureRequest, place: Place) -> Flask:
    """Two tables that point at each other, one with a trigger, one with a sequence."""
    app = place(request.param)
    with app.app_context(), db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        if request.param == "sqlite":
            driver.executescript(TABLES[request.param])
        else:
            driver.execute(TABLES[request.param])
            driver.commit()
    return app


def put(*statements: str) -> None:
    with db.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_rows_come_in_any_order_past_triggers_and_move_sequences_on(scratch: Flask) -> None:
    with scratch.app_context():
        with unguarded() as connection:
            connection.execute(text("INSERT INTO a (id, b) VALUES (7, 3)"))
            connection.execute(text("INSERT INTO b (id, a) VALUES (3, 7)"))
        put("INSERT INTO a (b) VALUES (3)")
        with db.engine.connect() as connection:
            assert list(connection.scalars(text("SELECT id FROM a ORDER BY id"))) == [7, 8]
        with pytest.raises(DatabaseError, match="never"):
            put("INSERT INTO b (id, a) VALUES (4, 7)")
        with pytest.raises(DatabaseError, match=r"(?i)foreign key"):
            put("INSERT INTO a (b) VALUES (99)")


def test_a_row_that_points_nowhere_undoes_it_all(scratch: Flask) -> None:
    with scratch.app_context():
        with pytest.raises((Unusable, DatabaseError)), unguarded() as connection:
            connection.execute(text("INSERT INTO a (id, b) VALUES (7, 3)"))
        with db.engine.connect() as connection:
            assert list(connection.scalars(text("SELECT id FROM a"))) == []
        with pytest.raises(DatabaseError, match="never"):
            put("INSERT INTO b (id, a) VALUES (4, 7)")
