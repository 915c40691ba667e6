"""The pack of a visit: what is known of the outlet, for its inspector to take along and read
without a network. A page of its own, which the tablet keeps beside the page to record on."""

import hashlib
import uuid

from flask import Blueprint, jsonify, render_template, request
from flask_login import current_user
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from inspector import clock
from inspector.db import db
from inspector.offline.earlier import Known, known_of
from inspector.people.models import Branch
from inspector.people.roles import VISITORS
from inspector.photos.serving import serve
from inspector.problems import Problem
from inspector.visits.lifecycle import WRITABLE
from inspector.visits.models import Visit
from inspector.visits.queries import STAGE_SQL
from inspector.web import Answer, for_roles, keepable

blueprint = Blueprint("pack", __name__)


@blueprint.get("/visits/<uuid:visit_id>/pack")
@for_roles(*VISITORS)
def show(visit_id: uuid.UUID) -> Answer:
    """The outlet's facts and earlier findings. Static/js/pack.js reads the pictures it names, and
    by its state whether what was taken along is still true."""
    visit = _visit(visit_id)
    known = known_of([visit])[visit.id]
    content = _content(visit, known)
    page = render_template(
        "pack/show.html",
        visit=visit,
        content=content,
        state=_state(content),
        made=clock.now(),
        bytes=sum(picture.size for picture in known.pictures.values()),
    )
    return keepable(page, keep=True)


@blueprint.get("/visits/<uuid:visit_id>/pack/photos/<sha256>")
@for_roles(*VISITORS)
def photo(visit_id: uuid.UUID, sha256: str) -> Answer:
    """A picture of the pack; `?size=thumb` for the small one. The browser's own cache keeps none:
    what stays on a tablet is sealed."""
    visit = _visit(visit_id)
    picture = known_of([visit])[visit.id].pictures.get(sha256)
    if picture is None:
        raise Problem("request.unknown")
    answer = serve(picture, thumb=request.args.get("size") == "thumb")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/api/packs")
@for_roles(*VISITORS)
def states() -> Answer:
    """What state the pack of each visit is in that the person still has to do: a tablet that took
    along another renews it, and drops those that are not named."""
    visits = db.session.scalars(_visits()).all()
    known = known_of(visits)
    return jsonify({str(v.id): _state(_content(v, known[v.id])) for v in visits})


def _visits() -> Select[Visit]:
    """The visits that the person is to record, and no others: what is known of an outlet is for
    whoever is going there."""
    return (
        select(Visit)
        .where(Visit.inspector_id == current_user.id)
        .where(*(~sql for stage, sql in STAGE_SQL.items() if stage not in WRITABLE))
        .options(joinedload(Visit.branch).joinedload(Branch.parent))
    )


def _visit(key: uuid.UUID) -> Visit:
    visit = db.session.scalar(_visits().where(Visit.id == key))
    if visit is None:
        raise Problem("request.unknown")
    return visit


def _content(visit: Visit, known: Known) -> str:
    return render_template("pack/_pack.html", visit=visit, known=known)


def _state(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()[:16]
