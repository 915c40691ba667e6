"""One real provider for the run, and the settings of single sign-on for one test."""

import shutil
from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest
from flask import Flask

from inspector.people import single_sign_on
from inspector.people.single_sign_on.provider import Provider
from inspector.people.single_sign_on.settings import read
from tests.conftest import ClientOf
from tests.oidc.provider import SECRET, RealProvider, Somebody

Arrange: TypeAlias = Callable[..., Provider]
"""The fixture `arrange`."""


@pytest.fixture(scope="session")
def real_provider() -> Iterator[RealProvider]:
    """The process, which is ended with the run."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not there: requirements-node.txt brings it")
    made = RealProvider(node)
    yield made
    made.stop()


@pytest.fixture
def provider(real_provider: RealProvider) -> RealProvider:
    """The provider, honest, with an account for each of the cast's people that tests use."""
    real_provider.be(accounts=accounts("inspector", "colleague", "channel", "outlet", "admin"))
    return real_provider


@pytest.fixture
def arrange(
    app: Flask, provider: RealProvider, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Provider]:
    """Single sign-on with settings of the test's own, for this test."""

    def made(**settings: str) -> Provider:
        given = {"ISSUER": provider.issuer, "CLIENT_ID": "inspector", "CLIENT_SECRET": SECRET}
        given["TIMEOUT_SECONDS"] = "30"  # the machine may be busy
        chosen = read(given | settings)
        assert chosen
        found = Provider(chosen, app.config["BASE_URL"])
        monkeypatch.setitem(app.extensions, single_sign_on.NAME, found)
        return found

    return made


@pytest.fixture
def somebody(arrange: Arrange, client_of: ClientOf) -> Somebody:
    """At a browser, with the settings as they are unless the test arranges others."""
    arrange()
    return Somebody(client_of())


def accounts(*names: str, **claims: object) -> dict[str, dict[str, object]]:
    """Accounts at the provider, whose subjects are other words than the names here."""
    return {f"s-{name}": {"preferred_username": name, **claims} for name in names}
