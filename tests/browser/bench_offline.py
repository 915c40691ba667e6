"""How fast the tablet is: what bin/bench offline runs.

Chromium with its processor slowed down four times, as a cheap tablet has it: from the address to
controls that work, with an empty cache and without a network; from the tap to "on this tablet". And
unthrottled: a failed item with five photos; 109 answers and 20 photos over a thin line.
"""

import argparse
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

import yaml
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Playwright, expect, sync_playwright

import inspector.checklists
from inspector import clock
from inspector.checklists.models import Version
from inspector.checklists.publishing import import_files
from inspector.checklists.queries import latest_versions
from inspector.db import db
from inspector.visits.models import Visit
from tests import cast as make
from tests.browser import tablet
from tests.browser.chromium import CHROMIUM, QUIET
from tests.browser.conftest import Site, site_app
from tests.server import Server

LIBRARY: Final = Path(inspector.checklists.__file__).parent / "library"
SLOWER: Final = 4
MANY: Final = 300
LATENCY_MS: Final = 300
BYTES_PER_S: Final = 2_000_000 / 8
PHOTOS: Final = 20
TIMES: Final = 7

ARMED: Final = """
new MutationObserver((_, observer) => {
  if (document.body?.dataset.armed === undefined) return;
  window.armedAt = performance.now();
  observer.disconnect();
}).observe(document, { subtree: true, childList: true, attributeFilter: ["data-armed"] });
"""
TAPS: Final = """
() => {
  window.taps = [];
  let tapped = null;
  addEventListener("pointerdown", ({ target, timeStamp }) => {
    const item = target.closest("checklist-item")?.dataset.item;
    if (item) tapped = { item, timeStamp };
  }, { capture: true });
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      const item = target.closest("checklist-item")?.dataset.item;
      if (item !== tapped?.item || !["tablet", "received"].includes(target.dataset.state)) continue;
      window.taps.push(performance.now() - tapped.timeStamp);
      tapped = null;
    }
  }).observe(document, { subtree: true, attributeFilter: ["data-state"] });
}
"""
KEPT: Final = """
(files) => new Promise((resolve) => {
  const begun = performance.now();
  const look = () => {
    const words = [...document.querySelectorAll("#ON-ENV-01 figure.tile figcaption")];
    const kept = words.filter(({ textContent }) => textContent.includes("已存本机"));
    if (kept.length === files) resolve(performance.now() - begun);
    else setTimeout(look, 2);
  };
  document.querySelector("#ON-ENV-01 label.no").click();
  requestAnimationFrame(function wait() {
    const input = document.querySelector("#ON-ENV-01 photo-strip [data-gallery]");
    if (!input) return requestAnimationFrame(wait);
    const chosen = new DataTransfer();
    for (const file of window.chosen) chosen.items.add(file);
    input.files = chosen.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    return look();
  });
})
"""
ANOTHER_INPUT: Final = """
() => {
  const input = document.createElement("input");
  Object.assign(input, { type: "file", multiple: true, id: "bench" });
  input.addEventListener("change", () => { window.chosen = [...input.files]; });
  document.body.append(input);
}
"""
SENT: Final = """
() => {
  const entries = performance.getEntriesByType("resource")
    .filter(({ name }) => /[/]api[/](ops|blobs)/.test(name))
    .filter(({ responseStatus }) => responseStatus === 200);
  return {
    seconds: (Math.max(...entries.map((one) => one.responseEnd)) -
      Math.min(...entries.map((one) => one.startTime))) / 1000,
    requests: entries.length,
  };
}
"""


