"""The answers of a visit as they are taken in: many at a time, compared with what others sent
meanwhile, and written in one statement. Rows of the unit of work would cost more than all else."""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sqlalchemy import Table, bindparam, select

from inspector.checklists.models import Item
from inspector.clock import astray
from inspector.db import as_json, db, insert_many
from inspector.people.models import Person
from inspector.problems import Problem
from inspector.visits.conflicts import Conflict, open_conflicts
from inspector.visits.models import Answer, Visit

NUMBER: Final = re.compile(r"[0-9]{1,7}(\.[0-9]{1,2})?")
WHOLE: Final = re.compile(r"[0-9]{1,5}")
TEXTS: Final = {"note": 2000, "place": 200, "no_photo_reason": 500}
"""The texts of an answer, and how many characters each may have."""
FIELDS: Final = ("value", *TEXTS, "corrected")
COLUMNS: Final = (*FIELDS, "rev", "written", "device_at", "received_at")
_answer: Table = Answer.__table__  # type: ignore[assignment]
# Made once, and of the table: a statement of the mapped class takes longer to make than to run.
ANSWERS: Final = select(*(_answer.c[name] for name in ("id", "item_id", *COLUMNS))).where(
    _answer.c.visit_id == bindparam("visit")
)
NOBODY: Final[dict[str, Any]] = {}
BLANK: Final = {"value": None, **dict.fromkeys(TEXTS, ""), "corrected": False, "rev": 0}


class Stamp:
    """Who recorded something, when it was received, when by the tablet's clock and how far that
    was behind ours, and in which stream, if in any."""

    def __init__(
        self,
        by: Person,
        at: datetime,
        device_at: datetime,
        stream: uuid.UUID | None = None,
        offset_ms: int | None = None,
    ) -> None:
        self.by, self.at, self.device_at = by, at, device_at
        self.who: dict[str, Any] = {
            "by": str(by.id),
            "received_at": at.isoformat(),
            "stream": str(stream) if stream else None,
        }
        if astray(offset_ms):
            self.who["offset_ms"] = offset_ms

    def of(self, device_at: datetime) -> "Stamp":
        """The same of another entry."""
        other = Stamp.__new__(Stamp)
        other.by, other.at, other.who, other.device_at = self.by, self.at, self.who, device_at
        return other


@dataclass(frozen=True)
class Line:
    """What taking in an answer needs of an item."""

    id: uuid.UUID
    code: str
    type: str
    max: int | None
    na_allowed: bool


class Written(NamedTuple):
    """What came of one entry. `other` is what somebody else had written in the same place."""

    status: str
    rev: int
    other: dict[str, Any] | None = None


def accepts(item: Line | Item, value: str) -> bool:
    """Whether an item takes this value: yes/no, NA where allowed, a score within its range, a
    number with at most two decimals, whole seconds."""
    if value == "na":
        return item.na_allowed
    if item.type == "yesno":
        return value in {"yes", "no"}
    if item.type == "number":
        return NUMBER.fullmatch(value) is not None
    if WHOLE.fullmatch(value) is None:
        return False
    return item.type == "duration" or int(value) <= (item.max or 0)


@lru_cache(maxsize=64)
def lines_of(version_id: uuid.UUID) -> dict[str, Line]:
    """The items of a checklist's version by code. Kept: a version never changes."""
    wanted = select(Item.id, Item.code, Item.type, Item.max, Item.na_allowed)
    rows = db.session.execute(wanted.where(Item.version_id == version_id))
    return {row.code: Line(*row) for row in rows}


