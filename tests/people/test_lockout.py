"""Failed attempts: a few are free, then each doubles the wait, for account and address."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from inspector import clock
from inspector.db import db
from inspector.people import lockout
from inspector.people.lockout import ACCOUNT, ADDRESS, Failures
from tests.cast import PASSWORD, Cast
from tests.conftest import Client, ClientOf
from tests.people.conftest import Wait
from tests.together import at_once, request, statuses

SECOND = timedelta(seconds=1)
WRONG = "wrong"


def attempt(
    client: Client, password: str = WRONG, username: str = "channel", address: str = "10.0.0.1"
) -> tuple[int, str]:
    """The status, and what the page says."""
    data = {"username": username, "password": password}
    environ = {"REMOTE_ADDR": address}
    response = client.post("/sign-in", data=data, environ_base=environ)
    return response.status_code, response.text


def fail(client: Client, times: int, **which: str) -> None:
    for _ in range(times):
        assert attempt(client, **which)[0] == 422


def test_the_first_failures_are_free_and_the_next_ones_cost_time(
    wait: Wait, cast: Cast, client_of: ClientOf
) -> None:
    client = client_of()
    fail(client, 5)
    status, text = attempt(client, PASSWORD)
    assert status == 429
    assert "请等待 10 秒" in text
    wait(9 * SECOND)
    assert attempt(client, PASSWORD)[0] == 429
    wait(SECOND)
    assert attempt(client, PASSWORD)[0] == 303


def test_a_program_is_told_how_long(wait: Wait, cast: Cast, client_of: ClientOf) -> None:
    client = client_of()
    fail(client, 5)
    data = {"username": "channel", "password": PASSWORD}
    response = client.post("/sign-in", data=data, environ_base={"REMOTE_ADDR": "10.0.0.1"})
    assert response.headers["Retry-After"] == "10"


def test_each_further_failure_doubles_the_wait_up_to_a_quarter_of_an_hour(
    wait: Wait, cast: Cast, client_of: ClientOf
) -> None:
    client = client_of()
    fail(client, 4)
    for seconds in (10, 20, 40, 80, 160, 320, 640):
        fail(client, 1)
        wait((seconds - 1) * SECOND)
        assert attempt(client)[0] == 429
        wait(SECOND)
    fail(client, 1)
    assert "请等待 15 分钟" in attempt(client)[1]


def test_waiting_is_not_made_longer_by_impatience(
    wait: Wait, cast: Cast, client_of: ClientOf
) -> None:
    client = client_of()
    fail(client, 5)
    for _ in range(20):
        assert attempt(client, PASSWORD)[0] == 429
    wait(10 * SECOND)
    assert attempt(client, PASSWORD)[0] == 303


def test_signing_in_clears_the_account_but_not_what_the_address_did(
    wait: Wait, cast: Cast, client_of: ClientOf
) -> None:
    client = client_of()
    fail(client, 4)
    assert attempt(client_of(), PASSWORD)[0] == 303
    counts = {row.key.split(":")[0]: row.count for row in db.session.scalars(select(Failures))}
    assert counts == {"address": 4}
    fail(client, 5)


def test_one_account_that_waits_does_not_keep_another_from_signing_in(
    wait: Wait, cast: Cast, client_of: ClientOf
) -> None:
    fail(client_of(), 5)
    assert attempt(client_of(), PASSWORD, username="leader")[0] == 303


def test_an_address_that_tries_many_accounts_waits_for_all_of_them(
    wait: Wait, cast: Cast, client_of: ClientOf
) -> None:
    client = client_of()
    for n in range(ADDRESS.free + 1):
        fail(client, 1, username=f"nobody{n}")
    assert attempt(client, PASSWORD)[0] == 429
    assert attempt(client, PASSWORD, address="10.0.0.2")[0] == 303


def test_all_addresses_of_one_ipv6_network_are_one(
    wait: Wait, cast: Cast, client_of: ClientOf
) -> None:
    client = client_of()
    for n in range(ADDRESS.free + 1):
        fail(client, 1, username=f"nobody{n}", address=f"2001:db8::{n:x}")
    assert attempt(client, PASSWORD, address="2001:db8::ffff")[0] == 429
    assert attempt(client, PASSWORD, address="2001:db8:0:1::1")[0] == 303


def test_failures_are_forgotten_one_by_one(wait: Wait, cast: Cast, client_of: ClientOf) -> None:
    client = client_of()
    fail(client, 4)
    wait(2 * ACCOUNT.forgotten_after)
    fail(client, 2)
    assert attempt(client, PASSWORD)[0] == 303


@pytest.mark.parametrize("username", ["channel", "nobody"])
def test_a_known_account_and_an_unknown_one_answer_the_same(
    wait: Wait, cast: Cast, client_of: ClientOf, username: str
) -> None:
    client = client_of()
    statuses = [attempt(client, username=username)[0] for _ in range(7)]
    assert statuses == [422] * 5 + [429] * 2
    wait(10 * SECOND)
    assert attempt(client, username=username)[0] == 422
    assert "请等待 20 秒" in attempt(client, username=username)[1]


def test_a_closed_account_and_one_without_a_password_answer_the_same(
    wait: Wait, cast: Cast, client_of: ClientOf
) -> None:
    cast.channel.closed_at = clock.now()
    cast.leader.password_hash = ""
    for username in ("channel", "leader"):
        client = client_of()
        assert [attempt(client, "", username)[0] for _ in range(2)] == [422] * 2
        assert [attempt(client, PASSWORD, username)[0] for _ in range(6)] == [422] * 5 + [429]


def test_capitals_and_blanks_make_no_other_account(
    wait: Wait, cast: Cast, client_of: ClientOf
) -> None:
    client = client_of()
    for username in ("nobody", "Nobody", " nobody", "NOBODY ", "nobody"):
        fail(client, 1, username=username)
    assert attempt(client, username="nobody")[0] == 429


def test_what_was_typed_as_an_account_is_not_kept(
    wait: Wait, cast: Cast, client_of: ClientOf
) -> None:
    fail(client_of(), 1, username="my-secret-password")
    keys = db.session.scalars(select(Failures.key)).all()
    assert len(keys) == 2
    assert not [key for key in keys if "secret" in key]


def test_the_rows_go_away_after_a_day(wait: Wait, cast: Cast, client_of: ClientOf) -> None:
    client = client_of()
    for n in range(20):
        fail(client, 1, username=f"nobody{n}")
    wait(timedelta(days=1, minutes=1))
    fail(client, 1, username="somebody", address="10.0.0.9")
    assert db.session.scalar(select(func.count()).select_from(Failures)) == 2


def test_many_attempts_at_once_are_not_tried_at_the_price_of_one(
    cast: Cast, client_of: ClientOf
) -> None:
    data = {"username": "channel", "password": "wrong"}
    answers = at_once(*(request(client_of(), "/sign-in", data=data) for _ in range(12)))
    assert statuses(answers) == [422] * 5 + [429] * 7


@pytest.mark.parametrize(
    ("count", "seconds"), [(0, 0), (4, 0), (5, 10), (6, 20), (11, 640), (12, 900), (10_000, 900)]
)
def test_how_long_one_waits(count: int, seconds: int) -> None:
    assert lockout.wait_after(count, 4).total_seconds() == seconds
