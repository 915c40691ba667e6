"""How far something is that takes long, for who waits at a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeAlias

import click

Show: TypeAlias = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
"""What is done, and how much of it there is: then to be told how much more has been done."""


@contextmanager
def on_terminal(label: str, length: int) -> Iterator[Callable[[int], None]]:
    """A bar, where somebody looks."""
    if not (length and sys.stderr.isatty()):
        yield lambda _more: None
        return
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield bar.update
