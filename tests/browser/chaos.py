"""Nothing lost, nothing twice: a visit is recorded while everything goes wrong by chance, and then
what the page called saved is held against the database. Run by test_chaos.py and by bin/bench.

A schedule follows from its seed and its number; what the machine's timing adds is the point of it.
"""

import io
import re
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, Final

from PIL import Image
from playwright.sync_api import Playwright, expect
from sqlalchemy import select

from inspector.checklists.models import Item
from inspector.db import db
from inspector.offline.models import Operation, Stream
from inspector.photos.models import Picture
from inspector.storage import storage
from inspector.visits.models import Visit
from tests import cast as make
from tests.browser import tablet
from tests.browser.conftest import site_app
from tests.browser.device import Device
from tests.browser.faults import WEATHERS, Faults
from tests.browser.witness import BLANK, STRIPS, Witness
from tests.server import Server

SEED: Final = 20261123
STEPS: Final = 24
ITEMS: Final = 8
"""How many items of the checklist a schedule works on, so that it comes back to them."""
COLOURS: Final = ("crimson", "seagreen", "royalblue", "goldenrod")


@dataclass
class Outcome:
    """What became of one schedule."""

    number: int
    lost: list[str]
    twice: list[str]
    met: Counter[str]
    """Faults, by their names."""
    operations: int


class Lab:
    """A server that can be killed, a proxy before it, and photos to take; for many schedules."""

    def __init__(self, playwright: Playwright, folder: Path) -> None:
        self.playwright = playwright
        self.folder = folder
        self.app = site_app(folder)
        self.server = Server(self.app, folder, workers=2, threads=4)
        self.faults = Faults(self.server.port)
        self.photos = {colour: folder / f"{colour}.jpg" for colour in COLOURS}
        for colour, file in self.photos.items():
            file.write_bytes(make.picture_bytes(colour, (800, 600)))

    def __enter__(self) -> "Lab":
        self.server.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.server.kill()
        self.faults.shutdown()
        self.faults.server_close()
        with self.app.app_context():
            db.engine.dispose()

    def run(self, seed: int, number: int) -> Outcome:
        """Run one schedule; every fifth on the whole list of 109 items."""
        if not self.server.is_up:
            self.server.launch()
        self.server.wait()
        self.faults.reset(f"{seed}/{number}")
        schedule = Schedule(self, Random(f"{seed}-{number}"), number)  # noqa: S311 - no secret
        try:
            schedule.run()
        finally:
            schedule.device.discard()
        return schedule.outcome()


