"""The rectification notice as paper: its frozen record.

The order of the paper is domain.md 3.10, 1 and its layout GB/T 9704 (domain.md 2.7).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from inspector.notices.numbers import number_of
from inspector.notices.papers.drawing import Kind, Photo, Record, Severity, require_month_only


@dataclass(frozen=True, kw_only=True)
class NoticeDocument(Record):
    """All that one notice says. Raises ValueError if it tells the day of a mystery visit."""

    template = "notice"

    issuer: str  # in full: 中国工商银行延安分行渠道部
    doc_code: str = ""  # what the bank puts before the year, such as 工银延渠
    doc_year: int
    doc_seq: int | None  # None: a draft
    system_code: str  # a random short code, on every page

    addressee: str  # the sub-branch
    outlet: str
    kind: Kind
    visited: str  # from visited(): 2026-10-20, or only 2026-10
    checklist_title: str
    checklist_code: str
    checklist_version: str

    section: str
    item_code: str
    item_text: str
    item_text_en: str = ""
    requirement: str
    requirement_en: str = ""
    ref: str
    observed: str  # the value with its unit, or the answer in a word; empty means 不符合
    place: str
    note: str
    severity: Severity
    occurrence: int = 1  # the how-manieth time within `look_back`
    look_back: str = "近一年内"
    photos: tuple[Photo, ...] = ()

    issued_on: date
    due_on: date
    rectify_days: int
    appeal_until: date
    acknowledge_days: int = 2
    served_days: int = 3  # after so many days it is deemed served (domain.md 3.4)
    first_responsible: str = "坐班领导"  # a post, never a person
    cc: tuple[str, ...] = ()
    supersedes: str = ""  # the number of the withdrawn notice that this one stands in for
    acknowledge_url: str

    def __post_init__(self) -> None:
        require_month_only(self.kind, self.visited, self.photos)

    @property
    def number(self) -> str:
        """The document number, 〔2026〕17号 (domain.md 2.7), or 草稿."""
        return number_of(self.doc_year, self.doc_seq, self.doc_code) or "草稿"

    @property
    def title(self) -> str:
        """关于……问题的整改通知, named by the outlet and the section of the checklist."""
        return f"关于{self.outlet}{self.section}问题的整改通知"

    def pictures(self) -> Iterable[str]:
        """See `Record.pictures`."""
        return (photo.sha256 for photo in self.photos)

    @property
    def address(self) -> str:
        """See `Record.address`."""
        return self.acknowledge_url
