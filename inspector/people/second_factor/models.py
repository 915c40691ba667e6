"""SecondFactor and RecoveryCode: what a person proves besides the password; and their verbs."""

import hmac
import secrets
import uuid
from datetime import datetime
from typing import Any, Final, cast

import pyotp
from flask import current_app
from sqlalchemy import BigInteger, CursorResult, ForeignKey, String, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from inspector.db import Base, Keyed, Utc, db
from inspector.history import record
from inspector.people import lockout
from inspector.people.models import Person
from inspector.people.second_factor import sealing
from inspector.people.sessions import Session, Why, end_all
from inspector.problems import Problem

STEP_S: Final = 30
"""Seconds that a code is shown (RFC 6238); the one before and the one after are taken too, for
phones whose clock is astray."""

CODES: Final = 10
ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without what is taken for one another: I and 1, O and 0."""


class SecondFactor(Base):
    """The app on a person's phone: the secret that it shares with us, and the last code taken."""

    __tablename__ = "second_factor"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    sealed_secret: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(Utc)
    confirmed_at: Mapped[datetime | None] = mapped_column(Utc)
    """When a first code proved that the app has the secret; before that it is not asked for."""
    last_step: Mapped[int] = mapped_column(BigInteger)
    """The time step of the last code that was taken: none counts twice."""

    @property
    def secret(self) -> str:
        """In base 32, as apps take it."""
        return sealing.unseal(self.sealed_secret)

    def address_for(self, person: Person) -> str:
        """What the QR code says to the app."""
        totp = pyotp.TOTP(self.secret, interval=STEP_S)
        return totp.provisioning_uri(name=person.username, issuer_name="网点巡查")


class RecoveryCode(Keyed, Base):
    """One of ten codes for who has lost the phone; each counts once."""

    __tablename__ = "recovery_code"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(Utc)


def factor_of(person: Person) -> SecondFactor | None:
    """The second factor that a person signs in with, if they have one."""
    found = db.session.get(SecondFactor, person.id)
    return found if found and found.confirmed_at else None


def pending(person: Person) -> SecondFactor | None:
    """The one that they are setting up."""
    found = db.session.get(SecondFactor, person.id)
    return found if found and not found.confirmed_at else None


def is_required(person: Person) -> bool:
    """Whether the settings want people of this role to have one."""
    return person.role in current_app.config["SECOND_FACTOR_ROLES"]


def codes_left(person: Person) -> int:
    """How many recovery codes are not used."""
    unused = RecoveryCode.person_id == person.id, RecoveryCode.used_at.is_(None)
    return db.session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0


def begin(person: Person, *, at: datetime) -> None:
    """Make a secret for the app to take. Raises Problem second_factor.exists."""
    if factor_of(person):
        raise Problem("second_factor.exists")
    sealed = sealing.seal(pyotp.random_base32())
    made = {"sealed_secret": sealed, "made_at": at, "confirmed_at": None, "last_step": 0}
    db.session.merge(SecondFactor(person_id=person.id, **made))


def confirm(person: Person, code: str, *, at: datetime, but: Session | None) -> list[str]:
    """The app shows the right code: from now on it is asked for, and sessions from before end, but
    one. Returns the recovery codes. Raises Problem second_factor.none and code.wrong."""
    if (factor := pending(person)) is None:
        raise Problem("second_factor.none")
    _take(factor, code, at)
    factor.confirmed_at = at
    record(person, "set_up_second_factor", person, at)
    end_all(person, why=Why.SECOND_FACTOR, by=person, at=at, but=but)
    return _new_codes(person)


def renew_codes(person: Person, *, at: datetime) -> list[str]:
    """Ten new recovery codes in place of the old ones. Raises Problem second_factor.none."""
    if factor_of(person) is None:
        raise Problem("second_factor.none")
    record(person, "renew_recovery_codes", person, at)
    return _new_codes(person)


def take_away(
    person: Person, *, by: Person | None, at: datetime, but: Session | None = None
) -> bool:
    """From now on the password is enough; sessions end, but one. By the person, or by the
    administrator for who has lost phone and codes. Returns whether there was one."""
    factor = factor_of(person)
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    db.session.execute(delete(SecondFactor).where(SecondFactor.person_id == person.id))
    if factor is None:
        return False
    record(person, "remove_second_factor", by, at)
    end_all(person, why=Why.SECOND_FACTOR, by=by, at=at, but=but)
    return True


def prove(person: Person, code: str, *, address: str, at: datetime) -> None:
    """Take a code of the app, or a recovery code. Raises Problem code.wrong, or that of lockout.py.
    Commits: the attempt is counted before, as that of a password is."""
    tries = lockout.of(person.username, address)
    lockout.count(tries, at)
    db.session.commit()
    if (factor := factor_of(person)) is None:
        raise Problem("second_factor.none")
    if len(plain := _plain(code)) == len("123456"):
        _take(factor, plain, at)
    else:
        _use_up(person, plain, at)
    lockout.take_back(tries)


def _take(factor: SecondFactor, code: str, at: datetime) -> None:
    """Take the code of a time step, unless that or a later one was taken."""
    step = _step_of(factor.secret, _plain(code), at)
    table = SecondFactor
    later = update(table).where(table.person_id == factor.person_id, table.last_step < step)
    if not step or _changed(later.values(last_step=step)) != 1:
        raise Problem("code.wrong")


def _step_of(secret: str, code: str, at: datetime) -> int:
    """The time step that shows this code; 0 if none does."""
    if not secret:
        return 0
    now, totp = int(at.timestamp()) // STEP_S, pyotp.TOTP(secret, interval=STEP_S)
    right = [step for step in (now - 1, now, now + 1) if _same(totp.generate_otp(step), code)]
    return max(right, default=0)


def _use_up(person: Person, code: str, at: datetime) -> None:
    table = RecoveryCode
    mine = table.person_id == person.id, table.digest == sealing.digest(code)
    if _changed(update(table).where(*mine, table.used_at.is_(None)).values(used_at=at)) != 1:
        raise Problem("code.wrong")
    record(person, "use_recovery_code", person, at)


def _new_codes(person: Person) -> list[str]:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(10)) for _ in range(CODES)]
    for code in codes:
        db.session.add(RecoveryCode(person_id=person.id, digest=sealing.digest(code)))
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _plain(code: str) -> str:
    return "".join(sign for sign in code.upper() if sign.isascii() and sign.isalnum())


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _changed(statement: Any) -> int:
    return cast(CursorResult[Any], db.session.execute(statement)).rowcount
