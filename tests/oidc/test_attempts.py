"""A sign-in that was begun counts once, in the browser that began it, for a while."""

import pytest

from tests.cast import Cast
from tests.conftest import ClientOf
from tests.oidc.conftest import Arrange, accounts
from tests.oidc.provider import RealProvider, Somebody, refusal

pytestmark = pytest.mark.one_engine

OVER = "本次登录已失效"


def test_the_same_answer_again_is_harmless(cast: Cast, somebody: Somebody) -> None:
    address = somebody.at_provider(somebody.begin("/visits"), "s-channel")
    somebody.come_back(address)
    again = somebody.come_back(address)
    assert (again.status_code, again.location) == (302, "/")
    somebody.client.post("/sign-out")
    response = somebody.come_back(address)
    assert (response.status_code, somebody.is_in) == (409, False)
    assert OVER in refusal(response)


def test_an_answer_means_nothing_in_another_browser(
    cast: Cast, somebody: Somebody, client_of: ClientOf
) -> None:
    address = somebody.at_provider(somebody.begin(), "s-channel")
    victim = Somebody(client_of())
    response = victim.come_back(address)
    assert (response.status_code, victim.is_in) == (409, False)
    victim.begin()
    assert victim.come_back(address).status_code == 409


@pytest.mark.parametrize("query", ["", "?state=", "?state=x", "?code=x", "?error=access_denied"])
def test_an_answer_without_its_attempt_is_none(cast: Cast, somebody: Somebody, query: str) -> None:
    response = somebody.client.get(f"/single-sign-on/callback{query}")
    assert response.status_code == 409
    assert OVER in refusal(response)


def test_an_old_cookie_does_not_bring_a_used_code_back(cast: Cast, somebody: Somebody) -> None:
    address = somebody.at_provider(somebody.begin(), "s-channel")
    cookie = somebody.client.get_cookie("session")
    assert cookie
    somebody.come_back(address)
    somebody.client.post("/sign-out")
    somebody.client.set_cookie("session", cookie.value)
    assert somebody.come_back(address).status_code == 409
    assert not somebody.is_in


def test_an_attempt_waits_an_hour_and_no_longer(
    cast: Cast, somebody: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = somebody.at_provider(somebody.begin(), "s-channel")
    monkeypatch.setattr("inspector.people.single_sign_on.provider.ATTEMPT_SECONDS", -1)
    assert somebody.come_back(address).status_code == 409


def test_two_tabs_at_once_come_each_to_their_page(cast: Cast, somebody: Somebody) -> None:
    first = somebody.at_provider(somebody.begin("/visits"), "s-channel")
    second = somebody.at_provider(somebody.begin("/notices"), "s-channel")
    assert somebody.come_back(second).location == "/notices"
    assert somebody.come_back(first).location == "/visits"
    assert somebody.is_in


def test_many_tabs_do_not_burst_the_cookie(cast: Cast, somebody: Somebody) -> None:
    for number in range(12):
        address = somebody.begin(f"/visits?{'x' * 40}={number}")
    cookie = somebody.client.get_cookie("session")
    assert cookie
    assert len(cookie.value) < 3000
    assert somebody.come_back(somebody.at_provider(address, "s-channel")).location.endswith("=11")


def test_who_is_in_is_not_sent_away(cast: Cast, somebody: Somebody) -> None:
    somebody.sign_in("s-channel")
    assert somebody.client.get("/single-sign-on?next=/visits").location == "/visits"


def test_a_provider_that_is_down_leaves_the_password(
    cast: Cast, somebody: Somebody, provider: RealProvider
) -> None:
    provider.go_down()
    response = somebody.client.get("/single-sign-on?next=/visits")
    assert response.status_code == 503
    assert "暂时没有响应" in refusal(response)
    assert 'href="/single-sign-on?next=/visits"' in response.text
    assert 'action="/sign-in"' in response.text
    assert 'value="/visits"' in response.text


def test_a_provider_that_goes_down_meanwhile_signs_nobody_in(
    cast: Cast, somebody: Somebody, provider: RealProvider
) -> None:
    address = somebody.at_provider(somebody.begin(), "s-channel")
    provider.go_down()
    response = somebody.come_back(address)
    assert (response.status_code, somebody.is_in) == (503, False)


def test_a_slow_provider_is_waited_for_as_long_as_the_settings_say(
    cast: Cast, arrange: Arrange, somebody: Somebody, provider: RealProvider
) -> None:
    arrange(TIMEOUT_SECONDS="1")
    provider.be(slowMs=10_000)
    response = somebody.client.get("/single-sign-on")
    assert response.status_code == 503
    assert "暂时没有响应" in refusal(response)


def test_another_language_can_be_chosen_where_one_was_refused(
    cast: Cast, somebody: Somebody
) -> None:
    response = somebody.sign_in("s-channel", "/visits", answer="no")
    assert 'value="/sign-in?next=/visits"' in response.text


def test_a_provider_that_did_not_answer_is_left_in_peace_for_a_moment(
    cast: Cast, somebody: Somebody, provider: RealProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.go_down()
    assert somebody.client.get("/single-sign-on").status_code == 503
    provider.be(accounts=accounts("channel"))
    assert somebody.client.get("/single-sign-on").status_code == 503
    monkeypatch.setattr("inspector.people.single_sign_on.provider.REST_SECONDS", 0)
    assert somebody.sign_in("s-channel").status_code == 302
