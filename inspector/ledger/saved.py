"""Saved views: filters that somebody named, as chips above the ledger."""

import uuid
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from inspector import clock
from inspector.db import db
from inspector.ledger.choices import address
from inspector.ledger.filters import Filters
from inspector.ledger.models import SavedView
from inspector.people.models import Person
from inspector.people.roles import DESK
from inspector.problems import Problem
from inspector.web import Answer, go

blueprint = Blueprint("saved_views", __name__)


@blueprint.post("/ledger/views")
def create() -> Answer:
    """Name the filters that the form carries."""
    try:
        filters = Filters.of(request.form)
    except ValueError:
        raise Problem("request.unknown") from None
    name = request.form.get("name", "")
    SavedView.save(name=name, filters=filters, by=current_user, at=clock.now())
    return go(address(filters), _("Saved. It stands above the ledger now."))


@blueprint.post("/ledger/views/<uuid:view_id>")
def change(view_id: uuid.UUID) -> Answer:
    """Rename one's own, or share it with the desk."""
    view = _own(view_id)
    name, shared = request.form.get("name", ""), request.form.get("shared") == "yes"
    view.change(name=name, shared=shared, by=current_user, at=clock.now())
    return go(address(view.filters), _("Changed."))


@blueprint.post("/ledger/views/<uuid:view_id>/deletion")
def delete(view_id: uuid.UUID) -> Answer:
    """Forget one's own."""
    view = _own(view_id)
    there = address(view.filters)
    view.delete(by=current_user, at=clock.now())
    return go(there, _("Deleted. The rows stay as they are."))


def views_seen_by(person: Person) -> list[SavedView]:
    """One's own, and for the desk those that are shared."""
    own = SavedView.person_id == person.id
    seen = or_(own, SavedView.shared) if person.role in DESK else own
    found = select(SavedView).where(seen).options(selectinload(SavedView.person))
    return list(db.session.scalars(found.order_by(SavedView.name, SavedView.id)))


def chips(person: Person, now: Filters) -> Iterator[dict[str, Any]]:
    """Each view as a link to its rows."""
    for view in views_seen_by(person):
        try:
            filters = view.filters
        except ValueError:  # the filter that it says is no more
            continue
        others = view.person_id != person.id
        label = f"{view.name} · {view.person.name}" if others else view.name
        yield {
            "label": label,
            "href": address(filters),
            "current": filters == now,
            "view": None if others else view,
        }


def _own(key: uuid.UUID) -> SavedView:
    wanted = select(SavedView).where(SavedView.id == key, SavedView.person_id == current_user.id)
    view = db.session.scalar(wanted.with_for_update())
    if view is None:
        raise Problem("request.unknown")
    return view
