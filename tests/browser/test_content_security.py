"""The content policy in real Chromium. That no page of ours offends against it, every story tells
that opens one (`open_as`), and tests/browser/test_pictures.py opens all; here is that it would be
told, and that the browser does refuse."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests import cast as make
from tests.browser import records
from tests.browser.conftest import Site

TRIED = {
    "an inline script": ("script-src", "script.textContent = 'window.ran = 1'"),
    "a script from elsewhere": ("script-src", "script.src = 'https://evil.example/x.js'"),
    "a script in an attribute": (
        "script-src-attr",
        "p.setAttribute('onclick', 'ran = 1'); p.click()",
    ),
    "a style in an attribute": ("style-src-attr", "p.setAttribute('style', 'color: red')"),
    "a style of the page": ("style-src", "style.textContent = 'p { color: red }'"),
    "a picture from elsewhere": ("img-src", "img.src = 'https://evil.example/x.png'"),
    "a picture as data": ("img-src", "img.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw='"),
    "a request elsewhere": ("connect-src", "fetch('https://evil.example').catch(() => 0)"),
    "a frame": ("frame-src", "iframe.src = 'https://evil.example/'"),
    "an object": ("object-src", "object.data = '/static/img/favicon.svg'"),
    "another base": ("base-uri", "base.href = 'https://evil.example/'"),
    "a worker of text": ("worker-src", "new Worker(URL.createObjectURL(new Blob(['1'])))"),
}
TRY = """
async () => {
  const told = [];
  const note = (event) => told.push(event.effectiveDirective);
  document.addEventListener("securitypolicyviolation", note);
  const names = ["script", "style", "img", "iframe", "object", "base", "p"];
  const made = names.map((name) => document.createElement(name));
  (ATTEMPT)(...made);
  document.body.append(...made);
  await new Promise((done) => setTimeout(done, 300));
  return [told, window.ran ?? 0];
}
"""


@pytest.mark.parametrize("what", TRIED)
def test_the_browser_refuses_what_is_not_ours(
    site: Site, open_as: Callable[..., Page], forgive: list[str], what: str
) -> None:
    forgive += ["refused by", "Content Security Policy", "violates", "ERR_", "Refused"]
    directive, attempt = TRIED[what]
    page = open_as("channel")
    page.goto("/desk")
    run = f"(script, style, img, iframe, object, base, p) => {{ {attempt} }}"
    told, ran = page.evaluate(TRY.replace("ATTEMPT", run))
    assert any(one.startswith(directive.removesuffix("-attr")) for one in told), told
    assert ran == 0


def test_a_form_that_leads_elsewhere_is_not_sent(
    site: Site, open_as: Callable[..., Page], forgive: list[str]
) -> None:
    forgive += ["refused by form-action", "Content Security Policy", "violates", "Refused"]
    page = open_as("channel")
    page.goto("/desk")
    with page.expect_console_message(lambda said: "form-action" in said.text):
        page.evaluate(
            """() => {
              const form = document.createElement("form");
              form.action = "https://evil.example/";
              document.body.append(form);
              HTMLFormElement.prototype.submit.call(form);
            }"""
        )
    assert page.url.endswith("/desk")


def test_no_other_site_frames_a_page(site: Site, open_as: Callable[..., Page]) -> None:
    page = open_as("channel")
    answer = page.request.get(f"{site.url}/desk")
    assert answer.headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("person", ["channel", "outlet", "inspector", "leader", "admin"])
def test_a_walk_through_the_main_pages_offends_against_nothing(
    site: Site, open_as: Callable[..., Page], person: str
) -> None:
    """Also the worker's policy: what is kept for later is fetched through it."""
    with records.database(site) as cast:
        notice = make.issued(cast)
        visit = make.a_visit(cast)
        paths = [f"/notices/{notice.id}", "/notices", "/visits", "/checklists/ONSITE/1.0"]
        if person == "inspector":
            paths += [f"/visits/{visit.id}", f"/visits/{visit.id}/pack", "/unsent"]
        elif person != "outlet":
            paths += ["/desk", "/tablets", f"/visits/{notice.finding.visit_id}"]
    page = open_as(person)
    warned: list[str] = []
    page.on("console", lambda said: warned.append(said.text) if "olicy" in said.text else None)
    for path in [*paths, "/branches", "/findings", "/reminders", "/downloads"]:
        page.goto(path)
        page.wait_for_load_state("networkidle")
    assert warned == []
