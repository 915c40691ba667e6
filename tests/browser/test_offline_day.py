"""A whole day without a network, on the checklist of 109 items and with 20 photos: the battery dies
in between, a new version of the checklist is published meanwhile, and in the evening everything is
sent, exactly once, with progress that tells the truth and can be stopped."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, Playwright, Route, expect

import inspector.checklists
from inspector import clock
from inspector.checklists.models import Item
from inspector.checklists.publishing import import_files
from inspector.checklists.queries import latest_versions
from inspector.db import db
from tests import cast as make
from tests.browser import records, tablet
from tests.browser.conftest import Site
from tests.browser.device import Device

FAILS = 10
PHOTOS_EACH = 2
AT_NOON = 60
ARRIVE_FIRST = 16
LANES = 2
LIBRARY = Path(inspector.checklists.__file__).parent / "library"


@dataclass
class Day:
    """One visit of one inspector, and what is to be recorded on it."""

    site: Site
    device: Device
    path: str
    given: dict[str, str]
    """Answers by item code, in the order of the checklist."""
    sections: dict[str, str]
    failed: list[str]

    @property
    def page(self) -> Page:
        """The tablet's page."""
        return self.device.page

    @property
    def address(self) -> str:
        """Of the visit."""
        return self.site.url + self.path


@pytest.fixture
def day(site: Site, playwright: Playwright, tmp_path: Path) -> Iterator[Day]:
    """A visit taken along on a tablet that can lose its battery."""
    path = records.planned(site, "onsite", "YA0102")
    with records.database(site):
        items = list(records.visit_of(path).version.items)
        failed = [item.code for item in items if fails_with_photo(item)][::3][:FAILS]
        given = {i.code: make.failing(i) if i.code in failed else make.passing(i) for i in items}
        sections = {item.code: item.section.code for item in items}
    device = Device(playwright, tmp_path / "profile", "inspector")
    yield Day(site, device, path, given, sections, failed)
    device.discard()
    if not site.server.is_up:
        site.start()


def fails_with_photo(item: Item) -> bool:
    """An ordinary item that needs a photo when it fails."""
    return item.type == "yesno" and item.effect == "score" and item.photo_on_fail


def test_a_day_without_a_network_ends_with_everything_on_the_server_once(
    day: Day, shots: list[Path], tmp_path: Path
) -> None:
    assert len(day.given) == 109
    take_along(day)
    day.site.server.kill()
    codes = list(day.given)
    day.device.go(day.address)
    answer(day, codes[:AT_NOON])
    day.device.kill()

    day.device.start(day.address)
    expect(day.page.locator("[data-answered]")).to_have_text(f"{AT_NOON} / 109 项")
    answer(day, codes[AT_NOON:])
    photograph(day, shots)
    expect(day.page.locator("[data-arrivals]")).to_have_text("已收到 0/109 · 照片 0/20")
    words = day.page.locator("checklist-item [data-state]").all_text_contents()
    assert Counter(words) == {"已存本机": 109}
    assert questions(day.page, lambda: day.page.reload()) == ["beforeunload"]
    publish_another_version(day, tmp_path)

    day.site.start()
    sending(day)
    stop_and_go_on(day)
    expect(day.page.locator("[data-outbox]")).to_have_attribute("data-phase", "idle")
    expect(day.page.locator("[data-sent]")).to_be_empty()
    assert day.page.evaluate("window.badge") == 0
    day.device.go(day.address)
    expect(day.page.locator("[data-arrivals]")).to_have_text("已收到 109/109 · 照片 20/20")
    assert questions(day.page, lambda: day.page.reload()) == []
    hand_in(day)
    expect_all_of_it_once(day)


# The day


