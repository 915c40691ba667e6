"""What a password must be, and how its hash is kept up to date."""

import pytest
from argon2 import PasswordHasher

from inspector.people import models, passwords
from inspector.problems import Problem
from tests.cast import NEW_PASSWORD, PASSWORD, QUICK, Cast
from tests.conftest import ClientOf


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("x7!Kp", "password.short"),
        ("九个字符也还是太短", "password.short"),
        ("q1w2e3r4t5", "password.common"),
        ("password123", "password.common"),
        ("wertyuiokjhg", "password.keyboard"),
        ("gggggggggggg", "password.repeats"),
        ("abcdefghijklm", "password.repeats"),
        ("1998-12-24x", "password.date"),
        ("channel-2026-herons", "password.telling"),
        ("CHANNEL-2026-herons", "password.telling"),
        ("张渠-seven-herons-2026", "password.telling"),
        ("icbc-seven-herons", "password.telling"),
        ("延安 seven herons", "password.telling"),
    ],
)
def test_a_bad_password_is_refused_with_the_reason(cast: Cast, password: str, code: str) -> None:
    with pytest.raises(Problem) as refused:
        passwords.check(cast.channel, password)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "password",
    [PASSWORD, NEW_PASSWORD, "xq7-Pm2 kk!", "🐪 seven herons", "seven herons " * 12],
)
def test_a_good_one_is_taken(cast: Cast, password: str) -> None:
    passwords.check(cast.channel, password)


def test_the_words_of_one_person_do_not_count_for_another(cast: Cast) -> None:
    passwords.check(cast.leader, "channel-7-herons")


def test_a_hash_of_less_effort_is_made_anew_at_the_next_signing_in(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    dearer = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(models, "HASHER", dearer)
    before = cast.channel.password_hash
    assert not QUICK.check_needs_rehash(before)
    data = {"username": "channel", "password": PASSWORD}
    assert client_of().post("/sign-in", data=data).status_code == 303
    assert cast.channel.password_hash != before
    assert not dearer.check_needs_rehash(cast.channel.password_hash)
    assert cast.channel.has_password(PASSWORD)


def test_an_up_to_date_hash_stays(cast: Cast, client_of: ClientOf) -> None:
    before = cast.channel.password_hash
    client_of().post("/sign-in", data={"username": "channel", "password": PASSWORD})
    assert cast.channel.password_hash == before


def test_full_width_digits_of_a_chinese_keyboard_are_the_same_digits(cast: Cast) -> None:
    cast.channel.set_password("seven herons ２０２６")
    assert cast.channel.has_password("seven herons 2026")


@pytest.mark.parametrize("nothing", ["", "broken"])
def test_where_there_is_no_hash_no_password_is_right(cast: Cast, nothing: str) -> None:
    cast.channel.password_hash = nothing
    assert not [word for word in ("", "nobody's", PASSWORD) if cast.channel.has_password(word)]
