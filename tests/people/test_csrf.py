"""No other site can make a person's browser act: forms carry a token, our script a header."""

import re

import pytest
from flask import Flask

from inspector.db import db
from inspector.visits.models import Visit
from tests import cast as make
from tests import rows
from tests.cast import PASSWORD, Cast
from tests.conftest import ClientOf


@pytest.fixture
def guarded(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The app with its tokens, as in production."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)


def token_in(html: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*?value="([^"]+)"', html)
    assert found
    return found[1]


def test_a_form_without_its_token_is_refused_and_changes_nothing(
    guarded: None, cast: Cast, client_of: ClientOf
) -> None:
    visit = make.a_visit(cast)
    client = client_of(cast.channel)
    address = f"/visits/{visit.id}/cancellation"
    assert client.post(address, data={"reason": "x"}).status_code == 400
    assert visit.cancelled_at is None
    token = token_in(client.get(f"/visits/{visit.id}").text)
    assert client.post(address, data={"reason": "x", "csrf_token": token}).status_code == 303
    assert visit.cancelled_at is not None


def test_another_person_s_token_is_refused(guarded: None, cast: Cast, client_of: ClientOf) -> None:
    visit = make.a_visit(cast)
    token = token_in(client_of(cast.inspector).get("/visits").text)
    data = {"reason": "x", "csrf_token": token}
    address = f"/visits/{visit.id}/cancellation"
    assert client_of(cast.channel).post(address, data=data).status_code == 400


def test_signing_in_needs_the_token_too(guarded: None, cast: Cast, client_of: ClientOf) -> None:
    client = client_of()
    data = {"username": "channel", "password": PASSWORD}
    assert client.post("/sign-in", data=data).status_code == 400
    token = token_in(client.get("/sign-in").text)
    assert client.post("/sign-in", data=data | {"csrf_token": token}).status_code == 303


def test_an_htmx_form_is_told_so_where_the_person_is_looking(
    guarded: None, cast: Cast, client_of: ClientOf
) -> None:
    response = client_of(cast.channel).post("/visits", headers={"HX-Request": "true"})
    assert response.status_code == 400
    assert response.headers["HX-Retarget"] == "#problem"


@pytest.mark.parametrize(
    "path",
    ["/desk", "/visits", "/visits/new", "/notices?only=draft", "/visits/{v}", "/notices/{n}"],
)
def test_every_form_of_every_page_carries_the_token(
    guarded: None, cast: Cast, client_of: ClientOf, path: str
) -> None:
    notice = rows.a_notice_at(cast, rows.a_visit_at(cast), 0, "draft")
    rows.a_finding(notice.finding.visit, 1)
    address = path.format(v=notice.finding.visit_id, n=notice.id)
    html = client_of(cast.channel).get(address).text
    forms = [form for form in re.findall(r"<form.*?</form>", html, re.S) if "dialog" not in form]
    assert forms
    assert [form for form in forms if 'name="csrf_token"' not in form] == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Inspector": "0"},
        {"X-Inspector": "1", "Sec-Fetch-Site": "cross-site"},
        {"X-Inspector": "1", "Sec-Fetch-Site": "same-site"},
        {"X-Inspector": "1", "Sec-Fetch-Site": "none"},
    ],
)
@pytest.mark.parametrize("address", ["POST /api/ops", "PUT /api/blobs/{}"])
def test_the_tablet_s_endpoints_take_only_what_our_own_script_sends(
    guarded: None, cast: Cast, client_of: ClientOf, headers: dict[str, str], address: str
) -> None:
    method, path = address.format(make.picture_sha256()).split()
    client = client_of(cast.inspector)
    response = client.open(path, method=method, data=make.picture_bytes(), headers=headers)
    assert response.status_code == 403
    assert response.json is not None
    assert response.json["error"]["code"] == "request.foreign"


@pytest.mark.parametrize("site", [{}, {"Sec-Fetch-Site": "same-origin"}])
def test_our_own_script_needs_no_token(
    guarded: None, cast: Cast, client_of: ClientOf, site: dict[str, str]
) -> None:
    headers = {"X-Inspector": "1"} | site
    path = f"/api/blobs/{make.picture_sha256()}"
    response = client_of(cast.inspector).put(path, data=make.picture_bytes(), headers=headers)
    assert response.status_code == 200


def test_no_page_changes_anything_by_being_read(
    guarded: None, cast: Cast, client_of: ClientOf
) -> None:
    visit = make.a_visit(cast)
    for path in (f"/visits/{visit.id}/cancellation", "/notices/issuance", "/sign-out"):
        assert client_of(cast.channel).get(path).status_code in {404, 405}
    assert db.session.get_one(Visit, visit.id).cancelled_at is None
