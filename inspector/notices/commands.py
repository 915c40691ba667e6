"""`flask branches merge` and `flask repeats`: what changes how often a fault was found."""

from collections.abc import Sequence

import click
from flask.cli import AppGroup
from sqlalchemy import func, select

from inspector import clock
from inspector.db import db
from inspector.findings.models import Finding
from inspector.findings.repeats import Judgement
from inspector.notices import repeats
from inspector.notices.repeats import Recounted
from inspector.people import merging
from inspector.people.commands import group as branches
from inspector.people.models import Branch, Person
from inspector.problems import Problem
from inspector.visits.lifecycle import Stage
from inspector.visits.models import Visit
from inspector.visits.queries import STAGE_SQL

group = AppGroup("repeats", help="Repeat offences.")


@group.command("recount")
@click.option("--check", is_flag=True, help="Change nothing; exit code 1 if anything would change.")
def recount(check: bool) -> None:
    """Judge all findings anew, as after a change of the window, and say which came out otherwise.

    Scores follow; a notice that was issued keeps its number and its paper.
    """
    recounted = repeats.recount_all(by=None, at=clock.now())
    _say(recounted)
    click.echo(f"recounted {len(recounted)}")
    if check:
        db.session.rollback()
        click.echo("Nothing was changed: --check.")
        raise SystemExit(1 if recounted else 0)
    db.session.commit()


@branches.command("merge")
@click.argument("old", metavar="OLD")
@click.argument("into", metavar="NEW")
@click.option("--dry-run", is_flag=True, help="Change nothing; say what would change.")
def merge(old: str, into: str, dry_run: bool) -> None:
    """Let the outlet OLD go on as the outlet NEW, each by its code: its findings count there.

    Exit code 1, with the reason and nothing changed, when that is not possible.
    """
    gone, successor = _outlet(old), _outlet(into)
    at = clock.now()
    try:
        changed = merging.merge(gone, successor, by=None, at=at)
    except Problem as problem:
        raise click.ClickException(problem.sentence % problem.details) from None
    if not changed:
        click.echo(f"{old} was merged into {into} before; nothing was changed.")
        return
    recounted = repeats.recount_home(successor, by=None, at=at)
    _say(recounted)
    for what, number in _along(gone).items():
        click.echo(f"{what} {number}")
    click.echo(f"recounted {len(recounted)}")
    if dry_run:
        db.session.rollback()
        click.echo("Nothing was changed: --dry-run.")
        return
    db.session.commit()
    click.echo(f"{old} goes on as {into}.")


def _outlet(code: str) -> Branch:
    found = db.session.scalar(select(Branch).where(Branch.code == code).with_for_update())
    if found is None:
        raise click.ClickException(f"There is no branch with the code {code}.")
    return found


def _along(gone: Branch) -> dict[str, int]:
    """What stands at an outlet that goes: to be planned anew, and to be given to others."""
    at_it = Visit.branch_id == gone.id
    counted = {
        "findings that go along": select(func.count(Finding.id)).join(Finding.visit).where(at_it),
        "visits still planned there": select(func.count(Visit.id)).where(
            at_it, STAGE_SQL[Stage.ASSIGNED]
        ),
        "accounts that belong there": select(func.count(Person.id)).where(
            Person.branch_id == gone.id, Person.closed_at.is_(None)
        ),
    }
    return {what: db.session.scalar(query) or 0 for what, query in counted.items()}


def _say(recounted: Sequence[Recounted]) -> None:
    for one in recounted:
        finding = one.finding
        assert finding.visit.started_at is not None  # else nothing was found
        day = clock.day(finding.visit.started_at).isoformat()
        click.echo(
            f"{finding.visit.branch.code} {day} {finding.item_code}: "
            f"{_told(one.was)} → {_told(one.now)}"
        )


def _told(judgement: Judgement) -> str:
    if judgement.original:
        return f"time {judgement.occurrence}"
    return "not carried out" if judgement.not_carried_out else "seen while open"
