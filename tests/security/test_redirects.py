"""Whatever target is given, the browser stays with us. What a browser makes of an address, node
says, whose URL follows the same standard (WHATWG URL)."""

import itertools
import json
import shutil
import subprocess
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from tests.cast import PASSWORD, Cast
from tests.conftest import Client, ClientOf

pytestmark = pytest.mark.one_engine

HOME = "https://inspector.example"
STARTS = (
    *("", "/", "//", "///", "////", "/\\", "\\/", "\\\\", "/\t/", "/\n/", "\t//", " //", "/ /"),
    *(
        "https:",
        "https:/",
        "https://",
        "http:\\\\",
        "javascript:",
        "data:text/html,",
        "//\\",
        "/\0/",
    ),
    *("/.//", "/./\\", "/x/..//", "/..//", "/%2f/", "/%5c", "/%09/", "/\u2215/", "/\uff0f/", "?//"),
    *("#//", ";//", "@", "/@", "/\x7f/", "/\u00a0/", "/\ufeff/", "\ufeff//", "/\u2028/", "/\x1f/"),
)
ENDS = ("evil.example", "evil.example/x", "evil.example:443", "a@evil.example", "evil。example")
TRICKS = [start + end for start, end in itertools.product(STARTS, ENDS)]


def origins(*addresses: str) -> list[str]:
    """Where a browser on our sign-in page would go."""
    node = shutil.which("node")
    assert node
    script = (
        "const said = JSON.parse(require('fs').readFileSync(0));"
        f"console.log(JSON.stringify(said.map((a) => new URL(a, '{HOME}/sign-in').origin)))"
    )
    told = subprocess.run(
        [node, "-e", script], input=json.dumps(addresses).encode(), check=True, capture_output=True
    )
    found: list[str] = json.loads(told.stdout)
    return found


def targets(answer: TestResponse) -> list[str]:
    """Where an answer sends a browser, by header or by htmx."""
    return [
        answer.headers[name]
        for name in ("Location", "HX-Redirect", "HX-Location", "HX-Push-Url", "Refresh")
        if name in answer.headers
    ]


def test_the_corpus_would_lead_away_where_nobody_looks() -> None:
    away = [o for o in origins(*(t for t in TRICKS if ":" not in t[:8])) if o != HOME]
    assert len(away) > 40


@pytest.mark.parametrize("by_htmx", [False, True])
def test_no_target_of_a_form_leads_away(cast: Cast, client_of: ClientOf, by_htmx: bool) -> None:
    client = client_of(cast.inspector)
    headers = {"HX-Request": "true"} if by_htmx else {}
    given: list[str] = []
    for trick in TRICKS:
        answer = client.post("/language", data={"next": trick, "language": "en"}, headers=headers)
        assert answer.status_code in {303, 400}
        given += targets(answer)
    assert set(origins(*given)) == {HOME}


def test_signing_in_leads_nowhere_else(cast: Cast, client_of: ClientOf) -> None:
    given = []
    for trick in TRICKS[::7]:
        data = {"username": "channel", "password": PASSWORD, "next": trick}
        given += targets(client_of().post("/sign-in", data=data))
    assert set(origins(*given)) == {HOME}


def test_a_target_of_ours_is_kept(client_of: ClientOf) -> None:
    answer = client_of().post("/language", data={"next": "/visits?stage=late", "language": "en"})
    assert answer.headers["Location"] == "/visits?stage=late"


def ask_at_the_door(client: Client, trick: str) -> list[TestResponse]:
    """A stranger comes by an address, and by a form of a page that is nowhere of ours."""
    by_htmx = {"HX-Request": "true", "HX-Current-URL": quote(trick, safe="/:\\@[]?#;,")}
    return [
        client.get(f"/visits?x={quote(trick)}"),
        client.post("/visits", headers=by_htmx),
        client.get("/sign-in?next=" + quote(trick)),
    ]


def test_at_the_door_everybody_is_sent_to_our_sign_in_page(client_of: ClientOf) -> None:
    given = []
    for trick in [*TRICKS, "http://[", "http://a:b/", "//[x", "x" * 5000]:
        for answer in ask_at_the_door(client_of(), trick):
            given += targets(answer)
            assert answer.status_code in {200, 302, 303, 400, 401}
    assert set(origins(*given)) == {HOME}
    assert {target.partition("?")[0] for target in given} == {"/sign-in"}


def test_the_way_back_on_an_error_page_is_a_page_of_ours(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.channel)
    for referer in (
        "https://evil.example/",
        "http://localhost.evil.example/",
        "javascript:alert(1)",
    ):
        assert "evil" not in client.get("/nowhere", headers={"Referer": referer}).text
    ours = client.get("/nowhere", headers={"Referer": "http://localhost/desk"}).text
    assert 'href="http://localhost/desk"' in ours
