"""How Alembic runs inside the app: the app's engine, the models' metadata, batches for SQLite."""

from alembic import context
from flask import current_app

from inspector.db import db


def run() -> None:
    """Migrate the app's database in one transaction."""
    options = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=db.metadata, **options)
        with context.begin_transaction():
            context.run_migrations()


run()
