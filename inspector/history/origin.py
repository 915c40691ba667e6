"""Where an act comes from: the address and device of a request, or the command and who runs it.

Only history rows hold it, and only the desk reads it: it would tell a shopper.
"""

import getpass
import sys
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import click
from flask import g, has_app_context

from inspector import devices

LONGEST: Final = 60


class Origin(NamedTuple):
    """An address and a device, in short words."""

    address: str
    device: str


def come_from(address: str, user_agent: str) -> None:
    """Note where what happens from now on in this request comes from."""
    g.origin = Origin(address[:LONGEST], devices.in_words(user_agent))


def origin() -> Origin:
    """Where what happens now comes from."""
    known: Origin | None = g.get("origin") if has_app_context() else None
    return known or _command()


def _command() -> Origin:
    context = click.get_current_context(silent=True)
    program = Path(sys.argv[0])
    name = program.parent.name if program.stem == "__main__" else program.name
    command = context.command_path if context else name
    return Origin(_user()[:LONGEST], command[:LONGEST])


@lru_cache(maxsize=1)
def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        return ""