class Bench:
    """A site, a browser, and a visit for each measurement."""

    def __init__(self, playwright: Playwright, site: Site, folder: Path) -> None:
        self.playwright, self.site, self.folder = playwright, site, folder
        self.profiles = 0

    def visit(self, items: int) -> str:
        """A new visit with a checklist of so many items. Returns its path."""
        with self.site.app.app_context():
            version = next(v for v in latest_versions() if len(v.items) == items)
            path = f"/visits/{self._plan(version).id}"
            db.session.commit()
            db.session.remove()
            return path

    def _plan(self, version: Version) -> Visit:
        cast = make.Cast.now()
        return Visit.plan(
            branch=make.branch("YA0102"),
            version=version,
            inspector=cast.inspector,
            on=date(2026, 11, 23),
            by=cast.channel,
            at=clock.now(),
        )

    @contextmanager
    def tablet(self, profile: Path | None = None) -> Iterator[Page]:
        """A page of a tablet: a new one, or one that was used before."""
        self.profiles += 1
        context = self.playwright.chromium.launch_persistent_context(
            profile or self.folder / f"profile-{self.profiles}",
            executable_path=CHROMIUM,
            args=list(QUIET),
            viewport={"width": 820, "height": 1100},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            base_url=self.site.url,
        )
        context.add_init_script(ARMED)
        page = context.pages[0]
        page.on("dialog", lambda dialog: dialog.accept())
        yield page
        context.close()

    def sign_in(self, page: Page) -> None:
        """As the inspector, through the form."""
        page.goto("/sign-in?next=/visits")
        page.fill("#username", "inspector")
        page.fill("#password", make.PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        page.wait_for_url(lambda address: "/sign-in" not in address)

    def take_along(self, page: Page, path: str) -> None:
        """From the list of visits, where the page is."""
        beside = page.locator(f"take-along[data-visit='{path.split('/')[2]}']")
        beside.locator("button").click()
        expect(beside).to_have_attribute("data-standing", "ready", timeout=60_000)

    def taken_along(self, items: int) -> tuple[str, Path]:
        """A visit on a tablet that is then switched off. Returns its path and the profile."""
        path, profile = self.visit(items), self.folder / f"taken-{items}-{self.profiles}"
        with self.tablet(profile) as page:
            self.sign_in(page)
            self.take_along(page, path)
        return path, profile


def slow_down(page: Page) -> None:
    """Four times slower from now on."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def armed_after(page: Page) -> float:
    """Milliseconds from the address to controls that work."""
    tablet.expect_armed(page)
    return float(page.evaluate("window.armedAt"))


def cold_load(bench: Bench, items: int) -> None:
    """The first page of all, with an empty cache."""
    found = []
    with bench.tablet() as page:
        bench.sign_in(page)
        session = page.context.cookies()
    for _ in range(TIMES):
        path = bench.visit(items)
        with bench.tablet() as page:
            page.context.add_cookies(session)  # type: ignore[arg-type]
            slow_down(page)
            page.goto(path)
            found.append(armed_after(page))
    say(f"cold_load.{items}", statistics.median(found), "ms")


def launch(bench: Bench, items: int) -> None:
    """Switched on without a network, again and again."""
    path, profile = bench.taken_along(items)
    bench.site.server.kill()
    found = []
    for _ in range(TIMES):
        with bench.tablet(profile) as page:
            slow_down(page)
            page.goto(path)
            found.append(armed_after(page))
    bench.site.start()
    say(f"launch.{items}", statistics.median(found), "ms")


def taps(bench: Bench, items: int) -> None:
    """From the finger to "on this tablet", for each button of yes and no."""
    path, profile = bench.taken_along(items)
    bench.site.server.kill()
    with bench.tablet(profile) as page:
        page.goto(path)
        tablet.expect_armed(page)
        slow_down(page)
        page.evaluate(TAPS)
        for section in page.locator("[data-section]").all():
            name = section.get_attribute("data-section") or ""
            if name == "practices":
                continue
            tablet.go_to(page, name)
            for card in section.locator("checklist-item[data-type=yesno]").all():
                card.locator("label.yes").click()
                expect(card.locator("[data-state]")).to_have_text("已存本机")
        found = sorted(page.evaluate("window.taps"))
    bench.site.start()
    say(f"tap_to_durable.{items}.p50", statistics.median(found), "ms")
    say(f"tap_to_durable.{items}.p95", found[int(len(found) * 0.95)], "ms")


def failed_item(bench: Bench, megapixels: int) -> None:
    """One item fails and gets five photos, without a network; until all five are kept."""
    path, profile = bench.taken_along(109)
    bench.site.server.kill()
    size = {2: (1600, 1200), 12: (4032, 3024)}[megapixels]
    photos = [photo(bench.folder / f"{n}.jpg", size) for n in range(5)]
    found = []
    for _ in range(TIMES):
        with bench.tablet(profile) as page:
            page.goto(path)
            tablet.expect_armed(page)
            before = page.locator("#ON-ENV-01 figure.tile").count()
            page.evaluate(ANOTHER_INPUT)
            page.locator("#bench").set_input_files(photos)
            found.append(page.evaluate(KEPT, before + 5))
    bench.site.start()
    say(f"failed_item_5_photos.{megapixels}_megapixels", statistics.median(found), "ms")


def sending(bench: Bench) -> None:
    """109 answers and 20 photos over 300 ms and 2 Mbit/s, and the time that their bytes need."""
    path, profile = bench.taken_along(109)
    photos = [photo(bench.folder / f"send-{n}.jpg", (2048, 1536)) for n in range(PHOTOS)]
    with bench.tablet(profile) as page:
        sizes: list[int] = []

        def note(request: Any) -> None:
            if "/api/ops" in request.url or "/api/blobs" in request.url:
                sizes.append(len(request.post_data_buffer or b""))

        page.goto(path)
        tablet.expect_armed(page)
        bench.site.server.kill()
        fill_in(bench, page, path, photos)
        page.evaluate("performance.setResourceTimingBufferSize(5000)")
        thin_line(page.context, page)
        page.on("requestfinished", note)
        bench.site.start()
        page.locator("[data-sync]").click()
        expect(page.locator("[data-why]")).to_contain_text("全部已收到", timeout=300_000)
        found = page.evaluate(SENT)
    needed = sum(sizes) / BYTES_PER_S
    say("sending.requests", found["requests"], "count")
    say("sending.megabytes", sum(sizes) / 1e6, "MB")
    say("sending.bytes_need", needed, "s")
    say("sending.took", found["seconds"], "s")
    say("sending.over", (found["seconds"] / needed - 1) * 100, "%")


def fill_in(bench: Bench, page: Page, path: str, photos: list[Path]) -> None:
    """All items; the first fails and has all the photos."""
    with bench.site.app.app_context():
        version = next(v for v in latest_versions() if len(v.items) == 109)
        items = [(item.section.code, item.code, make.passing(item)) for item in version.items]
        db.session.remove()
    section = ""
    for place, code, value in items:
        if place != section:
            section = place
            tablet.go_to(page, section)
        tablet.answer(page, code, "no" if code == "ON-ENV-01" else value)
    tablet.go_to(page, "ENV")
    tablet.strip(page, "ON-ENV-01").locator("[data-gallery]").set_input_files(photos)
    kept = tablet.tiles(page, "ON-ENV-01").filter(has_text="已存本机")
    expect(kept).to_have_count(PHOTOS, timeout=120_000)
    expect(page.locator("[data-arrivals]")).to_have_text(f"已收到 0/109 · 照片 0/{PHOTOS}")


def thin_line(context: BrowserContext, page: Page) -> None:
    """A line as in a basement."""
    limits = {"latency": LATENCY_MS, "uploadThroughput": BYTES_PER_S}
    context.new_cdp_session(page).send(
        "Network.emulateNetworkConditions",
        limits | {"offline": False, "downloadThroughput": BYTES_PER_S},
    )


def photo(file: Path, size: tuple[int, int]) -> Path:
    """A photo with as much detail as a real one: about 500 KB when the tablet has scaled it."""
    coarse = Image.effect_noise((size[0] // 6, size[1] // 6), 90).resize(
        size, Image.Resampling.BICUBIC
    )
    other = coarse.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    Image.merge("RGB", (coarse, other, coarse)).save(file, quality=90)
    return file


def the_large_checklist(folder: Path) -> Path:
    """The checklist of the library, with its ordinary items again and again until there are 300."""
    content = yaml.safe_load((LIBRARY / "onsite.yaml").read_text())
    ordinary = [item for item in content["items"] if item["effect"] == "score"]
    more, round_ = list(content["items"]), 0
    while len(more) < MANY:
        round_ += 1
        for item in ordinary[: MANY - len(more)]:
            start, number = item["code"].rsplit("-", 1)
            more.append(item | {"code": f"{start}-{int(number) + 20 * round_:02}"})
    order = [section["code"] for section in content["sections"]]
    content["items"] = sorted(more, key=lambda item: (order.index(item["section"]), item["code"]))
    content |= {"code": "LARGE", "item_count": MANY}
    content["total_points"] = sum(i["points"] for i in more if i["effect"] != "deduct")
    file = folder / "large.yaml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False))
    return file


def say(name: str, value: float, unit: str) -> None:
    """One line of the report."""
    print(f"offline.{name} {value:.{0 if unit in {'ms', 'count'} else 1}f} {unit}", flush=True)


BOTH: Final = (109, MANY)
PARTS: Final[dict[str, list[Callable[[Bench], None]]]] = {
    "cold": [partial(cold_load, items=items) for items in BOTH],
    "launch": [partial(launch, items=items) for items in BOTH],
    "taps": [partial(taps, items=items) for items in BOTH],
    "photos": [partial(failed_item, megapixels=megapixels) for megapixels in (2, 12)],
    "sending": [sending],
}


def main() -> None:
    """Measure, and print `name value unit` lines."""
    parser = argparse.ArgumentParser(prog="bin/bench offline", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=" ".join(PARTS))
    asked = parser.parse_args().parts or list(PARTS)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        app = site_app(folder)
        with app.app_context():
            import_files([the_large_checklist(folder)], by=None, at=clock.now())
            db.session.commit()
            db.engine.dispose()
        server = Server(app, folder)
        server.start()
        bench = Bench(playwright, Site(server.url, app, server), folder)
        try:
            for measure in (measure for part in asked for measure in PARTS[part]):
                measure(bench)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
