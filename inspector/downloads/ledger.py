"""The ledger as one PDF, however long it is: drawn in parts, of which one is in memory at a time.

What it says is what stood there when it was begun: all rows are read first, and put down as the
records of the parts.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final

import orjson

from inspector import clock
from inspector.downloads.merged import finish, merge, pages_of
from inspector.ledger import choices, paper, queries
from inspector.ledger.filters import Filters
from inspector.notices.papers.drawing import draw
from inspector.notices.papers.ledger import LedgerDocument
from inspector.people.models import Person

KIND: Final = "ledger"
ROWS: Final = 500
"""Of a part: some fifty pages, drawn in about seven seconds."""


def filters_of(scope: str) -> Filters | None:
    """The filters of ledger:stage=all&kind=onsite; None where something else is meant. Raises
    ValueError for filters that there are none of."""
    kind, _colon, said = scope.partition(":")
    return Filters.read(said) if kind == KIND else None


@dataclass(frozen=True)
class Parts:
    """The records of the parts, each in a file; and what is counted of all of them."""

    files: list[Path]
    sums: Counter[str]

    @property
    def rows(self) -> int:
        """How many rows the ledger has."""
        return self.sums["all"]


def read(filters: Filters, person: Person, folder: Path) -> Parts:
    """Read all rows that the person may see under the filters, and put them down in the folder."""
    scope, today = choices.scope(person, filters), clock.today()
    lines = queries.everything(person, filters)
    parts = Parts([], Counter())
    while (some := list(islice(lines, ROWS))) or not parts.files:
        record = paper.document_of(some, scope=scope, on=today)
        parts.sums.update(record.sums)
        parts.files.append(folder / f"part-{len(parts.files)}.json")
        parts.files[-1].write_bytes(orjson.dumps(record.to_json()))
    return parts


def write_pdf(parts: Parts, target: Path, step: Callable[[int], None]) -> None:
    """Draw the parts and put them together; `step(n)` when n rows are drawn, and again while the
    whole is written."""
    papers: list[Path] = []
    marks: list[tuple[str, int]] = []
    pages = 0
    for n, file in enumerate(parts.files):
        record = LedgerDocument.from_json(orjson.loads(file.read_bytes()))
        first = n * ROWS + 1
        last = first + len(record.lines) - 1
        record = replace(
            record, first=first, part=n + 1, parts=len(parts.files), whole=dict(parts.sums)
        )
        papers.append(file.with_suffix(".pdf"))
        papers[-1].write_bytes(draw(record))
        marks.append((f"{first}–{last}", pages))
        pages += pages_of(papers[-1])
        step(last)
    bare = target.with_name("bare.pdf")
    merge(papers, bare)
    finish(bare, LedgerDocument.title, marks, target, lambda: step(parts.rows))
