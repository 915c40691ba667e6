"""Repeat offences, found, corrected, committed again (屡查屡纠屡犯): the rule of domain.md 3.8.

Pure: findings go in as sightings, what each of them amounts to comes out. Everything is judged at
the time of the visit that saw it, so a visit that arrives late changes the count of those after it.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from inspector import clock
from inspector.visits.scoring import Standing

WARNING_FROM: Final = 3
"""From this occurrence on a warning order (警告令) goes with the notice."""


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """One finding, as far as the rule needs it."""

    key: Hashable
    outlet: Hashable
    issue: str  # the shared issue code, not the item's code: items are renumbered
    visit: Hashable
    seen_at: datetime  # when the visit began; of a mystery visit the earliest that branches know
    until: datetime | None = None  # and the latest: the end of its month; None: known exactly
    tie: str = ""  # of those of the same month which comes first: nothing that tells the true order
    standing: Standing = Standing.CONFIRMED  # rejected: also one withdrawn, or of a void visit
    corrected_on_spot: bool = False
    due_on: date | None = None  # None until its notice is issued
    closed_at: datetime | None = None  # when its rectification was struck off
    issued: bool = False  # its notice has a number, which is never taken back (domain.md 3.4)

    @property
    def latest(self) -> datetime:
        """The latest moment at which it can have been seen."""
        return self.until or self.seen_at

    @property
    def place(self) -> tuple[datetime, str]:
        """Where it stands among others."""
        return self.latest, self.tie


@dataclass(frozen=True)
class Judgement:
    """What a sighting amounts to: an offence of its own, the `occurrence`-th within the window; or
    (then `occurrence` is None) the sight of one that is still open, its `duplicate_of`."""

    occurrence: int | None = 1
    duplicate_of: Hashable | None = None
    not_carried_out: bool = False  # a duplicate that was past its due day (整改不到位)

    @property
    def original(self) -> bool:
        """Whether it is an offence of its own."""
        return self.duplicate_of is None


def judge(
    sightings: Iterable[Sighting],
    *,
    window_days: int,
    merged: Mapping[Hashable, Hashable] = {},
) -> dict[Hashable, Judgement]:
    """Judge sightings of any outlets and issues, by key (domain.md 3.8).

    `window_days` is how far back an earlier one counts, in calendar days at the bank. `merged` says
    which outlet went on as which: what was seen at the first counts at the second. One that is not
    decided yet is judged as if it were confirmed, but counts for no other; a rejected one is left
    out.

    Of a mystery visit branches know the month only, and what it amounts to must not tell them more
    (domain.md 6, 2). So what is open at the end of its month it has seen open; what was struck off
    before its month it has seen again; and what was struck off within its month makes it neither a
    duplicate nor a repeat.
    """
    alike: dict[tuple[Hashable, str], list[Sighting]] = defaultdict(list)
    for sighting in sightings:
        if sighting.standing == Standing.REJECTED:
            continue
        alike[_successor(sighting.outlet, merged), sighting.issue].append(sighting)
    judged: dict[Hashable, Judgement] = {}
    for group in alike.values():
        judged |= _judge_alike(sorted(group, key=lambda s: s.place), timedelta(days=window_days))
    return judged


def _successor(outlet: Hashable, merged: Mapping[Hashable, Hashable]) -> Hashable:
    while outlet in merged:
        outlet = merged[outlet]
    return outlet


def _judge_alike(ordered: Sequence[Sighting], window: timedelta) -> dict[Hashable, Judgement]:
    judged: dict[Hashable, Judgement] = {}
    offence: dict[Hashable, Sighting] = {}  # whose rectification stands for it
    for now in ordered:
        judgement = _judge_one(now, _prior(now, ordered, window), offence)
        judged[now.key] = judgement
        same = judgement.duplicate_of
        offence[now.key] = now if same is None else offence[same]
    return judged


def _prior(now: Sighting, ordered: Sequence[Sighting], window: timedelta) -> list[Sighting]:
    oldest = clock.day(now.latest) - window
    return [
        earlier
        for earlier in ordered
        if earlier.standing == Standing.CONFIRMED
        and earlier.place < now.place
        and clock.day(earlier.seen_at) >= oldest
    ]


def _judge_one(
    now: Sighting, prior: Sequence[Sighting], offence: Mapping[Hashable, Sighting]
) -> Judgement:
    if not prior:
        return Judgement()
    last_visit = [offence[p.key] for p in prior if p.latest == prior[-1].latest]
    still_open = next((last for last in last_visit if not _closed(last, now.latest)), None)
    if still_open and not now.issued:
        late = still_open.due_on is not None and still_open.due_on < clock.day(now.seen_at)
        return Judgement(None, still_open.key, late)
    offences = (offence[p.key] for p in prior)
    # A visit counts an issue once, in however many of its items it was seen.
    corrected = {past.visit for past in offences if _closed(past, now.seen_at)}
    return Judgement(1 + len(corrected))


def _closed(sighting: Sighting, at: datetime) -> bool:
    """Whether it was surely put right by that moment."""
    closed_at = sighting.latest if sighting.corrected_on_spot else sighting.closed_at
    return closed_at is not None and closed_at <= at
