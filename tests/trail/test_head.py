"""The head of the chain, written down where nobody who reaches the database can change it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from inspector import clock
from inspector.db import db
from inspector.history import Event
from inspector.trail import notes
from inspector.trail.heads import Head, read_heads
from inspector.trail.verifying import verify
from tests import cast as make
from tests.cast import Cast
from tests.reminders import receiver
from tests.reminders.receiver import Receiver
from tests.trail.chains import acts, length


@pytest.fixture(autouse=True)
def some_acts(cast: Cast) -> None:
    acts(cast, make.a_visit(cast), "one", "two")


@pytest.fixture
def service() -> Iterator[Receiver]:
    with receiver.http() as found:
        yield found


def run(app: Flask, *args: str) -> tuple[int, str]:
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["history", *args])
    db.session.expire_all()
    return result.exit_code, result.output


def test_it_is_one_line_with_day_row_count_and_hash(app: Flask) -> None:
    head = verify().head
    db.session.rollback()
    assert run(app, "head") == (
        0,
        f"{clock.today()} row {head.seq} of {head.seq} sha256 {head.sha256}\n",
    )
    assert length() == head.seq, "to look at it is no act"


def test_it_is_added_to_a_file_and_the_walk_passes_it_later(
    app: Flask, cast: Cast, tmp_path: Path
) -> None:
    file = tmp_path / "heads.txt"
    lines = ""
    for _day in range(2):
        code, line = run(app, "head", "--file", str(file))
        assert code == 0
        lines += line
        acts(cast, make.a_visit(cast), "later")
    assert file.read_text("utf-8") == lines
    assert len(read_heads(lines.splitlines())) == 2
    assert run(app, "verify", "--head", str(file))[0] == 0
    noted = notes.last(notes.NOTE)
    assert noted is not None
    assert noted.detail["remark"] == "heads.txt"


def test_it_is_sent_where_the_setting_says(
    app: Flask, service: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "HEAD_URLS", f"json://127.0.0.1:{service.port}/trail")
    code, line = run(app, "head", "--send")
    assert code == 0
    (message,) = service.taken
    assert read_heads([message["message"]]) == read_heads([line])
    assert notes.last(notes.NOTE) is not None


def test_what_cannot_be_sent_is_said_and_not_noted(
    app: Flask, service: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.out = True
    url = f"json://user:secret@127.0.0.1:{service.port}/trail"
    monkeypatch.setitem(app.config, "HEAD_URLS", url)
    code, said = run(app, "head", "--send")
    assert code == 1
    assert "secret" not in said
    assert notes.last(notes.NOTE) is None
    monkeypatch.setitem(app.config, "HEAD_URLS", "")
    assert run(app, "head", "--send")[1].endswith("names nowhere to send it.\n")


def test_a_walk_is_an_act_that_says_how_it_ended(app: Flask) -> None:
    assert run(app, "verify", "--no-note")[0] == 0
    assert notes.last(notes.VERIFY) is None
    before = length()
    assert run(app, "verify")[0] == 0
    event = notes.last(notes.VERIFY)
    assert event is not None
    assert (event.detail["rows"], event.detail["seq"]) == (before, before)
    assert event.by_id is None
    assert event.device.endswith(" history verify")
    assert db.session.scalars(select(Event).where(Event.id == event.subject_id)).one()


def test_heads_are_found_in_a_whole_mail() -> None:
    line = Head(12, "a" * 64, 12).line(clock.today())
    mail = ["Subject: x", f"> {line} ", "row 5 sha256 short", ""]
    assert read_heads(mail) == [Head(12, "a" * 64, 12)]
