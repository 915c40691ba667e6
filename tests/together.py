"""Several people, or one who is sent twice, at the very same moment: real threads, real locks."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from inspector.db import db
from tests.conftest import Client


def at_once(*calls: Callable[[], TestResponse]) -> list[TestResponse]:
    """The answers to calls that begin together. The test's own session is closed meanwhile, so that
    it holds no lock, and sees what they did afterwards."""
    db.session.commit()
    barrier = Barrier(len(calls), timeout=30)

    def when_all_are_ready(call: Callable[[], TestResponse]) -> TestResponse:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        answers = list(threads.map(when_all_are_ready, calls))
    db.session.rollback()
    db.session.expire_all()
    return answers


def request(client: Client, path: str, **what: Any) -> Callable[[], TestResponse]:
    """A request to be sent from a thread, which has no session of the test's."""
    what = {"method": "POST"} | what
    return lambda: FlaskClient.open(client, path, buffered=True, **what)


def statuses(answers: Sequence[TestResponse]) -> list[int]:
    """How each was answered, in order of status."""
    return sorted(answer.status_code for answer in answers)
