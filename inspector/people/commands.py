"""`flask branches`: the tree of branches. `flask people`: the accounts. Here: importing both."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from inspector import clock
from inspector.db import db
from inspector.mistakes import Mistakes
from inspector.people import keeping, tree
from inspector.people.branch_import import plan_branches
from inspector.people.importing import Plan, Planned, Verdict
from inspector.people.roster_import import plan_people
from inspector.problems import Problem

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

group = AppGroup("branches", help="The tree of city branch, sub-branches and outlets.")
accounts = AppGroup("people", help="The accounts.")


def _of_a_file(command: Callable[..., None]) -> Callable[..., None]:
    """A command that takes a file, and may only tell."""
    told = click.option("--dry-run", is_flag=True, help="Change nothing; say what would change.")
    wrapped: Callable[..., Any] = click.argument("file", metavar="FILE", type=FILE)(told(command))
    return wrapped


@group.command("import")
@_of_a_file
def import_branches(file: Path, dry_run: bool) -> None:
    """Add and update branches from a CSV or XLSX file; none is ever deleted.

    Exit code 1, with each mistake's line and field and nothing imported, when the file is wrong.
    """
    tree.lock_the_tree()
    _carry_out(plan_branches(file.read_bytes(), str(file)), dry_run)


@accounts.command("import")
@_of_a_file
def import_people(file: Path, dry_run: bool) -> None:
    """Add and change accounts from a CSV or XLSX file; none is ever closed or deleted.

    Exit code 1, with each mistake's line and field and nothing imported, when the file is wrong.
    """
    keeping.lock_the_accounts()
    _carry_out(plan_people(file.read_bytes(), str(file)), dry_run)


def _carry_out(plan: Plan, dry_run: bool) -> None:
    try:
        plan.do(by=None, at=clock.now())
    except Mistakes as mistakes:
        raise click.ClickException(f"{Problem('import.invalid').sentence}\n{mistakes}") from None
    _say(plan, dry_run)
    if dry_run:
        db.session.rollback()
        click.echo("Nothing was changed: --dry-run.")
    else:
        db.session.commit()


def _say(plan: Plan, dry_run: bool) -> None:
    if plan.read_as == "GBK":
        click.echo("Read as GBK.")
    for row in plan.rows:
        if row.verdict == Verdict.CHANGE:
            click.echo(f"{row.key}: {_told(row)}")
        elif row.verdict == Verdict.ADD and dry_run:
            click.echo(f"{row.key}: new, {row.name}")
    if plan.absent:
        names = ", ".join(key for key, _name in plan.absent)
        click.echo(f"Not in the file, and left as they are: {names}")
    words = {Verdict.ADD: "imported", Verdict.CHANGE: "changed", Verdict.KEEP: "unchanged"}
    click.echo(", ".join(f"{word} {len(plan.having(v))}" for v, word in words.items()))


def _told(row: Planned) -> str:
    differs = (
        f"{column}: {was or 'empty'} → {row.after[column] or 'empty'}"
        for column, was in row.before.items()
    )
    return "; ".join(differs) + (f" ({row.remark})" if row.remark else "")
