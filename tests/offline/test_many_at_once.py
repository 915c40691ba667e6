"""Sixteen processes post the same batch at the same moment to four server processes: it is taken
in once, and all sixteen get the same receipt."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from inspector.db import db
from inspector.findings.models import Finding
from inspector.offline.models import Operation, Stream
from inspector.visits.models import Answer, Photo, Visit
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.offline.conftest import TabletOf
from tests.offline.tablet import Entry, Tablet
from tests.server import Server

TIMES = 16
POSTER = Path(__file__).with_name("post.py")


@pytest.fixture
def server(app: Flask, tmp_path: Path) -> Iterator[Server]:
    """Four processes on the database of this test, set as for real."""
    server = Server(app, tmp_path, proxied=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def cookie(cast: Cast, client_of: ClientOf) -> str:
    """What a browser in which the inspector is signed in sends along."""
    found = client_of(cast.inspector).get_cookie("session")
    assert found is not None
    return str(found.value)


def test_the_same_batch_from_sixteen_processes_is_taken_in_once(
    tablet_of: TabletOf, server: Server, cookie: str
) -> None:
    tablet = tablet_of(kind="offsite")
    receipts = post_at_once(server, cookie, tablet, a_day_s_work(tablet))
    assert len(set(receipts)) == 1, "sixteen equal receipts"
    status, body = receipts[0].split(" ", 1)
    assert status == "200"
    assert {result["status"] for result in json.loads(body)["results"]} == {"applied"}
    rows = (Stream, Operation, Answer, Photo, Finding)
    counted = [db.session.scalar(select(func.count()).select_from(row)) for row in rows]
    assert counted == [1, 31, 28, 1, 1]
    assert set(db.session.scalars(select(Answer.rev))) == {1}
    assert db.session.scalars(select(Visit)).one().stage == "submitted"


def a_day_s_work(tablet: Tablet) -> list[Entry]:
    """All answers, one of them bad, a photo that was removed again, and the submission."""
    answers = tablet.answers(failed=("OF-VID-01",))
    photo = tablet.photo("OF-VID-01", b"never sent")
    removal = tablet.entry("photo.remove", photo=photo["payload"]["photo"])
    return [*answers, photo, removal, tablet.entry("visit.submit")]


def post_at_once(server: Server, cookie: str, tablet: Tablet, batch: list[Entry]) -> list[str]:
    """What each process was answered: status and body."""
    db.session.commit()
    command = [sys.executable, "-I", str(POSTER), f"127.0.0.1:{server.port}", cookie]
    pipe = subprocess.PIPE
    tablets = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _ in range(TIMES)]
    body = json.dumps({"stream": tablet.stream, "ops": batch})
    for one in tablets:
        assert one.stdin is not None
        one.stdin.write(f"{body}\n")
        one.stdin.flush()
    for one in tablets:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in tablets:
        assert one.stdin is not None
        one.stdin.write("now\n")
        one.stdin.flush()
    answers = [one.communicate(timeout=60)[0] for one in tablets]
    db.session.rollback()
    db.session.expire_all()
    return [answer.strip() for answer in answers]
