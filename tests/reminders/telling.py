"""What was told, as the stories ask for it."""

from sqlalchemy import select

from inspector.db import db
from inspector.people.models import Person
from inspector.reminders.models import Reminder


def told(person: Person | None = None) -> list[tuple[str, str]]:
    """To whom, by which rule, in the order of telling."""
    rows = select(Person.username, Reminder.rule).join(Reminder, Reminder.recipient_id == Person.id)
    if person is not None:
        rows = rows.where(Person.id == person.id)
    rows = rows.order_by(Reminder.at, Reminder.rule, Person.username)
    return [(who, rule) for who, rule in db.session.execute(rows)]
