"""Telling people what is due: first their inbox, in one transaction; then the addresses outside.

May run twice, late, at once in two places, or not at all: what was told once is in the database
under its key and is not told again; what was not told yet is told by the next run, as far as it is
still true.
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from flask import current_app
from sqlalchemy import delete, func, literal, or_, select, update
from sqlalchemy.orm import selectinload

from inspector import clock
from inspector.db import Utc, db, insert_missing
from inspector.deadlines import Days
from inspector.reminders import addresses, channel, words
from inspector.reminders.addresses import Address
from inspector.reminders.matters import Addressees, matters
from inspector.reminders.models import Delivery, Reminder
from inspector.reminders.rules import told

LEASE: Final = timedelta(minutes=10)
"""Whoever takes a delivery up has so long for it. If they die meanwhile, the next run tries again:
a message can then arrive twice, which no sender can rule out, but never not at all."""

LONGEST: Final = timedelta(hours=12)
"""The longest pause between two tries, so that a daily run is never too early."""

PATIENCE: Final = 2
"""After so many failures in a row a service is left alone until the next run."""


@dataclass(frozen=True)
class Parcel:
    """The deliveries that one message carries, and the message."""

    keys: Sequence[uuid.UUID]
    tries: int
    url: str
    title: str
    body: str


@dataclass(frozen=True)
class Outcome:
    """How many messages went out, and how many could not."""

    delivered: int
    failed: int


def remind(at: datetime) -> int:
    """Put what is due at that moment into the inboxes, and commit. Returns how many are new."""
    today = clock.day(at)
    days = Days.of(current_app.config)
    people = Addressees()
    rows = [
        {
            "rule": rule.name,
            "subject_table": matter.table,
            "subject_id": matter.subject_id,
            "recipient_id": recipient,
            "round": matter.round,
            "detail": matter.detail,
            "at": at,
        }
        for matter in matters(today)
        for party, rule in told(matter.deadline, today, days).items()
        for recipient in people.of(party, matter)
    ]
    new = {key for (key,) in insert_missing(Reminder, in_order(rows), [Reminder.id])}
    prepare_deliveries(new, at)
    db.session.commit()
    return len(new)


def deliver() -> Outcome:
    """Send what waits for the addresses outside, one message to each. Commits before and after each
    message: no lock is held while a service is slow, and what has arrived is known to have arrived.

    A service that fails twice in a row is left alone until the next run.
    """
    configured = addresses.parse(current_app.config["MESSAGE_URLS"])
    troubles: Counter[str] = Counter()
    outcome: Counter[bool] = Counter()
    for name in _waiting(clock.now()):
        address = next((a for a in configured if a.serves(name)), None)
        if address is None:
            _give_up(name)
        elif troubles[address.name] < PATIENCE and (parcel := _take(name, address)):
            error = channel.post(parcel.url, title=parcel.title, body=parcel.body)
            _note(parcel, error)
            troubles[address.name] = troubles[address.name] + 1 if error else 0
            outcome[error is None] += 1
    return Outcome(outcome[True], outcome[False])


def try_again() -> Outcome:
    """Deliver what failed before, without waiting for its time."""
    failed = update(Delivery).where(
        Delivery.delivered_at.is_(None), Delivery.failed_at.is_not(None)
    )
    db.session.execute(failed.values(next_try_at=clock.now()))
    db.session.commit()
    return deliver()


def pause(tries: int) -> timedelta:
    """How long to wait after so many tries in vain: ten minutes, twice as long each time."""
    doubled: int = 2 ** min(tries - 1, 10)
    return min(timedelta(minutes=10) * doubled, LONGEST)


def prepare_deliveries(new: set[uuid.UUID], at: datetime) -> None:
    """For each new reminder, its way to every address that is for its recipient."""
    configured = addresses.parse(current_app.config["MESSAGE_URLS"])
    if not configured or not new:
        return
    fresh = select(Reminder).where(Reminder.at == at).options(selectinload(Reminder.recipient))
    rows = [
        {
            "address": name,
            "rule": reminder.rule,
            "subject_id": reminder.subject_id,
            "round": reminder.round,
            "reminder_id": reminder.id,
            "next_try_at": at,
        }
        for reminder in db.session.scalars(fresh)
        if reminder.id in new
        for address in configured
        if (name := address.name_for(reminder.recipient))
    ]
    insert_missing(Delivery, in_order(rows), [Delivery.id])


def in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Two runs at once insert in the same order: else each could wait for the other."""
    return sorted(rows, key=lambda row: [str(value) for value in row.values()])


def _waiting(now: datetime) -> Sequence[str]:
    """The addresses for which something waits, those with the least trouble first: else two that
    are always wrong could hold up all others of their service, day by day."""
    waiting = select(Delivery.address).where(Delivery.delivered_at.is_(None))
    due = waiting.group_by(Delivery.address).having(func.min(Delivery.next_try_at) <= now)
    return db.session.scalars(due.order_by(func.max(Delivery.tries), Delivery.address)).all()


def _take(name: str, address: Address) -> Parcel | None:
    """Take up what waits for an address, unless another run has just done so."""
    now = clock.now()
    free = or_(Delivery.taken_until.is_(None), Delivery.taken_until < now)
    due = Delivery.delivered_at.is_(None) & (Delivery.next_try_at <= now) & free
    taking = update(Delivery).where(Delivery.address == name, due)
    taking = taking.values(tries=Delivery.tries + 1, taken_until=now + LEASE)
    keys = db.session.scalars(taking.returning(Delivery.id)).all()
    wanted = (
        select(Delivery)
        .where(Delivery.id.in_(keys))
        .options(selectinload(Delivery.reminder).selectinload(Reminder.recipient))
    )
    taken = db.session.scalars(wanted.execution_options(populate_existing=True)).all()
    parcel = None
    if taken and address.is_personal and address.name_for(taken[0].reminder.recipient) != name:
        _give_up(name)  # their email was taken back, or they have another role
    elif taken:
        reminders = [delivery.reminder for delivery in taken]
        url = address.url_for(reminders[0].recipient)
        tries = max(delivery.tries for delivery in taken)
        parcel = Parcel(keys, tries, url, *words.message(reminders))
    db.session.commit()
    return parcel


def _note(parcel: Parcel, error: str | None) -> None:
    now = clock.now()
    outcome: dict[str, Any] = {"taken_until": None}
    if error is None:
        outcome |= {"delivered_at": now}
    else:
        since = func.coalesce(Delivery.failed_at, literal(now, Utc))
        outcome |= {"error": error, "failed_at": since, "next_try_at": now + pause(parcel.tries)}
    db.session.execute(update(Delivery).where(Delivery.id.in_(parcel.keys)).values(**outcome))
    db.session.commit()


def _give_up(name: str) -> None:
    """There is no such address any more; what was meant for it is in the inboxes."""
    gone = delete(Delivery).where(Delivery.address == name, Delivery.delivered_at.is_(None))
    db.session.execute(gone)
    db.session.commit()