@dataclass
class Sheet:
    """The answers of one visit, by item. Changes stay in memory until `save`."""

    visit_id: uuid.UUID
    lines: dict[str, Line]
    rows: dict[uuid.UUID, dict[str, Any]]
    _changed: set[uuid.UUID] = field(default_factory=set)
    _conflicts: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, visit: Visit) -> "Sheet":
        """What stands there now."""
        found = db.session.execute(ANSWERS, {"visit": visit.id})
        rows = {row.item_id: dict(row._mapping) for row in found}
        return cls(visit.id, lines_of(visit.version_id), rows)

    def set(self, code: str, name: str, value: Any, base: int, stamp: Stamp) -> Written:
        """Write one field of the answer to an item; `base` is the revision that its writer saw.

        What is there already is merged, without a new revision. What replaces another stream's
        entry, unseen, is a conflict: it stands, and both wait for a decision. Whoever writes in
        knowledge of a conflict decides it. Raises Problem answer.unknown_item, answer.not_allowed
        or text.too_long.
        """
        line = self._line(code)
        value = _checked(line, name, value)
        row = self.rows.get(line.id)
        if row is None:
            row = {"id": uuid.uuid4(), "item_id": line.id, **BLANK, "written": NOBODY}
            self.rows[line.id] = row
        if row["rev"] > base and row[name] == value:
            return Written("merged", row["rev"])
        last = row["written"].get(name)
        unseen = last is not None and last["rev"] > base and last["stream"] != stamp.who["stream"]
        other = {**last, "value": row[name]} if unseen else None
        row["rev"] += 1
        disputed = row["rev"] if unseen else (last or {}).get("disputed")
        if disputed and not unseen and base >= disputed:
            self._decide(line, name, value, stamp)
            disputed = None
        row[name] = value
        row["device_at"], row["received_at"] = stamp.device_at, stamp.at
        row["written"] = {**row["written"], name: _trace(row["rev"], disputed, stamp)}
        self._changed.add(line.id)
        if other is not None:
            self._conflicts.append(_conflict(self.visit_id, line, name, value, other, stamp))
        return Written("conflict" if unseen else "applied", row["rev"], other)

    def save(self) -> None:
        """Write what has changed: one statement for all answers."""
        rows = [
            {**row, "visit_id": self.visit_id, "written": as_json(row["written"])}
            for row in map(self.rows.__getitem__, self._changed)
        ]
        insert_many(Answer, rows, key="visit_id,item_id", update=COLUMNS)
        db.session.add_all(Conflict(id=uuid.uuid4(), **values) for values in self._conflicts)
        self._changed, self._conflicts = set(), []

    def _line(self, code: str) -> Line:
        if code not in self.lines:
            raise Problem("answer.unknown_item")
        return self.lines[code]

    def _decide(self, line: Line, name: str, value: Any, stamp: Stamp) -> None:
        self.save()
        db.session.flush()
        for conflict in open_conflicts(self.visit_id):
            if (conflict.item_id, conflict.field) == (line.id, name):
                conflict.resolve(kept=value, by=stamp.by, at=stamp.at)


def write(visit: Visit, entries: Iterable[tuple[str, str, Any]], stamp: Stamp) -> None:
    """Write fields of answers, each (item's code, field, value), by somebody who saw all."""
    sheet = Sheet.of(visit)
    for code, name, value in entries:
        sheet.set(code, name, value, 2**31, stamp)
    sheet.save()
    db.session.flush()
    db.session.expire(visit, ["answers"])


def _checked(line: Line, name: str, value: Any) -> Any:
    if name == "value":
        if value is not None and not accepts(line, value):
            raise Problem("answer.not_allowed")
    elif name in TEXTS:
        if len(value) > TEXTS[name]:
            raise Problem("text.too_long", limit=TEXTS[name])
        return value.strip()
    return value


def _trace(rev: int, disputed: int | None, stamp: Stamp) -> dict[str, Any]:
    trace = {"rev": rev, "device_at": stamp.device_at.isoformat(), **stamp.who}
    return trace | {"disputed": disputed} if disputed else trace


def _conflict(
    visit_id: uuid.UUID, line: Line, name: str, value: Any, other: dict[str, Any], stamp: Stamp
) -> dict[str, Any]:
    return {
        "visit_id": visit_id,
        "item_id": line.id,
        "field": name,
        "earlier": other["value"],
        "earlier_by_id": uuid.UUID(other["by"]),
        "earlier_device_at": datetime.fromisoformat(other["device_at"]),
        "earlier_received_at": datetime.fromisoformat(other["received_at"]),
        "earlier_offset_ms": other.get("offset_ms"),
        "later": value,
        "later_by_id": stamp.by.id,
        "later_device_at": stamp.device_at,
        "later_received_at": stamp.at,
        "later_offset_ms": stamp.who.get("offset_ms"),
    }
