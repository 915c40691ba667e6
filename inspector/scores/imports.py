"""O and its figures from a file: looked at with the meaning of each column, then imported as it was
seen, all or nothing."""

import hashlib
import uuid
from collections.abc import Mapping

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from inspector import clock, spreadsheets
from inspector.db import db
from inspector.mistakes import Mistake, Mistakes, Sentence
from inspector.people.models import Branch, Level
from inspector.people.roles import Role
from inspector.problems import Problem
from inspector.scores import figures, other
from inspector.scores.figures import FIGURES, IGNORED, MEANINGS, Reading
from inspector.scores.lifecycle import Stage
from inspector.scores.periods import named
from inspector.scores.results import freeze_of
from inspector.scores.uploads import ColumnMeaning, FigureUpload
from inspector.spreadsheets import MOST_BYTES
from inspector.web import Answer, for_roles, go
from inspector.words import N_

blueprint = Blueprint("figures", __name__)


@blueprint.get("/scores/<quarter>/figures")
@for_roles(Role.CHANNEL)
def new(quarter: str) -> Answer:
    """Choose a file."""
    return render_template("figures/new.html", quarter=named(quarter), error="")


@blueprint.post("/scores/<quarter>/figures")
@for_roles(Role.CHANNEL)
def create(quarter: str) -> Answer:
    """Keep a file, to look at what it says."""
    of = named(quarter)
    file: FileStorage | None = request.files.get("file")
    content = file.stream.read(MOST_BYTES + 1) if file is not None and file.filename else b""
    if not content or len(content) > MOST_BYTES:
        told = _("Choose a file of at most %(size)s MB.", size=MOST_BYTES // 1024**2)
        return render_template("figures/new.html", quarter=of, error=told), 422
    assert file is not None  # it has content
    name = file.filename or ""
    upload = FigureUpload.take(str(of), name, content, by=current_user, at=clock.now())
    db.session.flush()
    return go(url_for("figures.show", upload_id=upload.id))


@blueprint.get("/figures/<uuid:upload_id>")
@for_roles(Role.CHANNEL)
def show(upload_id: uuid.UUID) -> Answer:
    """What a file says, with the meaning of each column as chosen, remembered or guessed."""
    upload = _upload(upload_id)
    return _preview(upload, _read(upload, request.args.getlist("meaning")))


@blueprint.post("/figures/<uuid:upload_id>/confirmation")
@for_roles(Role.CHANNEL)
def confirm(upload_id: uuid.UUID) -> Answer:
    """Import what was looked at, and remember what its columns mean."""
    upload = _upload(upload_id, to_change=True)
    found = _read(upload, request.form.getlist("meaning"))
    if found.mistakes or _digest(found) != request.form.get("digest"):
        return _preview(upload, found), 409
    branches = {branch.code: branch for branch in _subbranches()}
    of, at = named(upload.quarter), clock.now()
    standing = other.others(of)
    kept = 0
    for entry in found.entries:
        branch = branches[entry.branch]
        value = standing.get(branch.id) if entry.value is None else entry.value
        entered = other.enter(
            of,
            branch,
            value,
            by=current_user,
            at=at,
            source=upload.name,
            figures=entry.figures,
        )
        kept += entered is not None
    ColumnMeaning.remember(dict(zip(found.heads, found.meanings, strict=True)))
    upload.done(kept, by=current_user, at=at)
    said = _("Imported: %(count)s sub-branches have new entries.", count=kept)
    return go(url_for("scores.index", quarter=of), said)


def _upload(key: uuid.UUID, *, to_change: bool = False) -> FigureUpload:
    upload = db.session.get(FigureUpload, key, with_for_update=to_change)
    if upload is None or upload.by_id != current_user.id:
        raise Problem("request.unknown")
    if upload.imported_at is not None:
        raise Problem("import.once")
    return upload


def _read(upload: FigureUpload, chosen: list[str]) -> Reading:
    """The entries of a file, and all that is wrong with it."""
    assert upload.content is not None  # it was not imported yet
    try:
        sheet = spreadsheets.read(upload.content, upload.name)
    except Mistakes as error:
        return Reading([], [], mistakes=list(error.mistakes))
    heads = sheet.rows[0][1] if sheet.rows else []
    fits = len(chosen) == len(heads) and set(chosen) <= {*MEANINGS, IGNORED}
    meanings = chosen if fits else figures.guess(heads, ColumnMeaning.remembered())
    found = figures.read(sheet, upload.name, meanings, _codes())
    found.mistakes += _standing(upload, found)
    return found


def _standing(upload: FigureUpload, found: Reading) -> list[Mistake]:
    """What a confirmed quarter does not let change."""
    of = named(upload.quarter)
    freeze = freeze_of(of)
    if freeze is None or freeze.stage != Stage.CONFIRMED:
        return []
    there = other.others(of)
    by_code = {branch.code: there.get(branch.id) for branch in _subbranches()}
    told = Sentence(N_("the quarter is confirmed: this O stands and cannot be changed"))
    return [
        Mistake(upload.name, entry.line, "", "", told)
        for entry in found.entries
        if entry.value is not None and by_code[entry.branch] not in (None, entry.value)
    ]


def _subbranches() -> list[Branch]:
    wanted = select(Branch).where(Branch.level == Level.SUBBRANCH).order_by(Branch.code)
    return list(db.session.scalars(wanted))


def _codes() -> Mapping[str, str]:
    """The code of each sub-branch by what a file may call it."""
    return {
        name: branch.code
        for branch in _subbranches()
        for name in (branch.code, branch.name_zh, branch.name_en)
    }


def _digest(found: Reading) -> str:
    return hashlib.sha256(repr((found.heads, found.meanings, found.entries)).encode()).hexdigest()


def _preview(upload: FigureUpload, found: Reading) -> str:
    of = named(upload.quarter)
    branches = {branch.code: branch for branch in _subbranches()}
    return render_template(
        "figures/show.html",
        upload=upload,
        found=found,
        quarter=of,
        branches=branches,
        standing=other.others(of),
        digest=_digest(found),
        meanings=MEANINGS,
        figures=[name for name in FIGURES if name in found.meanings],
        told=lambda sentence: sentence.told(_) if isinstance(sentence, Sentence) else sentence,
    )
