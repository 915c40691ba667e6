"""Batches: opening one, putting mystery visits in, publishing it; then issuing its notices."""

import uuid
from datetime import date, datetime
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func, select

from inspector import clock
from inspector.clock import Quarter
from inspector.db import db
from inspector.findings.models import Finding
from inspector.findings.queries import IN_FORCE
from inspector.notices import publishing, queries
from inspector.notices.footage import (
    FootageRequest,
    footage_of,
    footage_of_batch,
    overwritten_after,
)
from inspector.notices.forms import BatchForm
from inspector.people.roles import DESK, Role
from inspector.people.telling import timeline
from inspector.visits import batches
from inspector.visits.batches import Batch, batch_of
from inspector.visits.forms import ReasonForm
from inspector.visits.models import Visit
from inspector.web import Answer, for_roles, go

blueprint = Blueprint("batches", __name__)


@blueprint.get("/batches")
@for_roles(*DESK)
def index() -> Answer:
    """All batches, the latest first, and how many visits wait for one."""
    return _index(BatchForm())


@blueprint.post("/batches")
@for_roles(Role.CHANNEL)
def create() -> Answer:
    """Open a batch."""
    form = BatchForm()
    if not form.validate_on_submit():
        return _index(form), 422
    assert form.publish_on.data is not None  # it is validated
    batch = Batch.open(
        quarter=Quarter.named(form.quarter.data),
        name=form.name.data or "",
        on=form.publish_on.data,
        by=current_user,
        at=clock.now(),
    )
    return _to(batch, _("The batch is open. Put visits in."))


@blueprint.get("/batches/<uuid:batch_id>")
@for_roles(*DESK)
def show(batch_id: uuid.UUID) -> Answer:
    """What a batch holds, what could go in, what is missing; once published, what follows."""
    batch, today = batch_of(batch_id), clock.today()
    more = _after(batch) if batch.published_at else _before(batch, today)
    return render_template(
        "batches/show.html",
        batch=batch,
        findings=_findings(batch),
        history=timeline(batch.id, names=True),
        is_due=batch.publish_on <= today,
        **more,
    )


@blueprint.post("/batches/<uuid:batch_id>/visits")
@for_roles(Role.CHANNEL)
def put_in(batch_id: uuid.UUID) -> Answer:
    """Put the visits in that were ticked."""
    batch = batch_of(batch_id, to_change=True)
    ticked = {key for key in map(_key, request.form.getlist("visit")) if key}
    visits = batches.ready().where(Visit.id.in_(ticked)).with_for_update(of=Visit)
    batch.put_in(db.session.scalars(visits).all(), by=current_user, at=clock.now())
    return _to(batch)


@blueprint.post("/batches/<uuid:batch_id>/visits/<uuid:visit_id>/removal")
@for_roles(Role.CHANNEL)
def take_out(batch_id: uuid.UUID, visit_id: uuid.UUID) -> Answer:
    """Take a visit out again."""
    batch = batch_of(batch_id, to_change=True)
    for visit in [visit for visit in batch.visits if visit.id == visit_id]:
        batch.take_out(visit, by=current_user, at=clock.now())
    return _to(batch)


@blueprint.post("/batches/<uuid:batch_id>/deletion")
@for_roles(Role.CHANNEL)
def discard(batch_id: uuid.UUID) -> Answer:
    """Delete a batch that holds nothing."""
    batch_of(batch_id, to_change=True).discard(by=current_user, at=clock.now())
    return go(url_for("batches.index"), _("The batch is deleted."))


@blueprint.post("/batches/<uuid:batch_id>/publication")
@for_roles(Role.CHANNEL)
def publish(batch_id: uuid.UUID) -> Answer:
    """Publish a batch on its day or after it; too small a one only with a reason."""
    batch = batch_of(batch_id, to_change=True)
    reason = ReasonForm().reason.data or ""
    publishing.publish(batch, reason=reason, by=current_user, at=clock.now())
    return _to(batch, _("The batch is published: the branches see its visits. Issue the notices."))


@blueprint.app_template_global("footage_of")
def _footage_of(visit: Visit) -> FootageRequest | None:
    """For the page of a visit: what of its footage is to be kept."""
    return footage_of(visit) if visit.published_at else None


def _index(form: BatchForm) -> str:
    held = func.count(Visit.id)
    rows = (
        select(Batch, held)
        .outerjoin(Batch.visits)
        .group_by(Batch.id)
        .order_by(Batch.publish_on.desc(), Batch.id)
    )
    waiting = batches.ready().options().order_by(None).with_only_columns(func.count())
    return render_template(
        "batches/index.html",
        form=form,
        rows=db.session.execute(rows).all(),
        waiting=db.session.scalar(waiting),
    )


def _before(batch: Batch, today: date) -> dict[str, Any]:
    """What a batch still needs. Those of its quarter are proposed; it is told if the cameras will
    have forgotten the earliest by then."""
    ready = db.session.scalars(batches.ready()).all()
    gone = overwritten_after(batch)
    return {
        "ready": ready,
        "proposed": [v for v in ready if v.started_at and batch.period == _quarter(v.started_at)],
        "missing": db.session.scalars(batches.missing(batch.period)).all(),
        "overwritten_after": gone if gone and gone < max(today, batch.publish_on) else None,
    }


def _after(batch: Batch) -> dict[str, Any]:
    """What follows the publication."""
    return {"drafts": _drafts(batch), "footage": footage_of_batch(batch)}


def _quarter(moment: datetime) -> Quarter:
    return Quarter.of(clock.day(moment))


def _findings(batch: Batch) -> dict[uuid.UUID, int]:
    """How many findings each visit of a batch has."""
    rows = (
        select(Finding.visit_id, func.count())
        .join(Finding.visit)
        .where(Visit.batch_id == batch.id, IN_FORCE)
        .group_by(Finding.visit_id)
    )
    return {visit: number for visit, number in db.session.execute(rows)}


def _drafts(batch: Batch) -> int:
    """How many notices of a batch are still to be issued."""
    drafts = queries.notices_seen_by(current_user).where(
        queries.filters(clock.today())["draft"], Visit.batch_id == batch.id
    )
    counted = drafts.options().order_by(None).with_only_columns(func.count())
    return db.session.scalar(counted) or 0


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _to(batch: Batch, message: str = "") -> Answer:
    db.session.flush()
    return go(url_for("batches.show", batch_id=batch.id), message)
