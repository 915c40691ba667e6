"""Signing a test client in, past the form and its password."""

from typing import Any

from flask.testing import FlaskClient

from inspector import clock
from inspector.db import db
from inspector.people.models import Person
from inspector.people.sessions import How, Session
from inspector.people.signing_in import TOKEN


def sign_in_as(client: FlaskClient, person: Person) -> dict[str, Any]:
    """Begin a session of a person, as the form does, and put it into the client's cookie. What the
    test has pending is committed. Returns what the cookie holds."""
    _, token = Session.begin(
        person, how=How.PASSWORD, at=clock.now(), address="127.0.0.1", device=""
    )
    db.session.commit()
    holds = {"_user_id": str(person.id), "_fresh": True, TOKEN: token}
    with client.session_transaction() as session:
        session.update(holds)
    return holds
