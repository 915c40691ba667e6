"""Sessions: a row for each time that somebody signed in. A request is theirs only while it lives.

The cookie holds a random token, the row its SHA-256: who reads the database cannot sign in with it.
"""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from flask import current_app
from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Select, String, and_, or_, select
from sqlalchemy.orm import Mapped, contains_eager, mapped_column, relationship

from inspector.db import Base, Keyed, Utc, db, one_of
from inspector.history import record
from inspector.people.models import Person
from inspector.people.roles import VISITORS, Role


class How(StrEnum):
    """By what a person has proved who they are."""

    PASSWORD = "password"  # noqa: S105
    OIDC = "oidc"


class Why(StrEnum):
    """Why a session was ended by somebody; nobody ends one that has expired."""

    SIGNED_OUT = "signed_out"
    LOCKED = "locked"  # the tablet
    REPLACED = "replaced"  # by another in the same browser
    REVOKED = "revoked"  # by its person, from elsewhere, or by the administrator
    PASSWORD = "password"  # noqa: S105 - changed or reset
    SECOND_FACTOR = "second_factor"  # set up or taken away
    CLOSED = "closed"  # the account


TAKEN_AWAY: Final = frozenset({Why.REVOKED, Why.PASSWORD, Why.SECOND_FACTOR, Why.CLOSED})
"""Ended from elsewhere, not by who has the device in their hands."""


@dataclass(frozen=True)
class Limits:
    """How long a session lives: from its beginning, and without being used."""

    longest: timedelta
    idle: timedelta

    @classmethod
    def of(cls, role: str) -> "Limits":
        """Those of a role, from the settings. A tablet works a whole day without a network."""
        if role in VISITORS:
            whole_day = timedelta(hours=current_app.config["VISITOR_SESSION_HOURS"])
            return cls(whole_day, whole_day)
        return cls(
            timedelta(hours=current_app.config["SESSION_HOURS"]),
            timedelta(minutes=current_app.config["SESSION_IDLE_MINUTES"]),
        )


class Session(Keyed, Base):
    """That somebody signed in: how, from where, until when."""

    __tablename__ = "session"
    __table_args__ = (
        CheckConstraint(one_of("how", How), name="how"),
        CheckConstraint(f"ended_why IS NULL OR {one_of('ended_why', Why)}", name="ended_why"),
        CheckConstraint("(ended_at IS NULL) = (ended_why IS NULL)", name="ended"),
    )

    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    how: Mapped[str] = mapped_column(String(10))
    address: Mapped[str] = mapped_column(String(45))
    device: Mapped[str] = mapped_column(String(60))
    started_at: Mapped[datetime] = mapped_column(Utc)
    seen_at: Mapped[datetime] = mapped_column(Utc)
    """When it was last used; up to signing_in.SEEN_EVERY older than that."""
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    ended_why: Mapped[str | None] = mapped_column(String(15))

    person: Mapped[Person] = relationship()

    @classmethod
    def begin(
        cls, person: Person, *, how: str, at: datetime, address: str, device: str
    ) -> tuple["Session", str]:
        """A new session of a person, and the token that is nowhere but in their cookie."""
        token = secrets.token_urlsafe(32)
        begun = cls(
            id=uuid.uuid4(),
            token_sha256=sha256_of(token),
            person=person,
            how=how,
            address=address,
            device=device,
            started_at=at,
            seen_at=at,
        )
        db.session.add(begun)
        return begun, token

    def lives(self, at: datetime) -> bool:
        """Whether it was not ended, has not expired, and the account is not closed."""
        limits = Limits.of(self.person.role)
        return (
            self.ended_at is None
            and self.person.is_active
            and at < self.started_at + limits.longest
            and at < self.seen_at + limits.idle
        )

    def end(self, *, why: Why, by: Person | None, at: datetime) -> None:
        """End it, unless it was ended before."""
        if self.ended_at is None:
            self.ended_at, self.ended_why = at, why
            record(self.person, "end_session", by, at, why=why, session=str(self.id))


def alive(at: datetime) -> Select[Session]:
    """The sessions that live, the last used first: `Session.lives` in SQL."""

    def of(role: Role) -> ColumnElement[bool]:
        limits = Limits.of(role)
        return and_(
            Person.role == role,
            Session.started_at > at - limits.longest,
            Session.seen_at > at - limits.idle,
        )

    return (
        select(Session)
        .join(Session.person)
        .options(contains_eager(Session.person))
        .where(Session.ended_at.is_(None), Person.closed_at.is_(None), or_(*map(of, Role)))
        .order_by(Session.seen_at.desc(), Session.id)
    )


def sessions_of(person: Person, at: datetime) -> list[Session]:
    """A person's sessions that live, the last used first."""
    return list(db.session.scalars(alive(at).where(Session.person_id == person.id)))


def end_all(
    person: Person, *, why: Why, by: Person | None, at: datetime, but: Session | None = None
) -> int:
    """End all sessions of a person, but one. Returns how many of them were still alive."""
    living = [session for session in sessions_of(person, at) if session is not but]
    for session in living:
        session.end(why=why, by=by, at=at)
    return len(living)


def with_token(token: str) -> Session | None:
    """The session with that token and its person, in one query; alive or not."""
    found = select(Session).join(Session.person).options(contains_eager(Session.person))
    return db.session.scalar(found.where(Session.token_sha256 == sha256_of(token)))


def sha256_of(secret: str) -> str:
    """What is kept of a secret that is random, so that no slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()
