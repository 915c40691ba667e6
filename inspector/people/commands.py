"""`flask branches`: importing the tree of branches. `flask people`: the accounts."""

import re
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from inspector import clock
from inspector.db import db
from inspector.mistakes import Mistakes
from inspector.people import password_links
from inspector.people.importing import import_branches
from inspector.people.queries import person_called
from inspector.problems import Problem

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

group = AppGroup("branches", help="The tree of city branch, sub-branches and outlets.")
accounts = AppGroup("people", help="The accounts.")


@group.command("import")
@click.argument("file", metavar="FILE", type=FILE)
def import_(file: Path) -> None:
    """Add and update branches from a CSV file; none is ever deleted.

    Exit code 1, with each mistake's line and field and nothing imported, when the file is wrong.
    """
    try:
        outcome = import_branches(file, by=None, at=clock.now())
    except Mistakes as mistakes:
        raise click.ClickException(f"{Problem('import.invalid').sentence}\n{mistakes}") from None
    db.session.commit()
    for code, changes in outcome.changes.items():
        click.echo(f"{code}: {'; '.join(changes)}")
    if outcome.absent:
        click.echo(f"Not in the file, and left as they are: {', '.join(outcome.absent)}")
    numbers = {
        "imported": len(outcome.new),
        "changed": len(outcome.changes),
        "unchanged": len(outcome.unchanged),
    }
    click.echo(", ".join(f"{word} {number}" for word, number in numbers.items()))


@accounts.command("email")
@click.argument("username")
@click.argument("address", default="")
def email(username: str, address: str) -> None:
    """Let a person's reminders also go to an email ADDRESS; without one, no longer.

    Exit code 1 when there is no such account, or the address is none.
    """
    person = person_called(username)
    if person is None:
        raise click.ClickException(f"There is no account {username}.")
    if address and not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise click.ClickException(f"{address} is no email address.")
    person.email = address or None
    db.session.commit()
    click.echo(f"{username}: {address or 'no email'}")


@accounts.command("reset")
@click.argument("username")
def reset(username: str) -> None:
    """Take a person's password away, end their sessions, and print the link by which they choose
    another. It works once, for INSPECTOR_PASSWORD_LINK_HOURS.

    Exit code 1 when there is no such account, or it is closed.
    """
    person = person_called(username)
    if person is None:
        raise click.ClickException(f"There is no account {username}.")
    try:
        token = password_links.reset(person, by=None, at=clock.now())
    except Problem as problem:
        raise click.ClickException(problem.sentence) from None
    db.session.commit()
    click.echo(f"{current_app.config['BASE_URL']}/password/{token}")
