"""The acknowledgement receipt (签收回执): that a branch has its notice (domain.md 3.10, 2)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from inspector.notices.papers.case import Case
from inspector.notices.papers.drawing import Record

AGREED: Final = "签收表示已收到本通知书。整改期限自下发之日起计算。"
"""What stands beside the button, word for word."""


@dataclass(frozen=True, kw_only=True)
class ReceiptDocument(Record):
    """All that one receipt says: by post and account, never by name."""

    template = "receipt"
    styles = ("official", "form")

    issuer: str  # who issued the notice
    system_code: str
    case: Case
    unit: str  # that signed: the outlet, or its sub-branch
    post: str
    account: str
    signed_at: datetime  # aware
    acknowledge_by: date  # later than that is a late acknowledgement
    agreed: str = AGREED
    issued_on: date
    notice_url: str

    @property
    def title(self) -> str:
        """What stands on top."""
        return "整改通知书签收回执"

    @property
    def is_late(self) -> bool:
        """Whether it was signed after the day it should have been."""
        return self.issued_on > self.acknowledge_by

    @property
    def address(self) -> str:
        """See `Record.address`."""
        return self.notice_url
