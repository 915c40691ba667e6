"""The closing form (复查验收（销号）单): struck off, or returned and why (domain.md 3.10, 4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Literal

from inspector.notices.papers.case import Case
from inspector.notices.papers.drawing import Photo, Record, require_month_only


@dataclass(frozen=True, kw_only=True)
class ClosingDocument(Record):
    """All that one verification says. Raises ValueError if a photo of a mystery visit tells its
    time."""

    template = "closing"
    styles = ("official", "form")

    issuer: str  # the unit that verified
    system_code: str
    case: Case
    round: int
    verdict: Literal["closed", "returned"]
    remark: str  # the reason, of a return
    result: str  # what the branch had reported
    done_on: date
    reported_on: date
    endorsed_on: date | None  # the sub-branch's first check
    before: tuple[Photo, ...] = ()
    after: tuple[Photo, ...] = ()
    issued_on: date
    notice_url: str

    def __post_init__(self) -> None:
        require_month_only(self.case.kind, self.case.visited, self.before)

    @property
    def title(self) -> str:
        """What stands on top."""
        return "整改复查验收（销号）单"

    @property
    def days_late(self) -> int:
        """How many days after the due day it was reported; 0 in time."""
        return max((self.reported_on - self.case.due_on).days, 0)

    @property
    def pairs(self) -> list[tuple[Photo | None, Photo | None]]:
        """Before and after side by side, as far as both go."""
        return list(zip_longest(self.before, self.after))

    def pictures(self) -> Iterable[str]:
        """See `Record.pictures`."""
        return (photo.sha256 for photo in (*self.before, *self.after))

    @property
    def address(self) -> str:
        """See `Record.address`."""
        return self.notice_url
