"""What stands behind the tablet's page: arranging a visit in the database, and looking at it."""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from inspector.db import db
from inspector.offline.models import Operation
from inspector.visits.models import Visit
from tests import cast as make
from tests.browser.conftest import Site


@contextmanager
def database(site: Site) -> Iterator[make.Cast]:
    """Work in the site's database as the cast; committed at the end."""
    with site.app.test_request_context():
        yield make.Cast.now()
        db.session.commit()
        db.session.remove()


def planned(site: Site, kind: str = "mystery", at: str = "YA0302", done: bool = False) -> str:
    """Plan a visit, by default with the short questionnaire; with `done` every item is answered
    and complies. Returns the path of its page."""
    with database(site) as cast:
        visit = make.a_visit(cast, kind=kind, at=at)
        if done:
            make.answered(visit)
        return f"/visits/{visit.id}"


def visit_of(path: str) -> Visit:
    """The visit of a page; inside `database`."""
    visit = db.session.get(Visit, uuid.UUID(path.split("/")[2]))
    assert visit is not None
    return visit


def answers(site: Site, path: str) -> dict[str, str]:
    """The answers that the server has, by item code."""
    with database(site):
        given = visit_of(path).answers.values()
        return {answer.item.code: answer.value for answer in given if answer.value is not None}


def expect_answers(site: Site, path: str, wanted: dict[str, str]) -> None:
    """Wait until the server has these answers and no others."""
    until = time.monotonic() + 10
    while answers(site, path) != wanted and time.monotonic() < until:
        time.sleep(0.05)
    assert answers(site, path) == wanted


def operations(site: Site, path: str) -> list[Operation]:
    """The entries of a visit as the server received them, in their order."""
    with database(site):
        entries = operations_of(path)
        db.session.expunge_all()
        return entries


def operations_of(path: str) -> list[Operation]:
    """The same; inside `database`."""
    of_visit = select(Operation).where(Operation.visit_id == visit_of(path).id)
    return list(db.session.scalars(of_visit.order_by(Operation.seq)))
