"""What a password must be, proving that one knows it, and choosing another."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from threading import Lock
from typing import Any, Final

from flask import current_app
from zxcvbn import zxcvbn

from inspector.db import db
from inspector.history import record
from inspector.people import lockout
from inspector.people.models import Person, is_password
from inspector.people.queries import person_called
from inspector.people.sessions import Session, Why, end_all
from inspector.problems import Problem

STRONG_ENOUGH: Final = 3
"""Of zxcvbn's 0 to 4: more than a hundred million guesses."""

LOOKED_AT: Final = 72
"""Characters; zxcvbn takes no more, and more need not be looked at."""

WEAKNESSES: Final = {
    "dictionary": "password.common",
    "spatial": "password.keyboard",
    "repeat": "password.repeats",
    "sequence": "password.repeats",
    "date": "password.date",
    "regex": "password.date",
}
"""What zxcvbn calls the greater part of a password, and the problem that says so."""

_one_at_a_time = Lock()  # zxcvbn keeps the words of a person where all threads find them


def prove(username: str, password: str, *, address: str, at: datetime) -> Person:
    """The person of an account, given its password. What an unknown account costs and answers is
    the same. Raises Problem sign_in.wrong, or that of lockout.py.

    Commits: the attempt is counted before, so that many at once are not tried at the price of one,
    and nothing is locked while the hash is computed.
    """
    tries = lockout.of(username, address)
    lockout.count(tries, at)
    person = person_called(username)
    key, hashed = (person.id, person.password_hash) if person else (None, "")
    db.session.commit()
    is_right = is_password(password, hashed)
    person = db.session.get(Person, key) if is_right else None
    if person is None or person.password_hash != hashed or not person.is_active:
        raise Problem("sign_in.wrong")
    person.keep_password_hash_up_to_date(password)
    lockout.take_back(tries)
    return person


def prove_again(person: Person, password: str, *, address: str, at: datetime) -> None:
    """Ask who is signed in for their password: somebody else may have found the page open. Raises
    Problem password.wrong, or that of lockout.py. Commits, as `prove` does."""
    try:
        prove(person.username, password, address=address, at=at)
    except Problem as problem:
        raise Problem("password.wrong") if problem.code == "sign_in.wrong" else problem from None


def choose(
    person: Person, password: str, *, by: Person | None, at: datetime, but: Session | None = None
) -> None:
    """Give a person another password; their sessions end, but one. Raises Problem password.…"""
    check(person, password)
    person.set_password(password)
    record(person, "set_password", by, at)
    end_all(person, why=Why.PASSWORD, by=by, at=at, but=but)
    lockout.clear(person.username)


def check(person: Person, password: str) -> None:
    """Raise Problem password.… for one that is short, easily guessed, or tells whose it is."""
    if len(password) < (least := current_app.config["PASSWORD_LEAST"]):
        raise Problem("password.short", least=least)
    if any(word in password.casefold() for word in _telling(person)):
        raise Problem("password.telling")
    with _one_at_a_time:
        found = zxcvbn(password[:LOOKED_AT], user_inputs=_telling(person))
    if found["score"] < STRONG_ENOUGH:
        raise Problem(_weakness(found["sequence"]))


def _telling(person: Person) -> list[str]:
    words = [person.username, person.name, *current_app.config["BANK_WORDS"]]
    # One Chinese character or two Latin letters are in many a password by chance.
    return [word.casefold() for word in words if len(word) > (1 if ord(word[0]) > 0x7F else 2)]


def _weakness(parts: Sequence[Mapping[str, Any]]) -> str:
    greatest = max(parts, key=lambda part: len(part["token"]))
    return WEAKNESSES.get(greatest["pattern"], "password.simple")
