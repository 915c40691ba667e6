"""A backup is older or newer than the code that restores it."""

from pathlib import Path

from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import text

from inspector.backup import revisions
from inspector.db import db
from tests.backup.conftest import Place, Town, run
from tests.backup.town import contents

SCRIPTS = ScriptDirectory(str(Path(__file__).parents[2] / "migrations"))


def test_an_older_one_is_migrated(town: Town, place: Place, tmp_path: Path) -> None:
    engine = "sqlite" if "sqlite" in town.app.config["SQLALCHEMY_DATABASE_URI"] else "postgresql"
    old, new = place(engine), place("sqlite")
    assert run(old, "restore", town.file).exit_code == 0
    assert run(old, "db", "downgrade").exit_code == 0
    made = run(old, "backup", tmp_path / "old")
    assert made.exit_code == 0
    head = SCRIPTS.get_current_head()
    assert f"at {head}" not in made.output
    assert run(new, "restore", tmp_path / "old").exit_code == 0
    assert revision(new) == head
    was, came = contents(town.app), contents(new)
    for name in ("visit", "finding", "notice", "photo", "bytes"):
        assert came[name] == was[name]


def test_a_newer_one_is_refused(place: Place, town: Town, tmp_path: Path) -> None:
    newer, here = place("sqlite"), place("sqlite")
    assert run(newer, "restore", town.file).exit_code == 0
    with newer.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '999'"))
    assert run(newer, "backup", tmp_path / "newer").exit_code == 0
    result = run(here, "restore", tmp_path / "newer")
    assert result.exit_code == 1
    assert "The backup is of a newer version: its database is at 999" in result.output
    assert run(here, "restore", town.file).exit_code == 0, "nothing was touched"


def revision(app: Flask) -> str:
    with app.app_context(), db.engine.connect() as connection:
        return revisions.of(connection)
