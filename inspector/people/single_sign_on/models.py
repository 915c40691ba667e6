"""Identity: whom the provider means by somebody, and whose account that is here. Arrival: that they
came in by it."""

import uuid
from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inspector.db import Base, Keyed, Utc, db
from inspector.people.models import Person
from inspector.people.sessions import Session

TOKEN_AT_MOST: Final = 20_000
"""Characters of an ID token; a longer one is not kept."""


class Identity(Keyed, Base):
    """A person at a provider. Its subject there is never given to somebody else, as a name may be;
    a person has one at each provider."""

    __tablename__ = "identity"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        UniqueConstraint("person_id", "issuer"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    issuer: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(255))
    first_seen_at: Mapped[datetime] = mapped_column(Utc)
    seen_at: Mapped[datetime] = mapped_column(Utc)
    proved_at: Mapped[datetime | None] = mapped_column(Utc)
    """When, by the provider's clock, they last proved who they are, as they came in here."""

    person: Mapped[Person] = relationship()


class Arrival(Keyed, Base):
    """The session that began here when the provider sent somebody, and its own session there: when
    one of the two ends, the other can."""

    __tablename__ = "arrival"

    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("session.id"), unique=True)
    identity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("identity.id"), index=True)
    there: Mapped[str] = mapped_column(String(255), index=True)
    """The provider's name for its session, if it said one."""
    id_token: Mapped[str] = mapped_column(String(TOKEN_AT_MOST))
    """What its person shows who leaves the provider; kept only if the settings send them there."""

    session: Mapped[Session] = relationship()
    identity: Mapped[Identity] = relationship()


def identity_of(issuer: str, subject: str) -> Identity | None:
    """The identity with that subject at that provider."""
    wanted = Identity.issuer == issuer, Identity.subject == subject
    return db.session.scalar(select(Identity).where(*wanted))


def identity_at(issuer: str, person: Person) -> Identity | None:
    """The identity that a person has at that provider."""
    wanted = Identity.issuer == issuer, Identity.person_id == person.id
    return db.session.scalar(select(Identity).where(*wanted))


def identities_of(person: Person) -> list[Identity]:
    """All identities of a person."""
    return list(db.session.scalars(select(Identity).where(Identity.person_id == person.id)))


def arrival_of(session: Session) -> Arrival | None:
    """How that session began, if by single sign-on."""
    return db.session.scalar(select(Arrival).where(Arrival.session_id == session.id))


def sessions_begun_by(issuer: str, subject: str, there: str) -> list[Session]:
    """The sessions here, not ended, that belong to this session there; to all of that person's
    there if none is named."""
    found = (
        select(Session)
        .join(Arrival, Arrival.session_id == Session.id)
        .join(Arrival.identity)
        .where(Identity.issuer == issuer, Session.ended_at.is_(None))
    )
    if subject:
        found = found.where(Identity.subject == subject)
    if there:
        found = found.where(Arrival.there == there)
    return list(db.session.scalars(found))
