"""The channel department's pages of what tablets hold and sent: unsent work, and entries that
could not be placed."""

import uuid

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func, select

from inspector import clock
from inspector.db import db
from inspector.offline import placing
from inspector.offline.models import Parked
from inspector.offline.tablets import tablets
from inspector.people.roles import DESK, Role
from inspector.photos.models import Picture
from inspector.photos.serving import serve
from inspector.problems import Problem
from inspector.templating import chosen_locale
from inspector.visits.observed import observed_en, observed_zh
from inspector.web import Answer, for_roles, respond, sentence

blueprint = Blueprint("tablets", __name__, url_prefix="/tablets")

AT_MOST = 200
"""How many decided entries the page shows; the log has them all."""


@blueprint.get("")
@for_roles(*DESK)
def index() -> Answer:
    """The tablets, the most worrying first."""
    now = clock.now()
    return render_template(
        "tablets/index.html", tablets=tablets(current_user, now), waiting=_waiting(), now=now
    )


@blueprint.get("/entries")
@for_roles(Role.CHANNEL)
def entries() -> Answer:
    """The entries that could not be placed; `?only=decided` for what became of the others."""
    decided = request.args.get("only") == "decided"
    found = db.session.scalars(placing.parked(decided=decided).limit(AT_MOST)).all()
    readable = placing.readable(list(found))
    return render_template(
        "tablets/entries.html",
        entries=readable,
        groups=placing.grouped(readable),
        decided=decided,
        waiting=_waiting(),
        answered=_answered(),
    )


@blueprint.get("/entries/<uuid:op_id>/photo")
@for_roles(Role.CHANNEL)
def photo(op_id: uuid.UUID) -> Answer:
    """The photo of an entry; `?size=thumb` for the small one."""
    parked = db.session.get(Parked, op_id)
    name = parked.operation.payload.get("sha256") if parked else None
    picture = db.session.get(Picture, str(name)) if name else None
    if picture is None:
        raise Problem("request.unknown")
    return serve(picture, thumb=request.args.get("size") == "thumb")


@blueprint.post("/entries/<uuid:op_id>/acceptance")
@for_roles(Role.CHANNEL)
def accept(op_id: uuid.UUID) -> Answer:
    """Put an entry on its visit after all."""
    parked = placing.one_waiting(op_id)
    placing.accept(parked, by=current_user, at=clock.now())
    return _decided(parked, _("The entry is on its visit now."))


@blueprint.post("/visits/<uuid:visit_id>/acceptance")
@for_roles(Role.CHANNEL)
def accept_all(visit_id: uuid.UUID) -> Answer:
    """Put all entries of a visit that wait on it, as far as each can be."""
    waiting = placing.all_waiting(visit_id)
    if not waiting:
        raise Problem("request.unknown")
    keys = [one.op_id for one in waiting]
    problems = placing.accept_all(waiting, by=current_user, at=clock.now())
    message = _(
        "%(placed)s of %(all)s entries are on their visit now.",
        placed=len(keys) - len(problems),
        all=len(keys),
    )
    return respond(
        "tablets/_group.html",
        to=url_for("tablets.entries"),
        message=message,
        group=placing.Group(visit_id, placing.readable(placing.these(keys))),
        refused={key: sentence(problem) for key, problem in problems.items()},
        answered=_answered(),
    )


@blueprint.post("/entries/<uuid:op_id>/dismissal")
@for_roles(Role.CHANNEL)
def dismiss(op_id: uuid.UUID) -> Answer:
    """Leave an entry in the log, with a reason."""
    parked = placing.one_waiting(op_id)
    reason = request.form.get("reason", "")
    placing.dismiss(parked, reason=reason, by=current_user, at=clock.now())
    return _decided(parked, _("The entry stays in the log, with your reason."))


def _decided(parked: Parked, message: str) -> Answer:
    (entry,) = placing.readable(placing.these([parked.op_id]))
    to = url_for("tablets.entries")
    return respond("tablets/_entry.html", to=to, message=message, entry=entry, answered=_answered())


def _waiting() -> int:
    waiting = select(func.count()).select_from(Parked).where(Parked.decision.is_(None))
    return db.session.scalar(waiting) or 0


def _answered() -> object:
    return observed_zh if chosen_locale() == "zh_CN" else observed_en
