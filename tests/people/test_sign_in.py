"""Signing in and out, and what a person gets who is not signed in."""

import re
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from inspector import config, create_app
from tests.cast import MONDAY, PASSWORD, Cast
from tests.conftest import Client, ClientOf


def sign_in(client: Client, username: str = "channel", password: str = PASSWORD) -> TestResponse:
    return client.post("/sign-in", data={"username": username, "password": password})


def test_the_right_password_opens_the_first_page(cast: Cast, client_of: ClientOf) -> None:
    client = client_of()
    response = sign_in(client)
    assert (response.status_code, response.location) == (303, "/")
    assert client.get("/desk").status_code == 200


def test_blanks_around_the_account_do_no_harm(cast: Cast, client_of: ClientOf) -> None:
    assert sign_in(client_of(), " channel ").status_code == 303


@pytest.mark.parametrize(
    ("username", "password"),
    [("channel", "wrong"), ("nobody", PASSWORD), ("", ""), ("channel", ""), ("channel", "x" * 500)],
)
def test_a_wrong_account_or_password_opens_nothing(
    cast: Cast, client_of: ClientOf, username: str, password: str
) -> None:
    client = client_of()
    assert sign_in(client, username, password).status_code == 422
    assert client.get("/desk").status_code == 302


def test_it_is_not_told_whether_account_or_password_was_wrong(
    cast: Cast, client_of: ClientOf
) -> None:
    def without_what_was_typed(username: str, password: str) -> str:
        html = sign_in(client_of(), username, password).text
        return re.sub(r'value="[^"]*"', "", html)

    known = without_what_was_typed("channel", "wrong")
    assert known == without_what_was_typed("nobody", PASSWORD)


def test_a_closed_account_cannot_sign_in(cast: Cast, client_of: ClientOf) -> None:
    cast.channel.closed_at = MONDAY
    assert sign_in(client_of()).status_code == 422


def test_closing_an_account_ends_its_sessions(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.channel)
    assert client.get("/desk").status_code == 200
    cast.channel.closed_at = MONDAY
    assert client.get("/desk").status_code == 302


def test_the_password_is_kept_only_as_an_argon2_hash(cast: Cast) -> None:
    cast.admin.set_password("新的密码 2026")
    assert cast.admin.password_hash.startswith("$argon2id$")
    assert cast.admin.has_password("新的密码 2026")
    assert not cast.admin.has_password(PASSWORD)


@pytest.mark.parametrize("target", ["/visits", "/notices?only=overdue", "/visits/1#finding-2"])
def test_after_signing_in_one_is_where_one_wanted_to_be(
    cast: Cast, client_of: ClientOf, target: str
) -> None:
    data = {"username": "channel", "password": PASSWORD, "next": target}
    assert client_of().post("/sign-in", data=data).location == target


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "/\t/evil.example/",
        "\n//evil.example/",
        "javascript:alert(1)",
        "evil.example",
        "http:evil.example",
        "/ok\r\nSet-Cookie: a=b",
        "",
    ],
)
def test_a_link_to_us_never_leads_to_another_site(client_of: ClientOf, target: str) -> None:
    response = client_of().post("/language", data={"language": "en", "next": target})
    assert (response.status_code, response.location) == (303, "/")


def test_nor_does_it_after_signing_in(cast: Cast, client_of: ClientOf) -> None:
    data = {"username": "channel", "password": PASSWORD, "next": "https://evil.example/"}
    assert client_of().post("/sign-in", data=data).location == "/"


def test_the_page_asked_for_is_carried_through_the_sign_in_page(
    cast: Cast, client_of: ClientOf
) -> None:
    client = client_of()
    page = client.get(client.get("/notices?only=overdue").location)
    assert 'value="/notices?only=overdue"' in page.text


def test_who_is_signed_in_does_not_see_the_sign_in_page(cast: Cast, client_of: ClientOf) -> None:
    assert client_of(cast.outlet).get("/sign-in").location == "/"


def test_the_session_cookie_is_hidden_from_scripts_and_from_other_sites(
    cast: Cast, client_of: ClientOf
) -> None:
    cookie = sign_in(client_of()).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires=" in cookie  # it outlives the browser, so that a day offline does not end it


def test_behind_https_the_cookie_never_travels_in_the_clear(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("INSPECTOR_BASE_URL", "https://inspector.example/")
    assert config.settings(tmp_path)["SESSION_COOKIE_SECURE"] is True


def test_without_a_secret_nothing_starts() -> None:
    with pytest.raises(RuntimeError):
        create_app(SECRET_KEY="")


def test_signing_in_begins_a_new_session_but_keeps_the_language(
    cast: Cast, client_of: ClientOf
) -> None:
    client = client_of()
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
        session["language"] = "en"
    sign_in(client)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session["language"] == "en"


def test_signing_out_ends_the_session(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.channel)
    assert client.post("/sign-out").location == "/sign-in"
    assert client.get("/desk").status_code == 302


def test_a_stranger_s_navigation_goes_to_the_sign_in_page(client_of: ClientOf) -> None:
    response = client_of().get("/visits?stage=submitted")
    assert (response.status_code, response.location) == (
        302,
        "/sign-in?next=/visits?stage%3Dsubmitted",
    )


def test_an_htmx_form_without_a_session_sends_the_whole_page_to_sign_in(
    client_of: ClientOf,
) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "https://inspector.example/visits/7"}
    response = client_of().post("/visits", headers=headers)
    assert (response.status_code, response.data) == (401, b"")
    assert response.headers["HX-Redirect"] == "/sign-in?next=/visits/7"


def test_a_script_without_a_session_gets_401_in_json(client_of: ClientOf) -> None:
    response = client_of().post("/api/ops", json={}, headers={"X-Inspector": "1"})
    assert response.status_code == 401
    assert response.json is not None
    assert response.json["error"]["code"] == "sign_in.needed"


def test_an_unknown_address_is_not_told_to_a_stranger(client_of: ClientOf) -> None:
    assert client_of().get("/nothing/here").status_code == 302
    assert client_of().get("/api/nothing").status_code == 401


def test_an_answer_still_on_its_way_does_not_sign_in_again_who_has_signed_out(
    cast: Cast, client_of: ClientOf
) -> None:
    client = client_of()
    sign_in(client)
    client.get("/desk")  # its forms put their token into the session
    assert "Set-Cookie" not in client.get("/desk").headers
