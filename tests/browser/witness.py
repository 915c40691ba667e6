"""What the page says is saved, written down as it says it, and held against what comes of it.

A promise is what stands beside the words 已存本机 or 已收到. What was done since may or may not
have been saved when the battery dies; a promise must be kept.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

from playwright.sync_api import Page

LOOK: Final = Path(__file__).with_name("look.js").read_text()
SAVED: Final = {"", "已存本机", "已收到"}
"""The words under which what is shown is promised; an item without a word has nothing to lose."""

Key: TypeAlias = tuple[str, str]
"""Item and what of it: value, note, place, corrected; before and after are its photos."""
BLANK: Final[dict[str, Any]] = {"value": None, "note": "", "place": "", "corrected": False}
STRIPS: Final = ("before", "after")


@dataclass
class Witness:
    """The promises of one schedule, and those that were broken."""

    promised: dict[Key, Any] = field(default_factory=dict)
    tried: dict[Key, list[Any]] = field(default_factory=lambda: defaultdict(list))
    photos: dict[Key, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    added: Counter[Key] = field(default_factory=Counter)
    removed: dict[Key, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    done: Counter[Key] = field(default_factory=Counter)
    """How often something was done, for ever."""
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)

    def sets(self, item: str, what: str, value: Any) -> None:
        """Somebody is about to say so."""
        self.tried[item, what].append(value)
        self.done[item, what] += 1

    def adds(self, item: str, stage: str, photos: int = 1) -> None:
        """Somebody is about to take photos."""
        self.added[item, stage] += photos
        self.done[item, stage] += photos

    def removes(self, item: str, stage: str, sha256: str) -> None:
        """Somebody is about to take one away."""
        self.removed[item, stage][sha256] += 1
        self.done[item, stage] += 1

    def look(self, page: Page, when: str) -> dict[str, Any]:
        """Read the page, hold it against earlier promises, and write down the new ones."""
        seen: dict[str, Any] = page.evaluate(LOOK)
        for item, now in seen["items"].items():
            if now["state"] in SAVED:
                self._see(item, now, f"{when}: {item}")
        return seen

    def _see(self, item: str, now: dict[str, Any], where: str) -> None:
        for what, blank in BLANK.items():
            key, value = (item, what), now[what]
            if value not in (before := self.promised.get(key, blank), *self.tried[key]):
                self.lost.append(f"{where} {what}: {before!r} was saved, now {value!r}")
            self.promised[key] = value
            self.tried[key].clear()
        for stage in STRIPS:
            self.count(item, stage, Counter(now[stage]), where)
            self.photos[item, stage] = Counter(now[stage])
            self.added[item, stage] = now["drafts"]
            self.removed[item, stage].clear()

    def count(self, item: str, stage: str, now: Counter[str], where: str) -> None:
        """Hold the photos that are there against those that were promised."""
        key = (item, stage)
        must = self.photos[key] - self.removed[key]
        if gone := must - now:
            self.lost.append(f"{where} {stage}: photos {dict(gone)} were saved and are gone")
        if (more := (now - self.photos[key]).total()) > self.added[key]:
            self.twice.append(f"{where} {stage}: {more} more photos, {self.added[key]} were taken")
