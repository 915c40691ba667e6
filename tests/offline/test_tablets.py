"""What tablets tell of themselves, and what the desk sees of it."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from inspector import clock
from inspector.db import db
from inspector.offline.models import Stream
from inspector.people.models import Person
from tests.cast import Cast
from tests.conftest import Client, ClientOf
from tests.offline.tablet import OURS


def beat(client: Client, stream: str, person: Person | None = None, **told: Any) -> int:
    """Tell; `behind` is how far the tablet's clock is behind."""
    sent_at = clock.now() - told.pop("behind", timedelta())
    waiting = {"stream": stream, "entries": 0, "photos": 0, "bytes": 0} | told
    if person is not None:
        waiting["person"] = str(person.id)
    if "oldest_at" in waiting:
        waiting["oldest_at"] = (sent_at - waiting["oldest_at"]).isoformat()
    body = {"sent_at": sent_at.isoformat(), "version": "visit-ABC.js", "streams": [waiting]}
    return client.post("/api/heartbeat", json=body, headers=OURS).status_code


def the_stream() -> Stream:
    return db.session.scalars(select(Stream)).one()


def page(client: Client) -> str:
    return client.get("/tablets").get_data(as_text=True)


def test_a_beat_is_noted_by_our_clock(cast: Cast, client_of: ClientOf) -> None:
    stream = str(uuid.uuid4())
    told: dict[str, Any] = {"entries": 13, "photos": 4, "bytes": 2_400_000}
    slow = timedelta(minutes=30)
    since = timedelta(hours=30)
    assert beat(client_of(cast.inspector), stream, behind=slow, oldest_at=since, **told) == 200
    noted = the_stream()
    assert (noted.person_id, noted.last_seq) == (cast.inspector.id, 0)
    assert (noted.unsent_entries, noted.unsent_photos) == (13, 4)
    assert noted.clock_offset_ms is not None
    assert abs(noted.clock_offset_ms - slow / timedelta(milliseconds=1)) < 60_000
    assert noted.oldest_at is not None
    assert abs(clock.now() - since - noted.oldest_at) < timedelta(minutes=1)
    shown = page(client_of(cast.channel))
    assert "13条记录，4张照片" in shown
    assert "慢30分钟" in shown
    assert 'class="late"' in shown


def test_nobody_speaks_for_another_s_stream_but_on_the_same_tablet_of_one_that_is_known(
    cast: Cast, client_of: ClientOf
) -> None:
    stream = str(uuid.uuid4())
    colleague = client_of(cast.colleague)
    assert beat(colleague, stream, cast.inspector, entries=5) == 200
    assert db.session.scalars(select(Stream)).all() == []
    assert beat(client_of(cast.inspector), stream) == 200
    assert beat(colleague, stream, entries=9) == 403
    assert the_stream().unsent_entries == 0
    assert beat(colleague, stream, cast.inspector, entries=5) == 200
    assert (the_stream().unsent_entries, the_stream().person_id) == (5, cast.inspector.id)


@pytest.mark.parametrize("reader", ["channel", "leader"])
def test_of_a_shoppers_tablet_only_that_it_is_a_shoppers_is_shown(
    cast: Cast, client_of: ClientOf, reader: str
) -> None:
    beat(client_of(cast.shopper), str(uuid.uuid4()), entries=2, oldest_at=timedelta(hours=1))
    shown = page(client_of(getattr(cast, reader)))
    assert "2条记录" in shown
    assert cast.shopper.name not in shown


def test_without_a_tablet_the_page_says_what_will_stand_there(
    cast: Cast, client_of: ClientOf
) -> None:
    assert "尚无平板上报" in page(client_of(cast.channel))


def test_the_most_worrying_comes_first(cast: Cast, client_of: ClientOf) -> None:
    hours = [0, 2, 40]
    people = [cast.colleague, cast.reviewer, cast.inspector]
    for person, age in zip(people, hours, strict=True):
        told: dict[str, Any] = {"entries": 1, "oldest_at": timedelta(hours=age)} if age else {}
        beat(client_of(person), str(uuid.uuid4()), **told)
    shown = page(client_of(cast.channel)).split("<tbody>")[1]
    places = [shown.index(person.name) for person in people]
    assert places == sorted(places, reverse=True)


@pytest.mark.parametrize(
    "wrong", [{"entries": -1}, {"stream": "x"}, {"bytes": "many"}, {"more": 1}]
)
def test_a_beat_that_says_nonsense_is_refused(
    cast: Cast, client_of: ClientOf, wrong: dict[str, Any]
) -> None:
    waiting = {"stream": str(uuid.uuid4()), "entries": 0, "photos": 0, "bytes": 0} | wrong
    body = {"sent_at": clock.now().isoformat(), "streams": [waiting]}
    answer = client_of(cast.inspector).post("/api/heartbeat", json=body, headers=OURS)
    assert answer.status_code == 422
