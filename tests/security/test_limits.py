"""How much and how often: every limit is told in a sentence, by page and by script."""

import io
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from inspector import create_app, limits
from inspector.db import db
from inspector.people.models import Person
from inspector.photos.images import MAX_BYTES
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.signed_in import sign_in_as

pytestmark = pytest.mark.one_engine

MUCH = bytes(limits.FORM + 1)


def test_every_endpoint_named_in_the_tables_is_there(app: Flask) -> None:
    there = set(app.view_functions)
    assert set(limits.BODIES) | limits.DRAWING | limits.PROVING | limits.UNCOUNTED <= there
    assert limits.BODIES["offline.put_blob"] == MAX_BYTES
    assert max(limits.BODIES.values()) <= app.config["MAX_CONTENT_LENGTH"]


def test_no_endpoint_takes_a_body_beyond_its_limit(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    """Without a length in the head: what counts is what comes."""
    client = client_of(cast.inspector)
    for rule in app.url_map.iter_rules():
        if {"POST", "PUT"} & (rule.methods or set()) and rule.endpoint not in limits.BODIES:
            with app.test_request_context():
                address = rule.build({name: "0" * 32 for name in rule.arguments}, False)
            path = address[1] if address else "/"
            form = {"file": (io.BytesIO(MUCH), "a.bin"), "x": "y"}
            ours = {"X-Inspector": "1"}
            answer = client.post(path, data=form, headers=ours)
            assert answer.status_code in {303, 400, 401, 403, 404, 413, 204}, rule.endpoint


@pytest.mark.parametrize(
    ("path", "data", "sentence"),
    [
        ("/visits", {"reason": "x" * (limits.FORM + 1)}, "1 MB"),
        ("/visits", {"file": (io.BytesIO(MUCH), "a.bin")}, "1 MB"),
    ],
)
def test_a_form_that_is_too_large_is_told_how_large_it_may_be(
    cast: Cast, client_of: ClientOf, path: str, data: dict[str, object], sentence: str
) -> None:
    answer = client_of(cast.channel).post(path, data=data)
    assert answer.status_code == 413
    assert sentence in answer.text


def test_a_script_is_told_so_too(cast: Cast, client_of: ClientOf) -> None:
    ours = {"X-Inspector": "1"}
    answer = client_of(cast.inspector).post("/api/heartbeat", data=MUCH, headers=ours)
    assert answer.status_code == 413
    assert answer.json is not None
    assert answer.json["error"]["code"] == "body.too_large"
    assert "1 MB" in answer.json["error"]["sentence"]


@pytest.fixture
def counted(tmp_path: Path, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A server that counts, with small numbers, on the database of the test."""
    rates = {"reading": 4, "writing": 2, "drawing": 1, "tablet": 3, "checking": 2, "stranger": 3}
    rates["proving"] = 2
    monkeypatch.setattr(limits, "RATES", {kind: f"{n}/minute" for kind, n in rates.items()})
    return create_app(
        SECRET_KEY="for tests only",
        SQLALCHEMY_DATABASE_URI=app.config["SQLALCHEMY_DATABASE_URI"],
        STORAGE=str(tmp_path),
        WTF_CSRF_ENABLED=False,
        RATES=True,
    )


def client_for(app: Flask, person: Person | None = None, address: str = "10.1.2.3") -> FlaskClient:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    if person is not None:
        sign_in_as(client, person)
    db.session.commit()  # the other server writes, too
    return client


def statuses(client: FlaskClient, method: str, path: str, times: int) -> list[int]:
    return [client.open(path, method=method, buffered=True).status_code for _ in range(times)]


def test_each_kind_is_counted_by_itself_and_for_each_person(counted: Flask, cast: Cast) -> None:
    channel, inspector = client_for(counted, cast.channel), client_for(counted, cast.inspector)
    assert statuses(channel, "GET", "/visits", 5) == [200] * 4 + [429]
    assert statuses(channel, "GET", "/notices", 1) == [429], "one number for all that is read"
    assert statuses(channel, "POST", "/reminders/reading", 3) == [303, 303, 429]
    assert statuses(channel, "GET", "/ledger.pdf", 2) == [200, 429]
    assert statuses(inspector, "GET", "/visits", 1) == [200], "another person, the same address"
    assert statuses(inspector, "GET", "/api/packs", 4) == [200] * 3 + [429]


def test_who_is_not_signed_in_is_counted_by_address(counted: Flask) -> None:
    here, there = client_for(counted), client_for(counted, address="10.1.2.4")
    assert statuses(here, "GET", "/sign-in", 4) == [200] * 3 + [429]
    assert statuses(there, "GET", "/sign-in", 1) == [200]
    assert statuses(here, "GET", "/papers/x", 3) == [200, 200, 429], "whoever tries codes"
    assert statuses(here, "GET", "/nowhere", 1) == [429], "nor by addresses that are not there"


def test_passwords_are_not_tried_faster_than_people_type(counted: Flask) -> None:
    guessing = client_for(counted)
    assert statuses(guessing, "POST", "/sign-in", 3) == [422, 422, 429]
    assert statuses(guessing, "POST", "/password/x", 1) == [429], "one number for all proofs"
    assert statuses(guessing, "GET", "/sign-in", 1) == [200]


def test_a_proxy_may_ask_for_health_as_often_as_it_likes(counted: Flask) -> None:
    assert set(statuses(client_for(counted), "GET", "/health", 50)) == {200}
    assert set(statuses(client_for(counted), "GET", "/static/img/favicon.svg", 50)) == {200}


def test_who_is_too_fast_is_told_how_long_to_wait(counted: Flask, cast: Cast) -> None:
    client = client_for(counted, cast.inspector)
    statuses(client, "GET", "/visits", 4)
    statuses(client, "GET", "/api/packs", 3)
    page, script = client.get("/visits"), client.get("/api/packs")
    for answer in (page, script):
        assert 1 <= int(answer.headers["Retry-After"]) <= 61
    assert f"请等 {page.headers['Retry-After']} 秒" in page.text
    assert script.json is not None
    assert script.json["error"]["code"] == "rate.exceeded"
    assert str(script.json["error"]["seconds"]) == script.headers["Retry-After"]
    part = client.get("/visits", headers={"HX-Request": "true"})
    assert part.status_code == 429


def test_who_keeps_to_it_notices_nothing(cast: Cast) -> None:
    for rate in limits.RATES.values():
        number, per = rate.split("/")
        assert (int(number) >= 60, per) == (True, "minute")
