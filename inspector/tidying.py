"""Throwing away what has had its time, once a day: nothing that the trail does not know of."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import Delete, delete, select

from inspector import clock
from inspector.db import db
from inspector.offline.raw_notes import forget_notes
from inspector.people.roles import Role
from inspector.people.sessions import Limits, Session
from inspector.people.single_sign_on.models import Arrival
from inspector.people.uploads import Upload
from inspector.scores.uploads import FigureUpload
from inspector.storage import storage

UNFINISHED: Final = timedelta(days=1)
"""Nobody still writes a file that was begun before that."""
UNCONFIRMED: Final = timedelta(days=7)
"""Nobody still looks at a file to import that was uploaded before that."""


def forget_sessions(at: datetime) -> int:
    """Remove the sessions that are over for SESSION_DAYS; the trail keeps who signed in, when."""
    longest = max(Limits.of(role).longest for role in Role)
    before = at - longest - timedelta(days=current_app.config["SESSION_DAYS"])
    over = select(Session.id).where(Session.started_at < before)
    db.session.execute(delete(Arrival).where(Arrival.session_id.in_(over)))
    return _removed(delete(Session).where(Session.started_at < before))


def forget_uploads(at: datetime) -> int:
    """Remove files of people, branches and figures that nobody imported."""
    return sum(
        _removed(delete(row).where(row.imported_at.is_(None), row.at < at - UNCONFIRMED))
        for row in (Upload, FigureUpload)
    )


def forget_parts(at: datetime) -> int:
    """Remove what a process that died had begun to write into the storage."""
    return storage().remove_unfinished(at - UNFINISHED)


TASKS: Final[dict[str, Callable[[datetime], int]]] = {
    "mystery visits whose raw notes were removed": forget_notes,
    "sessions that were over": forget_sessions,
    "uploads that nobody imported": forget_uploads,
    "files that were never finished": forget_parts,
}


@click.command("tidy")
@with_appcontext
def tidy() -> None:
    """Throw away what has had its time: once a day; a run too many does no harm.

    Shoppers' raw notes after 60 days (domain.md 2.5), sessions long over, uploads that nobody
    imported, and what a process that died had begun to write.
    """
    for what, task in TASKS.items():
        click.echo(f"{task(clock.now())} {what}")


def _removed(statement: Delete) -> int:
    result = db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.commit()
    return int(result.rowcount)  # type: ignore[attr-defined]
