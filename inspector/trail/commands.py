"""`flask history …`: checking the trail, and writing its head down."""

from pathlib import Path

import click
from flask.cli import AppGroup

from inspector.trail.heads import read_heads
from inspector.trail.verifying import Broken, verify

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
def check(since: int, files: tuple[Path, ...]) -> None:
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
        where = f"Row {broken.seq}" if broken.seq else "Beside the chain"
        raise click.ClickException(f"{where}: {broken}") from None
    click.echo(
        f"whole: rows {since}–{walked.head.seq}, {walked.entries} entries of tablets, "
        f"{len(heads)} heads"
    )
