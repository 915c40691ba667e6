"""Branch, the tree of city, sub-branch and outlet; and Person, an account with one role."""

import secrets
import unicodedata
import uuid
from datetime import date, datetime
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from inspector.db import Base, Keyed, Utc, one_of
from inspector.people.roles import Role

HASHER = PasswordHasher()
NO_PASSWORD = ""
"""In the place of a hash: nobody signs in by a password."""
NOBODY_HASH = HASHER.hash(secrets.token_hex())
"""To compute as long where there is none."""


class Level(StrEnum):
    """Where a branch stands in the tree (domain.md 2.8)."""

    CITY = "city"
    SUBBRANCH = "subbranch"
    OUTLET = "outlet"


class Fitout(StrEnum):
    """Whether an outlet was lately moved or refurbished (S23)."""

    NONE = "none"
    RENOVATED = "renovated"
    RELOCATED = "relocated"


class Branch(Keyed, Base):
    """One unit of the bank: the city branch, a sub-branch, or an outlet."""

    __tablename__ = "branch"
    __table_args__ = (
        CheckConstraint(one_of("level", Level), name="level"),
        CheckConstraint(one_of("fitout", Fitout), name="fitout"),
        CheckConstraint("(level = 'city') = (parent_id IS NULL)", name="parent_unless_city"),
        CheckConstraint("merged_into_id <> id", name="merged_into_another"),
        CheckConstraint("fitout = 'none' OR renovated_on IS NOT NULL", name="dated_if_fitted_out"),
    )

    code: Mapped[str] = mapped_column(String(20), unique=True)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120))
    level: Mapped[str] = mapped_column(String(10))
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("branch.id"), index=True)
    district: Mapped[str] = mapped_column(String(40))
    opened_on: Mapped[date]
    renovated_on: Mapped[date | None]
    fitout: Mapped[str] = mapped_column(String(10), default=Fitout.NONE)
    lat: Mapped[float]
    lon: Mapped[float]
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("branch.id"), index=True)
    """The outlet that went on for it: what was found at this one counts there (domain.md 3.8)."""

    parent: Mapped["Branch | None"] = relationship(remote_side="Branch.id", foreign_keys=parent_id)
    merged_into: Mapped["Branch | None"] = relationship(
        remote_side="Branch.id", foreign_keys=merged_into_id
    )

    @property
    def is_open_outlet(self) -> bool:
        """Whether visits can be made to it: an outlet that was not merged into another."""
        return self.level == Level.OUTLET and self.merged_into_id is None

    @property
    def subbranch(self) -> "Branch":
        """The sub-branch this unit answers to: itself, unless it is an outlet."""
        return self.parent if self.level == Level.OUTLET and self.parent else self

    def within(self, other: "Branch") -> bool:
        """Whether this unit is `other`, lies below it in the tree, or goes on as one that does."""
        above = (self.parent, self.merged_into)
        return self.id == other.id or any(unit.within(other) for unit in above if unit)


class Person(Keyed, UserMixin, Base):  # type: ignore[misc]  # Flask-Login has no types
    """An account. People who leave are closed, never deleted: their acts stay theirs."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint(one_of("role", Role), name="role"),
        CheckConstraint("username = lower(username)", name="username_small"),
    )

    username: Mapped[str] = mapped_column(String(60), unique=True)
    """In small letters, however it was typed: no two accounts differ by them only."""
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(12))
    branch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("branch.id"), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(200))
    """Where reminders go besides the inbox, if the settings have a way to send mail."""
    closed_at: Mapped[datetime | None] = mapped_column(Utc)
    may_unmask: Mapped[bool] = mapped_column(default=False)
    """Named by the administrator: in the channel department they may learn who a shopper is."""

    branch: Mapped[Branch] = relationship()

    @validates("username")
    def _in_small_letters(self, _column: str, username: str) -> str:
        return username.lower()

    @property
    def is_active(self) -> bool:
        """Flask-Login refuses a closed account, signed in or not."""
        return self.closed_at is None

    @property
    def is_unmasker(self) -> bool:
        """Whether they may learn now who a shopper is (domain.md 3.1)."""
        return self.may_unmask and self.role == Role.CHANNEL

    def set_password(self, password: str) -> None:
        """Keep only the argon2id hash of a password."""
        self.password_hash = HASHER.hash(_normal(password))

    def has_password(self, password: str) -> bool:
        """Whether this is the account's password."""
        return is_password(password, self.password_hash)

    def keep_password_hash_up_to_date(self, password: str) -> None:
        """Hash it anew, if the hash is from a time when less was thought to be enough."""
        if HASHER.check_needs_rehash(self.password_hash):
            self.set_password(password)

    def recused_from(self, branch: Branch) -> bool:
        """Nobody inspects the sub-branch they belong to (domain.md 3.1)."""
        return self.branch.level != Level.CITY and branch.within(self.branch.subbranch)


def is_password(password: str, hashed: str) -> bool:
    """Whether a hash is that of a password; where there is none it takes as long."""
    try:
        return HASHER.verify(hashed or NOBODY_HASH, _normal(password)) and hashed != NO_PASSWORD
    except (VerifyMismatchError, InvalidHashError):
        return False


def _normal(password: str) -> str:
    """One form of what different keyboards write differently, such as full-width digits."""
    return unicodedata.normalize("NFKC", password)
