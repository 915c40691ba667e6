"""On PostgreSQL the application signs in as a role that cannot change the trail."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine, make_url, select, text
from sqlalchemy.exc import DBAPIError

from inspector.db import db
from inspector.history import Event
from inspector.trail.roles import may_change
from inspector.trail.verifying import verify
from tests import cast as make
from tests.cast import Cast, load_library, people_of_the_cast
from tests.conftest import POSTGRES, Client, new_app
from tests.offline.tablet import Tablet
from tests.signed_in import sign_in_as

pytestmark = pytest.mark.skipif(not POSTGRES, reason="roles are PostgreSQL's")

FORBIDDEN = [
    "UPDATE event SET verb = 'x'",
    "DELETE FROM event",
    "TRUNCATE event CASCADE",
    "UPDATE link SET sha256 = ''",
    "DELETE FROM link",
    "UPDATE operation SET kind = 'x'",
    "DELETE FROM operation",
    "ALTER TABLE event DISABLE TRIGGER ALL",
    "DROP TRIGGER event_kept ON event",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
    "DROP TABLE operation",
    "SET session_replication_role = replica",
    "CREATE TABLE false_event ()",
    "UPDATE alembic_version SET version_num = '001'",
]


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Flask]:
    """The app as the role that owns the tables, in a database of its own with the cast in it."""
    name, role = f"inspector_{uuid.uuid4().hex}", f"owner_{uuid.uuid4().hex}"
    server = create_engine(POSTGRES, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with server.connect() as connection:
        connection.execute(text(f"CREATE ROLE {role} LOGIN"))
        connection.execute(text(f"CREATE DATABASE {name} OWNER {role}"))
        url = make_url(POSTGRES).set(database=name, username=role)
        app = new_app(url.render_as_string(hide_password=False), tmp_path)
        with app.app_context():
            flask_migrate.upgrade()
            load_library()
            people_of_the_cast()
            db.session.commit()
            yield app
            db.session.remove()
            db.engine.dispose()
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        connection.execute(text(f"DROP ROLE {role}"))


@pytest.fixture
def role(owner: Flask) -> Iterator[str]:
    """A role that may sign in and nothing else."""
    name = f"app_{uuid.uuid4().hex}"
    server = create_engine(POSTGRES, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    own = create_engine(
        make_url(POSTGRES).set(database=db.engine.url.database),
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
    )
    with server.connect() as connection:
        connection.execute(text(f"CREATE ROLE {name} LOGIN"))
        yield name
        with own.connect() as within:
            within.execute(text(f"DROP OWNED BY {name} CASCADE"))
        connection.execute(text(f"DROP ROLE {name}"))


def protect(owner: Flask, *args: str) -> tuple[int, str]:
    db.session.rollback()
    result = owner.test_cli_runner().invoke(args=["history", "protect", *args])
    return result.exit_code, result.output


def test_the_app_works_as_the_lesser_role_and_cannot_change_a_row(
    owner: Flask, role: str, tmp_path: Path
) -> None:
    assert protect(owner, role) == (
        0,
        f"{role} adds to the trail and reads it; it cannot change it\n",
    )
    assert protect(owner, role)[0] == 0, "and once more"
    url = db.engine.url.set(username=role)
    app = new_app(url.render_as_string(hide_password=False), tmp_path)
    with app.app_context():
        cast = Cast.now()
        notice = make.reported(cast)
        visit = make.a_visit(cast, kind="offsite")
        db.session.commit()
        device: Client = app.test_client()  # type: ignore[assignment]
        sign_in_as(device, cast.reviewer)
        tablet = Tablet(device, visit)
        tablet.send(tablet.entry("visit.start"), tablet.answer("OF-VID-01", "no"))
        client = app.test_client()
        sign_in_as(client, cast.outlet)
        assert client.get(f"/notices/{notice.id}").status_code == 200
        app.extensions["queue"].put("nothing", "x")
        assert verify().entries == 2
        with db.engine.connect() as connection:
            assert not may_change(connection)
        for statement in FORBIDDEN:
            before = db.session.scalars(select(Event.verb)).all()
            with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
                db.session.execute(text(statement))
            db.session.rollback()
            assert db.session.scalars(select(Event.verb)).all() == before
        db.session.remove()
        db.engine.dispose()


def test_what_later_migrations_make_is_the_apps_too(
    owner: Flask, role: str, tmp_path: Path
) -> None:
    protect(owner, role)
    with db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE later (id int)"))
    url = db.engine.url.set(username=role)
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text("INSERT INTO later VALUES (1)"))
        connection.execute(text("DELETE FROM later"))


def test_the_owner_is_told_that_the_trail_is_open_to_it(owner: Flask, role: str) -> None:
    with db.engine.connect() as connection:
        assert may_change(connection)


def test_a_role_that_could_change_it_all_the_same_is_refused(owner: Flask, role: str) -> None:
    own = db.engine.url.username or ""
    assert protect(owner, own) == (
        1,
        f"Error: Nothing was done: {own} owns the tables, or is a member of {own}, which does.\n",
    )
    assert "is a superuser" in protect(owner, make_url(POSTGRES).username or "")[1]
    assert "there is no role" in protect(owner, "nobody")[1]
    server = create_engine(POSTGRES, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with server.connect() as connection:
        connection.execute(text(f"GRANT {own} TO {role}"))
    assert f"is a member of {own}" in protect(owner, role)[1]


def test_the_sql_can_be_printed_for_who_runs_it_by_hand(owner: Flask, role: str) -> None:
    code, sql = protect(owner, role, "--print")
    assert code == 0
    assert "REVOKE UPDATE, DELETE, TRUNCATE, TRIGGER, REFERENCES ON public.event" in sql
    with db.engine.begin() as connection:
        connection.exec_driver_sql(sql)
    with create_engine(db.engine.url.set(username=role), poolclass=NullPool).connect() as as_role:
        assert not may_change(as_role)
