"""The CSV file of branches: its rows, or all its mistakes, each with its line and column. Pure."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Final, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from inspector.mistakes import Mistake, Mistakes, sentence, text_of
from inspector.people.models import Fitout, Level

PARENT_LEVEL: Final[Mapping[str, Level]] = {
    Level.SUBBRANCH: Level.CITY,
    Level.OUTLET: Level.SUBBRANCH,
}
"""What a branch of each level hangs under; a city branch hangs under nothing."""


def _written_as_date(text: str) -> str:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        raise ValueError("must be a date as 2026-11-23")
    return text


def _none_if_empty(text: str) -> str | None:
    return text or None


Day = Annotated[date, BeforeValidator(_written_as_date)]


class Row(BaseModel):
    """One branch, as a line of the file says it. Positions are WGS-84 degrees, as browsers give."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[str, Field(min_length=1, max_length=20)]
    name_zh: Annotated[str, Field(min_length=1, max_length=80)]
    name_en: Annotated[str, Field(min_length=1, max_length=120)]
    level: Level
    parent_code: Annotated[str | None, BeforeValidator(_none_if_empty)]
    district: Annotated[str, Field(min_length=1, max_length=40)]
    opened_on: Day
    renovated_on: Annotated[Day | None, BeforeValidator(_none_if_empty)]
    fitout: Fitout
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


COLUMNS: Final = tuple(Row.model_fields)

Fault: TypeAlias = tuple[str, str]
"""A column, and the sentence that says what is wrong with it."""


def read(file: Path, known: Mapping[str, str]) -> list[Row]:
    """The rows of a file, in its order. Raises Mistakes.

    `known` are the branches that exist already, by code, with their level: a row may hang under one
    of them, and none of them changes its level.
    """
    reading = _Reading(file, known)
    rows = reading.rows()
    if reading.mistakes:
        raise Mistakes(reading.mistakes)
    return rows


class _Reading:
    """One pass over a file, which goes on after a mistake."""

    def __init__(self, file: Path, known: Mapping[str, str]) -> None:
        self.file = str(file)
        self.text = text_of(file)
        self.known = known
        self.mistakes: list[Mistake] = []

    def rows(self) -> list[Row]:
        """The rows without mistakes; what is wrong with the others is noted."""
        raws = list(self._raws())
        levels = {**{raw["code"]: raw["level"] for _, raw in raws}, **self.known}
        first: dict[str, int] = {}
        rows = []
        for line, raw in raws:
            faults = [*_of_place(raw, levels), *self._of_code(raw, line, first)]
            try:
                row = Row.model_validate(raw)
                faults += _of_dates(row)
                rows.append(row)
            except ValidationError as error:
                faults += [(str(e["loc"][0]), sentence(e)) for e in error.errors()]
            for field, fault in faults:
                self._note(line, field, fault, raw["code"])
        return rows

    def _raws(self) -> Iterator[tuple[int, dict[str, str]]]:
        """The lines below the head, each with its number, as far as they fit the head."""
        reader = csv.reader(io.StringIO(self.text, newline=""), strict=True)
        try:
            head = [name.strip() for name in next(reader, [])]
            self._check_head(head)
            line = reader.line_num + 1
            for cells in reader:
                if len(cells) == len(head):
                    stripped = (cell.strip() for cell in cells)
                    yield line, dict(zip(head, stripped, strict=True))
                elif cells:
                    self._note(line, "", f"has {len(cells)} columns, must have {len(head)}")
                line = reader.line_num + 1  # a quoted cell may run over several lines
        except csv.Error as error:
            self._note(max(reader.line_num, 1), "", f"is not CSV: {error}")

    def _check_head(self, head: list[str]) -> None:
        for name in sorted({*COLUMNS, *head}):
            if name not in head:
                self._note(1, name, "is missing from the columns")
            elif name not in COLUMNS:
                self._note(1, name, "is not a known column")
            elif head.count(name) > 1:
                self._note(1, name, "is given twice")
        if self.mistakes:
            raise Mistakes(self.mistakes)

    def _of_code(self, raw: dict[str, str], line: int, first: dict[str, int]) -> Iterator[Fault]:
        code, level = raw["code"], raw["level"]
        if code and line != first.setdefault(code, line):
            yield "code", f"is given twice, first on line {first[code]}"
        if level != (before := self.known.get(code, level)):
            yield "level", f"must stay {before}: a branch keeps its level"

    def _note(self, line: int, field: str, fault: str, code: str = "") -> None:
        of = f"branch {code}" if code else ""
        self.mistakes.append(Mistake(self.file, line, of, field, fault))


def _of_place(raw: dict[str, str], levels: Mapping[str, str]) -> Iterator[Fault]:
    parent, wanted = raw["parent_code"], PARENT_LEVEL.get(raw["level"])
    if raw["level"] == Level.CITY and parent:
        yield "parent_code", f"must be empty for a city branch, not “{parent}”"
    elif wanted and not parent:
        yield "parent_code", f"must name a {wanted}"
    elif wanted and parent not in levels:
        yield "parent_code", f"is not a known branch: {parent}"
    elif wanted and levels[parent] != wanted:
        yield "parent_code", f"must name a {wanted}; {parent} is a {levels[parent]}"


def _of_dates(row: Row) -> Iterator[Fault]:
    if row.fitout != Fitout.NONE and row.renovated_on is None:
        yield "renovated_on", f"must not be empty for fitout {row.fitout}"
    if row.renovated_on and row.renovated_on < row.opened_on:
        yield "renovated_on", f"must not be before opened_on, {row.opened_on}"
