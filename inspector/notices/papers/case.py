"""Case: the one problem that a paper is about, in the words of its finding."""

from dataclasses import dataclass
from datetime import date

from inspector.notices.papers.drawing import Kind, Severity, require_month_only


@dataclass(frozen=True, kw_only=True)
class Case:
    """One finding and its notice. The English is empty unless the paper is bilingual. Raises
    ValueError if it tells the day of a mystery visit."""

    notice: str  # the number, 〔2026〕17号
    notice_sha256: str  # of the notice's PDF
    notice_on: date  # the day of its issue
    due_on: date  # the day that counted when the paper was made

    subbranch: str
    outlet: str
    kind: Kind
    visited: str  # from drawing.visited()

    section: str
    section_en: str = ""
    item_code: str
    item_text: str
    item_text_en: str = ""
    requirement: str
    requirement_en: str = ""
    observed: str
    observed_en: str = ""
    place: str
    note: str
    severity: Severity
    occurrence: int = 1

    def __post_init__(self) -> None:
        require_month_only(self.kind, self.visited)
