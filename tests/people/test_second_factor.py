"""The second factor: setting it up, signing in with it, losing it."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from inspector import clock
from inspector.db import db
from inspector.history import Event
from inspector.people import sessions
from inspector.people.models import Person
from inspector.people.second_factor import models, sealing
from inspector.people.second_factor.models import RecoveryCode, SecondFactor
from inspector.people.sessions import How, Session
from tests import cast as make
from tests.cast import PASSWORD, Cast
from tests.conftest import Client, ClientOf
from tests.people.conftest import Wait
from tests.together import at_once, request, statuses

HALF_MINUTE = timedelta(seconds=30)


@pytest.fixture(autouse=True)
def monday(wait: Wait) -> None:
    """The codes of the app follow the test's clock."""


def first_step(client: Client, to: str = "", username: str = "channel") -> str:
    data = {"username": username, "password": PASSWORD, "next": to}
    response = client.post("/sign-in", data=data)
    assert response.status_code == 303
    return str(response.location)


def second_step(client: Client, code: str) -> int:
    return client.post("/sign-in/code", data={"code": code}).status_code


def is_in(client: Client) -> bool:
    return client.get("/branches").status_code == 200


def now_code() -> str:
    return make.code_of_the_app(clock.now())


def verbs(person: Person) -> list[str]:
    rows = select(Event.verb).where(Event.subject_id == person.id).order_by(Event.at)
    return list(db.session.scalars(rows))


# Signing in with it


def test_the_password_alone_opens_nothing(cast: Cast, client_of: ClientOf) -> None:
    make.a_second_factor(cast.channel)
    client = client_of()
    assert first_step(client, "/notices?only=draft") == "/sign-in/code"
    assert not is_in(client)
    response = client.post("/sign-in/code", data={"code": now_code()})
    assert (response.status_code, response.location) == (303, "/notices?only=draft")
    assert is_in(client)


def test_the_code_alone_opens_nothing(cast: Cast, client_of: ClientOf) -> None:
    make.a_second_factor(cast.channel)
    client = client_of()
    response = client.post("/sign-in/code", data={"code": now_code()})
    assert (response.status_code, response.location) == (303, "/sign-in")
    assert not is_in(client)


def test_who_has_none_is_not_asked(cast: Cast, client_of: ClientOf) -> None:
    make.a_second_factor(cast.leader)
    make.a_pending_factor(cast.channel)
    client = client_of()
    assert first_step(client) == "/"
    assert is_in(client)


@pytest.mark.parametrize("wrong", ["000000", "", "12345", "abcdef", "１２３４５６", "x" * 30])
def test_a_wrong_code_opens_nothing(cast: Cast, client_of: ClientOf, wrong: str) -> None:
    make.a_second_factor(cast.channel)
    client = client_of()
    first_step(client)
    assert second_step(client, wrong) == 422
    assert not is_in(client)


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{1} {2}"])
def test_blanks_in_a_code_do_no_harm(cast: Cast, client_of: ClientOf, typed: str) -> None:
    make.a_second_factor(cast.channel)
    client, code = client_of(), now_code()
    first_step(client)
    assert second_step(client, typed.format(code, code[:3], code[3:])) == 303


@pytest.mark.parametrize(("steps", "status"), [(-2, 422), (-1, 303), (0, 303), (1, 303), (2, 422)])
def test_a_phone_may_be_half_a_minute_astray(
    cast: Cast, client_of: ClientOf, steps: int, status: int
) -> None:
    make.a_second_factor(cast.channel)
    client = client_of()
    first_step(client)
    code = make.code_of_the_app(clock.now() + steps * HALF_MINUTE)
    assert second_step(client, code) == status


def test_a_code_counts_once_and_so_does_the_one_before_it(
    wait: Wait, cast: Cast, client_of: ClientOf
) -> None:
    make.a_second_factor(cast.channel)
    one, other = client_of(), client_of()
    first_step(one)
    before, code = make.code_of_the_app(clock.now() - HALF_MINUTE), now_code()
    assert second_step(one, code) == 303
    first_step(other)
    assert second_step(other, code) == 422
    assert second_step(other, before) == 422
    wait(HALF_MINUTE)
    assert second_step(other, now_code()) == 303


def test_of_two_who_send_the_same_code_at_once_one_gets_in(cast: Cast, client_of: ClientOf) -> None:
    make.a_second_factor(cast.channel)
    clients = [client_of(), client_of()]
    for client in clients:
        first_step(client)
    sent = {"data": {"code": now_code()}}
    answers = at_once(*(request(client, "/sign-in/code", **sent) for client in clients))
    assert statuses(answers) == [303, 422]


