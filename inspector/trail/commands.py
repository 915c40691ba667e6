"""`flask history …`: checking the trail, writing its head down, and keeping it from its own app."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from inspector import clock
from inspector.db import db
from inspector.reminders import channel
from inspector.trail import notes, roles
from inspector.trail.heads import head_of, read_heads
from inspector.trail.verifying import Broken, reading, verify

group = AppGroup("history", help="The audit trail and its chain of hashes.")


@group.command("verify")
@click.option("--since", type=click.IntRange(1), default=1, help="Begin at this row.")
@click.option(
    "--head",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with heads that were written down earlier; may be given several times.",
)
@click.option("--note/--no-note", default=True, help="Whether the trail keeps that it was walked.")
def check(since: int, files: tuple[Path, ...], note: bool) -> None:
    """Walk the chain and say whether every row is what it was.

    Exit code 1, with the first broken row and what is wrong, when one is not. Without a head from
    elsewhere, a chain that somebody has hashed anew as a whole cannot be told from the true one.
    """
    heads = [head for file in files for head in read_heads(file.read_text("utf-8").splitlines())]
    if files and not heads:
        raise click.ClickException("There is no head in these files.")
    try:
        walked = verify(since, heads)
    except Broken as broken:
        if note:
            notes.verified(broken, at=clock.now())
        where = f"Row {broken.seq}" if broken.seq else "Beside the chain"
        raise click.ClickException(f"{where}: {broken}") from None
    if note:
        notes.verified(walked, at=clock.now())
    click.echo(
        f"whole: rows {since}–{walked.head.seq}, {walked.entries} entries of tablets, "
        f"{len(heads)} heads"
    )


@group.command("head")
@click.option(
    "--file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Add the line to this file, too.",
)
@click.option("--send", is_flag=True, help="Send the line to INSPECTOR_HEAD_URLS, too.")
def head(file: Path | None, send: bool) -> None:
    """Print the head of the chain: one line, to be kept where nobody who reaches the database can
    change it. To be run once a day.

    Exit code 1 when it could not be sent; the next run sends the head of then.
    """
    now = clock.now()
    with reading() as connection:
        newest = head_of(connection)
    line = newest.line(clock.day(now))
    click.echo(line)
    if file:
        with file.open("a", encoding="utf-8") as lines:
            lines.write(f"{line}\n")
        notes.noted(newest, file.name, at=now)
    if send:
        _send(line)
        notes.noted(newest, "INSPECTOR_HEAD_URLS", at=now)


def _send(line: str) -> None:
    urls = current_app.config["HEAD_URLS"].split()
    if not urls:
        raise click.ClickException("INSPECTOR_HEAD_URLS names nowhere to send it.")
    title = "网点巡查留痕链"
    errors = [channel.post(url, title=title, body=line) for url in urls]
    if told := [error for error in errors if error]:
        raise click.ClickException(" ".join(told))


@group.command("protect")
@click.argument("role")
@click.option("--print", "only_print", is_flag=True, help="Print the SQL instead of running it.")
def protect(role: str, only_print: bool) -> None:
    """Give the PostgreSQL ROLE of the application what it needs, but not the right to change the
    trail. Run it as the owner of the tables, once and whenever a role is added; then let the
    application sign in as ROLE, and only `flask db upgrade` as the owner.
    """
    if db.engine.dialect.name != "postgresql":
        raise click.ClickException("Only PostgreSQL knows roles; SQLite has its triggers.")
    with db.engine.begin() as connection:
        if why := roles.unfit(connection, role):
            raise click.ClickException(f"Nothing was done: {why}.")
        for statement in roles.grants(connection, role):
            if only_print:
                click.echo(f"{statement.strip()};")
            else:
                connection.exec_driver_sql(statement)
    if not only_print:
        click.echo(f"{role} adds to the trail and reads it; it cannot change it")
