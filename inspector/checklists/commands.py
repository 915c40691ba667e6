"""`flask checklists`: importing checklist files."""

from pathlib import Path

import click
from flask.cli import AppGroup

from inspector import clock
from inspector.checklists.publishing import Changed, import_files
from inspector.db import db
from inspector.mistakes import Mistakes
from inspector.problems import Problem

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

group = AppGroup("checklists", help="The checklists that visits follow.")


@group.command("import")
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=FILE)
def import_(files: tuple[Path, ...]) -> None:
    """Publish the checklists of YAML files: all of them, or none if any cannot be.

    Exit code 1, with each mistake's file, line and field, when a file is wrong, or with the
    differences when a version exists with other content.
    """
    try:
        publications = import_files(files, by=None, at=clock.now())
    except Mistakes as mistakes:
        raise click.ClickException(f"{Problem('import.invalid').sentence}\n{mistakes}") from None
    except Changed as changed:
        lines = "\n".join(changed.differences)
        raise click.ClickException(f"{changed.sentence}\n{lines}") from None
    db.session.commit()
    for publication in publications:
        version = publication.version
        word = "imported" if publication.new else "unchanged"
        click.echo(
            f"{version.checklist.code} {version.version}: {word}, {version.item_count} items"
        )
