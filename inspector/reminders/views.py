"""The inbox of everybody; and for the desk what could not be delivered."""

import uuid

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import update

from inspector import clock
from inspector.db import db
from inspector.people.roles import DESK, Role
from inspector.problems import Problem
from inspector.reminders import queries, sending
from inspector.reminders.models import Reminder
from inspector.reminders.rules import Subject
from inspector.reminders.words import sentence
from inspector.web import Answer, for_roles, go, respond

blueprint = Blueprint("reminders", __name__)


@blueprint.get("/reminders")
def inbox() -> Answer:
    """One's own reminders, the newest first; `?before=` a reminder's key, those that come after."""
    before = request.args.get("before")
    try:
        key = uuid.UUID(before) if before else None
    except ValueError:
        raise Problem("request.unknown") from None
    found = queries.inbox(current_user, key)
    return render_template(
        "reminders/inbox.html",
        reminders=found[: queries.PAGE],
        older=len(found) > queries.PAGE,
        newest=key is None,
        sentence=sentence,
    )


@blueprint.post("/reminders/<uuid:reminder_id>/opening")
def follow(reminder_id: uuid.UUID) -> Answer:
    """Go to what a reminder is about; from then on it is read."""
    reminder = queries.reminder_of(current_user, reminder_id)
    reminder.read(at=clock.now())
    if reminder.subject_table == Subject.VISIT:
        return go(url_for("visits.show", visit_id=reminder.subject_id))
    return go(url_for("notices.show", notice_id=reminder.subject_id))


@blueprint.post("/reminders/<uuid:reminder_id>/reading")
def read(reminder_id: uuid.UUID) -> Answer:
    """Note that a reminder was read."""
    reminder = queries.reminder_of(current_user, reminder_id)
    reminder.read(at=clock.now())
    return respond(
        "reminders/_reminder.html",
        to=url_for("reminders.inbox"),
        reminder=reminder,
        sentence=sentence,
        oob=True,
    )


@blueprint.post("/reminders/reading")
def read_all() -> Answer:
    """Note that all were read."""
    mine = Reminder.recipient_id == current_user.id, Reminder.read_at.is_(None)
    db.session.execute(update(Reminder).where(*mine).values(read_at=clock.now()))
    return go(url_for("reminders.inbox"))


@blueprint.get("/reminders/undelivered")
@for_roles(*DESK)
def undelivered() -> Answer:
    """What could not be delivered: to which address, since when, and why."""
    return render_template("reminders/undelivered.html", outages=queries.outages())


@blueprint.post("/reminders/undelivered/retry")
@for_roles(Role.CHANNEL)
def retry() -> Answer:
    """Try again now."""
    outcome = sending.try_again()
    if outcome.failed:
        told = ngettext(
            "%(num)s address still cannot be reached.",
            "%(num)s addresses still cannot be reached.",
            outcome.failed,
        )
    else:
        told = _("Everything is delivered.")
    return go(url_for("reminders.undelivered"), told)


@blueprint.app_template_global()
def unread_reminders() -> int:
    """How many reminders wait unread: for the header of pages, so nobody else pays for it."""
    return queries.unread(current_user)
