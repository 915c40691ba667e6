"""Giving one planned visit to somebody else, or another day."""

import uuid
from collections.abc import Sequence

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import selectinload

from inspector import clock
from inspector.checklists.models import Kind
from inspector.db import db
from inspector.people.models import Person
from inspector.people.queries import visitors
from inspector.visits import queries, replanning
from inspector.visits.models import SENT_FOR, Visit
from inspector.web import Answer, go

blueprint = Blueprint("rearranging", __name__)


@blueprint.post("/visits/<uuid:visit_id>/inspector")
def reassign(visit_id: uuid.UUID) -> Answer:
    """Give a visit to another inspector."""
    visit = queries.visit_seen_by(current_user, visit_id, to_change=True)
    said = request.form.get("to", "")
    by_lot = said == replanning.BY_LOT
    to = replanning.another_shopper(visit) if by_lot else replanning.visitor(said)
    replanning.reassign(visit, to, by=current_user, at=clock.now())
    return go(url_for("visits.show", visit_id=visit.id), _("The visit has another inspector."))


@blueprint.post("/visits/<uuid:visit_id>/day")
def move(visit_id: uuid.UUID) -> Answer:
    """Plan a visit for another day."""
    visit = queries.visit_seen_by(current_user, visit_id, to_change=True)
    on = replanning.day_of(request.form.get("on", ""))
    replanning.move(visit, on, by=current_user, at=clock.now())
    return go(url_for("visits.show", visit_id=visit.id), _("The visit has another day."))


@blueprint.app_template_global()
def successors(visit: Visit) -> Sequence[Person]:
    """To whom a visit can be given by name: nobody who shops."""
    if visit.kind == Kind.MYSTERY:
        return []
    found = visitors().where(Person.role.in_(SENT_FOR[Kind(visit.kind)]))
    people = db.session.scalars(found.options(selectinload(Person.branch)))
    return [person for person in people if not person.recused_from(visit.branch)]
