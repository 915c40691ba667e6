"""Who somebody is here that the provider has sent: an account that is known, or a new one."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from inspector.db import db
from inspector.history import record
from inspector.people import keeping
from inspector.people.keeping import Entry, account_to_change, entry_of
from inspector.people.models import Branch, Person
from inspector.people.queries import branch_called, person_called
from inspector.people.single_sign_on import claims as reading
from inspector.people.single_sign_on.claims import Claims
from inspector.people.single_sign_on.models import Identity, identity_at, identity_of
from inspector.people.single_sign_on.provider import Attempt
from inspector.people.single_sign_on.settings import Settings
from inspector.problems import Problem


@dataclass(frozen=True)
class Arrived:
    """Who came, and what they should know about it."""

    identity: Identity
    warning: Problem | None


def arrive(claims: Claims, settings: Settings, *, at: datetime) -> Arrived:
    """Who comes, bound to an account that may be used. Raises Problem sso.…, and the account's own
    where a new one cannot be as the provider says."""
    reading.check_strength(claims, settings)
    identity = identity_of(settings.issuer, claims["sub"])
    if identity is None:
        identity = _bind(_first_time(claims, settings, at), claims, settings, at)
    if not identity.person.is_active:
        raise Problem("sso.closed", account=identity.person.username)
    warning = _take_over(identity.person, claims, settings, at) if settings.takes_over else None
    identity.seen_at = at
    return Arrived(identity, warning)


def must_prove(identity: Identity, claims: Claims, attempt: Attempt, settings: Settings) -> bool:
    """Whether the provider only remembered the person, where they have to prove anew who they are.
    If they need not, what they have proved is noted: it counts once."""
    when = claims.get("auth_time")
    proved = datetime.fromtimestamp(when, UTC) if isinstance(when, int | float) else None
    began = datetime.fromtimestamp(attempt.began, UTC) - timedelta(seconds=settings.skew_seconds)
    is_old = proved is None or proved < began or proved == identity.proved_at
    if is_old and settings.ask_again.asks(identity.person.role):
        return True
    identity.proved_at = proved
    return False


def _first_time(claims: Claims, settings: Settings, at: datetime) -> Person:
    account = reading.account(claims, settings)
    person = person_called(account)
    if person is None and settings.creates:
        return _create(claims, settings, at)
    if person is None or not settings.by_account:
        raise Problem("sso.unknown", account=account)
    if not person.is_active:
        raise Problem("sso.closed", account=account)
    if identity_at(settings.issuer, person):
        raise Problem("sso.taken", account=account)
    return person


def _bind(person: Person, claims: Claims, settings: Settings, at: datetime) -> Identity:
    made = Identity(
        id=uuid.uuid4(),
        person=person,
        issuer=settings.issuer,
        subject=claims["sub"],
        first_seen_at=at,
        seen_at=at,
    )
    db.session.add(made)
    record(person, "bind_identity", None, at, issuer=made.issuer, identity=made.subject)
    return made


# What the claims say of role and branch


def _create(claims: Claims, settings: Settings, at: datetime) -> Person:
    entry = Entry(
        reading.account(claims, settings),
        reading.name(claims, settings),
        reading.role(claims, settings),
        _branch(claims, settings),
    )
    _check_place(entry, None, claims, settings)
    person = keeping.add(entry, by=None, at=at)
    db.session.flush()  # before the history names them as who signs in
    return person


def _take_over(person: Person, claims: Claims, settings: Settings, at: datetime) -> Problem | None:
    """Give the account the role and the branch of the claims. The last administrator stays it, and
    comes in to name another: returns the Problem that tells them."""
    person = account_to_change(person.id)
    before = entry_of(person)
    entry = Entry(
        before.username,
        before.name,
        reading.role(claims, settings) if settings.roles_claim else before.role,
        _branch(claims, settings) if settings.branch_claim else before.branch,
        before.email,
    )
    _check_place(entry, person, claims, settings)
    try:
        if keeping.change(person, entry, by=None, at=at):
            record(person, "follow_claims", None, at, issuer=settings.issuer)
    except Problem as problem:
        if problem.code != "account.last_admin":
            raise
        record(person, "stay_admin", None, at, role=entry.role, issuer=settings.issuer)
        return Problem("sso.last_admin")
    return None


def _branch(claims: Claims, settings: Settings) -> Branch:
    code = reading.branch_code(claims, settings)
    branch = branch_called(code)
    if branch is None:
        raise Problem("sso.branch_unknown", claim=settings.branch_claim, value=code)
    return branch


def _check_place(entry: Entry, person: Person | None, claims: Claims, settings: Settings) -> None:
    """Raise Problem sso.place, which names what the provider sent, where role and branch do not
    fit: the same rule as on the administrator's pages."""
    for field, problem in keeping.wrong_with(entry, person):
        if field == "branch":
            role = reading.said(claims, settings.roles_claim) or entry.role
            raise Problem("sso.place", role=role, branch=entry.branch.code) from problem
