"""Each main page at three widths, light and dark: nothing sticks out sideways, axe finds nothing
serious, small targets are none, and a picture is kept under .pictures/ for people to look at."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from inspector import clock
from inspector.db import db
from inspector.notices import publishing, repeats
from inspector.notices.papers.cases import system_code_of
from inspector.notices.papers.freezing import freeze_receipt, freeze_report
from inspector.offline.models import Stream
from tests import cast as make
from tests import rows
from tests.browser.conftest import Site

ROOT = Path(__file__).parent.parent.parent
PICTURES = ROOT / ".pictures"
AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
WIDTHS = (390, 820, 1440)
SIZES = """
() => [...document.querySelectorAll('a.btn, button, select, input:not([type=hidden])')]
  .filter(e => e.checkVisibility() && !e.closest('label') && !e.classList.contains('aloud'))
  .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
  .filter(([, r]) => r.height < 48 && r.height > 0).map(([html]) => html)
"""


@dataclass
class World:
    """Paths of one thing of each kind."""

    paths: dict[str, str]


@pytest.fixture(scope="module")
def world(site: Site) -> World:
    """A little of everything: a visit to make, one to review, notices at several stages."""
    with site.app.test_request_context():
        cast = make.Cast.now()
        to_make = make.a_visit(cast)  # where there are earlier findings
        review = make.submitted(cast, ("ON-RAK-02", "ON-BRD-01", "ON-ENV-05"), ("ON-ENV-04",))
        late = make.issued(cast, clock.now() - timedelta(days=30))
        waiting = make.reported(cast)
        freeze_receipt(waiting, at=clock.now())
        freeze_report(waiting.rectification.reports[0], at=clock.now())
        make.drafted(cast)
        disputed = make.a_visit(cast, at="YA0103")
        rows.a_conflict(cast, disputed)
        answer = {"item": "ON-RAK-02", "value": "3"}
        rows.parked(disputed, "answer.set", answer, cast.colleague, clock_offset_ms=720_000)
        note = {"item": "ON-RAK-02", "field": "note", "text": "两种理财产品说明书已过期"}
        rows.parked(disputed, "note.set", note, cast.colleague)
        rows.parked(review, "note.set", note, code="visit.frozen")
        for n, person in enumerate((cast.inspector, cast.shopper, cast.reviewer)):
            heard = clock.now() - timedelta(hours=n)
            stream = Stream(id=uuid.uuid4(), person_id=person.id, last_seq=0, heard_at=heard)
            if n < 2:
                stream.oldest_at = clock.now() - timedelta(hours=30 - 28 * n)
                stream.unsent_entries, stream.unsent_photos = 13 - n, 4
                stream.unsent_bytes, stream.clock_offset_ms = 2_400_000, 720_000 * n
            db.session.add(stream)
        asked = make.acknowledged(cast)
        rows.asked_for_more_time(asked, cast.subbranch)
        rows.a_risk(asked, cast.subbranch)
        appealed = make.acknowledged(cast)
        rows.an_appeal(appealed, cast.subbranch).accept(by=cast.channel, at=clock.now())
        repeat = make.repeated(cast)
        for outlet in ("YA0301", "YA0303"):
            elsewhere = rows.a_visit_at(cast, at=outlet)
            elsewhere.started_at = clock.now()
            item = [one.code for one in elsewhere.version.items].index(repeat.finding.item_code)
            repeats.confirm([rows.a_finding(elsewhere, item)], by=cast.channel, at=clock.now())
        waits = make.submitted(cast, ("ON-RAK-03",))
        waits.started_at = clock.now()
        shopped = [
            make.submitted(cast, ("MY-GRE-01", "MY-GRE-02"), kind="mystery", at=outlet)
            for outlet in ("YA0301", "YA0302", "YA0303", "YA0102")
        ]
        for visit in shopped:
            repeats.confirm(visit.findings, by=cast.channel, at=clock.now())
            visit.confirm(by=cast.channel, at=clock.now())
        rows.a_visit_at(cast, "submitted", kind="mystery", at="YA0601")
        open_batch = rows.a_batch(cast, *shopped[2:3], name="第二批")
        done = rows.a_batch(cast, *shopped[:2])
        publishing.publish(done, reason="", by=cast.channel, at=clock.now())
        due = {"outlet_zh": "胜利路网点", "outlet_en": "Shengli Road", "number": late.number}
        for n, rule in enumerate(("sign", "soon", "late", "bulletin")):
            told = {
                "at": clock.now() - timedelta(days=4 - n),
                "read_at": None if n else clock.now(),
            }
            detail = {**due, "due": (clock.today() - timedelta(days=3)).isoformat()}
            reminder = rows.a_reminder(late, cast.outlet, rule, detail=detail, **told)
            rows.a_delivery(reminder, "* mailtos outlet", failing=n > 0)
        downloads_at_every_stage(cast)
        db.session.commit()
        paths = {
            "repeat": f"/notices/{repeat.id}",
            "again": f"/visits/{waits.id}",
            "was-third": f"/visits/{repeat.finding.visit_id}",
            "asked": f"/notices/{asked.id}",
            "appealed": f"/notices/{appealed.id}",
            "tablet": f"/visits/{to_make.id}",
            "pack": f"/visits/{to_make.id}/pack",
            "review": f"/visits/{review.id}",
            "conflict": f"/visits/{disputed.id}",
            "late": f"/notices/{late.id}",
            "batch": f"/batches/{open_batch.id}",
            "published": f"/batches/{done.id}",
            "shopped": f"/visits/{shopped[1].id}",
            "waiting": f"/notices/{waiting.id}",
            "check": f"/papers/{system_code_of(waiting)}",
        }
        db.session.remove()
    return World(paths)


def downloads_at_every_stage(cast: make.Cast) -> None:
    """Of the channel department: ready, failed, called off, being made, broken off, waiting."""
    ago = [clock.now() - timedelta(minutes=minutes) for minutes in range(9)]
    none: dict[str, Any] = {"sha256": None, "size": None, "done": 0}
    failure = {"code": "download.missing", "details": {"number": "〔2026〕17号"}}
    under_way = {**none, "ended_at": None, "outcome": None, "total": 212}
    for n, facts in enumerate(
        (
            {"scope": "quarter:2026Q4", "form": "pdf", "size": 83_412_900, "total": 212},
            {**none, "scope": "quarter:2026Q3", "outcome": "failed", "failure": failure},
            {**none, "scope": "filter:all", "outcome": "cancelled"},
            {**under_way, "scope": "filter:open", "done": 86, "beat_at": clock.now()},
            {**under_way, "scope": "filter:closed", "done": 40, "beat_at": ago[8]},
            {**under_way, "scope": "filter:overdue"},
        )
    ):
        claim = uuid.uuid4() if "beat_at" in facts else None
        rows.a_download(cast.channel, **{"asked_at": ago[n], "claim": claim, **facts})


PAGES = {
    "board": ("channel", "/desk"),
    "batches": ("channel", "/batches"),
    "batch": ("channel", "batch"),
    "batch-published": ("channel", "published"),
    "shopped": ("outlet", "shopped"),
    "visits": ("channel", "/visits"),
    "plan": ("channel", "/visits/new"),
    "review": ("channel", "review"),
    "findings": ("channel", "/findings"),
    "to-verify": ("channel", "waiting"),
    "my-visits": ("inspector", "/visits"),
    "tablet": ("inspector", "tablet"),
    "pack": ("inspector", "pack"),
    "notices": ("outlet", "/notices?only=all"),
    "downloads": ("channel", "/downloads"),
    "notice": ("outlet", "late"),
    "side-roads": ("subbranch", "late"),
    "asked": ("channel", "asked"),
    "risk": ("leader", "asked"),
    "appeal": ("leader", "appealed"),
    "repeat": ("channel", "repeat"),
    "repeat-of-the-branch": ("outlet", "repeat"),
    "was-third": ("leader", "was-third"),
    "again": ("channel", "again"),
    "systemic": ("subbranch", "/notices?only=warned"),
    "repeats": ("leader", "/findings?only=repeats"),
    "branches": ("subbranch", "/branches"),
    "checklists": ("leader", "/checklists"),
    "checklist": ("leader", "/checklists/ONSITE/1.0"),
    "tablets": ("channel", "/tablets"),
    "entries": ("channel", "/tablets/entries"),
    "conflict": ("channel", "conflict"),
    "inbox": ("outlet", "/reminders"),
    "undelivered": ("channel", "/reminders/undelivered"),
    "check": ("outlet", "check"),
    "nothing-here": ("outlet", "/nowhere"),
}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_fit_to_be_seen(
    name: str, scheme: str, world: World, open_as: Callable[..., Page], forgive: list[str]
) -> None:
    person, path = PAGES[name]
    forgive += ["404 (NOT FOUND)"] if name == "nothing-here" else []
    page = open_as(person, scheme=scheme)
    page.goto(world.paths.get(path, path))
    at_each_width(page, name, scheme)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_of_strangers_are_fit_to_be_seen(
    site: Site, world: World, chromium: Any, width: int
) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 1000}, base_url=site.url)
    page.goto("/sign-in")
    look(page, f"sign-in-{width}-light", width)
    page.goto(world.paths["check"])
    changed = {"name": "notice.pdf", "mimeType": "application/pdf", "buffer": b"changed"}
    page.set_input_files("#file", changed)
    page.locator("#compare button").click()
    expect(page.get_by_role("status")).to_contain_text("核对不一致")
    look(page, f"check-stranger-{width}-light", width)
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_lock_is_fit_to_be_seen(
    scheme: str, open_as: Callable[..., Page], forgive: list[str]
) -> None:
    page = open_as("inspector", scheme=scheme)
    page.goto("/visits")
    page.locator("[data-pin-open]").click()
    page.fill("#pin-new", "123456")
    page.locator("[data-pin-form] button.primary").click()
    expect(page.locator("[data-pin-error]")).not_to_be_empty()
    at_each_width(page, "pin-dialog", scheme)
    for field in ("#pin-new", "#pin-again"):
        page.fill(field, "804917")
    page.locator("[data-pin-form] button.primary").click()
    expect(page.locator("#pin")).to_be_hidden(timeout=15_000)
    page.locator(".menu summary").click()
    at_each_width(page, "lock-menu", scheme)
    forgive.append("net::ERR_FAILED")
    page.context.route("**/api/lock", lambda route: route.abort())
    page.locator(".menu [data-lock]").click()
    page.fill("#pin", "111222")
    page.locator("[data-unlock] button").click()
    expect(page.locator("#pin-error")).to_contain_text("9", timeout=15_000)
    at_each_width(page, "locked", scheme)


def at_each_width(page: Page, name: str, scheme: str) -> None:
    """Look at what is there at every width."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 1000})
        look(page, f"{name}-{width}-{scheme}", width)


def look(page: Page, name: str, width: int) -> None:
    """Take the picture, then check what a machine can check."""
    page.wait_for_load_state("networkidle")
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=not name.startswith("tablet"))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(SIZES) == []
    page.evaluate(AXE)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    serious = [v for v in found if v["impact"] in {"serious", "critical"}]
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in serious] == []
