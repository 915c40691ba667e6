"""Reminding a branch by hand: beside the rules, whenever the channel department wants to."""

from datetime import datetime

from inspector import clock
from inspector.db import insert_missing
from inspector.deadlines import Step
from inspector.history import record
from inspector.notices.deadlines import deadline_of
from inspector.notices.models import Notice
from inspector.people.models import Person
from inspector.people.roles import Role
from inspector.problems import Problem
from inspector.reminders.matters import Addressees, about
from inspector.reminders.models import Reminder
from inspector.reminders.rules import URGE
from inspector.reminders.sending import in_order, prepare_deliveries


def urge(notice: Notice, *, by: Person, at: datetime) -> bool:
    """Remind outlet and sub-branch of a notice; once a day, for more would be noise. Returns
    whether they were told now. Raises Problem urge.not_waiting while it is not theirs to act."""
    if by.role != Role.CHANNEL:
        raise Problem("move.not_yours")
    waits = deadline_of(notice)
    if waits is None or waits.step != Step.RECTIFY:
        raise Problem("urge.not_waiting")
    matter, people = about(notice, waits), Addressees()
    recipients = {key for party in URGE.to for key in people.of(party, matter)}
    if not recipients:
        raise Problem("urge.nobody")
    rows = [
        {
            "rule": URGE.name,
            "subject_table": matter.table,
            "subject_id": matter.subject_id,
            "recipient_id": recipient,
            "round": clock.day(at).isoformat(),
            "detail": matter.detail,
            "at": at,
        }
        for recipient in recipients
    ]
    new = {key for (key,) in insert_missing(Reminder, in_order(rows), [Reminder.id])}
    prepare_deliveries(new, at)
    if new:
        record(notice, "urge", by, at)
    return bool(new)
