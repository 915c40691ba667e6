"""Nobody removes the last administrator: not by closing, not by another role, not two at once."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from inspector.db import db
from inspector.people import keeping
from tests import cast as make
from tests.cast import Cast, account_form
from tests.conftest import ClientOf
from tests.together import at_once, request, statuses

CLOSING = {"reason": "调离"}
DEMOTED = account_form(username="demoted", role="channel")


def administrators() -> int:
    return db.session.scalar(select(func.count()).where(keeping.OPEN_ADMINISTRATOR)) or 0


def test_the_last_administrator_is_not_demoted(cast: Cast, client_of: ClientOf) -> None:
    address = f"/people/{cast.admin.id}"
    response = client_of(cast.admin).post(address, data=DEMOTED)
    assert response.status_code == 422
    assert "这是最后一名管理员" in response.text
    assert cast.admin.role == "admin"


def test_a_closed_administrator_is_no_other_one(cast: Cast, client_of: ClientOf) -> None:
    make.a_person(cast, "second", role="admin").closed_at = make.MONDAY
    address = f"/people/{cast.admin.id}"
    assert client_of(cast.admin).post(address, data=DEMOTED).status_code == 422


def test_one_of_two_may_go(cast: Cast, client_of: ClientOf) -> None:
    second = make.a_person(cast, "second", role="admin")
    client = client_of(second)
    assert client.post(f"/people/{cast.admin.id}/closure", data=CLOSING).status_code == 303
    assert administrators() == 1


def test_a_command_does_not_close_the_last_one_either(app: Flask, cast: Cast) -> None:
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["people", "close", "admin", "--reason", "调离"])
    assert result.exit_code == 1
    assert "This is the last administrator" in result.output
    assert administrators() == 1


ACTS: list[tuple[str, dict[str, Any]]] = [("/closure", CLOSING), ("", DEMOTED)]


@pytest.mark.parametrize("first", ACTS)
@pytest.mark.parametrize("second", ACTS)
def test_of_two_who_remove_each_other_at_the_same_moment_one_stays(
    cast: Cast,
    client_of: ClientOf,
    first: tuple[str, dict[str, Any]],
    second: tuple[str, dict[str, Any]],
) -> None:
    other = make.a_person(cast, "second", role="admin")
    acts = ((cast.admin, other, first), (other, cast.admin, second))
    calls = [
        request(client_of(by), f"/people/{person.id}{verb}", data=said | {"username": f"u{n}"})
        for n, (by, person, (verb, said)) in enumerate(acts)
    ]
    answers = statuses(at_once(*calls))
    assert answers[0] == 303
    assert answers[1] in {302, 303, 403, 409, 422}
    assert administrators() == 1


def test_of_many_pairs_at_once_somebody_always_stays(cast: Cast, client_of: ClientOf) -> None:
    people = [cast.admin, *(make.a_person(cast, f"admin{n}", role="admin") for n in range(3))]
    circle = [*people[1:], people[0]]
    calls = [
        request(client_of(by), f"/people/{person.id}/closure", data=CLOSING)
        for by, person in zip(people, circle, strict=True)
    ]
    at_once(*calls)
    assert administrators() >= 1