@pytest.fixture
def shots(tmp_path: Path) -> list[Path]:
    """Photos as a camera gives them; two are the same."""
    hues = range(0, 360, 360 // (FAILS * PHOTOS_EACH - 1))
    files = [tmp_path / f"IMG_{n:04}.jpg" for n in range(FAILS * PHOTOS_EACH - 1)]
    for file, hue in zip(files, hues, strict=False):
        file.write_bytes(make.picture_bytes(f"hsl({hue}, 60%, 50%)", (1600, 1200)))
    return [*files, files[0]]


def take_along(day: Day) -> None:
    """In the office, in the morning."""
    day.device.start(day.address)
    beside = day.page.locator(f"take-along[data-visit='{day.path.split('/')[2]}']")
    day.page.goto(f"{day.site.url}/visits")
    beside.locator("button").click()
    expect(beside).to_have_attribute("data-standing", "ready", timeout=30_000)


def answer(day: Day, codes: list[str]) -> None:
    """Item by item, section by section; until the page says that all of it is kept."""
    section = ""
    for code in codes:
        if day.sections[code] != section:
            section = day.sections[code]
            tablet.go_to(day.page, section)
        tablet.answer(day.page, code, day.given[code])
    done = list(day.given).index(codes[-1]) + 1
    expect(day.page.locator("checklist-item [data-state=tablet]")).to_have_count(done)


def photograph(day: Day, shots: list[Path]) -> None:
    """Two of each item that failed."""
    for n, code in enumerate(day.failed):
        tablet.go_to(day.page, day.sections[code])
        tablet.take_photo(day.page, code, *shots[n * PHOTOS_EACH : (n + 1) * PHOTOS_EACH])
        tablet.expect_state(day.page, code, "已存本机")


def publish_another_version(day: Day, folder: Path) -> None:
    """Meanwhile, in the office: the checklist has a new version with one item less."""
    with records.database(day.site):
        text = (LIBRARY / "onsite.yaml").read_text().replace("version: '1.0'", "version: '1.1'")
        file = folder / "onsite.yaml"
        file.write_text(text.replace("营业环境", "网点环境"))
        import_files([file], by=None, at=clock.now())
        db.session.commit()
        assert [v.version for v in latest_versions() if v.kind == "onsite"] == ["1.1"]


def sending(day: Day) -> None:
    """It starts by itself; the numbers say how far it is, here and on the list."""
    hold_photos_back(day.page, after=ARRIVE_FIRST)
    day.device.go(day.address)
    expect(day.page.locator("[data-arrivals]")).to_have_text(
        f"已收到 109/109 · 照片 {ARRIVE_FIRST}/20", timeout=30_000
    )
    expect(day.page.locator(".dock")).to_have_attribute("data-phase", "sending")
    day.page.add_init_script("navigator.setAppBadge = async (n) => { window.badge = n }")
    day.page.goto(f"{day.site.url}/visits")
    expect(day.page.locator("[data-unsent]")).to_have_text("还有 0 条记录、3 张照片未发送。")
    expect(day.page.locator("[data-sent]")).to_have_text("已发送：记录 130/130，照片 16/19。")
    assert day.page.evaluate("window.badge") == 3


def stop_and_go_on(day: Day) -> None:
    """A stop holds, also after a reload, until somebody presses."""
    day.page.locator("[data-pause]").click()
    day.page.unroute_all(behavior="ignoreErrors")
    card = day.page.locator("[data-outbox]")
    expect(card).to_have_attribute("data-phase", "paused")
    day.page.reload()
    expect(card).to_have_attribute("data-phase", "paused")
    expect(card).to_contain_text("已暂停发送")
    with records.database(day.site):
        arrived = [photo for photo in records.visit_of(day.path).photos if photo.picture]
        assert len(arrived) == ARRIVE_FIRST + LANES  # what was on its way still came
    day.page.locator("[data-send]").click()


def hold_photos_back(page: Page, after: int) -> None:
    """The network gets so slow that only some photos come through."""
    let: list[Route] = []

    def pass_some(route: Route) -> None:
        let.append(route)
        if len(let) <= after:
            route.continue_()

    page.route("**/api/blobs/*", pass_some)


def questions(page: Page, act: Callable[[], object]) -> list[str]:
    """What the browser asks while somebody does something."""
    asked: list[str] = []

    def note(dialog: Dialog) -> None:
        asked.append(dialog.type)

    page.on("dialog", note)
    act()
    tablet.expect_armed(page)
    page.remove_listener("dialog", note)
    return asked


def hand_in(day: Day) -> None:
    """Check, submit, and see the record."""
    day.page.locator("[data-next]").click()
    day.page.locator("#review [data-submit]").click()
    expect(day.page.locator("#visit-result")).to_contain_text("待审核", timeout=30_000)


def expect_all_of_it_once(day: Day) -> None:
    """On the server, as it was recorded, by the version with which it was begun."""
    assert records.answers(day.site, day.path) == day.given
    with records.database(day.site):
        visit = records.visit_of(day.path)
        assert visit.version.version == "1.0"
        assert sorted(finding.item_code for finding in visit.findings) == sorted(day.failed)
        assert all(photo.picture for photo in visit.photos)
        codes = {item.id: item.code for item in visit.version.items}
        of_item = Counter(codes[photo.item_id] for photo in visit.photos if photo.item_id)
        assert of_item == dict.fromkeys(day.failed, PHOTOS_EACH)
        assert sorted(Counter(p.sha256 for p in visit.photos).values()) == [1] * 18 + [2]
    entries = records.operations(day.site, day.path)
    assert Counter(entry.kind for entry in entries) == {
        "visit.start": 1,
        "answer.set": 109,
        "photo.add": FAILS * PHOTOS_EACH,
        "visit.submit": 1,
    }
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
