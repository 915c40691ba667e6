"""A tablet goes from hand to hand: on it, being known to the provider is not enough."""

import pytest

from tests.cast import Cast
from tests.conftest import ClientOf
from tests.oidc.conftest import Arrange, accounts
from tests.oidc.provider import RealProvider, Somebody, query, refusal

pytestmark = pytest.mark.one_engine


def test_an_inspector_proves_who_they_are_each_time(cast: Cast, somebody: Somebody) -> None:
    somebody.sign_in("s-inspector")
    assert (somebody.is_in, somebody.asked) == (True, 1)
    somebody.client.post("/sign-out")

    address = somebody.begin("/visits")
    back = somebody.come_back(somebody.at_provider(address, "s-inspector"))
    assert somebody.asked == 1, "the provider knows the browser and does not ask"
    assert not somebody.is_in
    assert query(back.location)["prompt"] == "login"
    back = somebody.come_back(somebody.at_provider(back.location, "s-inspector"))
    assert (somebody.asked, somebody.is_in, back.location) == (2, True, "/visits")


def test_who_strips_the_question_off_the_address_does_not_come_in(
    cast: Cast, somebody: Somebody
) -> None:
    somebody.sign_in("s-inspector")
    somebody.client.post("/sign-out")
    back = somebody.come_back(somebody.at_provider(somebody.begin(), "s-inspector"))
    stripped = back.location.replace("&prompt=login", "").replace("&max_age=0", "")
    assert stripped != back.location
    response = somebody.come_back(somebody.at_provider(stripped, "s-inspector"))
    assert somebody.asked == 1
    assert response.status_code == 403
    assert "没有重新验证您的身份" in refusal(response)
    assert not somebody.is_in


def test_at_a_desk_being_known_to_the_provider_is_enough(cast: Cast, somebody: Somebody) -> None:
    for _ in range(2):
        somebody.sign_in("s-channel")
        assert (somebody.is_in, somebody.asked) == (True, 1)
        somebody.client.post("/sign-out")


def test_the_settings_may_ask_everybody_or_nobody(
    cast: Cast, somebody: Somebody, arrange: Arrange, client_of: ClientOf
) -> None:
    for who, account, asked in (("everybody", "s-channel", 2), ("nobody", "s-inspector", 1)):
        arrange(ASK_AGAIN=who)
        person = Somebody(client_of())
        for _ in range(2):
            person.sign_in(account)
            assert person.is_in
            person.client.post("/sign-out")
        assert person.asked == asked


def test_a_provider_that_does_not_say_when_it_asked_is_not_enough_for_an_inspector(
    cast: Cast, somebody: Somebody, provider: RealProvider
) -> None:
    provider.be(accounts=accounts("inspector", "channel"), claims={"auth_time": None})
    response = somebody.sign_in("s-inspector")
    assert response.status_code == 403
    assert "没有重新验证您的身份" in refusal(response)
    assert Somebody(somebody.client).sign_in("s-channel").status_code == 302


@pytest.mark.parametrize(
    ("settings", "proved", "opens"),
    [
        ({"REQUIRED_ACR": "strong stronger"}, {"acr": "stronger"}, True),
        ({"REQUIRED_ACR": "strong"}, {"acr": "weak"}, False),
        ({"REQUIRED_ACR": "strong"}, {}, False),
        ({"REQUIRED_AMR": "otp pwd"}, {"amr": ["pwd", "otp", "mfa"]}, True),
        ({"REQUIRED_AMR": "otp pwd"}, {"amr": ["pwd"]}, False),
    ],
)
def test_how_people_are_proved_can_be_demanded(
    cast: Cast,
    somebody: Somebody,
    arrange: Arrange,
    provider: RealProvider,
    settings: dict[str, str],
    proved: dict[str, object],
    opens: bool,
) -> None:
    arrange(**settings)
    provider.be(accounts=accounts("channel"), **proved)
    response = somebody.sign_in("s-channel")
    assert somebody.is_in is opens
    if not opens:
        assert "其他方式验证身份" in refusal(response)
