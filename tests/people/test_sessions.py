"""Sessions: a row for each, without which a cookie opens nothing."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select

from inspector import clock
from inspector.db import db
from inspector.history import Event
from inspector.people import sessions
from inspector.people.models import Person
from inspector.people.sessions import Session, Why
from tests.cast import MONDAY, PASSWORD, Cast
from tests.conftest import Client, ClientOf, CountQueries
from tests.people.conftest import Wait

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36"


def sign_in(client: Client, username: str = "channel") -> None:
    data = {"username": username, "password": PASSWORD}
    agent = {"User-Agent": CHROME}
    assert client.post("/sign-in", data=data, headers=agent).status_code == 303


def is_in(client: Client) -> bool:
    return client.get("/branches").status_code == 200


def the_session(person: Person) -> Session:
    return db.session.scalars(select(Session).where(Session.person_id == person.id)).one()


def verbs() -> list[tuple[str, object]]:
    rows = db.session.scalars(select(Event).where(Event.subject_table == "person"))
    return [(row.verb, row.detail.get("why")) for row in sorted(rows, key=lambda row: row.at)]


def test_signing_in_writes_down_how_whence_and_on_what(
    wait: Wait, cast: Cast, client_of: ClientOf
) -> None:
    sign_in(client_of())
    row = the_session(cast.channel)
    assert (row.how, row.address, row.device) == ("password", "127.0.0.1", "Chrome · Windows")
    assert (row.started_at, row.seen_at, row.ended_at) == (MONDAY, MONDAY, None)
    assert verbs() == [("sign_in", None)]


def test_the_database_does_not_hold_what_opens_a_session(cast: Cast, client_of: ClientOf) -> None:
    client = client_of()
    sign_in(client)
    with client.session_transaction() as session:
        token = session["token"]
    row = the_session(cast.channel)
    assert token not in {str(getattr(row, column.name)) for column in Session.__table__.columns}
    assert row.token_sha256 == sessions.sha256_of(token)


def test_each_signing_in_has_a_token_of_its_own(cast: Cast, client_of: ClientOf) -> None:
    for _ in range(2):
        sign_in(client_of())
    hashes = db.session.scalars(select(Session.token_sha256)).all()
    assert len(set(hashes)) == 2


def test_signing_in_again_in_the_same_browser_ends_the_session_before(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    client = client_of()
    sign_in(client)
    with client.session_transaction() as session:
        del session["_user_id"]  # an answer came late: the browser knows half of it
    sign_in(client)
    ends = db.session.scalars(select(Session.ended_why).order_by(Session.started_at)).all()
    assert ends == ["replaced", None]


def test_signing_out_ends_the_row_so_that_the_old_cookie_opens_nothing(
    cast: Cast, client_of: ClientOf
) -> None:
    client = client_of()
    sign_in(client)
    old = client.get_cookie("session")
    assert old
    client.post("/sign-out")
    assert the_session(cast.channel).ended_why == "signed_out"
    client.set_cookie("session", old.value)
    assert not is_in(client)
    assert verbs() == [("sign_in", None), ("end_session", "signed_out")]


def test_locking_the_tablet_ends_the_row(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.inspector)
    assert client.post("/api/lock", headers={"X-Inspector": "1"}).status_code == 204
    assert the_session(cast.inspector).ended_why == "locked"


def test_a_session_without_its_row_is_a_stranger_s(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.admin)
    assert is_in(client)
    db.session.execute(delete(Session))
    assert not is_in(client)


def test_a_cookie_of_the_time_before_there_were_rows_opens_nothing(
    cast: Cast, client_of: ClientOf
) -> None:
    client = client_of()
    with client.session_transaction() as session:
        session["_user_id"] = str(cast.admin.id)
    assert not is_in(client)


def test_a_token_does_not_open_another_person_s_account(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.outlet)
    with client.session_transaction() as session:
        session["_user_id"] = str(cast.admin.id)
    assert not is_in(client)


def test_a_session_that_is_ended_elsewhere_is_over_at_the_next_request(
    cast: Cast, client_of: ClientOf
) -> None:
    here, there = client_of(cast.channel), client_of(cast.channel)
    one, _other = sessions.sessions_of(cast.channel, clock.now())
    one.end(why=Why.REVOKED, by=cast.channel, at=clock.now())
    assert sorted([is_in(here), is_in(there)]) == [False, True]
    stale = here if not is_in(here) else there
    headers = {"HX-Request": "true", "HX-Current-URL": "https://inspector.example/visits/7"}
    answer = stale.post("/visits", headers=headers)
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/visits/7"


@pytest.mark.parametrize(
    ("why", "code"),
    [
        *(
            (why, "session.taken_away")
            for why in ("revoked", "password", "second_factor", "closed")
        ),
        *((why, "sign_in.needed") for why in ("signed_out", "locked", "replaced")),
    ],
)
def test_a_tablet_is_told_when_its_session_was_ended_from_elsewhere(
    cast: Cast, client_of: ClientOf, why: str, code: str
) -> None:
    client = client_of(cast.inspector)
    the_session(cast.inspector).end(why=Why(why), by=cast.inspector, at=clock.now())
    answer = client.post("/api/ops", json={}, headers={"X-Inspector": "1"})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (401, code)
    assert ("由管理员结束" in client.get("/sign-in").text) == (code == "session.taken_away")


def test_an_expired_session_is_nobody_s_doing(wait: Wait, cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.inspector)
    wait(timedelta(hours=14))
    answer = client.post("/api/ops", json={}, headers={"X-Inspector": "1"})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (401, "sign_in.needed")
    assert "由管理员结束" not in client.get("/sign-in").text


def test_all_sessions_but_one_can_be_ended(cast: Cast, client_of: ClientOf) -> None:
    clients = [client_of(cast.channel) for _ in range(3)]
    foreign = client_of(cast.leader)
    kept = sessions.sessions_of(cast.channel, clock.now())[0]
    at = clock.now()
    assert sessions.end_all(cast.channel, why=Why.REVOKED, by=cast.admin, at=at, but=kept) == 2
    assert sessions.end_all(cast.channel, why=Why.REVOKED, by=cast.admin, at=at, but=kept) == 0
    assert sum(is_in(client) for client in clients) == 1
    assert is_in(foreign)


def test_the_office_is_signed_out_after_an_hour_without_a_click(
    wait: Wait, cast: Cast, client_of: ClientOf
) -> None:
    busy, idle = client_of(cast.channel), client_of(cast.channel)
    for _ in range(3):
        wait(timedelta(minutes=20))
        assert is_in(busy)
    assert not is_in(idle)


def test_and_after_twelve_hours_however_busy(wait: Wait, cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.channel)
    for _ in range(23):
        wait(timedelta(minutes=30))
        assert is_in(client)
    wait(timedelta(minutes=30))
    assert not is_in(client)


@pytest.mark.parametrize("who", ["inspector", "shopper", "reviewer"])
def test_a_tablet_may_be_without_a_network_for_a_whole_day(
    wait: Wait, cast: Cast, client_of: ClientOf, who: str
) -> None:
    client = client_of(getattr(cast, who))
    wait(timedelta(hours=13, minutes=59))
    assert is_in(client)
    wait(timedelta(minutes=1))
    assert not is_in(client)


def test_when_it_was_last_used_is_noted_at_most_every_two_minutes(
    wait: Wait, cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    client = client_of(cast.channel)
    seen = []
    with count_queries() as sent:
        for _ in range(4):
            wait(timedelta(minutes=1))
            client.get("/branches")
            seen.append(the_session(cast.channel).seen_at - MONDAY)
    assert [time.seconds // 60 for time in seen] == [0, 2, 2, 4]
    assert len([one for one in sent if one.startswith("UPDATE session")]) == 2


def test_it_is_noted_also_when_the_answer_is_a_refusal(
    wait: Wait, cast: Cast, client_of: ClientOf
) -> None:
    client = client_of(cast.outlet)
    wait(timedelta(minutes=5))
    assert client.get("/desk").status_code == 403
    assert the_session(cast.outlet).seen_at == MONDAY + timedelta(minutes=5)


def test_session_and_person_are_one_query(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    client = client_of(cast.inspector)
    with count_queries() as sent:
        client.get("/checklists")
    assert len([one for one in sent if "FROM session" in one]) == 1
    assert not [one for one in sent if "FROM person" in one]


def test_what_a_row_and_what_a_query_call_alive_is_the_same(
    cast: Cast, client_of: ClientOf
) -> None:
    hours = (0, 0.99, 1, 11.99, 12, 13.99, 14)
    at = MONDAY
    for person in (cast.channel, cast.inspector, cast.outlet, cast.admin):
        for started in hours:
            for seen in hours[: hours.index(started) + 1]:
                a_session(person, at - timedelta(hours=started), at - timedelta(hours=seen))
    a_session(cast.leader, at, at)
    a_session(cast.subbranch, at, at).end(why=Why.LOCKED, by=None, at=at)
    cast.outlet.closed_at = at
    db.session.flush()
    everyone = db.session.scalars(select(Session)).all()
    found = set(db.session.scalars(sessions.alive(at)))
    assert found == {row for row in everyone if row.lives(at)}
    assert {row.person.username for row in found} == {"channel", "inspector", "admin", "leader"}


def a_session(person: Person, started: datetime, seen: datetime) -> Session:
    row, _token = Session.begin(person, how="password", at=started, address="", device="")
    row.seen_at = seen
    return row
