"""The key that seals a person's work on tablets."""

import base64
import uuid

from sqlalchemy import func, select
from werkzeug.test import TestResponse

from inspector.db import db
from inspector.history import Event
from inspector.offline.models import TabletKey
from tests.cast import Cast
from tests.conftest import Client, ClientOf
from tests.offline.tablet import OURS
from tests.together import at_once, request, statuses

TIMES = 8


def test_a_person_gets_the_same_key_on_each_tablet_and_nobody_else_gets_it(
    cast: Cast, client_of: ClientOf
) -> None:
    mine = [key_of(client_of(cast.inspector)) for _ in range(2)]
    assert mine[0] == mine[1]
    assert len(base64.b64decode(mine[0])) == 32
    assert key_of(client_of(cast.colleague)) != mine[0]


def test_the_answer_says_whose_it_is_and_is_kept_by_no_cache(
    cast: Cast, client_of: ClientOf
) -> None:
    answer = ask(client_of(cast.inspector))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.get_json()["person"] == str(cast.inspector.id)
    assert answer.get_json()["name"] == cast.inspector.name
    assert answer.get_json()["idle_s"] == 12 * 3600


def test_a_page_of_another_site_does_not_get_the_key(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.inspector)
    body = {"device": str(uuid.uuid4())}
    assert client.post("/api/key", json=body).status_code == 403
    foreign = OURS | {"Sec-Fetch-Site": "cross-site"}
    assert client.post("/api/key", json=body, headers=foreign).status_code == 403
    assert client.post("/api/key", json={}, headers=OURS).status_code == 400


def test_the_trail_tells_on_which_tablets_a_key_has_been(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.inspector)
    devices = [str(uuid.uuid4()) for _ in range(2)]
    for device in (devices[0], devices[1], devices[0]):
        ask(client, device)
    rows = db.session.scalars(select(Event).where(Event.subject_table == "tablet_key")).all()
    assert sorted(row.detail["device"] for row in rows) == sorted(devices)
    assert {(row.verb, row.by_id) for row in rows} == {("release", cast.inspector.id)}


def test_eight_tablets_that_ask_at_once_get_one_key(cast: Cast, client_of: ClientOf) -> None:
    body = {"device": str(uuid.uuid4())}
    calls = [
        request(client_of(cast.inspector), "/api/key", json=body, headers=OURS)
        for _ in range(TIMES)
    ]
    answers = at_once(*calls)
    assert statuses(answers) == [200] * TIMES
    assert len({answer.get_json()["key"] for answer in answers}) == 1
    assert db.session.scalar(select(func.count()).select_from(TabletKey)) == 1


def test_locking_ends_the_session(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.inspector)
    assert client.post("/api/lock", headers=OURS).status_code == 204
    assert client.get("/api/streams/" + str(uuid.uuid4())).status_code == 401
    assert client.post("/api/lock", headers=OURS).status_code == 401


def ask(client: Client, device: str = "") -> TestResponse:
    """Ask for the key of who is signed in."""
    body = {"device": device or str(uuid.uuid4())}
    return client.post("/api/key", json=body, headers=OURS)


def key_of(client: Client) -> str:
    """The key that somebody gets, as it travels."""
    return str(ask(client).get_json()["key"])
