"""Importing a file: what it would do, row by row, and doing exactly that. Nothing is half-imported,
nothing is deleted: what the file does not name stays as it is."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from inspector.mistakes import Mistake, Mistakes, Sentence
from inspector.people.models import Person


class Verdict(StrEnum):
    """What becomes of a row."""

    ADD = "add"
    CHANGE = "change"
    KEEP = "keep"


@dataclass(frozen=True)
class Planned:
    """A row of the file beside what is there."""

    line: int
    key: str
    """The account or the code."""
    name: str
    verdict: Verdict
    after: dict[str, str]
    """By column: all that is added, or what differs."""
    before: dict[str, str] = field(default_factory=dict)
    remark: Sentence | None = None

    @classmethod
    def beside(
        cls, line: int, key: str, name: str, before: dict[str, str] | None, after: dict[str, str]
    ) -> "Planned":
        """A row that says `after`, where `before` is there, if anything is."""
        if before is None:
            return cls(line, key, name, Verdict.ADD, after)
        differs = [column for column in after if before[column] != after[column]]
        was, now = ({column: said[column] for column in differs} for said in (before, after))
        return cls(line, key, name, Verdict.CHANGE if differs else Verdict.KEEP, now, was)


def nothing(by: Person | None, at: datetime) -> None:
    """What an unreadable file does."""


CarryOut: TypeAlias = Callable[[Person | None, datetime], None]


@dataclass(frozen=True)
class Plan:
    """What a file would do to what is there now."""

    content: bytes
    read_as: str
    rows: list[Planned]
    absent: list[tuple[str, str]]
    """Key and name of what the file does not name."""
    mistakes: list[Mistake]
    carry_out: CarryOut

    def having(self, verdict: Verdict) -> list[Planned]:
        """The rows of one verdict."""
        return [row for row in self.rows if row.verdict == verdict]

    @property
    def digest(self) -> str:
        """The same for the same file and the same changes only: who confirms, confirms this."""
        said = [(r.line, r.key, r.verdict, r.before, r.after) for r in self.rows]
        about = hashlib.sha256(self.content)
        about.update(json.dumps(said, sort_keys=True).encode())
        return about.hexdigest()

    def do(self, *, by: Person | None, at: datetime) -> None:
        """Import all of it. Raises Mistakes, with all that is wrong, and imports nothing."""
        if self.mistakes:
            raise Mistakes(self.mistakes)
        self.carry_out(by, at)
