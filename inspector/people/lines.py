"""The lines of a table file under its head, by column, and what is wrong with it, all at once."""

from collections.abc import Collection, Mapping

from inspector.mistakes import Mistake, Sentence
from inspector.spreadsheets import Sheet
from inspector.words import N_


class Lines:
    """One pass over a sheet, which goes on after a mistake.

    `columns` are those there must be, `optional` those there may be; `said` gives a column by any
    word for it.
    """

    def __init__(
        self,
        sheet: Sheet,
        file: str,
        columns: Collection[str],
        optional: Collection[str] = (),
        said: Mapping[str, str] | None = None,
    ) -> None:
        self.sheet = sheet
        self.file = file
        self.columns = columns
        self.optional = optional
        self.said = said or {}
        self.mistakes: list[Mistake] = []

    def raws(self) -> list[tuple[int, dict[str, str]]]:
        """The lines below the head, each with its number, as far as they fit the head; none when
        the head itself is wrong."""
        (line, names), *rows = self.sheet.rows or [(1, [])]
        head = [self.said.get(name.lower(), name) for name in names]
        self._check_head(line, head)
        if self.mistakes:
            return []
        found = []
        for line, cells in rows:
            if len(cells) > len(head):
                told = N_("has %(found)s columns, must have %(wanted)s")
                self.note(line, "", Sentence(told, found=len(cells), wanted=len(head)))
            else:
                filled = [*cells, *[""] * (len(head) - len(cells))]
                found.append((line, dict(zip(head, filled, strict=True))))
        return found

    def note(self, line: int, field: str, fault: str, of: str = "") -> None:
        """Put a mistake on the list."""
        self.mistakes.append(Mistake(self.file, line, of, field, fault))

    def _check_head(self, line: int, head: list[str]) -> None:
        known = {*self.columns, *self.optional}
        for name in sorted({*self.columns, *head}):
            if name not in head:
                self.note(line, name, Sentence(N_("is missing from the columns")))
            elif name not in known:
                self.note(line, name, Sentence(N_("is not a known column")))
            elif head.count(name) > 1:
                self.note(line, name, Sentence(N_("is given twice")))


class Firsts:
    """Where each key stands first."""

    def __init__(self) -> None:
        self.lines: dict[str, int] = {}

    def fault(self, key: str, line: int) -> Sentence | None:
        """What is wrong with a key that stands on an earlier line already."""
        first = self.lines.setdefault(key, line) if key else line
        if first == line:
            return None
        return Sentence(N_("is given twice, first on line %(line)s"), line=first)
