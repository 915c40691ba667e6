"""No other site makes a person's browser write: every endpoint that writes, one by one, with the
tokens on; whatever the body claims to be."""

import uuid
from typing import Any

import pytest
from flask import Flask, url_for
from sqlalchemy import event

from inspector.db import READING, db
from tests.cast import Cast
from tests.conftest import ClientOf

pytestmark = pytest.mark.one_engine

BODIES = (
    {"data": {"reason": "x"}},
    {"data": "reason=x", "content_type": "text/plain"},  # the kinds that a foreign form can send
    {"data": "x", "content_type": "multipart/form-data; boundary=x"},
    {"data": '{"reason": "x"}', "content_type": "application/json"},
    {"data": b""},
)
KEYS = {"noun": "people", "form": "csv", "quarter": "2026Q4"}
SIGNED_ELSEWHERE = frozenset({"single_sign_on.end"})
"""Whom the bank's provider calls, with a token that it has signed (tests/oidc/test_leaving.py)."""
FOREIGN = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}


@pytest.mark.parametrize("body", BODIES, ids=["form", "text", "parts", "json", "nothing"])
def test_without_token_or_header_nothing_that_writes_goes_further(
    app: Flask,
    cast: Cast,
    client_of: ClientOf,
    monkeypatch: pytest.MonkeyPatch,
    body: dict[str, Any],
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    written: list[str] = []
    db.session.commit()
    event.listen(db.engine, "commit", lambda _: written.append("commit"))
    passed = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint in SIGNED_ELSEWHERE:
            continue
        for method in (rule.methods or set()) - READING:
            with app.test_request_context():
                keys: dict[str, Any] = {
                    name: KEYS.get(name, uuid.uuid4()) for name in rule.arguments
                }
                address = url_for(rule.endpoint, **keys)
            for person in (None, cast.inspector, cast.channel):
                client = client_of(person)
                written.clear()
                answer = client.open(address, method=method, headers=FOREIGN, **body)
                if answer.status_code not in {400, 401, 403} or len(written) > 1:
                    passed[method, rule.endpoint] = answer.status_code
    assert passed == {}


def test_there_is_no_endpoint_that_both_reads_and_writes_under_get(app: Flask) -> None:
    """What a link or a picture of a foreign page could set off. The storm holds that no GET writes
    (tests/fuzz)."""
    verbs = {"issuance", "acknowledgement", "cancellation", "sign-out", "retry", "deletion", "lock"}
    for rule in app.url_map.iter_rules():
        if verbs & set(rule.rule.split("/")):
            assert "GET" not in (rule.methods or set()), rule


def test_the_cookie_does_not_go_along_with_what_other_sites_send(
    app: Flask, cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SESSION_COOKIE_SECURE", True)
    answer = client_of(cast.channel).post(
        "/language", data={"language": "en"}, base_url="https://inspector.example"
    )
    (cookie,) = answer.headers.getlist("Set-Cookie")
    parts = {part.strip() for part in cookie.split(";")}
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= parts
    assert not any(part.startswith("Domain") for part in parts)
