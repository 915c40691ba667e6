"""What the provider sends is believed only if it is for us, from it, for this sign-in, and now: the
real provider is made to send something else."""

import time
from typing import Any

import pytest

from tests.cast import Cast
from tests.oidc.conftest import Arrange, accounts
from tests.oidc.provider import BASE, RealProvider, Somebody, refusal

pytestmark = pytest.mark.one_engine

NOT_VALID = "统一登录系统返回的内容无效"
KNOWN = accounts("channel")


def claims(**changed: object) -> dict[str, Any]:
    return {"claims": changed}


WRONG = {
    "another issuer": claims(iss="https://evil.example"),
    "no issuer": claims(iss=None),
    "another audience": claims(aud="another-client"),
    "another audience, for us": claims(aud="another-client", azp="inspector"),
    "several audiences without us": claims(aud=["a", "b"], azp="inspector"),
    "issued to another": claims(aud=["inspector", "other"], azp="other"),
    "no audience": claims(aud=None),
    "another nonce": claims(nonce="of-another-browser"),
    "no nonce": claims(nonce=None),
    "expired": claims(exp=int(time.time()) - 120),
    "no end": claims(exp=None),
    "an end that is no number": claims(exp="tomorrow"),
    "from the future": claims(iat=int(time.time()) + 7200),
    "valid later": claims(nbf=int(time.time()) + 7200),
    "no subject": claims(sub=None),
    "an endless subject": claims(sub="s" * 256),
    "a subject that is no word": claims(sub=7),
    "another access token": claims(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "not signed": {"signedBy": "nobody"},
    "signed by another under its name": {"signedBy": "stranger"},
    "signed with the secret that we share": {"signedBy": "secret"},
    "no token": {"answer": {"id_token": None}},
    "no token, but words": {"answer": {"id_token": None, "userinfo": {"sub": "s-channel"}}},
    "a token that is none": {"answer": {"id_token": "a.b.c"}},
    "another issuer's discovery": {"discovery": {"issuer": "https://evil.example"}},
    "no keys": {"discovery": {"jwks_uri": None}},
}


@pytest.mark.parametrize("how", WRONG.values(), ids=WRONG.keys())
def test_nobody_comes_in_with(
    cast: Cast, somebody: Somebody, provider: RealProvider, how: dict[str, Any]
) -> None:
    provider.be(accounts=KNOWN)
    address = None if "discovery" in how else somebody.begin("/visits")
    provider.be(accounts=KNOWN, **how)
    if address is None:
        response = somebody.client.get("/single-sign-on")
        if response.status_code == 302:
            response = somebody.come_back(somebody.at_provider(response.location, "s-channel"))
    else:
        response = somebody.come_back(somebody.at_provider(address, "s-channel"))
    assert response.status_code == 502
    assert NOT_VALID in refusal(response)
    assert not somebody.is_in


def test_unsigned_tokens_are_not_taken_even_from_a_provider_that_offers_them(
    cast: Cast, somebody: Somebody, provider: RealProvider
) -> None:
    offers = {"id_token_signing_alg_values_supported": ["RS256", "none", "HS256"]}
    for signer in ("nobody", "secret"):
        provider.be(accounts=KNOWN, signedBy=signer, discovery=offers)
        response = somebody.sign_in("s-channel")
        assert NOT_VALID in refusal(response)
    assert not somebody.is_in


def test_clocks_may_differ_by_as_much_as_the_settings_say(
    cast: Cast, somebody: Somebody, provider: RealProvider, arrange: Arrange
) -> None:
    provider.be(accounts=KNOWN, claims={"exp": int(time.time()) - 30})
    assert somebody.sign_in("s-channel").status_code == 302
    somebody.client.post("/sign-out")
    arrange(SKEW_SECONDS="0")
    assert somebody.sign_in("s-channel").status_code == 502


def test_a_new_key_is_asked_for_at_once(
    cast: Cast, somebody: Somebody, provider: RealProvider
) -> None:
    assert somebody.sign_in("s-channel").status_code == 302
    somebody.client.post("/sign-out")
    provider.rotate_keys()
    assert somebody.sign_in("s-channel").status_code == 302


def test_a_key_that_the_provider_gave_up_is_not_trusted_for_long(
    cast: Cast, somebody: Somebody, provider: RealProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody.sign_in("s-channel")
    somebody.client.post("/sign-out")
    provider.rotate_keys()
    provider.be(accounts=KNOWN, signedBy="before")
    monkeypatch.setattr("inspector.people.single_sign_on.provider.KNOWN_FOR", 0)
    assert NOT_VALID in refusal(somebody.sign_in("s-channel"))
    assert not somebody.is_in


def test_the_userinfo_endpoint_must_speak_of_the_same_person(
    cast: Cast, somebody: Somebody, provider: RealProvider
) -> None:
    provider.be(accounts=KNOWN, inIdToken=False, claims={"sub": "s-somebody-else"})
    assert NOT_VALID in refusal(somebody.sign_in("s-channel"))


def test_an_answer_in_another_provider_s_name_is_not_followed(
    cast: Cast, somebody: Somebody
) -> None:
    address = somebody.at_provider(somebody.begin(), "s-channel")
    before, _, _ = address.partition("&iss=")
    assert before != address
    assert NOT_VALID in refusal(somebody.come_back(before))
    address = somebody.at_provider(somebody.begin(), "s-channel")
    before, _, _ = address.partition("&iss=")
    assert NOT_VALID in refusal(somebody.come_back(f"{before}&iss=https://evil.example"))
    assert not somebody.is_in


def test_a_code_that_the_provider_does_not_know_signs_nobody_in(
    cast: Cast, somebody: Somebody
) -> None:
    address = somebody.at_provider(somebody.begin(), "s-channel")
    head, _, tail = address.partition("code=")
    response = somebody.come_back(f"{head}code=x{tail}")
    assert response.status_code == 409
    assert not somebody.is_in


def test_a_wrong_secret_of_ours_is_told_without_it(
    cast: Cast, somebody: Somebody, arrange: Arrange
) -> None:
    arrange(CLIENT_SECRET="not+this one")
    response = somebody.sign_in("s-channel")
    assert response.status_code == 502
    assert "invalid_client" in refusal(response)
    assert "not+this" not in response.text


def test_errors_of_the_provider_are_told_in_words(cast: Cast, somebody: Somebody) -> None:
    told = {
        "temporarily_unavailable": "暂时没有响应",
        "invalid_scope": "“invalid_scope”",
        "<b>": "“?”",
    }
    for error, words in told.items():
        state = somebody.begin().partition("state=")[2].partition("&")[0]
        response = somebody.client.get(
            "/single-sign-on/callback", query_string={"error": error, "state": state}
        )
        assert words in refusal(response)
    assert BASE not in refusal(response)
