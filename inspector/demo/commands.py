"""`flask demo`: the demonstration accounts, and history for looking and measuring."""

from datetime import datetime

import click
from flask.cli import AppGroup

from inspector import clock
from inspector.demo import accounts as demo_accounts
from inspector.demo import history as demo_history

group = AppGroup("demo", help="The demonstration instance.")


@group.command("accounts")
def accounts() -> None:
    """Create the demonstration accounts and three visits to begin with, once."""
    demo_accounts.create()


@group.command("table")
def table() -> None:
    """Print the demonstration accounts."""
    for line in demo_accounts.lines():
        click.echo(line)


@group.command("history")
@click.option("--outlets", type=click.IntRange(1), default=38, show_default=True)
@click.option("--quarters", type=click.IntRange(1, 40), default=12, show_default=True)
@click.option("--answers", type=click.IntRange(0), default=2, show_default=True)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day told; today.")
@click.option("--seed", type=int, default=20261128, show_default=True)
def history(outlets: int, quarters: int, answers: int, until: datetime | None, seed: int) -> None:
    """Make years of visits, findings and notices, the same from the same numbers.

    Answers and photos are kept for the last quarters only (--answers), because they are by far the
    most rows. Exit code 1 where findings are there already.
    """
    told = demo_history.Wanted(
        outlets=outlets,
        quarters=quarters,
        answered=answers,
        until=until.date() if until else clock.today(),
        seed=seed,
    )
    try:
        for line in demo_history.make(told):
            click.echo(line)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
