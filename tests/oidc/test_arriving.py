"""Through a real provider and back: who comes in, who does not, and where they are afterwards."""

import pytest
from flask import Flask
from sqlalchemy import select

from inspector.db import db
from inspector.history import Event
from inspector.people.sessions import Session
from inspector.people.single_sign_on.models import Identity
from tests.cast import MONDAY, PASSWORD, Cast
from tests.conftest import ClientOf
from tests.oidc.conftest import Arrange, accounts
from tests.oidc.provider import BASE, RealProvider, Somebody, query, refusal


def test_who_signs_in_at_the_provider_is_in_and_where_they_wanted_to_be(
    cast: Cast, somebody: Somebody
) -> None:
    response = somebody.sign_in("s-channel", "/notices?only=overdue")
    assert (response.status_code, response.location) == (302, "/notices?only=overdue")
    assert somebody.client.get("/desk").status_code == 200
    session = db.session.scalars(select(Session)).one()
    assert (session.person.username, session.how) == ("channel", "oidc")


def test_the_request_is_bound_to_this_browser_and_names_no_secret(somebody: Somebody) -> None:
    asked = query(somebody.begin("/visits"))
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["redirect_uri"] == f"{BASE}/single-sign-on/callback"
    assert len(asked["state"]) >= 20
    assert len(asked["nonce"]) >= 20
    assert "secret" not in str(asked)
    assert asked["nonce"] != query(somebody.begin("/visits"))["nonce"]


def test_the_first_time_the_account_is_found_by_its_name_then_by_its_subject(
    cast: Cast, somebody: Somebody, provider: RealProvider, client_of: ClientOf
) -> None:
    somebody.sign_in("s-channel")
    bound = db.session.scalars(select(Identity)).one()
    assert (bound.person, bound.issuer, bound.subject) == (
        cast.channel,
        provider.issuer,
        "s-channel",
    )
    told = db.session.scalars(select(Event).where(Event.verb == "bind_identity")).one()
    assert (told.subject_id, told.detail["identity"]) == (cast.channel.id, "s-channel")

    provider.be(accounts={"s-channel": {"preferred_username": "another.name"}})
    again = Somebody(client_of())
    assert again.sign_in("s-channel").status_code == 302
    assert again.client.get("/desk").status_code == 200
    assert db.session.scalars(select(Identity)).one().seen_at > bound.first_seen_at


def test_an_account_is_not_taken_over_by_another_subject_with_its_name(
    cast: Cast, somebody: Somebody, provider: RealProvider, client_of: ClientOf
) -> None:
    assert somebody.sign_in("s-channel").status_code == 302
    provider.be(accounts={"s-thief": {"preferred_username": "channel"}})
    thief = Somebody(client_of())
    response = thief.sign_in("s-thief")
    assert response.status_code == 403
    assert "channel 已绑定" in refusal(response)
    assert not thief.is_in


def test_without_leave_to_go_by_the_name_nobody_comes_in_by_it(
    cast: Cast, somebody: Somebody, arrange: Arrange
) -> None:
    arrange(BY_ACCOUNT="no")
    response = somebody.sign_in("s-channel")
    assert response.status_code == 403
    assert "没有账号 channel" in refusal(response)
    assert not somebody.is_in


def test_a_person_who_is_not_known_here_is_refused_by_name(
    cast: Cast, somebody: Somebody, provider: RealProvider
) -> None:
    provider.be(accounts=accounts("new.colleague"))
    response = somebody.sign_in("s-new.colleague", "/visits")
    assert response.status_code == 403
    assert "没有账号 new.colleague" in refusal(response)
    assert 'href="/single-sign-on?next=/visits"' in response.text
    assert not somebody.is_in


def test_a_closed_account_is_refused_the_first_time_and_later(
    cast: Cast, somebody: Somebody, client_of: ClientOf
) -> None:
    somebody.sign_in("s-channel")
    cast.channel.closed_at = cast.outlet.closed_at = MONDAY
    for account in ("channel", "outlet"):
        response = Somebody(client_of()).sign_in(f"s-{account}")
        assert response.status_code == 403
        assert f"{account} 已停用" in refusal(response)


def test_a_provider_that_does_not_say_the_account_is_told_apart(
    cast: Cast, somebody: Somebody, arrange: Arrange
) -> None:
    arrange(ACCOUNT_CLAIM="staff_number")
    response = somebody.sign_in("s-channel")
    assert response.status_code == 403
    assert "缺少 staff_number" in refusal(response)


def test_what_the_token_leaves_out_is_asked_for_at_the_userinfo_endpoint(
    cast: Cast, somebody: Somebody, provider: RealProvider
) -> None:
    provider.be(accounts=accounts("channel"), inIdToken=False)
    somebody.sign_in("s-channel")
    assert somebody.is_in


def test_who_cancels_at_the_provider_reads_so_and_may_try_again(
    cast: Cast, somebody: Somebody
) -> None:
    response = somebody.sign_in("s-channel", "/visits", answer="no")
    assert response.status_code == 403
    assert refusal(response) == "您在统一登录系统中取消了登录，或登录被该系统拒绝。"
    assert "at the provider" not in response.text, "nor are words shown that anybody can write"
    assert not somebody.is_in
    assert somebody.sign_in("s-channel").status_code == 302


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_the_way_back_never_leads_to_another_site(
    cast: Cast, somebody: Somebody, target: str
) -> None:
    assert somebody.sign_in("s-channel", target).location == "/"


def test_the_sign_in_page_leads_there_and_on_to_where_one_wanted(somebody: Somebody) -> None:
    page = somebody.client.get(somebody.client.get("/visits").location).text
    assert 'href="/single-sign-on?next=/visits"' in page
    assert "统一登录" in page
    assert 'name="password"' in page


def test_without_its_settings_there_is_nothing_of_it(client_of: ClientOf) -> None:
    assert "single-sign-on" not in client_of().get("/sign-in").text
    assert client_of().get("/single-sign-on").status_code == 404


def test_passwords_can_be_switched_off(
    cast: Cast, somebody: Somebody, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "PASSWORDS", False)
    page = somebody.client.get("/sign-in?next=/visits").text
    assert 'href="/single-sign-on?next=/visits"' in page
    assert "password" not in page
    data = {"username": "channel", "password": PASSWORD}
    assert somebody.client.post("/sign-in", data=data).status_code == 403
    assert not somebody.is_in
    assert somebody.sign_in("s-channel").status_code == 302
