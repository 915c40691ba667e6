"""`flask scores`: whether the numbers of a quarter are what its answers say."""

import click
from flask.cli import AppGroup

from inspector.clock import Quarter
from inspector.db import db
from inspector.scores.recomputing import recompute

group = AppGroup("scores", help="The numbers of a quarter.")


@group.command("recompute")
@click.argument("quarter", metavar="QUARTER")
@click.option("--check", is_flag=True, help="Exit code 1 if anything differs.")
def recompute_quarter(quarter: str, check: bool) -> None:
    """Work QUARTER (as 2026Q3) out once more from the raw answers; name all that differs.

    Compared are each visit's stored score and, of a frozen quarter, all its numbers: these as the
    findings stood when it was frozen. Nothing is changed.
    """
    try:
        named = Quarter.named(quarter)
    except ValueError:
        raise click.BadParameter(f"{quarter} is no quarter; write it as 2026Q3.") from None
    found = recompute(named)
    db.session.rollback()
    for difference in found.differences:
        click.echo(str(difference))
    click.echo(f"{named}: {found.visits} visits, {found.units} units recomputed;", nl=False)
    click.echo(f" {len(found.differences)} differ.")
    if check and found.differences:
        raise SystemExit(1)
