"""The rectification report (整改报告): how the branch put it right (domain.md 3.10, 3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from inspector.notices.papers.case import Case
from inspector.notices.papers.drawing import Photo, Record, require_month_only


@dataclass(frozen=True, kw_only=True)
class ReportDocument(Record):
    """All that one round of reporting says. Raises ValueError if a photo of a mystery visit tells
    its time."""

    template = "report"
    styles = ("official", "report")

    issuer: str  # the unit that reports
    addressee: str  # the department that issued the notice
    system_code: str
    case: Case
    round: int
    cause: str
    measure: str
    result: str
    done_on: date
    responsible: str  # a post
    before: tuple[Photo, ...] = ()
    after: tuple[Photo, ...] = ()
    issued_on: date
    notice_url: str

    def __post_init__(self) -> None:
        require_month_only(self.case.kind, self.case.visited, self.before)

    @property
    def title(self) -> str:
        """关于……问题的整改报告."""
        return f"关于{self.case.outlet}{self.case.section}问题的整改报告"

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
