"""Freezing the quarter of very many outlets: somebody orders it, and the worker does it, for it
takes about a minute. The order is gone once the quarter is frozen."""

import logging
from datetime import datetime, timedelta
from typing import Final

from flask import Flask
from sqlalchemy import delete, or_, select, update

from inspector import clock
from inspector.clock import Quarter
from inspector.db import after_commit, changed, db, insert_if_new
from inspector.people.models import Person
from inspector.problems import Problem
from inspector.queue import queue
from inspector.scores import freezing
from inspector.scores.models import FreezeOrder

FREEZE: Final = "scores.freeze"
SILENT_AFTER: Final = timedelta(minutes=15)
"""Whoever took an order up this long ago is no longer at it."""


def init_app(app: Flask) -> None:
    """Have the worker do what is ordered, and look for what was forgotten."""
    app.extensions["queue"].learn(FREEZE, lambda quarter: work(Quarter.named(quarter)))
    app.extensions["queue"].often(look_for_forgotten)


def order(quarter: Quarter, *, by: Person, at: datetime) -> None:
    """Have a quarter frozen. Raises Problem as freezing it does; ordered twice, it is done once."""
    freezing.check_can(quarter, by=by, at=at)
    failed = FreezeOrder.quarter == str(quarter), FreezeOrder.failure.is_not(None)
    db.session.execute(delete(FreezeOrder).where(*failed))
    insert_if_new(FreezeOrder, quarter=str(quarter), by_id=by.id, at=at)
    after_commit(lambda: queue().put(FREEZE, str(quarter)))


def order_of(quarter: Quarter) -> FreezeOrder | None:
    """The order to freeze a quarter, while it waits, is carried out, or has failed."""
    return db.session.get(FreezeOrder, str(quarter))


def work(quarter: Quarter) -> None:
    """Carry an order out, unless there is none, or another worker is at it. What speaks against it
    is written into the order."""
    now, mine = clock.now(), update(FreezeOrder).where(FreezeOrder.quarter == str(quarter))
    free = or_(FreezeOrder.begun_at.is_(None), FreezeOrder.begun_at < now - SILENT_AFTER)
    if not changed(mine.where(free, FreezeOrder.failure.is_(None)).values(begun_at=now)):
        return
    ordered = db.session.get_one(FreezeOrder, str(quarter))
    try:
        freezing.freeze(quarter, by=ordered.by, at=now)
        db.session.delete(ordered)
        db.session.commit()
    except Problem as problem:
        _fail(quarter, problem.code)
    except Exception:
        logging.getLogger(__name__).exception("freezing %s", quarter)
        _fail(quarter, "server.broken")


def look_for_forgotten() -> None:
    """Put what waits into the queue again; harmless in any number."""
    waits = select(FreezeOrder.quarter).where(FreezeOrder.failure.is_(None))
    quarters = db.session.scalars(waits).all()
    db.session.rollback()
    for quarter in quarters:
        queue().put(FREEZE, quarter)


def _fail(quarter: Quarter, code: str) -> None:
    db.session.rollback()
    changed(update(FreezeOrder).where(FreezeOrder.quarter == str(quarter)).values(failure=code))
