"""Chains to be looked at."""

from sqlalchemy import func, select

from inspector.db import db
from inspector.history import Link, record
from inspector.visits.models import Visit
from tests.cast import MONDAY, Cast


def acts(cast: Cast, visit: Visit, *verbs: str) -> None:
    """One act each, committed together."""
    for verb in verbs:
        record(visit, verb, cast.channel, MONDAY, remark=f"因为{verb}")
    db.session.commit()


def length() -> int:
    """How many rows the chain has."""
    return db.session.scalar(select(func.count()).select_from(Link)) or 0
