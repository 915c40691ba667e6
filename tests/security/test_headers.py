"""Whatever the answer, it carries our headers. The harness looks at every answer of every test
(tests/conftest.py); here are the statuses and kinds of answers that those do not come by."""

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from inspector import create_app
from inspector.headers import ALWAYS, CONTENT_SECURITY
from tests import cast as make
from tests import rows
from tests.cast import Cast
from tests.conftest import Client, ClientOf, assert_headers

pytestmark = pytest.mark.one_engine

MUCH = bytes(2**20 + 1)


def address_of_a_photo(cast: Cast) -> str:
    visit = rows.a_visit_at(cast)
    return f"/visits/{visit.id}/photos/{rows.a_photo(visit).sha256}"


def not_modified(client: Client, cast: Cast) -> TestResponse:
    address = address_of_a_photo(cast)
    tag = client.get(address).headers["ETag"]
    return client.get(address, headers={"If-None-Match": tag})


def a_part_of_a_file(client: Client, cast: Cast) -> TestResponse:
    address = f"/downloads/{rows.a_download(cast.channel).id}/file"
    return client.get(address, headers={"Range": "bytes=0-3"})


ANSWERS: dict[str, tuple[int, Callable[[Client, Cast], TestResponse]]] = {
    "a page": (200, lambda client, _: client.get("/desk")),
    "a photo": (200, lambda client, cast: client.get(address_of_a_photo(cast))),
    "a paper": (200, lambda client, _: client.get("/ledger.pdf")),
    "a file of ours": (200, lambda client, _: client.get("/static/img/favicon.svg")),
    "the worker": (200, lambda client, _: client.get("/service-worker.js")),
    "the manifest": (200, lambda client, _: client.get("/manifest.webmanifest")),
    "only the head": (200, lambda client, _: client.head("/desk")),
    "options": (200, lambda client, _: client.options("/desk")),
    "a part of a file": (206, a_part_of_a_file),
    "another page": (302, lambda client, _: client.get("/")),
    "after a form": (303, lambda client, _: client.post("/language", data={"language": "en"})),
    "not modified": (304, not_modified),
    "a slash too much": (404, lambda client, _: client.get("/desk/")),
    "a foreign host": (
        400,
        lambda client, _: client.get("/desk", headers={"Host": "evil.example"}),
    ),
    "unreadable": (400, lambda client, _: client.get("/reminders?before=%00")),
    "not yours": (403, lambda client, _: client.get("/unsent")),
    "not there": (404, lambda client, _: client.get("/nowhere")),
    "no file of ours": (404, lambda client, _: client.get("/static/nothing.js")),
    "another method": (405, lambda client, _: client.delete("/desk")),
    "too large": (413, lambda client, _: client.post("/visits", data={"x": io.BytesIO(MUCH)})),
    "not JSON": (403, lambda client, _: client.post("/api/ops", data="x")),
    "not valid": (422, lambda client, _: client.post("/visits")),
}


@pytest.mark.parametrize(("status", "ask"), ANSWERS.values(), ids=ANSWERS)
def test_every_kind_of_answer_carries_our_headers(
    cast: Cast, client_of: ClientOf, status: int, ask: Callable[[Client, Cast], TestResponse]
) -> None:
    answer = ask(client_of(cast.channel), cast)
    assert answer.status_code == status
    assert_headers(answer)


def test_the_policy_lets_in_only_our_own_files() -> None:
    rules = {name: sources for name, *sources in map(str.split, CONTENT_SECURITY.split(";"))}
    assert {source for sources in rules.values() for source in sources} == {
        "'self'",
        "'none'",
        "blob:",
    }
    assert [name for name, sources in rules.items() if "blob:" in sources] == ["img-src"]
    assert rules["default-src"] == ["'none'"]
    for what in ("script-src", "style-src", "connect-src", "worker-src", "form-action"):
        assert rules[what] == ["'self'"]
    for what in ("object-src", "base-uri", "frame-ancestors"):
        assert rules[what] == ["'none'"]


def test_the_camera_is_ours_and_the_rest_is_off() -> None:
    allowed = dict(part.split("=") for part in ALWAYS["Permissions-Policy"].split(", "))
    assert {name for name, whom in allowed.items() if whom != "()"} == {"camera"}
    assert {"microphone", "geolocation", "usb", "payment"} < set(allowed)


@pytest.mark.parametrize(
    ("base_url", "sent"), [("https://bank.example", True), ("http://10.0.0.5", False)]
)
def test_only_behind_https_the_browser_is_told_to_keep_to_it(base_url: str, sent: bool) -> None:
    app = create_app(SECRET_KEY="for tests only", BASE_URL=base_url)
    answer = app.test_client().get("/manifest.webmanifest", buffered=True)
    assert ("Strict-Transport-Security" in answer.headers) == sent


def test_what_is_personal_stays_in_no_cache_that_others_share(
    cast: Cast, client_of: ClientOf
) -> None:
    client = client_of(cast.channel)
    notice = rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed"), 0, "issued")
    for address in ("/desk", "/sign-in", "/nowhere", "/language"):
        assert client.get(address).headers["Cache-Control"] == "no-store"
    for address in (address_of_a_photo(cast), f"/notices/{notice.id}/pdf"):
        answer = client.get(address)
        assert answer.headers["Cache-Control"].startswith("private")
        # On a shared tablet the next person has another cookie, and so not the same entry.
        assert "Cookie" in answer.headers["Vary"]


def test_a_page_for_everybody_tells_nothing_of_a_person(cast: Cast, client_of: ClientOf) -> None:
    answers = {
        (address, re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text))
        for person in (None, cast.channel)
        for address in ("/offline", "/manifest.webmanifest", "/service-worker.js", "/health")
        for answer in [client_of(person).get(address)]
    }
    assert len(answers) == 4


def test_a_photo_is_a_jpeg_whatever_was_sent_and_opens_nowhere_else(
    cast: Cast, client_of: ClientOf
) -> None:
    answer = client_of(cast.channel).get(address_of_a_photo(cast))
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Disposition"] == "inline"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert make.picture_sha256() in answer.request.path


def test_names_are_checked_before_an_address_is_made_of_them(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    for person in (None, cast.channel):
        for path in ("/", "/desk", "/nowhere", "/api/ops", "/sign-in"):
            for host in ("evil.example", "inspector.example.evil", "a@b", "a b", ""):
                answer = client_of(person).get(path, headers={"Host": host})
                assert (answer.status_code, "evil" in answer.text) == (400, False), (host, path)
        ours = client_of(person).get("/health", headers={"Host": "inspector.example"})
        assert ours.status_code == 200
