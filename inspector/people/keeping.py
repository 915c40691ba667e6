"""Keeping the accounts: people are added, changed, closed with a reason, and reopened. Nobody is
deleted: what they did stays theirs. `by` is the administrator, or None for a command."""

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy import ColumnElement, Select, select

from inspector.db import db
from inspector.history import record
from inspector.people import calendar_links
from inspector.people.models import NO_PASSWORD, Branch, Level, Person
from inspector.people.queries import person_called
from inspector.people.roles import VISITORS, Role
from inspector.people.sessions import Why, end_all
from inspector.problems import Problem

ACCOUNT_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,59}", re.IGNORECASE)
EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")

STANDS_AT: Final[Mapping[str, Level]] = {
    Role.OUTLET: Level.OUTLET,
    Role.SUBBRANCH: Level.SUBBRANCH,
    Role.CHANNEL: Level.CITY,
    Role.LEADER: Level.CITY,
    Role.ADMIN: Level.CITY,
}
"""The level at which a role stands. Those who make visits stand anywhere: it is where they are
recused (domain.md 3.1)."""

LONGEST_REASON: Final = 500

OPEN_ADMINISTRATOR: Final = (Person.role == Role.ADMIN) & Person.closed_at.is_(None)

Changes: TypeAlias = dict[str, tuple[str, str]]
"""What was and what is now, by field."""


@dataclass(frozen=True)
class Entry:
    """What an account shall hold."""

    username: str
    name: str
    role: str
    branch: Branch
    email: str = ""


def wrong_with(entry: Entry, person: Person | None = None) -> Iterator[tuple[str, Problem]]:
    """Each field that cannot be so, and why; `person` is the account as it is now. Whether the
    account name is free is not looked at."""
    yield from wrong_words(entry.username, entry.name, entry.role, entry.email)
    if person is None or (person.role, person.branch) != (entry.role, entry.branch):
        level = STANDS_AT.get(entry.role, entry.branch.level)
        if level != entry.branch.level:
            yield "branch", Problem(f"account.place_{level}")
        elif entry.branch.merged_into_id is not None:
            yield "branch", Problem("account.place_gone")


def wrong_words(username: str, name: str, role: str, email: str) -> Iterator[tuple[str, Problem]]:
    """The same of what is told in words, wherever the person belongs."""
    if not ACCOUNT_NAME.fullmatch(username):
        yield "username", Problem("account.name")
    if not 1 <= len(name) <= 60:
        yield "name", Problem("account.unnamed")
    if role not in set(Role):
        yield "role", Problem("account.role")
    if email and not (EMAIL.fullmatch(email) and len(email) <= 200):
        yield "email", Problem("account.email")


def add(entry: Entry, *, by: Person | None, at: datetime) -> Person:
    """A new account. It has no password, so that nobody can sign in to it yet. Raises the Problem
    of the first field that cannot be so."""
    _check(entry, None, by)
    return put(entry, by=by, at=at)


def put(entry: Entry, *, by: Person | None, at: datetime) -> Person:
    """A new account of which is known already that it can be so."""
    person = Person(id=uuid.uuid4(), password_hash=NO_PASSWORD, **_values(entry))
    db.session.add(person)
    record(person, "add", by, at, after=shown(entry))
    return person


def change(person: Person, entry: Entry, *, by: Person | None, at: datetime) -> Changes:
    """Let an account hold something else. Returns what differs: the same again is harmless. Raises
    the Problem of the first field that cannot be so, and account.last_admin."""
    if person.closed_at:
        raise Problem("account.closed")
    _check(entry, person, by)
    if person.role == Role.ADMIN != entry.role:
        _leave_an_administrator(person)
    return alter(person, entry, by=by, at=at)


def alter(person: Person, entry: Entry, *, by: Person | None, at: datetime) -> Changes:
    """Change an account, of which is known already that it can be so."""
    before, after = shown(entry_of(person)), shown(entry)
    differs = [name for name in after if before[name] != after[name]]
    for name, value in _values(entry).items():
        setattr(person, name, value)
    if entry.role not in VISITORS:
        calendar_links.take_back(person, by=by, at=at)
    if differs:
        was, now = ({name: said[name] for name in differs} for said in (before, after))
        record(person, "change", by, at, before=was, after=now)
    return {name: (before[name], after[name]) for name in differs}


