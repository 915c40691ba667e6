"""`flask branches merge` and `flask repeats`: what changes how often a fault was found."""

import click
from flask.cli import AppGroup
from sqlalchemy import select

from inspector import clock
from inspector.db import db
from inspector.notices import merging, repeats
from inspector.notices.merging import Line
from inspector.people.commands import group as branches
from inspector.people.models import Branch
from inspector.problems import Problem

group = AppGroup("repeats", help="Repeat offences.")


@group.command("recount")
@click.option("--check", is_flag=True, help="Change nothing; exit code 1 if anything would change.")
def recount(check: bool) -> None:
    """Judge all findings anew, as after a change of the window, and say which came out otherwise.

    Scores follow; a notice that was issued keeps its number and its paper.
    """
    recounted = repeats.recount_all(by=None, at=clock.now())
    for one in recounted:
        click.echo(Line.of(one))
    click.echo(f"recounted {len(recounted)}")
    if check:
        db.session.rollback()
        click.echo("Nothing was changed: --check.")
        raise SystemExit(1 if recounted else 0)
    db.session.commit()


@branches.command("merge")
@click.argument("old", metavar="OLD")
@click.argument("into", metavar="NEW")
@click.option("--dry-run", is_flag=True, help="Change nothing; say what would change.")
def merge(old: str, into: str, dry_run: bool) -> None:
    """Let the outlet OLD go on as the outlet NEW, each by its code: its findings count there.

    Exit code 1, with the reason and nothing changed, when that is not possible.
    """
    gone, successor = _outlet(old), _outlet(into)
    try:
        merger = merging.merge(gone, successor, by=None, at=clock.now())
    except Problem as problem:
        raise click.ClickException(problem.sentence % problem.details) from None
    if not merger.changed:
        click.echo(f"{old} was merged into {into} before; nothing was changed.")
        return
    for line in merger.lines:
        click.echo(line)
    click.echo(f"findings that go along {merger.findings}")
    click.echo(f"visits still planned there {merger.visits}")
    click.echo(f"accounts that belong there {merger.accounts}")
    click.echo(f"recounted {len(merger.lines)}")
    if dry_run:
        db.session.rollback()
        click.echo("Nothing was changed: --dry-run.")
        return
    db.session.commit()
    click.echo(f"{old} goes on as {into}.")


def _outlet(code: str) -> Branch:
    found = db.session.scalar(select(Branch).where(Branch.code == code).with_for_update())
    if found is None:
        raise click.ClickException(f"There is no branch with the code {code}.")
    return found
