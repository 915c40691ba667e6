"""The secret link by which a person's own calendar reads the visits they are to make. It has no
end of its own: it dies when it is renewed or taken back, and when its person makes no more visits.
"""

import secrets
import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspector.db import Base, Utc, db
from inspector.history import record
from inspector.people.models import Person
from inspector.people.roles import VISITORS
from inspector.people.sessions import sha256_of
from inspector.problems import Problem


class CalendarLink(Base):
    """The link that a person has now. Of its secret only the hash is kept."""

    __tablename__ = "calendar_link"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(Utc)

    person: Mapped[Person] = relationship()


def make(person: Person, *, by: Person, at: datetime) -> str:
    """Give a person a link; one that they had works no more. Returns its secret, which is shown now
    and never again. Raises Problem permission.denied for who makes no visits, and for others."""
    if person.role not in VISITORS or by.id != person.id:
        raise Problem("permission.denied")
    had_one = _drop(person)
    token = secrets.token_urlsafe(32)
    db.session.add(CalendarLink(person_id=person.id, token_sha256=sha256_of(token), made_at=at))
    record(person, "renew_calendar_link" if had_one else "make_calendar_link", by, at)
    return token


def take_back(person: Person, *, by: Person | None, at: datetime) -> None:
    """Let a person's link work no more; where there is none this is harmless."""
    if _drop(person):
        record(person, "take_back_calendar_link", by, at)


def link_of(person: Person) -> CalendarLink | None:
    """The link that a person has, without its secret."""
    return db.session.get(CalendarLink, person.id)


def person_with(token: str) -> Person | None:
    """Whose link it is, as long as they make visits here."""
    wanted = select(Person).join(CalendarLink, CalendarLink.person_id == Person.id)
    wanted = wanted.where(
        CalendarLink.token_sha256 == sha256_of(token),
        Person.closed_at.is_(None),
        Person.role.in_(VISITORS),
    )
    return db.session.scalar(wanted)


def _drop(person: Person) -> bool:
    mine = CalendarLink.person_id == person.id
    found = db.session.scalar(select(CalendarLink.person_id).where(mine).with_for_update())
    db.session.execute(delete(CalendarLink).where(mine))
    return found is not None
