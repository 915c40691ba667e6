"""The commands, feature by feature."""

from flask import Flask

from inspector import tidying, working
from inspector.backup import commands as backup
from inspector.checklists import commands as checklists
from inspector.demo import commands as demo
from inspector.notices import commands as repeats
from inspector.people import account_commands  # noqa: F401 - adds its commands to the group
from inspector.people import commands as people
from inspector.people.single_sign_on import commands as identities  # noqa: F401 - the same
from inspector.reminders import commands as reminders
from inspector.scores import commands as scores
from inspector.trail import commands as history


def init_app(app: Flask) -> None:
    """Add the command groups to `flask`."""
    app.cli.add_command(checklists.group)
    app.cli.add_command(people.group)
    app.cli.add_command(people.accounts)
    app.cli.add_command(repeats.group)
    app.cli.add_command(scores.group)
    app.cli.add_command(reminders.group)
    app.cli.add_command(history.group)
    app.cli.add_command(working.work)
    app.cli.add_command(tidying.tidy)
    app.cli.add_command(demo.group)
    app.cli.add_command(backup.backup)
    app.cli.add_command(backup.restore)
