"""`flask people add`, `change`, `email`, `close`, `reopen`, `list`: the verbs of the pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import click
from flask import current_app

from inspector import clock
from inspector.db import db
from inspector.people import keeping, password_links
from inspector.people.commands import accounts
from inspector.people.in_hand import in_hand_of
from inspector.people.keeping import Entry
from inspector.people.models import Branch, Person
from inspector.people.queries import branch_called, person_called
from inspector.people.roles import Role
from inspector.people.roster import Filter, Which
from inspector.people.second_factor import models as second_factor
from inspector.problems import Problem

ROLE = click.Choice([role.value for role in Role])


@accounts.command("add")
@click.argument("username")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", required=True, type=ROLE)
@click.option("--branch", "code", required=True, help="The code of the branch they belong to.")
@click.option("--email", default="", help="Where reminders go besides the inbox.")
def add(username: str, name: str, role: str, code: str, email: str) -> None:
    """Add a person: the first administrator of an empty installation, too.

    Exit code 1, with the reason and nothing changed, when that is not possible.
    """
    with _told_in_words():
        entry = Entry(username, name, role, _branch(code), email)
        person = keeping.add(entry, by=None, at=clock.now())
        token = password_links.reset(person, by=None, at=clock.now())
        db.session.commit()
    click.echo(f"{person.username}: added; by this link they choose their password, once:")
    _say_link(token)


@accounts.command("change")
@click.argument("username")
@click.option("--username", "renamed", help="Another account name.")
@click.option("--name")
@click.option("--role", type=ROLE)
@click.option("--branch", "code", help="The code of the branch they belong to now.")
@click.option("--email", help="Another address; an empty one takes it away.")
def change(
    username: str,
    renamed: str | None,
    name: str | None,
    role: str | None,
    code: str | None,
    email: str | None,
) -> None:
    """Change what an account holds; what is not named stays.

    Exit code 1, with the reason and nothing changed, when that is not possible.
    """
    with _told_in_words():
        person = _account(username)
        said = {"username": renamed, "name": name, "role": role, "email": email}
        entry = replace(keeping.entry_of(person), **_named(said))
        if code is not None:
            entry = replace(entry, branch=_branch(code))
        changes = keeping.change(person, entry, by=None, at=clock.now())
        db.session.commit()
    for field, (before, after) in changes.items():
        click.echo(f"{field}: {before or 'empty'} → {after or 'empty'}")
    click.echo(f"{person.username}: {'changed' if changes else 'nothing was different'}")
    if "role" in changes or "branch" in changes:
        _say_in_hand(person)


@accounts.command("email")
@click.argument("username")
@click.argument("address", default="")
def email(username: str, address: str) -> None:
    """Let a person's reminders also go to an email ADDRESS; without one, no longer.

    Exit code 1 when there is no such account, or the address is none.
    """
    with _told_in_words():
        person = _account(username)
        entry = replace(keeping.entry_of(person), email=address)
        keeping.change(person, entry, by=None, at=clock.now())
        db.session.commit()
    click.echo(f"{person.username}: {address or 'no email'}")


@accounts.command("reset")
@click.argument("username")
def reset(username: str) -> None:
    """Take a person's password away, end their sessions, and print the link by which they choose
    another. It works once, for INSPECTOR_PASSWORD_LINK_HOURS.

    Exit code 1 when there is no such account, or it is closed.
    """
    with _told_in_words():
        token = password_links.reset(_account(username), by=None, at=clock.now())
        db.session.commit()
    _say_link(token)


@accounts.command("drop-second-factor")
@click.argument("username")
def drop_second_factor(username: str) -> None:
    """Take a person's second factor away, who has lost their phone and the recovery codes.

    Exit code 1 when there is no such account.
    """
    with _told_in_words():
        had = second_factor.take_away(_account(username), by=None, at=clock.now())
        db.session.commit()
    click.echo(f"{username}: {'the password is enough now' if had else 'there was none'}")


@accounts.command("close")
@click.argument("username")
@click.option("--reason", required=True)
def close(username: str, reason: str) -> None:
    """Close an account: nobody can sign in to it any more. What its person did stays theirs.

    Exit code 1, with the reason and nothing changed, when that is not possible.
    """
    with _told_in_words():
        person = _account(username)
        was_open = keeping.close(person, reason=reason, by=None, at=clock.now())
        db.session.commit()
    click.echo(f"{person.username}: {'closed' if was_open else 'was closed before'}")
    _say_in_hand(person)


@accounts.command("reopen")
@click.argument("username")
def reopen(username: str) -> None:
    """Open a closed account again, with the password that it had."""
    with _told_in_words():
        person = _account(username)
        was_closed = keeping.reopen(person, by=None, at=clock.now())
        db.session.commit()
    click.echo(f"{person.username}: {'open again' if was_closed else 'was open'}")


@accounts.command("let-unmask")
@click.argument("username")
@click.option("--no-more", is_flag=True, help="Take the right away again.")
def let_unmask(username: str, no_more: bool) -> None:
    """Name a person of the channel department who may learn, visit by visit and with a reason, who
    a mystery shopper is.

    Exit code 1, with the reason and nothing changed, when that is not possible.
    """
    with _told_in_words():
        person = _account(username)
        changed = keeping.let_unmask(person, may=not no_more, by=None, at=clock.now())
        db.session.commit()
    said = "may not unmask any more" if no_more else "may unmask"
    click.echo(f"{person.username}: {said if changed else 'nothing was different'}")


@accounts.command("list")
@click.option("--q", default="", help="A part of the name, the account or the branch.")
@click.option("--role", type=ROLE, default=None)
@click.option("--branch", "code", default="", help="The code of a branch; all below it, too.")
@click.option("--only", type=click.Choice([which.value for which in Which]), default="open")
def list_(q: str, role: str | None, code: str, only: str) -> None:
    """List the accounts, one a line: account, name, role, branch, email, closed when."""
    people = Filter(q, role or "", code, Which(only)).people()
    for person in db.session.scalars(people):
        closed = f"closed {clock.day(person.closed_at)}" if person.closed_at else ""
        words = (person.username, person.name, person.role, person.branch.code)
        click.echo("\t".join((*words, person.email or "", closed)).rstrip("\t"))


def _account(username: str) -> Person:
    person = person_called(username)
    if person is None:
        raise click.ClickException(f"There is no account {username}.")
    return keeping.account_to_change(person.id)


def _branch(code: str) -> Branch:
    branch = branch_called(code)
    if branch is None:
        raise click.ClickException(f"There is no branch with the code {code}.")
    return branch


def _named(said: dict[str, str | None]) -> dict[str, Any]:
    return {field: value for field, value in said.items() if value is not None}


def _say_link(token: str) -> None:
    click.echo(f"{current_app.config['BASE_URL']}/password/{token}")


def _say_in_hand(person: Person) -> None:
    things = in_hand_of(person)
    if things:
        click.echo("Still in hand:")
    for thing in things:
        click.echo(f"  {thing.text}")


@contextmanager
def _told_in_words() -> Iterator[None]:
    try:
        yield
    except Problem as problem:
        raise click.ClickException(problem.sentence % problem.details) from None
