"""A session that ends here can end the one at the provider, and the other way round."""

import io
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.serving import make_server

from inspector.db import db
from inspector.people.sessions import Session
from inspector.people.single_sign_on.models import Arrival
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.oidc.conftest import Arrange, accounts
from tests.oidc.provider import BASE, WAIT, RealProvider, Somebody


def test_who_signs_out_here_signs_out_there_if_the_settings_say_so(
    cast: Cast, somebody: Somebody, arrange: Arrange
) -> None:
    arrange(SIGN_OUT_THERE="yes")
    somebody.sign_in("s-channel")
    page = somebody.client.post("/sign-out")
    assert not somebody.is_in
    there = page.headers["Refresh"].removeprefix("0; url=")
    assert leave(somebody, there).startswith(f"{BASE}/sign-in")
    somebody.sign_in("s-channel")
    assert (somebody.is_in, somebody.asked) == (True, 2)


def test_otherwise_only_here(cast: Cast, somebody: Somebody) -> None:
    somebody.sign_in("s-channel")
    assert somebody.client.post("/sign-out").location == "/sign-in"
    assert not somebody.is_in
    somebody.sign_in("s-channel")
    assert (somebody.is_in, somebody.asked) == (True, 1)


def test_who_came_by_password_is_not_sent_to_the_provider(
    cast: Cast, arrange: Arrange, client_of: ClientOf
) -> None:
    arrange(SIGN_OUT_THERE="yes")
    assert client_of(cast.channel).post("/sign-out").location == "/sign-in"


def test_a_provider_that_is_down_keeps_nobody_from_signing_out(
    cast: Cast, somebody: Somebody, arrange: Arrange, provider: RealProvider
) -> None:
    arrange(SIGN_OUT_THERE="yes")
    somebody.sign_in("s-channel")
    arrange(SIGN_OUT_THERE="yes")  # as after a restart: nothing is known of the provider yet
    provider.go_down()
    assert somebody.client.post("/sign-out").location == "/sign-in"
    assert not somebody.is_in


def test_a_session_that_ends_there_ends_here_and_no_other_one(
    cast: Cast,
    somebody: Somebody,
    app: Flask,
    provider: RealProvider,
    client_of: ClientOf,
) -> None:
    colleague, elsewhere = Somebody(client_of()), Somebody(client_of())
    known = accounts("inspector", "channel")
    with served(app) as (url, heard):
        provider.be(accounts=known, logoutUri=f"{url}/single-sign-on/logout")
        for person in (somebody, elsewhere):
            assert person.sign_in("s-channel").status_code == 302
        assert colleague.sign_in("s-inspector").status_code == 302
        leave(somebody, f"{provider.issuer}/session/end")
    assert not somebody.is_in
    assert elsewhere.is_in, "another browser is another session there"
    assert colleague.is_in
    ended = db.session.scalars(select(Session).where(Session.ended_at.is_not(None))).one()
    assert (ended.person.username, ended.ended_why) == ("channel", "revoked")

    token = parse_qs(heard[0])["logout_token"][0]
    send = somebody.client.post
    assert send("/single-sign-on/logout", data={"logout_token": token}).status_code == 200
    assert elsewhere.is_in


@pytest.mark.one_engine
def test_what_is_no_message_of_the_provider_ends_nothing(
    cast: Cast, somebody: Somebody, arrange: Arrange, app: Flask, provider: RealProvider
) -> None:
    arrange(SIGN_OUT_THERE="yes")
    somebody.sign_in("s-channel")
    there = somebody.client.post("/sign-out").headers["Refresh"]
    id_token = parse_qs(there.partition("?")[2])["id_token_hint"][0]
    somebody.sign_in("s-channel")
    for token in ("", "a.b.c", id_token):
        answer = somebody.client.post("/single-sign-on/logout", data={"logout_token": token})
        assert (answer.status_code, answer.text) == (400, "not valid")
    assert somebody.is_in


@pytest.mark.one_engine
def test_the_proof_is_kept_only_for_who_will_need_it(
    cast: Cast, somebody: Somebody, arrange: Arrange, client_of: ClientOf
) -> None:
    somebody.sign_in("s-channel")
    arrange(SIGN_OUT_THERE="yes")
    Somebody(client_of()).sign_in("s-outlet")
    kept = {a.identity.subject: bool(a.id_token) for a in db.session.scalars(select(Arrival))}
    assert kept == {"s-channel": False, "s-outlet": True}


def leave(somebody: Somebody, address: str) -> str:
    """Confirm at the provider. Returns where it leads."""
    page = somebody.there.get(address, timeout=WAIT).text
    found = re.search(r'action="([^"]+)".*?value="([^"]+)"', page, re.DOTALL)
    assert found, page
    data = {"xsrf": found[2], "logout": "yes"}
    answer = somebody.there.post(found[1], data, allow_redirects=False, timeout=WAIT)
    assert answer.is_redirect, answer.text
    return answer.headers["Location"]


@contextmanager
def served(app: Flask) -> Iterator[tuple[str, list[str]]]:
    """The app at a port of the loopback, for the provider to come to; and what it was sent."""
    heard: list[str] = []

    def listening(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        heard.append(body.decode())
        environ["wsgi.input"] = io.BytesIO(body)
        return app.wsgi_app(environ, start)

    server = make_server("127.0.0.1", 0, listening)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
