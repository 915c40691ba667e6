"""Which bulletins a person may see: every issued one, once it is issued."""

from collections.abc import Sequence

from sqlalchemy import Select, false, func, select, true
from sqlalchemy.orm import defer, selectinload

from inspector.bulletins.models import Bulletin
from inspector.clock import Quarter
from inspector.db import db
from inspector.people.models import Person
from inspector.people.roles import BRANCH_SIDE, DESK
from inspector.problems import Problem

READERS = DESK | BRANCH_SIDE


def bulletins_seen_by(person: Person) -> Select[Bulletin]:
    """The desk and all branches see all: a bulletin names units before all units. Who runs visits
    needs none."""
    return select(Bulletin).where(true() if person.role in READERS else false())


def editions_of(person: Person, quarter: Quarter) -> Sequence[Bulletin]:
    """The bulletins of a quarter that a person may see, the latest first."""
    mine = bulletins_seen_by(person).where(Bulletin.quarter == str(quarter))
    along = selectinload(Bulletin.issued_by)
    return db.session.scalars(mine.options(along).order_by(Bulletin.edition.desc())).all()


def edition_seen_by(person: Person, quarter: Quarter, edition: int) -> Bulletin:
    """One bulletin of a quarter. Raises Problem request.unknown."""
    mine = bulletins_seen_by(person).where(
        Bulletin.quarter == str(quarter), Bulletin.edition == edition
    )
    found = db.session.scalar(mine)
    if found is None:
        raise Problem("request.unknown")
    return found


def latest(person: Person) -> Sequence[Bulletin]:
    """Of each quarter the bulletin that counts, the latest quarter first."""
    counting = select(Bulletin.quarter, func.max(Bulletin.edition)).group_by(Bulletin.quarter)
    mine = bulletins_seen_by(person).where(
        db.tuple_(Bulletin.quarter, Bulletin.edition).in_(counting)
    )
    return db.session.scalars(
        mine.options(defer(Bulletin.document)).order_by(Bulletin.quarter.desc())
    ).all()
