"""Links by which somebody chooses a password who has none: made by the administrator, used once."""

import secrets
import uuid
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ForeignKey, Select, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspector.db import Base, Utc, db
from inspector.history import record
from inspector.people import passwords
from inspector.people.models import NO_PASSWORD, Person
from inspector.people.sessions import Why, end_all, sha256_of
from inspector.problems import Problem


class PasswordLink(Base):
    """The link that a person has now; a new one takes its place. Of its secret only the hash is
    kept."""

    __tablename__ = "password_link"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(Utc)

    person: Mapped[Person] = relationship()

    def is_over(self, at: datetime) -> bool:
        """Whether it has expired, or its account was closed."""
        lasts = timedelta(hours=current_app.config["PASSWORD_LINK_HOURS"])
        return at >= self.made_at + lasts or not self.person.is_active


def reset(person: Person, *, by: Person | None, at: datetime) -> str:
    """Take a person's password away and end their sessions: who asks for it has forgotten it, or
    somebody else knows it. Returns the secret of the link by which they choose another; it is
    shown now and never again. Raises Problem account.closed."""
    if not person.is_active:
        raise Problem("account.closed")
    token = secrets.token_urlsafe(32)
    db.session.execute(delete(PasswordLink).where(PasswordLink.person_id == person.id))
    db.session.add(PasswordLink(person_id=person.id, token_sha256=sha256_of(token), made_at=at))
    person.password_hash = NO_PASSWORD
    record(person, "reset_password", by, at)
    end_all(person, why=Why.PASSWORD, by=by, at=at)
    return token


def person_with(token: str, at: datetime) -> Person:
    """Whose link it is. Raises Problem link.over."""
    found = db.session.scalar(_with(token))
    if found is None or found.is_over(at):
        raise Problem("link.over")
    return found.person


def use(token: str, password: str, *, at: datetime) -> Person:
    """Choose a password by a link, which is then used up. Raises Problem link.over and
    password.…"""
    found = db.session.scalar(_with(token).with_for_update())
    if found is None or found.is_over(at):
        raise Problem("link.over")
    person = found.person
    passwords.choose(person, password, by=person, at=at)
    db.session.delete(found)
    return person


def _with(token: str) -> Select[PasswordLink]:
    return select(PasswordLink).where(PasswordLink.token_sha256 == sha256_of(token))
