"""The commands: checklists, branches, repeats, and the demonstration instance."""

from flask import Flask

from inspector import demo
from inspector.checklists import commands as checklists
from inspector.notices import commands as repeats
from inspector.people import commands as branches


def init_app(app: Flask) -> None:
    """Add the command groups to `flask`."""
    app.cli.add_command(checklists.group)
    app.cli.add_command(branches.group)
    app.cli.add_command(repeats.group)
    app.cli.add_command(demo.group)
