"""The administrator's one-time link: a password is chosen by who has none, or has forgotten it."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from inspector import clock
from inspector.db import db
from inspector.history import Event
from inspector.people import password_links
from inspector.people.models import Person
from inspector.people.password_links import PasswordLink
from inspector.problems import Problem
from tests.cast import NEW_PASSWORD, PASSWORD, Cast
from tests.conftest import Client, ClientOf
from tests.people.conftest import Wait
from tests.together import at_once, request, statuses


def link_of(person: Person, by: Person | None = None) -> str:
    return f"/password/{password_links.reset(person, by=by, at=clock.now())}"


def choose(client: Client, link: str, new: str = NEW_PASSWORD, again: str = "") -> int:
    return client.post(link, data={"new": new, "again": again or new}).status_code


def can_sign_in(client: Client, password: str, username: str = "outlet") -> bool:
    data = {"username": username, "password": password}
    return client.post("/sign-in", data=data).status_code == 303


def test_by_the_link_one_chooses_a_password_and_signs_in_with_it(
    cast: Cast, client_of: ClientOf
) -> None:
    link, client = link_of(cast.outlet, by=cast.admin), client_of()
    page = client.get(link)
    assert "胜利路负责人" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    response = client.post(link, data={"new": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert (response.status_code, response.location) == (303, "/sign-in")
    assert "密码已设置" in client.get("/sign-in").text
    assert can_sign_in(client, NEW_PASSWORD)


def test_the_old_password_and_all_sessions_end_when_the_link_is_made(
    cast: Cast, client_of: ClientOf
) -> None:
    client = client_of(cast.outlet)
    assert client.get("/notices").status_code == 200
    link_of(cast.outlet, by=cast.admin)
    assert client.get("/notices").status_code == 302
    assert not can_sign_in(client_of(), PASSWORD)


def test_a_link_works_once(cast: Cast, client_of: ClientOf) -> None:
    link = link_of(cast.outlet)
    assert choose(client_of(), link) == 303
    assert choose(client_of(), link, PASSWORD) == 410
    answer = client_of().get(link)
    assert answer.status_code == 410
    assert "请管理员" in answer.text


def test_of_two_who_use_it_at_once_one_wins(cast: Cast, client_of: ClientOf) -> None:
    link, data = link_of(cast.outlet), {"new": NEW_PASSWORD, "again": NEW_PASSWORD}
    answers = at_once(*(request(client_of(), link, data=data) for _ in range(2)))
    assert statuses(answers) == [303, 410]


def test_a_link_works_for_a_day(wait: Wait, cast: Cast, client_of: ClientOf) -> None:
    link = link_of(cast.outlet)
    wait(timedelta(hours=23, minutes=59))
    assert client_of().get(link).status_code == 200
    wait(timedelta(minutes=1))
    assert client_of().get(link).status_code == 410
    assert choose(client_of(), link) == 410


def test_a_newer_link_takes_the_place_of_the_one_before(cast: Cast, client_of: ClientOf) -> None:
    old, new = link_of(cast.outlet), link_of(cast.outlet)
    assert choose(client_of(), old) == 410
    assert choose(client_of(), new) == 303


def test_a_refused_password_does_not_use_up_the_link(cast: Cast, client_of: ClientOf) -> None:
    link, client = link_of(cast.outlet), client_of()
    assert choose(client, link, "short") == 422
    assert choose(client, link, NEW_PASSWORD, "another one") == 422
    assert choose(client, link) == 303


def test_the_link_of_an_account_that_was_closed_meanwhile_is_over(
    cast: Cast, client_of: ClientOf
) -> None:
    link = link_of(cast.outlet)
    cast.outlet.closed_at = clock.now()
    assert choose(client_of(), link) == 410
    with pytest.raises(Problem) as refused:
        link_of(cast.outlet)
    assert refused.value.code == "account.closed"


def test_the_database_does_not_hold_the_link(cast: Cast) -> None:
    token = password_links.reset(cast.outlet, by=None, at=clock.now())
    db.session.flush()
    row = db.session.get_one(PasswordLink, cast.outlet.id)
    assert token not in {str(getattr(row, name.name)) for name in PasswordLink.__table__.columns}


def test_the_trail_says_who_reset_it_and_that_it_was_set(cast: Cast, client_of: ClientOf) -> None:
    choose(client_of(), link_of(cast.outlet, by=cast.admin))
    trail = db.session.execute(
        select(Event.verb, Event.by_id).where(Event.subject_id == cast.outlet.id).order_by(Event.at)
    ).all()
    assert [tuple(row) for row in trail] == [
        ("reset_password", cast.admin.id),
        ("set_password", cast.outlet.id),
    ]


def test_the_command_prints_a_link_that_works(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    result = app.test_cli_runner().invoke(args=["people", "reset", "outlet"])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("https://inspector.example/password/")
    path = result.output.strip().removeprefix("https://inspector.example")
    assert choose(client_of(), path) == 303


def test_the_command_knows_who_has_no_account(app: Flask, cast: Cast) -> None:
    result = app.test_cli_runner().invoke(args=["people", "reset", "nobody"])
    assert result.exit_code == 1
    assert "no account nobody" in result.output
    assert db.session.scalar(select(func.count()).select_from(PasswordLink)) == 0
