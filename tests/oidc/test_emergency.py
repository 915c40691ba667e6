"""Where single sign-on is the only way in and is broken, the administrator comes in by a link from
the server's own command line, and nobody else does."""

import re

import pytest
from flask import Flask

from tests.cast import Cast
from tests.oidc.provider import RealProvider, Somebody

pytestmark = pytest.mark.one_engine

NEW = {"new": "four rare words joined up", "again": "four rare words joined up"}


@pytest.fixture(autouse=True)
def broken(
    app: Flask, somebody: Somebody, provider: RealProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No passwords, and a provider that does not answer."""
    monkeypatch.setitem(app.config, "PASSWORDS", False)
    provider.go_down()


def test_the_administrator_s_link_leads_in_once(cast: Cast, app: Flask, somebody: Somebody) -> None:
    link = made_for("admin", app)
    assert somebody.client.get(link).status_code == 200
    assert somebody.client.post(link, data=NEW).location == "/"
    assert somebody.is_in
    somebody.client.post("/sign-out")
    assert somebody.client.post(link, data=NEW).status_code == 410
    data = {"username": "admin", "password": NEW["new"]}
    assert somebody.client.post("/sign-in", data=data).status_code == 403
    assert not somebody.is_in


def test_nobody_else_s_link_does(cast: Cast, app: Flask, somebody: Somebody) -> None:
    link = made_for("channel", app)
    assert somebody.client.get(link).status_code == 403
    assert somebody.client.post(link, data=NEW).status_code == 403
    assert not somebody.is_in


def made_for(username: str, app: Flask) -> str:
    """The path of a link from the command line."""
    said = app.test_cli_runner().invoke(args=["people", "reset", username]).output
    found = re.search(r"https?://[^/\s]+(/\S+)", said)
    assert found, said
    return found[1]
