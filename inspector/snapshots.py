"""What takes long to count where there are very many outlets is counted by the worker: who asks is
told what came out last, and when. With few outlets it is counted each time.

What everybody opens is counted every few minutes (`told`). What few ask for, the report of some
quarter, is counted once somebody does (`asked`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeVar

from flask import Flask, current_app, make_response, render_template
from pydantic import TypeAdapter
from sqlalchemy import JSON, String, or_, update
from sqlalchemy.orm import Mapped, mapped_column

from inspector import clock
from inspector.db import Base, Utc, changed, db, insert_if_new
from inspector.people.queries import are_many
from inspector.queue import queue
from inspector.web import Answer

EVERY: Final = timedelta(minutes=10)
COUNTED: Final = 10_000
COUNTED_OF_MANY: Final = 1_000
"""So far a page counts its rows, the second where there are very many outlets; of more it says that
they are more."""
AGAIN: Final = 4
"""Seconds until the page of something that is being counted asks again."""
COUNT: Final = "snapshots.count"
HELD: Final = 100
"""So many values a process keeps, few of which have a megabyte."""
MISSED: Final = 6
"""So many times can the worker miss; then it does not run, and somebody waits for the count."""

T = TypeVar("T")


class BeingCounted(Exception):
    """The worker has been asked for it; in a short while it is there."""


class Snapshot(Base):
    """What was counted last under a name."""

    __tablename__ = "snapshot"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    begun_at: Mapped[datetime | None] = mapped_column(Utc)
    """When a worker began to count anew; others leave it alone for a while."""
    counted_at: Mapped[datetime | None] = mapped_column(Utc)
    value: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True, deferred=True)


@dataclass(frozen=True)
class Countable(Generic[T]):
    """Something to count: its name, the type of what comes out, which pydantic writes as JSON and
    reads back, and how it is counted."""

    name: str
    type: type[T]
    count: Callable[[], T]
    every: timedelta = EVERY

    def told(self, *, anew: bool = False) -> tuple[T, datetime | None]:
        """What it comes to, and as of when; None: now. `anew` counts in any case."""
        row = None if anew or not are_many() else db.session.get(Snapshot, self.name)
        if (
            row is None
            or row.counted_at is None
            or row.counted_at < clock.now() - MISSED * self.every
        ):
            return self.count(), None
        return self._read(row), row.counted_at

    def asked(self) -> tuple[T, datetime | None]:
        """The same, of what is counted only when somebody asks for it: what came out last, and once
        that is old, the worker counts anew. Raises BeingCounted until it has counted once."""
        if not are_many():
            return self.count(), None
        row = db.session.get(Snapshot, self.name)
        if row is None or row.begun_at is None or row.begun_at <= clock.now() - self.every:
            queue().put(COUNT, self.name)
        if row is None or row.counted_at is None:
            raise BeingCounted(self.name)
        return self._read(row), row.counted_at

    def _read(self, row: Snapshot) -> T:
        """What a row holds; it is written anew, never changed, so that a process reads it once."""
        held: dict[str, tuple[datetime, T]] = current_app.extensions["snapshots"]
        assert row.counted_at is not None
        counted_at, value = held.get(self.name, (None, None))
        if value is None or counted_at != row.counted_at:
            value = TypeAdapter(self.type).validate_python(row.value)
            if len(held) >= HELD:
                held.clear()
            held[self.name] = row.counted_at, value
        return value

    def keep(self) -> None:
        """Count it and keep what comes out, unless somebody has begun to a short while ago."""
        now = clock.now()
        insert_if_new(Snapshot, name=self.name)
        row = update(Snapshot).where(Snapshot.name == self.name)
        due = or_(Snapshot.begun_at.is_(None), Snapshot.begun_at <= now - self.every)
        if not changed(row.where(due).values(begun_at=now)):
            return
        db.session.connection(execution_options={"reading": True})  # others write meanwhile
        value = TypeAdapter(self.type).dump_python(self.count(), mode="json")
        db.session.rollback()
        changed(row.values(value=value, counted_at=now))


def init_app(
    app: Flask,
    often: Callable[[], Iterable[Countable[Any]]],
    asked: Mapping[str, Callable[..., Countable[Any]]],
) -> None:
    """Have the worker count what `often` says then, and what somebody asks for: its name is that of
    one of `asked` and what that is called with, between blanks."""

    def refresh() -> None:
        if are_many():
            for one in list(often()):
                one.keep()
        db.session.rollback()

    def count(name: str) -> None:
        kind, *given = name.split(" ")
        asked[kind](*given).keep()

    app.extensions["snapshots"] = {}
    app.extensions["queue"].often(refresh)
    app.extensions["queue"].learn(COUNT, count)
    app.register_error_handler(BeingCounted, _being_counted)


def _being_counted(_error: Exception) -> Answer:
    """A page that asks again by itself until the numbers are there."""
    db.session.rollback()
    return asking_again(render_template("components/being_counted.html"), 202)


def asking_again(page: str, status: int = 200) -> Answer:
    """A page that the browser asks for again after a while, for the worker is at it."""
    answer = make_response(page, status)
    answer.headers["Refresh"] = str(AGAIN)
    return answer


def counted_up_to() -> int:
    """So far a page counts its rows."""
    return COUNTED_OF_MANY if are_many() else COUNTED