def test_guessing_codes_is_slowed_down_like_guessing_passwords(
    wait: Wait, cast: Cast, client_of: ClientOf
) -> None:
    make.a_second_factor(cast.channel)
    client = client_of()
    for _ in range(5):
        first_step(client)  # the right password must not make the guesses cheaper
        assert second_step(client, "000000") == 422
    assert second_step(client, now_code()) == 429
    wait(timedelta(seconds=10))
    assert second_step(client, now_code()) == 303


def test_between_the_steps_are_five_minutes_at_most(
    wait: Wait, cast: Cast, client_of: ClientOf
) -> None:
    make.a_second_factor(cast.channel)
    client = client_of()
    first_step(client)
    wait(timedelta(minutes=5, seconds=1))
    response = client.post("/sign-in/code", data={"code": now_code()})
    assert (response.status_code, response.location) == (303, "/sign-in")


def test_an_account_closed_between_the_steps_stays_shut(cast: Cast, client_of: ClientOf) -> None:
    make.a_second_factor(cast.channel)
    client = client_of()
    first_step(client)
    cast.channel.closed_at = clock.now()
    assert client.post("/sign-in/code", data={"code": now_code()}).location == "/sign-in"
    assert not is_in(client)


def test_a_recovery_code_counts_once(cast: Cast, client_of: ClientOf) -> None:
    codes = make.a_second_factor(cast.channel)
    assert len(set(codes)) == 10
    client = client_of()
    first_step(client)
    assert second_step(client, codes[3].lower()) == 303
    first_step(again := client_of())
    assert second_step(again, codes[3]) == 422
    assert second_step(again, codes[4].replace("-", " ")) == 303
    assert models.codes_left(cast.channel) == 8
    assert verbs(cast.channel).count("use_recovery_code") == 2


def test_another_person_s_recovery_code_is_worth_nothing(cast: Cast, client_of: ClientOf) -> None:
    make.a_second_factor(cast.channel)
    theirs = make.a_second_factor(cast.leader)
    client = client_of()
    first_step(client)
    assert second_step(client, theirs[0]) == 422


# What the database holds


def test_the_database_holds_neither_secret_nor_codes(cast: Cast) -> None:
    codes = make.a_second_factor(cast.channel)
    factor = db.session.get_one(SecondFactor, cast.channel.id)
    kept = [factor.sealed_secret, *db.session.scalars(select(RecoveryCode.digest))]
    assert len(kept) == 11
    for secret in (make.SECRET, *codes, *(code.replace("-", "") for code in codes)):
        assert not [one for one in kept if secret in one]
    assert factor.secret == make.SECRET


