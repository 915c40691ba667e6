"""Which version of the application and of its database there is, and which a backup has."""

import tomllib
from pathlib import Path

import flask_migrate
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import Connection

from inspector.backup.manifest import Unusable
from inspector.db import db

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


def version() -> str:
    """The version of the application."""
    return str(tomllib.loads(PROJECT.read_text())["project"]["version"])


def of(connection: Connection) -> str:
    """The last migration of the database."""
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        raise Unusable("There is no database yet: flask db upgrade")
    return revision


def require_known(revision: str) -> None:
    """Raise Unusable for a backup of a database that is newer than this code."""
    config = current_app.extensions["migrate"].migrate.get_config()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision not in known:
        raise Unusable(
            f"The backup is of a newer version: its database is at {revision}, which this code "
            "does not know. Install that version, restore, and go on from there."
        )


def bring_to(revision: str) -> None:
    """Make the tables as they were then, in a database without rows."""
    with db.engine.connect() as connection:
        now = MigrationContext.configure(connection).get_current_revision()
    if now not in {None, revision}:
        flask_migrate.downgrade(revision="base")
    flask_migrate.upgrade(revision=revision)


def bring_up() -> None:
    """Migrate to this code's newest."""
    flask_migrate.upgrade()
