"""The command that works in the background."""

import logging

import click
from flask import current_app
from flask.cli import with_appcontext


@click.command("work")
@click.option("--threads", default=2, show_default=True, help="How much is done at the same time.")
@with_appcontext
def work(threads: int) -> None:
    """Do what waits in the queue, until told to end.

    Run one beside the web server, or several, on any machine that reaches database and storage.
    Ctrl-C (SIGINT) ends it when what is in hand is done; a second one, or SIGTERM, at once: what
    was in hand is taken up again by the next.
    """
    logging.basicConfig(level=logging.WARNING)
    current_app.extensions["queue"].work(threads)