def test_with_another_secret_key_no_code_is_right(
    app: Flask, cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.a_second_factor(cast.channel)
    monkeypatch.setitem(app.config, "SECRET_KEY", "another one")
    assert sealing.unseal(db.session.get_one(SecondFactor, cast.channel.id).sealed_secret) == ""
    client = client_of()
    first_step(client)
    assert second_step(client, now_code()) == 422


# Setting it up


def test_it_is_set_up_by_a_qr_code_and_a_first_code(cast: Cast, client_of: ClientOf) -> None:
    client, elsewhere = client_of(cast.channel), client_of(cast.channel)
    assert client.post("/account/second-factor").location == "/account/second-factor"
    page = client.get("/account/second-factor").text
    assert 'src="/account/second-factor/qr.svg"' in page
    picture = client.get("/account/second-factor/qr.svg")
    assert (picture.mimetype, picture.headers["Cache-Control"]) == ("image/svg+xml", "no-store")
    assert "style=" not in picture.text
    make.a_pending_factor(cast.channel)  # its secret is the one that the test's app has
    assert client.post("/account/second-factor/confirmation", data={"code": "1"}).status_code == 422
    assert models.factor_of(cast.channel) is None
    answer = client.post("/account/second-factor/confirmation", data={"code": now_code()})
    codes = re.findall(r"<li>(\w{5}-\w{5})</li>", answer.text)
    assert len(codes) == 10
    assert codes[0] not in client.get("/account/second-factor").text
    assert client.get("/account/second-factor/qr.svg").status_code == 404
    assert (is_in(client), is_in(elsewhere)) == (True, False)
    first_step(another := client_of())
    assert second_step(another, codes[0]) == 303


def test_the_code_that_set_it_up_does_not_sign_in_too(cast: Cast, client_of: ClientOf) -> None:
    make.a_pending_factor(cast.channel)
    data = {"code": now_code()}
    client_of(cast.channel).post("/account/second-factor/confirmation", data=data)
    first_step(client := client_of())
    assert second_step(client, now_code()) == 422


def test_a_second_one_cannot_be_set_up_over_it(cast: Cast, client_of: ClientOf) -> None:
    make.a_second_factor(cast.channel)
    assert client_of(cast.channel).post("/account/second-factor").status_code == 409
    assert models.factor_of(cast.channel) is not None


# Required by the settings


def test_who_must_have_one_is_led_to_set_it_up_before_anything_else(
    app: Flask, cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SECOND_FACTOR_ROLES", frozenset({"channel"}))
    client = client_of(cast.channel)
    for path in ("/", "/desk", "/notices", "/account"):
        assert client.get(path).location == "/account/second-factor"
    headers = {"HX-Request": "true", "HX-Current-URL": "https://inspector.example/visits/7"}
    assert client.post("/visits", headers=headers).headers["HX-Redirect"]
    answer = client.post("/api/ops", json={}, headers={"X-Inspector": "1"})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (403, "second_factor.needed")
    assert "您的岗位必须" in client.get("/account/second-factor").text
    client.post("/account/second-factor")
    make.a_pending_factor(cast.channel)
    client.post("/account/second-factor/confirmation", data={"code": now_code()})
    assert client.get("/desk").status_code == 200
    assert client_of(cast.leader).get("/desk").status_code == 200


def test_they_can_sign_out_instead(
    app: Flask, cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SECOND_FACTOR_ROLES", frozenset({"channel"}))
    client = client_of(cast.channel)
    assert client.post("/sign-out").location == "/sign-in"
    assert not is_in(client)


def test_who_comes_from_the_bank_s_own_sign_in_needs_none(
    app: Flask, cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SECOND_FACTOR_ROLES", frozenset({"channel"}))
    client = client_of(cast.channel)
    db.session.scalars(select(Session)).one().how = How.OIDC
    assert client.get("/desk").status_code == 200


# Taking it away


def test_one_takes_it_away_with_the_password(cast: Cast, client_of: ClientOf) -> None:
    make.a_second_factor(cast.channel)
    client = client_of(cast.channel)
    path = "/account/second-factor/removal"
    assert client.post(path, data={"password": "wrong"}).status_code == 422
    assert models.factor_of(cast.channel)
    assert client.post(path, data={"password": PASSWORD}).location == "/account"
    assert models.factor_of(cast.channel) is None
    assert models.codes_left(cast.channel) == 0
    assert is_in(client)
    assert first_step(client_of()) == "/"


def test_the_administrator_takes_it_away_which_ends_all_sessions(
    cast: Cast, client_of: ClientOf
) -> None:
    make.a_second_factor(cast.channel)
    client = client_of(cast.channel)
    assert models.take_away(cast.channel, by=cast.admin, at=clock.now())
    assert not models.take_away(cast.channel, by=cast.admin, at=clock.now())
    assert not is_in(client)
    assert verbs(cast.channel).count("remove_second_factor") == 1


def test_the_command_takes_it_away(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    make.a_second_factor(cast.channel)
    db.session.commit()
    run = app.test_cli_runner().invoke
    assert run(args=["people", "drop-second-factor", "channel"]).exit_code == 0
    assert run(args=["people", "drop-second-factor", "nobody"]).exit_code == 1
    assert first_step(client_of()) == "/"


def test_new_recovery_codes_void_the_old_ones(cast: Cast, client_of: ClientOf) -> None:
    old = make.a_second_factor(cast.channel)
    client = client_of(cast.channel)
    path = "/account/second-factor/recovery-codes"
    assert client.post(path, data={"password": "wrong"}).status_code == 422
    answer = client.post(path, data={"password": PASSWORD})
    new = re.findall(r"<li>(\w{5}-\w{5})</li>", answer.text)
    first_step(another := client_of())
    assert second_step(another, old[0]) == 422
    assert second_step(another, new[0]) == 303


def test_sessions_of_others_are_left_alone(cast: Cast, client_of: ClientOf) -> None:
    make.a_second_factor(cast.channel)
    client_of(cast.leader)
    models.take_away(cast.channel, by=cast.admin, at=clock.now())
    assert len(sessions.sessions_of(cast.leader, clock.now())) == 1
