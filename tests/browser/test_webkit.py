"""The offline flow in WebKitGTK, the nearest relative of Safari on an iPad that runs here: take
along, work without a network, be killed and start again, lose the storage process under the page.

It is no iPad: see docs/tablets.md for what only a real one can show.
"""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from inspector.db import db
from inspector.visits.models import Visit
from tests import cast as make
from tests.browser import records, webkit
from tests.browser.conftest import Site
from tests.browser.webkit import WebKit

WHY_NOT: Final = webkit.missing()
pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=f"no WebKitGTK: {WHY_NOT}")

HANDS: Final = """
  const sought = (selector) => document.querySelector(selector);
  const card = (code) => sought(`[data-item="${code}"]`);
  const type = (field, text) => {
    field.focus();
    document.execCommand("selectAll");
    document.execCommand("insertText", false, text);
    field.blur();
  };
"""
ARMED: Final = "return document.body.dataset.armed !== undefined && !sought('#username')"
SEEN: Final = """
  return {
    value: card(code).querySelector("input:checked")?.value ?? null,
    note: card(code).querySelector("[data-text='note']")?.value ?? "",
    photos: [...card(code).querySelectorAll("figure.tile img")].map((img) => img.naturalWidth > 0),
    state: card(code).querySelector("[data-state]").textContent,
  }
"""
CODE: Final = "ON-ENV-04"
NOTE: Final = "门口地面有水。"
TABLET, RECEIVED = "已存本机", "已收到"


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A screen for all windows of this module."""
    with webkit.screen() as name:
        yield name


@pytest.fixture
def tablet(tmp_path: Path, display: str) -> Iterator[WebKit]:
    """A tablet that was never used."""
    made = WebKit(tmp_path / "webkit", display)
    made.start()
    yield made
    made.kill()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo as a camera gives it."""
    file = tmp_path / "IMG_0001.jpg"
    file.write_bytes(make.picture_bytes("indianred", (1600, 1200)))
    return file


def test_a_visit_taken_along_works_without_a_network_and_outlives_two_dead_batteries(
    site: Site, tablet: WebKit, photo: Path
) -> None:
    path = records.planned(site, "onsite", "YA0102")
    take_along(site, tablet, path)
    site.server.kill()
    tablet.kill()

    tablet.start()
    open_visit(site, tablet, path)
    record(tablet, photo)
    expect_seen(tablet, TABLET)
    tablet.kill()

    tablet.start()
    open_visit(site, tablet, path)
    expect_seen(tablet, TABLET)
    site.start()
    send(site, tablet, path)
    expect_state(tablet, CODE, RECEIVED)
    expect_stored_once(site, path)


def test_what_is_recorded_after_the_storage_process_died_is_kept(
    site: Site, tablet: WebKit, photo: Path
) -> None:
    """As on an iPad when memory is short (offline.md 3.4): this document never gets its database
    back; what is recorded goes there through a fresh one."""
    path = records.planned(site, "onsite", "YA0102")
    take_along(site, tablet, path)
    open_visit(site, tablet, path)
    site.server.kill()
    tablet.kill_storage()
    record(tablet, photo)
    expect_seen(tablet, TABLET)
    tablet.kill()

    tablet.start()
    open_visit(site, tablet, path)
    expect_seen(tablet, TABLET)
    site.start()
    send(site, tablet, path)
    expect_state(tablet, CODE, RECEIVED)
    expect_stored_once(site, path)


# What the inspector does


def take_along(site: Site, tablet: WebKit, path: str) -> None:
    """Sign in, press the button beside the visit, wait until it says ready."""
    tablet.open(f"{site.url}/sign-in?next=/visits")
    sign_in(tablet)
    beside = f"take-along[data-visit='{path.split('/')[2]}']"
    standing = "return sought(beside)?.dataset.standing === wanted"
    until(tablet, standing, beside=beside, wanted="absent")
    do(tablet, "sought(`${beside} button`).click()", beside=beside)
    until(tablet, standing, beside=beside, wanted="ready")


def sign_in(tablet: WebKit) -> None:
    """Fill the form in and send it."""
    until(tablet, "return Boolean(sought('#username'))")
    fill = "sought('#username').value = name; sought('#password').value = password;"
    submit = "sought('#username').form.requestSubmit()"
    do(tablet, fill + submit, name="inspector", password=make.PASSWORD)
    until(tablet, "return !sought('#username')")


def open_visit(site: Site, tablet: WebKit, path: str) -> None:
    """From its address, with or without a network; until its controls work."""
    tablet.open(site.url + path)
    until(tablet, ARMED)


def record(tablet: WebKit, photo: Path) -> None:
    """One item that fails, with a note and a photo; until the page has said how safe it is."""
    do(tablet, "card(code).querySelector('label.no input').click()", code=CODE)
    until(tablet, "return Boolean(card(code).querySelector(\"[data-text='note']\"))", code=CODE)
    do(tablet, "type(card(code).querySelector(\"[data-text='note']\"), note)", code=CODE, note=NOTE)
    tablet.choose(photo)
    do(tablet, "card(code).querySelector('[data-gallery]').click()", code=CODE)
    until(tablet, "return card(code).querySelector('figure.tile img')?.naturalWidth > 0", code=CODE)
    expect_state(tablet, CODE, TABLET)


def send(site: Site, tablet: WebKit, path: str) -> None:
    """Sign in again where the battery took the session along; then all goes by itself."""
    why = "sought('[data-why]').textContent.includes"
    do(tablet, "sought('[data-sync]').click()")
    until(tablet, f"return {why}('全部已收到') || {why}('登录后发送')")
    if do(tablet, f"return {why}('登录后发送')"):
        do(tablet, "sought('[data-sign-in]').click()")
        sign_in(tablet)
        open_visit(site, tablet, path)
    until(tablet, f"return {why}('全部已收到')")


def expect_state(tablet: WebKit, code: str, words: str) -> None:
    """How safe the item is, in the words beside it."""
    until(
        tablet,
        "return card(code).querySelector('[data-state]').textContent === words",
        code=code,
        words=words,
    )


def expect_stored_once(site: Site, path: str) -> None:
    """The item is on the server as it was recorded, and each entry came once."""
    with records.database(site):
        visit = db.session.get_one(Visit, uuid.UUID(path.split("/")[2]))
        given = [(a.value, a.note) for a in visit.answers.values() if a.item.code == CODE]
        assert given == [("no", NOTE)]
        assert [photo.picture is not None for photo in visit.photos] == [True]
    entries = records.operations(site, path)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    kinds = sorted(entry.kind for entry in entries)
    assert kinds == ["answer.set", "note.set", "photo.add", "visit.start"]


def expect_seen(tablet: WebKit, state: str) -> None:
    """The page shows the item as it was recorded, and says how safe it is."""
    until(tablet, "return card(code).querySelector('figure.tile img')?.naturalWidth > 0", code=CODE)
    wanted = {"value": "no", "note": NOTE, "photos": [True], "state": state}
    assert do(tablet, SEEN, code=CODE) == wanted


def do(tablet: WebKit, body: str, **given: object) -> object:
    """Once, with the hands that reach into the page."""
    return tablet.run(HANDS + body, **given)


def until(tablet: WebKit, body: str, **given: object) -> None:
    """Until it is true."""
    tablet.until(HANDS + body, **given)
