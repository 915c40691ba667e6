"""What the service-quality monitoring and queue system exports, read for O: which column means
what, and each row that is wrong by its line and column. Nothing of it is stored here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Final

from inspector.mistakes import Mistake, Sentence
from inspector.spreadsheets import Sheet
from inspector.words import N_

IGNORED: Final = ""
BRANCH: Final = "branch"
VALUE: Final = "value"
FIGURES: Final = ("satisfaction", "waiting", "overtime", "complaints")
MEANINGS: Final = (BRANCH, VALUE, *FIGURES)
"""What a column can mean: the sub-branch, O itself, or one of the figures beside it."""

GUESSES: Final[dict[str, tuple[str, ...]]] = {
    BRANCH: ("支行", "机构", "code", "branch"),
    VALUE: ("得分", "总分", "o", "score"),
    "satisfaction": ("满意", "satisf"),
    "overtime": ("中高端", "超时", "overtime"),
    "waiting": ("等候", "排队", "wait"),
    "complaints": ("投诉", "complain"),
}
"""What a head says that nobody has given a meaning yet."""

MOST: Final = Decimal(10_000_000)


@dataclass(frozen=True)
class Entry:
    """One row: a sub-branch, its O or None for blank, and the figures beside it."""

    line: int
    branch: str  # its code
    value: Decimal | None
    figures: dict[str, str]


@dataclass
class Reading:
    """What a file says, and what is wrong with it."""

    heads: list[str]
    meanings: list[str]
    entries: list[Entry] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)

    @property
    def has_value(self) -> bool:
        """Whether the file gives O itself, and not only figures."""
        return VALUE in self.meanings


def guess(heads: Sequence[str], remembered: Mapping[str, str]) -> list[str]:
    """What each column means: what it was told to mean before, else what its head says. Each
    meaning is given once."""
    found: list[str] = []
    for head in heads:
        meaning = remembered.get(head)
        if meaning is None:
            said = head.lower()
            meaning = next((m for m, words in GUESSES.items() if _says(said, words)), IGNORED)
        found.append(IGNORED if meaning in found else meaning)
    return found


def _says(head: str, words: Sequence[str]) -> bool:
    return any(head == word if len(word) == 1 else word in head for word in words)


def read(sheet: Sheet, name: str, meanings: Sequence[str], codes: Mapping[str, str]) -> Reading:
    """The entries of a sheet. `codes` gives the code of each sub-branch by its code and names.

    With a single mistake nothing is to be imported; they are all told, each with line and column.
    """
    (first, heads), *rows = sheet.rows or [(1, [])]
    found = Reading(list(heads), list(meanings))

    def note(line: int, column: str, told: str) -> None:
        found.mistakes.append(Mistake(name, line, "", column, told))

    if BRANCH not in meanings:
        note(first, "", Sentence(N_("no column is said to be the sub-branch")))
        return found
    if not {VALUE, *FIGURES} & set(meanings):
        note(first, "", Sentence(N_("no column is said to be O or a figure")))
        return found
    seen: dict[str, int] = {}
    for line, cells in rows:
        filled = [*cells, *[""] * (len(heads) - len(cells))]
        told = dict(zip(meanings, zip(heads, filled, strict=False), strict=False))
        head, branch = told[BRANCH]
        code = codes.get(branch)
        if code is None:
            note(line, head, Sentence(N_("%(name)s is no sub-branch"), name=branch or "—"))
            continue
        if code in seen:
            note(
                line, head, Sentence(N_("is given twice, first on line %(line)s"), line=seen[code])
            )
            continue
        seen[code] = line
        numbers = {m: _number(line, *told[m], note, m) for m in (VALUE, *FIGURES) if m in told}
        figures = {m: str(numbers[m]) for m in FIGURES if numbers.get(m) is not None}
        found.entries.append(Entry(line, code, numbers.get(VALUE), figures))
    if not rows:
        note(first, "", Sentence(N_("there is no row below the heads")))
    return found


def _number(line: int, head: str, text: str, note: object, meaning: str) -> Decimal | None:
    """A cell as a number, None when it is empty; O from 0 to 100 with two decimals."""
    if not text:
        return None
    try:
        value = Decimal(text.removesuffix("%").replace(",", ""))
    except InvalidOperation:
        value = Decimal("NaN")
    wrong = ""
    if not value.is_finite() or not 0 <= value < MOST:
        wrong = Sentence(N_("“%(text)s” is no number"), text=text)
    elif meaning == VALUE and (value > 100 or value != round(value, 2)):
        wrong = Sentence(N_("must be from 0 to 100 with at most two decimals, not %(n)s"), n=text)
    if wrong:
        note(line, head, wrong)  # type: ignore[operator]
        return None
    return value
