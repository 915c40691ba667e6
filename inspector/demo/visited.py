"""One visit of the history, written down: its answers, its findings, and what became of these."""

import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from inspector import clock
from inspector.demo import rectifying
from inspector.demo.rectifying import Case, Put, at_work
from inspector.demo.town import Outlet, key
from inspector.demo.visiting import Line, Seen
from inspector.findings import repeats
from inspector.findings.models import Finding
from inspector.findings.repeats import Judgement, Sighting
from inspector.people.roles import Role
from inspector.visits import known as visits
from inspector.visits.models import Answer, Photo, Practice, Visit
from inspector.visits.scoring import Standing

PRACTICES: Final = ("大堂经理主动为老年客户代填单据", "便民箱物品齐全，标识清楚", "晨会记录翔实")
NOTES: Final = ("", "", "现场核实", "与坐班领导共同确认", "连续观察十分钟")
PLACES: Final = ("", "1号窗口", "2号窗口", "大堂", "自助区", "填单区")


@dataclass
class Past:
    """What an outlet is like, and what was ever found there under each issue."""

    quality: float
    chronic: set[str]
    seen: dict[str, list[Sighting]] = field(default_factory=lambda: defaultdict(list))


@dataclass
class Visited:
    """A visit that took place, and whatever else its findings need to know."""

    outlet: Outlet
    past: Past
    seen: Seen
    row: dict[str, Any]
    """The columns of its planning."""
    started_at: datetime
    until: datetime
    window_days: int
    photos: list[str]
    """The pictures to choose from; empty where answers and photos are left out."""
    batch_id: uuid.UUID | None
    published_at: datetime | None
    issued: list[dict[str, Any]] = field(default_factory=list)
    said: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What the answer to an item says beyond its value, by the item's code."""

    def write(self, chance: Random, put: Put) -> None:
        """Write it down; `issued` are then its notices that still need their numbers."""
        submitted = self.started_at + timedelta(minutes=chance.randrange(60, 120))
        confirmed = at_work(clock.day(submitted) + timedelta(chance.randrange(1, 4)), chance)
        desk = self.outlet.city.staff[Role.CHANNEL][0]
        reviewed = confirmed <= self.until
        occurrences: dict[str, int] = {}
        rejected: set[str] = set()
        for line in self.seen.failed:
            rejects = reviewed and chance.random() < 0.03
            if rejects:
                rejected.add(line.item.code)
            decided = (confirmed, desk) if reviewed else (None, None)
            occurrence = self._finding(line, chance, put, submitted, decided, rejects)
            occurrences[line.item.code] = occurrence
        published = reviewed and self.published_at is not None
        put(
            Visit,
            **self.row,
            started_at=self.started_at,
            submitted_at=submitted,
            confirmed_at=confirmed if reviewed else None,
            confirmed_by_id=desk if reviewed else None,
            batch_id=self.batch_id if published else None,
            published_at=self.published_at if published else None,
            score=str(self.seen.score(occurrences, rejected, decided=reviewed)),
        )
        if self.photos:
            self._answers(chance, put)

    def _finding(
        self,
        line: Line,
        chance: Random,
        put: Put,
        raised: datetime,
        decided: tuple[datetime | None, uuid.UUID | None],
        rejects: bool,
    ) -> int:
        """Returns the occurrence that the score counts."""
        finding_id, (decided_at, decided_by) = key(chance), decided
        spot = (
            self.row["kind"] == "onsite" and line.item.rectify_days <= 3 and chance.random() < 0.2
        )
        judgement = self._judged(line, finding_id, spot)
        confirmed = decided_at is not None and not rejects
        original = judgement.original or not confirmed
        photo = chance.choice(self.photos) if self.photos and line.item.photo_on_fail else None
        said = {"note": chance.choice(NOTES), "place": chance.choice(PLACES)}
        self.said[line.item.code] = said | {"corrected": spot}
        put(
            Finding,
            id=finding_id,
            visit_id=self.row["id"],
            **line.copied,
            **said,
            corrected_on_spot=spot,
            raised_at=raised,
            decision=None if decided_at is None else "rejected" if rejects else "confirmed",
            decided_at=decided_at,
            decided_by_id=decided_by,
            reason="证据不足" if rejects else None,
            original=original,
            occurrence=judgement.occurrence if confirmed else None,
            duplicate_of_id=None if original else judgement.duplicate_of,
            not_carried_out=confirmed and judgement.not_carried_out,
        )
        if photo:
            self._photo(line, chance, put, photo, "before")
            if spot:
                self._photo(line, chance, put, photo, "after")
        if not confirmed or decided_at is None:
            return 1
        secret = self.row["kind"] == "mystery" and self.published_at is None
        case = None
        if original:
            case = self._case(finding_id, line, chance, put, decided_at, spot, photo, secret)
        self._remember(line, finding_id, spot, case, secret)
        return judgement.occurrence or 1

    def _case(
        self,
        finding_id: uuid.UUID,
        line: Line,
        chance: Random,
        put: Put,
        decided_at: datetime,
        spot: bool,
        photo: str | None,
        secret: bool,
    ) -> Case:
        case = Case(
            finding_id=finding_id,
            outlet=self.outlet,
            opened_at=max(decided_at, self.published_at or decided_at),
            days=line.item.rectify_days,
            photo=photo,
            until=self.until,
        )
        if spot:
            rectifying.on_spot(case, chance, put, decided_at)
        else:
            rectifying.by_notice(case, chance, put, decided_at, held=secret)
        self.issued += case.issued
        return case

    def _judged(self, line: Line, finding_id: uuid.UUID, spot: bool) -> Judgement:
        alike = self.past.seen.get(line.item.issue)
        if not alike:
            return Judgement()
        now = self._sighting(line, finding_id, spot)
        return repeats.judge([*alike, now], window_days=self.window_days)[finding_id]

    def _remember(
        self, line: Line, finding_id: uuid.UUID, spot: bool, case: Case | None, secret: bool
    ) -> None:
        # What no branch knows of yet counts for no other (notices/repeats.py).
        standing = Standing.PENDING if secret else Standing.CONFIRMED
        facts: dict[str, Any] = {"standing": standing}
        if case is not None:
            due_on = None if case.paused_at else case.due_on
            facts |= {"due_on": due_on, "closed_at": case.closed_at, "issued": bool(case.issued)}
        sighting = self._sighting(line, finding_id, spot, **facts)
        self.past.seen[line.item.issue].append(sighting)

    def _sighting(self, line: Line, finding_id: uuid.UUID, spot: bool, **facts: Any) -> Sighting:
        known = visits.known(self.row["id"], self.row["kind"], self.started_at, self.published_at)
        return Sighting(
            key=finding_id,
            outlet="",
            issue=line.item.issue,
            visit=self.row["id"],
            seen_at=known.first,
            until=known.last,
            tie=known.tie,
            corrected_on_spot=spot,
            **facts,
        )

    def _photo(self, line: Line, chance: Random, put: Put, sha256: str, stage: str) -> None:
        at = self.started_at + timedelta(minutes=chance.randrange(60))
        put(
            Photo,
            id=key(chance),
            visit_id=self.row["id"],
            item_id=line.item.id,
            practice_id=None,
            stage=stage,
            sha256=sha256,
            caption="",
            taken_at=at,
            added_at=at,
            removed_at=None,
        )

    def _answers(self, chance: Random, put: Put) -> None:
        nothing = {"note": "", "place": "", "corrected": False}
        for line, value in self.seen.answers():
            at = self.started_at + timedelta(seconds=20 * line.position)
            put(
                Answer,
                id=key(chance),
                visit_id=self.row["id"],
                item_id=line.item.id,
                value=value,
                no_photo_reason="",
                rev=1,
                written={},
                device_at=at,
                received_at=at + timedelta(hours=1),
                **self.said.get(line.item.code, nothing),
            )
        if chance.random() < 0.3:
            put(
                Practice,
                id=key(chance),
                visit_id=self.row["id"],
                section=None,
                text=chance.choice(PRACTICES),
                added_at=self.started_at,
                removed_at=None,
            )
