"""A fault tells a number, the log the rest; and no log tells what only its owner may know."""

import io
import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from inspector import create_app
from inspector.db import db
from inspector.people.models import Person
from inspector.visits import queries
from tests.cast import PASSWORD, Cast
from tests.server import Server
from tests.signed_in import sign_in_as

pytestmark = pytest.mark.one_engine

SECRET = "internal-word-4711"
INTERNALS = ("Traceback", SECRET, "inspector/", "SELECT", "sqlalchemy", ".py", "RuntimeError")


@pytest.fixture
def served(app: Flask, tmp_path: Path) -> Flask:
    """The app as it is served: not testing, and so telling nobody what broke."""
    return create_app(
        SECRET_KEY=app.config["SECRET_KEY"],
        SQLALCHEMY_DATABASE_URI=app.config["SQLALCHEMY_DATABASE_URI"],
        STORAGE=str(tmp_path),
        WTF_CSRF_ENABLED=False,
    )


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that any part of us logs, as it is written."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    root, levels = logging.getLogger(), {}
    for name in ("", "inspector", "sqlalchemy.engine", "werkzeug", "flask-limiter"):
        logger = logging.getLogger(name)
        levels[name] = logger.level
        logger.setLevel(logging.DEBUG if name != "sqlalchemy.engine" else logging.INFO)
    root.addHandler(handler)
    yield out
    root.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(queries, "visits_seen_by", broken)
    monkeypatch.setattr("inspector.offline.pack._visits", broken)


@pytest.mark.parametrize("by_htmx", [False, True])
def test_a_page_that_broke_tells_a_number_and_the_log_what_it_was(
    served: Flask,
    cast: Cast,
    log: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
    by_htmx: bool,
) -> None:
    client = served.test_client()
    sign_in_as(client, cast.inspector)
    db.session.rollback()
    break_it(monkeypatch)
    headers = {"HX-Request": "true"} if by_htmx else {}
    answer = client.get("/visits", headers=headers)
    assert answer.status_code == 500
    number = answer.headers["X-Fault"]
    assert number in answer.text
    assert not [word for word in INTERNALS if word in answer.text]
    assert f"fault {number}" in log.getvalue()
    assert SECRET in log.getvalue()


def test_a_script_is_told_the_number_too(
    served: Flask, cast: Cast, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = served.test_client()
    sign_in_as(client, cast.inspector)
    db.session.rollback()
    break_it(monkeypatch)
    answer = client.get("/api/packs")
    assert answer.status_code == 500
    assert answer.json is not None
    error = answer.json["error"]
    assert (error["code"], error["number"]) == ("server.fault", answer.headers["X-Fault"])
    assert error["number"] in error["sentence"]
    assert not [word for word in INTERNALS if word in answer.text]
    assert error["number"] in log.getvalue()


@pytest.mark.parametrize(
    ("method", "path", "status", "word"),
    [
        ("GET", "/nowhere", 404, "页面不存在"),
        ("DELETE", "/visits", 405, "按钮"),
        ("POST", "/visits/unplanned/x", 404, "页面不存在"),
        ("GET", "/reminders?before=x", 404, "没有"),
    ],
)
def test_every_refusal_is_a_page_of_ours(
    served: Flask, cast: Cast, method: str, path: str, status: int, word: str
) -> None:
    client = served.test_client()
    sign_in_as(client, cast.channel)
    db.session.rollback()
    answer = client.open(path, method=method)
    assert (answer.status_code, word in answer.text) == (status, True)
    assert "<main" in answer.text
    assert not [word for word in INTERNALS if word in answer.text]


def test_what_another_method_is_for_stands_in_the_head(served: Flask, cast: Cast) -> None:
    client = served.test_client()
    sign_in_as(client, cast.channel)
    db.session.rollback()
    assert client.delete("/visits").headers["Allow"] == "GET, HEAD, OPTIONS, POST"


def test_the_debugger_is_never_there(served: Flask) -> None:
    assert not served.debug
    for path in ("/console", "/?__debugger__=yes&cmd=resource&f=style.css"):
        assert "Werkzeug" not in served.test_client().get(path, follow_redirects=True).text


def test_signing_in_and_what_goes_wrong_with_it_leaves_no_secret_in_any_log(
    served: Flask, cast: Cast, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed = cast.channel.password_hash
    db.session.rollback()
    client = served.test_client()
    wrong = {"username": "channel", "password": "wrong but telling 99"}
    client.post("/sign-in", data=wrong)
    client.post("/sign-in", data={"username": "channel", "password": PASSWORD})
    cookie = client.get_cookie("session")
    assert cookie is not None
    with client.session_transaction() as session:
        token = session["token"]
    client.get("/visits")
    break_it(monkeypatch)
    client.get("/visits")
    written = log.getvalue()
    assert "fault" in written, "the log is the one that is looked at"
    secrets = [PASSWORD, "wrong but telling 99", hashed, cookie.value, token]
    secrets.append(served.config["SECRET_KEY"])
    assert [secret for secret in secrets if secret in written] == []


def test_a_statement_that_fails_does_not_say_with_what(served: Flask, cast: Cast) -> None:
    hashed = cast.channel.password_hash
    db.session.rollback()
    with served.app_context(), pytest.raises(OperationalError) as failed:
        db.session.execute(text("UPDATE nowhere SET password_hash = :h"), {"h": hashed})
    assert hashed not in str(failed.value)
    with served.app_context():
        person = db.session.query(Person).filter_by(username="channel").one()
        assert hashed not in repr(person)
        db.session.remove()


TOKEN = "kJ3nQ0w9Xb7-Zr5T_uVwXyZ0123456789abcdefghij"
ASKED = {
    "/visits/6f9619ff-8b86-4d11-b42d-00cf4fc964ff": "/visits/6f9619ff-8b86-4d11-b42d-00cf4fc964ff",
    f"/password/{TOKEN}": "/password/…",
    f"/password/{TOKEN}/more": "/password/…/more",
    f"/calendar/feeds/{TOKEN}.ics": "/calendar/feeds/….ics",
    "/static/img/favicon.svg": "/static/img/favicon.svg",
    "/api/blobs/" + "0a" * 32: "/api/blobs/" + "0a" * 32,
    "/papers/3F9C2E1AB1D5": "/papers/3F9C2E1AB1D5",
}


def test_the_log_of_requests_has_neither_query_nor_one_time_links(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the real gunicorn, which reads gunicorn.conf.py by itself."""
    file = tmp_path / "access.log"
    monkeypatch.setenv("GUNICORN_CMD_ARGS", f"--access-logfile {file} --workers 1")
    server = Server(app, tmp_path, proxied=True)
    server.start()
    try:
        for path in ASKED:
            headers = {"Referer": f"{server.url}/password/{TOKEN}", "Cookie": f"session={TOKEN}"}
            asked = Request(f"{server.url}{path}?token={TOKEN}", headers=headers)  # noqa: S310
            with suppress(HTTPError), urlopen(asked, timeout=60):  # noqa: S310
                pass
    finally:
        server.stop()
    written = file.read_text()
    for shown in ASKED.values():
        assert f'"GET {shown} HTTP/1.1" ' in written
    assert TOKEN not in written
    assert "token" not in written
