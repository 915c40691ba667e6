"""The migrations lead to the models and back, on each engine, with rows in the tables."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import NullPool, create_engine, func, inspect, make_url, select, text

from inspector.db import db
from inspector.findings.models import Finding, Report
from inspector.history import Event
from inspector.notices.models import Acknowledgement, Notice
from inspector.notices.papers.models import Paper
from inspector.visits.models import Visit
from tests import rows
from tests.cast import Cast, load_library, people_of_the_cast
from tests.conftest import POSTGRES, new_app

SCRIPTS = ScriptDirectory(str(Path(__file__).parents[2] / "migrations"))
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An app on a database of its own in which there is nothing yet."""
    if request.param == "sqlite":
        yield from _within(new_app(f"sqlite:///{tmp_path / 'empty.sqlite3'}", tmp_path))
        return
    if not POSTGRES:
        pytest.skip("INSPECTOR_TEST_POSTGRES_URL is not set: bin/test starts a private cluster")
    name = f"inspector_{uuid.uuid4().hex}"
    server = create_engine(POSTGRES, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        url = make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
        yield from _within(new_app(url, tmp_path))
        connection.execute(text(f"DROP DATABASE {name}"))


def _within(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def differences() -> list[Any]:
    """What the models say and the database does not, or the other way round."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, db.metadata))


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names())


def test_there_is_one_head_and_each_migration_has_a_name_and_a_number() -> None:
    assert len(SCRIPTS.get_heads()) == 1
    for script in SCRIPTS.walk_revisions():
        assert Path(script.path).name.startswith(f"{script.revision}_")
        assert script.doc


def test_each_step_can_be_taken_back_and_again_and_the_last_equals_the_models(empty: Flask) -> None:
    for revision in REVISIONS:
        flask_migrate.upgrade(revision=revision)
        flask_migrate.downgrade()
        flask_migrate.upgrade(revision=revision)
    assert differences() == []
    flask_migrate.downgrade(revision="base")
    assert tables() == {"alembic_version"}


def test_down_and_up_again_with_rows_in_every_table(empty: Flask) -> None:
    flask_migrate.upgrade()
    load_library("[mo][yf]*")  # mystery and off-site
    people_of_the_cast()
    db.session.flush()
    visit = rows.a_visit_at(cast := Cast.now(), "confirmed", kind="offsite")
    rows.a_photo(visit)
    rows.a_draw(cast)
    rows.a_saved_view(cast.channel)
    rows.a_paper(rows.a_notice_at(cast, visit, 0, "returned"))
    issued, held = (rows.a_visit_at(cast, s, kind="mystery") for s in ("published", "confirmed"))
    rows.a_notice_at(cast, issued, 0, "issued", seq=2)
    rows.a_notice_at(cast, held, 1, "draft")
    keys = issued.id, held.id
    db.session.commit()
    for row in (Event, Finding, Report, Notice, Acknowledgement, Paper):
        assert db.session.scalar(select(func.count()).select_from(row))
    db.session.remove()
    flask_migrate.downgrade(revision="009")
    flask_migrate.upgrade()
    stages = [db.session.get_one(Visit, key).stage for key in keys]
    assert stages == ["published", "confirmed"], "what its branch knows of is published"
    db.session.remove()
    flask_migrate.downgrade(revision=SCRIPTS.get_base())
    flask_migrate.downgrade(revision="base")
    flask_migrate.upgrade()
    assert differences() == []
