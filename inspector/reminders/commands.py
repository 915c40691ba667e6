"""`flask reminders send`: to be run once a day, and as often as one likes."""

import click
from flask.cli import AppGroup

from inspector import clock
from inspector.reminders.sending import deliver, remind

group = AppGroup("reminders", help="Reminders of what is due or late.")


@group.command("send")
def send() -> None:
    """Tell everybody whom it concerns what is due or late, once; and try again what could not be
    delivered before.

    Exit code 1 when something could not be delivered; it is in the inboxes all the same.
    """
    click.echo(f"new {remind(clock.now())}")
    outcome = deliver()
    click.echo(f"delivered {outcome.delivered}, failed {outcome.failed}")
    raise SystemExit(1 if outcome.failed else 0)