class Schedule:
    """One visit, from the first answer to the comparison."""

    def __init__(self, lab: Lab, chance: Random, number: int) -> None:
        self.lab, self.chance, self.number = lab, chance, number
        self.met: Counter[str] = Counter()
        self.witness = Witness()
        self.last: dict[str, Any] = {}
        kind = "onsite" if number % 5 == 0 else "mystery"
        with lab.app.app_context():
            visit = make.a_visit(make.Cast.now(), kind=kind)
            db.session.commit()
            self.visit = visit.id
            ordinary = [item for item in visit.version.items if item.effect == "score"]
            self.items = {item.code: item for item in chance.sample(ordinary, ITEMS)}
            self.sections = {item.code: item.section.code for item in self.items.values()}
            username = visit.inspector.username
            db.session.expunge_all()
        self.address = f"{lab.faults.url}/visits/{self.visit}"
        profile = lab.folder / f"profile-{number}"
        shutil.rmtree(profile, ignore_errors=True)
        self.device = Device(lab.playwright, profile, username)

    def run(self) -> None:
        """Act and suffer by turns; then the weather clears."""
        self.device.start(self.address)
        self._take_along()
        for _ in range(STEPS):
            if self.chance.random() < 0.3:
                self.lab.faults.weather = self.chance.choice(WEATHERS)
            self._act()
            if self.chance.random() < 0.2:
                self._suffer()
            if not self.lab.server.is_up and self.chance.random() < 0.3:
                self.lab.server.launch()
        self._finish()

    def _take_along(self) -> None:
        """From here on the page opens without a network too."""
        page = self.device.page
        page.goto(f"{self.lab.faults.url}/visits?stage=assigned")
        beside = page.locator(f"take-along[data-visit='{self.visit}']")
        beside.locator("button").click()
        expect(beside).to_have_attribute("data-standing", "ready", timeout=30_000)
        self.device.go(self.address)

    # What the inspector does

    def _act(self) -> None:
        code = self.chance.choice(list(self.items))
        tablet.go_to(self.device.page, self.sections[code])
        actions = [self._answer] * 4 + [self._write] * 2 + [self._photograph] * 2
        self.chance.choice([*actions, self._remove, self._correct])(self.items[code])

    def _answer(self, item: Item) -> None:
        value = self._value(item)
        self.witness.sets(item.code, "value", value)
        tablet.answer(self.device.page, item.code, value)

    def _value(self, item: Item) -> str:
        if item.type == "yesno":
            return self.chance.choice(["yes", "no", "no", *["na"] * item.na_allowed])
        if item.type == "score":
            return str(self.chance.randint(0, item.max or 0))
        if item.type == "number":
            return self.chance.choice(["0", "3", "97.5", "12", "9999"])
        return str(self.chance.randint(1, 59))

    def _write(self, item: Item) -> None:
        what = self.chance.choice(["note", "place"])
        text = f"{self.chance.randint(1, 999)}号窗口"
        self._open_details(item)
        self.witness.sets(item.code, what, text)
        tablet.write(self.device.page, item.code, what, text)
        if self.chance.random() < 0.5:
            self.device.page.keyboard.press("Tab")

    def _photograph(self, item: Item) -> None:
        self._open_details(item)
        stages = [stage for stage in STRIPS if self._strip(item, stage).is_visible()]
        stage = self.chance.choice(stages)
        file = self.lab.photos[self.chance.choice(COLOURS)]
        files = [file] * self.chance.choice([1, 1, 2])
        self.witness.adds(item.code, stage, len(files))
        self._strip(item, stage).locator("[data-gallery]").set_input_files(files)

    def _remove(self, item: Item) -> None:
        seen = self._look("before removing")["items"][item.code]
        stages = [stage for stage in STRIPS if seen[stage] and "?" not in seen[stage]]
        if not stages or seen["drafts"]:
            return self._answer(item)
        stage = self.chance.choice(stages)
        which = self.chance.randrange(len(seen[stage]))
        self.witness.removes(item.code, stage, seen[stage][which])
        self._strip(item, stage).locator("figure.tile button").nth(which).click()
        page = self.device.page
        page.locator("#photo [data-remove]").click()
        page.locator("#photo [data-remove]").click()
        expect(page.locator("#photo")).to_be_hidden()
        return None

    def _correct(self, item: Item) -> None:
        self._open_details(item)
        box = tablet.item(self.device.page, item.code).locator("[data-corrected]")
        if not (box.count() and box.is_visible()):
            return self._write(item)
        self.witness.sets(item.code, "corrected", not box.is_checked())
        box.click()
        return None

    def _open_details(self, item: Item) -> None:
        """They open by themselves a moment after an answer that fails."""
        card = tablet.item(self.device.page, item.code)
        self._look("before opening")
        if not card.locator("item-details").count():
            card.locator("button.more").click()
        card.locator("[data-text='note']").wait_for()

    def _strip(self, item: Item, stage: str) -> Any:
        card = tablet.item(self.device.page, item.code)
        return card.locator(f"photo-strip[data-stage='{stage}']")

    # What happens to the tablet and to the server

    def _suffer(self) -> None:
        blows = [self._reload] * 4 + [self._reopen] * 3 + [self._kill] * 4 + [self._kill_server] * 2
        blow = self.chance.choice(blows)
        name = blow.__name__.strip("_").replace("_", " ")
        if self.chance.random() < 0.6:  # else it comes while something is being saved
            self._look(f"before {name}")
        self.met[name] += 1
        blow()
        self._look(f"after {name}")

    def _reload(self) -> None:
        self.device.reload()

    def _reopen(self) -> None:
        self.device.reopen(self.address)

    def _kill(self) -> None:
        self.device.kill()
        self.device.start(self.address)

    def _kill_server(self) -> None:
        self.lab.server.kill()

    # How it ends

    def _finish(self) -> None:
        self._look("at the end")
        if not self.lab.server.is_up:
            self.lab.server.launch()
        self.lab.server.wait()
        self.lab.faults.weather = "clear"
        why = self.device.page.locator("[data-why]")
        self.device.page.locator("[data-sync]").click()
        expect(why).to_contain_text(re.compile("全部已收到|登录后发送"), timeout=30_000)
        # The battery took the session along, or a fault said so: now, or before the press.
        if "全部已收到" not in why.inner_text():
            self.device.go(self.address)
        expect(why).to_contain_text("全部已收到", timeout=30_000)
        self.last = self._look("when all is received")
        self._compare()

    def _look(self, when: str) -> dict[str, Any]:
        return self.witness.look(self.device.page, when)

    def _compare(self) -> None:
        with self.lab.app.app_context():
            visit = db.session.get_one(Visit, self.visit)
            self._compare_operations(visit)
            self._compare_answers(visit)
            self._compare_photos(visit)
            db.session.remove()

    def _compare_operations(self, visit: Visit) -> None:
        """Contiguous in each stream, and no more of a kind than the inspector did."""
        rows = db.session.scalars(
            select(Operation).where(Operation.visit_id == visit.id).order_by(Operation.seq)
        ).all()
        self.operations = len(rows)
        for stream in {row.stream_id for row in rows}:
            numbers = [row.seq for row in rows if row.stream_id == stream]
            last = db.session.get_one(Stream, stream).last_seq
            if numbers != list(range(1, last + 1)):
                self.witness.lost.append(f"stream {stream}: {numbers} of {last}")
        made = Counter(key for row in rows if (key := subject_of(row, rows)))
        for key, times in made.items():
            if times > self.witness.done[key]:
                self.witness.twice.append(f"{key}: {times} times, done {self.witness.done[key]}")
        self.witness.lost += [
            f"{row.kind} was refused: {row.result}"
            for row in rows
            if row.result["status"] != "applied"
        ]

    def _compare_answers(self, visit: Visit) -> None:
        answers = {item.code: visit.answers.get(item.id) for item in visit.version.items}
        for code in self.items:
            shown, kept = self.last["items"][code], answers[code]
            for what, blank in BLANK.items():
                value = getattr(kept, what) if kept else blank
                if value != shown[what]:
                    self.witness.lost.append(
                        f"{code} {what}: the page shows {shown[what]!r}, the server has {value!r}"
                    )

    def _compare_photos(self, visit: Visit) -> None:
        codes = {item.id: item.code for item in visit.version.items}
        kept: Counter[tuple[str, str, str]] = Counter(
            (codes[photo.item_id], photo.stage, photo.sha256)
            for photo in visit.photos
            if photo.removed_at is None and photo.item_id
        )
        shown = Counter(
            (code, stage, sha256)
            for code in self.items
            for stage in STRIPS
            for sha256 in self.last["items"][code][stage]
        )
        self.witness.lost += [f"photo {one}" for one in (shown - kept).elements()]
        self.witness.twice += [f"photo {one}" for one in (kept - shown).elements()]
        for sha256 in {sha256 for _, _, sha256 in kept}:
            if not is_one_of_ours(sha256):
                self.witness.lost.append(f"the bytes of photo {sha256}")

    def outcome(self) -> Outcome:
        """What is to be reported."""
        met = self.met + self.lab.faults.met
        return Outcome(self.number, self.witness.lost, self.witness.twice, met, self.operations)


def subject_of(row: Operation, rows: Any) -> tuple[str, str] | None:
    """What an operation says something about, as the witness counts it."""
    payload = row.payload
    match row.kind:
        case "answer.set":
            return payload["item"], "value"
        case "note.set":
            return payload["item"], payload["field"]
        case "correction.set":
            return payload["item"], "corrected"
        case "photo.add":
            return payload["item"], payload["stage"]
        case "photo.remove":
            of = next(r.payload for r in rows if r.payload.get("photo") == payload["photo"])
            return of["item"], of["stage"]
    return None


def is_one_of_ours(sha256: str) -> bool:
    """Whether the server keeps a photo under this name, and it has the colour of one we took."""
    picture = db.session.get(Picture, sha256)
    if picture is None:
        return False
    image = Image.open(io.BytesIO(storage().get(picture.jpeg))).convert("RGB")
    middle = image.getpixel((image.width // 2, image.height // 2))
    ours = (Image.new("RGB", (1, 1), colour).getpixel((0, 0)) for colour in COLOURS)
    return any(max(abs(a - b) for a, b in zip(middle, one, strict=True)) < 12 for one in ours)  # type: ignore[arg-type]
