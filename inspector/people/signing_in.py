"""Entering and leaving: what binds a request to a session's row, and so to a person."""

import uuid
from contextlib import suppress
from datetime import datetime, timedelta

from flask import Flask, Response, g, request, session
from flask_login import LoginManager, current_user, login_user, logout_user
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from inspector import clock, devices
from inspector.db import db
from inspector.history import record
from inspector.people import sessions
from inspector.people.models import Person
from inspector.people.sessions import Session, Why

TOKEN = "token"  # noqa: S105 - the name of its place in the cookie
HALFWAY = "halfway"
HALFWAY_LASTS = timedelta(minutes=5)
SEEN_EVERY = timedelta(minutes=2)


def init_app(app: Flask) -> None:
    """A request is signed in only while the row of its session lives."""
    login = LoginManager(app)
    login.session_protection = None  # it would know a browser by its address, which changes
    login.user_loader(_person_of_request)
    app.after_request(_note_seen)
    app.jinja_env.globals["is_taken_away"] = is_taken_away


def enter(person: Person, *, how: str, at: datetime) -> Session:
    """Sign a person in, who has proved who they are: in a new session, with the language kept.
    Nothing else of what the browser brought along goes on, nor a session that it was in."""
    if before := current():
        before.end(why=Why.REPLACED, by=before.person, at=at)
    language = session.get("language")
    session.clear()
    session.permanent = True
    if language:
        session["language"] = language
    agent = request.user_agent.string
    begun, token = Session.begin(
        person,
        how=how,
        at=at,
        address=request.remote_addr or "",
        device=devices.in_words(agent),
    )
    session[TOKEN] = token
    login_user(person)
    record(person, "sign_in", person, at, how=how, session=str(begun.id))
    return begun


def stop_halfway(person: Person, *, to: str, at: datetime) -> None:
    """Note in the cookie that a person has proved their password; their second factor is next, and
    `to` is where they want to be after that."""
    session[HALFWAY] = {"person": str(person.id), "at": at.isoformat(), "to": to}


def halfway(at: datetime) -> tuple[Person, str] | None:
    """Who has proved their password a moment ago, and where they want to be."""
    noted = session.get(HALFWAY)
    if noted is None or at - datetime.fromisoformat(noted["at"]) > HALFWAY_LASTS:
        return None
    person = db.session.get(Person, uuid.UUID(noted["person"]))
    return (person, noted["to"]) if person and person.is_active else None


def is_taken_away() -> bool:
    """Whether the request comes with a session that somebody has ended from elsewhere: then the
    device may be in other hands."""
    return not current_user.is_authenticated and bool(g.get("is_taken_away"))


def leave(*, why: Why, at: datetime) -> None:
    """End the session that the request belongs to. Harmless for who is in none."""
    if leaving := current():
        leaving.end(why=why, by=leaving.person, at=at)
    session.pop(TOKEN, None)
    logout_user()


def current() -> Session | None:
    """The session that the request belongs to, alive or not."""
    token = session.get(TOKEN)
    return sessions.with_token(token) if token else None


def _person_of_request(key: str) -> Person | None:
    """For Flask-Login: whom the request is from, at the price of one query."""
    found = current()
    if found is None or str(found.person_id) != key:
        return None
    if not found.lives(clock.now()):
        g.is_taken_away = found.ended_why in sessions.TAKEN_AWAY or not found.person.is_active
        return None
    g.seen, g.how = (found.id, found.seen_at), found.how
    return found.person


def _note_seen(response: Response) -> Response:
    """Note now and then that a session is used: after the request's own transaction and in one of
    its own, because one that began by reading could not write on SQLite."""
    if "seen" in g:
        key, seen_at = g.pop("seen")
        if (now := clock.now()) - seen_at >= SEEN_EVERY:
            with suppress(OperationalError):  # noted next time
                _write_seen(key, now)
    return response


def _write_seen(key: uuid.UUID, at: datetime) -> None:
    later = update(Session).where(Session.id == key, Session.seen_at < at).values(seen_at=at)
    with db.engine.begin() as connection:
        connection.execute(later)
