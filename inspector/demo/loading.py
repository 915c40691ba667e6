"""Rows in bulk, in the order that their keys ask for."""

from collections import defaultdict
from typing import Any, Final

from inspector.db import Base, db, insert_many
from inspector.findings.models import Finding, Rectification, Reopening, Report, ReportPhoto
from inspector.notices.appeals import Appeal, PanelSeat
from inspector.notices.models import Acknowledgement, Notice
from inspector.visits.batches import Batch
from inspector.visits.models import Answer, Photo, Practice, Visit

ORDER: Final[tuple[type[Base], ...]] = (
    Batch,
    Visit,
    Answer,
    Practice,
    Photo,
    Finding,
    Rectification,
)
NUMBERED: Final[tuple[type[Base], ...]] = (
    Notice,
    Acknowledgement,
    Appeal,
    PanelSeat,
    Report,
    ReportPhoto,
    Reopening,
)
"""Notices, which get their numbers in the order of a whole quarter, and what points at them."""
AT_ONCE: Final = 5_000


class Loader:
    """Takes rows in any order, and writes them down table by table."""

    def __init__(self) -> None:
        self.rows: dict[type[Base], list[dict[str, Any]]] = defaultdict(list)
        self.duplicates: list[dict[str, Any]] = []
        """Findings that point at a rectification: they come after these."""

    def put(self, model: type[Base], **values: Any) -> None:
        """Take a row."""
        later = model is Finding and values["duplicate_of_id"] is not None
        (self.duplicates if later else self.rows[model]).append(values)

    def flush(self) -> int:
        """Write down what was taken, but for notices and what points at them: a quarter of 16,000
        outlets is too much to hold. Returns how many rows."""
        written = sum(_insert(model, self.rows.pop(model, [])) for model in ORDER)
        written += _insert(Finding, self.duplicates)
        self.duplicates = []
        db.session.commit()
        return written

    def finish(self) -> int:
        """Write down all that was taken; returns how many rows."""
        written = self.flush()
        written += sum(_insert(model, self.rows.pop(model, [])) for model in NUMBERED)
        db.session.commit()
        return written


def _insert(model: type[Base], rows: list[dict[str, Any]]) -> int:
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        alike[tuple(row)].append(row)
    for group in alike.values():
        for start in range(0, len(group), AT_ONCE):
            insert_many(model, group[start : start + AT_ONCE])
    return len(rows)
