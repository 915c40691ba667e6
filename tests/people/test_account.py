"""My account: the password, and where I am signed in."""

import re

import pytest

from inspector import clock
from inspector.people import sessions
from tests import cast as make
from tests.cast import NEW_PASSWORD, PASSWORD, Cast
from tests.conftest import Client, ClientOf
from tests.people.conftest import Wait


def is_in(client: Client) -> bool:
    return client.get("/branches").status_code == 200


def change(client: Client, present: str = PASSWORD) -> int:
    data = {"present": present, "new": NEW_PASSWORD, "again": NEW_PASSWORD}
    return client.post("/account/password", data=data).status_code


def can_sign_in(client: Client, password: str) -> bool:
    data = {"username": "channel", "password": password}
    return client.post("/sign-in", data=data).status_code == 303


@pytest.mark.parametrize("who", ["inspector", "outlet", "channel", "admin"])
def test_everybody_finds_their_account_in_the_menu(
    cast: Cast, client_of: ClientOf, who: str
) -> None:
    client = client_of(person := getattr(cast, who))
    assert 'href="/account"' in client.get("/branches").text
    page = client.get("/account").text
    assert person.username in page
    assert person.name in page


def test_the_page_lists_my_sessions_and_marks_this_one(cast: Cast, client_of: ClientOf) -> None:
    make.a_session(cast.channel)
    make.a_session(cast.leader)
    page = client_of(cast.channel).get("/account").text
    rows = re.findall(r"<tr>.*?</tr>", page.split("<tbody>")[1], re.S)
    assert len(rows) == 2
    assert sorted("本机" in row for row in rows) == [False, True]
    other = next(row for row in rows if "本机" not in row)
    assert "Safari · iPad" in other
    assert "10.0.0.7" in other


def test_one_session_is_ended_from_another(cast: Cast, client_of: ClientOf) -> None:
    here, there = client_of(cast.channel), client_of(cast.channel)
    found = re.findall(r"/account/sessions/[-0-9a-f]+/end", here.get("/account").text)
    assert len(found) == 1
    assert here.post(found[0]).location == "/account"
    assert (is_in(here), is_in(there)) == (True, False)
    assert here.post(found[0]).status_code == 303


def test_all_others_are_ended_at_once(cast: Cast, client_of: ClientOf) -> None:
    here, *others = [client_of(cast.channel) for _ in range(3)]
    assert here.post("/account/sessions/end").location == "/account"
    assert [is_in(client) for client in (here, *others)] == [True, False, False]
    assert "/account/sessions/end" not in here.get("/account").text


def test_nobody_ends_another_person_s_session(cast: Cast, client_of: ClientOf) -> None:
    theirs = make.a_session(cast.leader)
    path = f"/account/sessions/{theirs.id}/end"
    assert client_of(cast.channel).post(path).status_code == 404
    assert sessions.sessions_of(cast.leader, clock.now()) == [theirs]


def test_changing_the_password_ends_all_other_sessions(cast: Cast, client_of: ClientOf) -> None:
    here, there = client_of(cast.channel), client_of(cast.channel)
    assert change(here) == 303
    assert "密码已修改" in here.get("/account").text
    assert (is_in(here), is_in(there)) == (True, False)
    assert not can_sign_in(client_of(), PASSWORD)
    assert can_sign_in(client_of(), NEW_PASSWORD)


@pytest.mark.parametrize(
    ("present", "new", "again", "says"),
    [
        ("wrong", NEW_PASSWORD, NEW_PASSWORD, "当前密码不正确"),
        (PASSWORD, "short", "short", "至少需要 10 个字符"),
        (PASSWORD, "channel-7-herons", "channel-7-herons", "含有账号"),
        (PASSWORD, NEW_PASSWORD, "other", "两次输入不一致"),
    ],
)
def test_it_is_refused_with_the_reason(
    cast: Cast, client_of: ClientOf, present: str, new: str, again: str, says: str
) -> None:
    client = client_of(cast.channel)
    data = {"present": present, "new": new, "again": again}
    answer = client.post("/account/password", data=data)
    assert answer.status_code == 422
    assert says in answer.text
    assert can_sign_in(client_of(), PASSWORD)


def test_guessing_the_present_password_is_slowed_down_too(
    wait: Wait, cast: Cast, client_of: ClientOf
) -> None:
    client = client_of(cast.channel)
    assert [change(client, "wrong") for _ in range(6)] == [422] * 5 + [429]
    assert change(client) == 429