def close(person: Person, *, reason: str, by: Person | None, at: datetime) -> bool:
    """Let nobody sign in to an account any more, and end its sessions. Returns whether it was open.
    Raises Problem reason.needed, account.self, and account.last_admin."""
    _only_an_administrator(by)
    if not (reason := reason.strip()):
        raise Problem("reason.needed")
    if len(reason) > LONGEST_REASON:
        raise Problem("text.too_long", limit=LONGEST_REASON)
    if person.closed_at:
        return False
    if by and person.id == by.id:
        raise Problem("account.self")
    if person.role == Role.ADMIN:
        _leave_an_administrator(person)
    end_all(person, why=Why.CLOSED, by=by, at=at)
    calendar_links.take_back(person, by=by, at=at)
    person.closed_at = at
    record(person, "close", by, at, reason=reason)
    return True


def reopen(person: Person, *, by: Person | None, at: datetime) -> bool:
    """Let a closed account be used again, with the password that it had. Returns whether it was
    closed."""
    _only_an_administrator(by)
    if person.closed_at is None:
        return False
    person.closed_at = None
    record(person, "reopen", by, at)
    return True


def let_unmask(person: Person, *, may: bool, by: Person | None, at: datetime) -> bool:
    """Name a person of the channel department who may learn who mystery shoppers are, or no longer.
    Returns whether that is another than before. Raises Problem unmask.channel for other roles, and
    account.closed."""
    _only_an_administrator(by)
    if person.may_unmask == may:
        return False
    if may and person.closed_at:
        raise Problem("account.closed")
    if may and person.role != Role.CHANNEL:
        raise Problem("unmask.channel")
    person.may_unmask = may
    record(person, "let_unmask" if may else "let_unmask_no_more", by, at)
    return True


def account_to_change(key: uuid.UUID) -> Person:
    """The account of that key, locked. Raises Problem request.unknown."""
    lock_the_accounts()
    person: Person | None = db.session.scalar(_locked(Person.id == key))
    if person is None:
        raise Problem("request.unknown")
    return person


def lock_the_accounts() -> list[Person]:
    """Let one at a time change accounts, until the end of the transaction: of two administrators
    who close each other at the same moment, the second sees what the first did. Returns the open
    administrators."""
    return list(db.session.scalars(_locked(OPEN_ADMINISTRATOR)))


def entry_of(person: Person) -> Entry:
    """What an account holds now."""
    return Entry(person.username, person.name, person.role, person.branch, person.email or "")


def _check(entry: Entry, person: Person | None, by: Person | None) -> None:
    _only_an_administrator(by)
    for _field, problem in wrong_with(entry, person):
        raise problem
    same = person_called(entry.username)
    if same is not None and same is not person:
        raise Problem("account.taken", username=same.username)


def _only_an_administrator(by: Person | None) -> None:
    if by is not None and by.role != Role.ADMIN:
        raise Problem("permission.denied")


def _leave_an_administrator(but: Person) -> None:
    if all(person is but for person in lock_the_accounts()):
        raise Problem("account.last_admin")


def _locked(wanted: ColumnElement[bool]) -> Select[Person]:
    found = select(Person).where(wanted).order_by(Person.id).with_for_update(of=Person)
    return found.execution_options(populate_existing=True)


def _values(entry: Entry) -> dict[str, object]:
    return {
        "username": entry.username,
        "name": entry.name,
        "role": entry.role,
        "branch": entry.branch,
        "email": entry.email or None,
    }


def shown(entry: Entry) -> dict[str, str]:
    """An entry in text, for the history and for comparing."""
    return {
        "username": entry.username.lower(),
        "name": entry.name,
        "role": entry.role,
        "branch": f"{entry.branch.code} {entry.branch.name_zh}",
        "email": entry.email,
    }
