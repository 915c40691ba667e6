"""The head of the chain: what is written down elsewhere, so that a chain that was hashed anew as a
whole, or cut off, is found."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection, func, select

from inspector.history import Link
from inspector.history.digest import START

LINE: Final = re.compile(
    r"row (?P<seq>\d{1,18}) of (?P<count>\d{1,18}) sha256 (?P<sha256>[0-9a-f]{64})"
)


@dataclass(frozen=True)
class Head:
    """The last row of the chain, now or at some time: its number and hash, and how many rows there
    are, which in a whole chain are as many."""

    seq: int
    sha256: str
    count: int

    def line(self, day: date) -> str:
        """One line, to be kept where who keeps the database cannot reach it."""
        return f"{day} row {self.seq} of {self.count} sha256 {self.sha256}"


def head_of(connection: Connection) -> Head:
    """The head as it is now; row 0 before there is any."""
    newest = select(Link.seq, Link.sha256).order_by(Link.seq.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    count = connection.scalar(select(func.count()).select_from(Link)) or 0
    return Head(row.seq, row.sha256, count) if row else Head(0, START, 0)


def read_heads(lines: Iterable[str]) -> list[Head]:
    """The heads in lines that were printed, mailed or written earlier; other lines are passed over,
    so that a whole mail can be given."""
    found = (LINE.search(line) for line in lines)
    return [Head(int(one["seq"]), one["sha256"], int(one["count"])) for one in found if one]
