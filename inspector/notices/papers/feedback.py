"""The feedback sheet of an on-site visit (检查反馈单): what was seen, and the outlet's word on it
(domain.md 2.3 and 3.10, 5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from inspector.notices.papers.drawing import Photo, Record, Severity


@dataclass(frozen=True)
class SectionScore:
    """What one section of the checklist earned."""

    title: str
    title_en: str
    earned: Decimal
    available: Decimal
    failed: int

    @property
    def rate(self) -> Decimal | None:
        """Percent of the points; None when nothing was applicable."""
        return self.earned / self.available * 100 if self.available else None


@dataclass(frozen=True, kw_only=True)
class Found:
    """One problem of the list."""

    section: str
    item_code: str
    item_text: str
    item_text_en: str = ""
    observed: str
    observed_en: str = ""
    place: str
    note: str
    severity: Severity
    occurrence: int = 1
    corrected_on_spot: bool = False
    notice: str = ""  # the number, once there is one
    same_as_open: bool = False  # seen again while it was open: goes with that notice
    signed_for: bool = False  # was shown, word for word, to whoever signed


@dataclass(frozen=True)
class Confirmation:
    """The outlet's word, by signature and not by name; or that it was refused."""

    signed_at: datetime  # aware
    signature: str  # the SHA-256 of its picture; empty: refused
    remark: str
    refusal: str


@dataclass(frozen=True, kw_only=True)
class FeedbackDocument(Record):
    """All that one feedback sheet says."""

    template = "feedback"
    styles = ("official", "form")

    issuer: str
    system_code: str
    is_draft: bool  # not yet reviewed
    subbranch: str
    outlet: str
    began_at: datetime  # aware
    ended_at: datetime  # aware
    checklist_title: str
    checklist_title_en: str = ""
    checklist_code: str
    checklist_version: str
    score: Decimal | None
    is_vetoed: bool = False
    sections: tuple[SectionScore, ...]
    findings: tuple[Found, ...] = ()
    practices: tuple[str, ...] = ()
    photos: tuple[Photo, ...] = ()  # of good practice
    confirmation: Confirmation | None = None
    issued_on: date
    visit_url: str

    @property
    def title(self) -> str:
        """What stands on top."""
        return "网点服务现场检查反馈单"

    @property
    def has_unsigned(self) -> bool:
        """Whether something was recorded or changed after the outlet signed."""
        signed = self.confirmation is not None and bool(self.confirmation.signature)
        return signed and not all(found.signed_for for found in self.findings)

    def pictures(self) -> Iterable[str]:
        """See `Record.pictures`."""
        signature = self.confirmation.signature if self.confirmation else ""
        return (*(photo.sha256 for photo in self.photos), *filter(None, [signature]))

    @property
    def address(self) -> str:
        """See `Record.address`."""
        return self.visit_url
