"""The administrator's pages of importing: a file is looked at, then imported as it was seen; the
templates to fill in; and the present people and branches as files."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import FileStorage

from inspector import clock, spreadsheets
from inspector.db import db
from inspector.people import branch_tables, keeping, roster_tables, tree
from inspector.people.branch_import import plan_branches
from inspector.people.importing import Plan, Verdict
from inspector.people.roles import Role
from inspector.people.roster_import import plan_people
from inspector.people.uploads import Noun, Upload
from inspector.people.wording import column_name, shown
from inspector.problems import Problem
from inspector.spreadsheets import MOST_BYTES, MOST_ROWS, Cell
from inspector.templating import word
from inspector.web import Answer, for_roles, go

blueprint = Blueprint("imports", __name__)

SHOWN: Final = 200
"""Rows on a page."""


@dataclass(frozen=True)
class Way:
    """How one kind of file comes in and goes out."""

    index: str
    """The page of what there is."""
    lock: Callable[[], object]
    plan: Callable[[bytes, str], Plan]
    present: Callable[[], tuple[list[str], Iterable[list[Cell]]]]
    """Head and rows of what there is."""
    example: Callable[[], tuple[list[str], Iterable[list[Cell]]]]
    """Head and a row to be written over."""


WAYS: Final = {
    Noun.PEOPLE: Way(
        "accounts.index",
        keeping.lock_the_accounts,
        plan_people,
        roster_tables.present,
        roster_tables.example,
    ),
    Noun.BRANCHES: Way(
        "people.branches",
        tree.lock_the_tree,
        plan_branches,
        branch_tables.present,
        branch_tables.example,
    ),
}


@blueprint.get("/<any(people, branches):noun>/import")
@for_roles(Role.ADMIN)
def new(noun: str) -> Answer:
    """Choose a file; take a template."""
    return _choose(noun)


@blueprint.post("/<any(people, branches):noun>/import")
@for_roles(Role.ADMIN)
def create(noun: str) -> Answer:
    """Keep a file, to look at what it would do."""
    file: FileStorage | None = request.files.get("file")
    if file is None or not file.filename:
        return _choose(noun, _("Choose a file.")), 422
    content = file.stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        told = _("This file is larger than %(size)s MB. Split it.", size=MOST_BYTES // 1024**2)
        return _choose(noun, told), 422
    upload = Upload.take(noun, file.filename, content, by=current_user, at=clock.now())
    db.session.flush()
    return go(url_for("imports.show", upload_id=upload.id))


@blueprint.get("/imports/<uuid:upload_id>")
@for_roles(Role.ADMIN)
def show(upload_id: uuid.UUID) -> Answer:
    """What a file would do, row by row, to what is there now."""
    upload = _upload(upload_id)
    return _preview(upload, _plan(upload))


@blueprint.post("/imports/<uuid:upload_id>/confirmation")
@for_roles(Role.ADMIN)
def confirm(upload_id: uuid.UUID) -> Answer:
    """Import what was looked at; if that has become something else, show it again."""
    upload = _upload(upload_id, to_change=True)
    way = WAYS[Noun(upload.noun)]
    way.lock()
    plan = _plan(upload)
    if plan.mistakes or plan.digest != request.form.get("digest"):
        return _preview(upload, plan, moved=True), 409
    upload.carry_out(plan, by=current_user, at=clock.now())
    added, changed = (len(plan.having(verdict)) for verdict in (Verdict.ADD, Verdict.CHANGE))
    told = _("Imported: %(added)s added, %(changed)s changed.", added=added, changed=changed)
    return go(url_for(way.index), told)


@blueprint.get("/<any(people, branches):noun>/template.<any(csv, xlsx):form>")
@for_roles(Role.ADMIN)
def template(noun: str, form: str) -> Answer:
    """A file to fill in: the head, and an example to be written over."""
    head, rows = WAYS[Noun(noun)].example()
    return _file(form, _("%(noun)s template", noun=word("noun", noun)), head, rows)


@blueprint.get("/<any(people, branches):noun>/export.<any(csv, xlsx):form>")
@for_roles(Role.ADMIN)
def export(noun: str, form: str) -> Answer:
    """All that there is, as a file that can be changed and imported."""
    head, rows = WAYS[Noun(noun)].present()
    return _file(form, f"{word('noun', noun)} {clock.today()}", head, rows)


def _choose(noun: str, error: str = "") -> str:
    return render_template(
        "imports/new.html",
        noun=noun,
        index=WAYS[Noun(noun)].index,
        error=error,
        most_rows=MOST_ROWS,
        most_megabytes=MOST_BYTES // 1024**2,
    )


def _upload(key: uuid.UUID, *, to_change: bool = False) -> Upload:
    upload = db.session.get(Upload, key, with_for_update=to_change)
    if upload is None:
        raise Problem("request.unknown")
    if upload.imported_at:
        raise Problem("import.done")
    return upload


def _plan(upload: Upload) -> Plan:
    assert upload.content is not None  # it was not imported yet
    return WAYS[Noun(upload.noun)].plan(upload.content, upload.name)


def _preview(upload: Upload, plan: Plan, *, moved: bool = False) -> str:
    counts = {
        "mistakes": len(plan.mistakes),
        **{verdict.value: len(plan.having(verdict)) for verdict in Verdict},
        "absent": len(plan.absent),
    }
    only = request.args.get("only", "")
    if only not in counts:
        only = next((name for name, count in counts.items() if count), "keep")
    start = request.args.get("from", 0, int)
    rows = _rows(plan, only)
    return render_template(
        "imports/show.html",
        upload=upload,
        plan=plan,
        index=WAYS[Noun(upload.noun)].index,
        counts=counts,
        only=only,
        rows=rows[start : start + SHOWN],
        further=start + SHOWN if len(rows) > start + SHOWN else None,
        moved=moved,
        column_name=column_name,
        shown=shown,
    )


def _rows(plan: Plan, only: str) -> Sequence[object]:
    if only == "mistakes":
        return plan.mistakes
    return plan.absent if only == "absent" else plan.having(Verdict(only))


def _file(form: str, name: str, head: list[str], rows: Iterable[list[Cell]]) -> Answer:
    file = spreadsheets.write(form, name[:31], head, rows)
    return send_file(
        file,
        mimetype=spreadsheets.TYPES[form],
        as_attachment=True,
        download_name=f"{name}.{form}",
    )
