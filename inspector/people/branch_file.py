"""The file of branches: its rows, and all its mistakes, each with its line and column. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from inspector.mistakes import Sentence, sentence
from inspector.people.lines import Firsts, Lines
from inspector.people.models import Branch, Fitout, Level
from inspector.words import N_

PARENT_LEVEL: Final[Mapping[str, Level]] = {
    Level.SUBBRANCH: Level.CITY,
    Level.OUTLET: Level.SUBBRANCH,
}
"""What a branch of each level hangs under; a city branch hangs under nothing."""


def _written_as_date(text: str) -> str:
    # Excel in China turns 2002-10-08 into 2002/10/8 when it saves a CSV file.
    if not (found := re.fullmatch(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})", text)):
        raise ValueError(Sentence(N_("must be a date as 2026-11-23")))
    return f"{found[1]}-{found[3]:>02}-{found[4]:>02}"


def _none_if_empty(text: str) -> str | None:
    return text or None


Day = Annotated[date, BeforeValidator(_written_as_date)]


SAID: Final = (N_("city"), N_("subbranch"), N_("outlet"), N_("none"), N_("renovated"))
"""Stored values as English sentences name them; the translations have their words."""


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

    @classmethod
    def of(cls, branch: Branch) -> "Row":
        """A branch as it is now."""
        held = {name: getattr(branch, name) for name in COLUMNS if name != "parent_code"}
        held |= {"level": Level(branch.level), "fitout": Fitout(branch.fitout)}
        return cls.model_construct(**held, parent_code=branch.parent and branch.parent.code)

    def shown(self) -> dict[str, str]:
        """The row as it is written into a file."""
        held = {name: getattr(self, name) for name in COLUMNS}
        return {name: "" if value is None else str(value) for name, value in held.items()}


COLUMNS: Final = tuple(Row.model_fields)

Fault: TypeAlias = tuple[str, Sentence]
"""A column, and the sentence that says what is wrong with it."""


@dataclass
class Known:
    """The branches that there are already, by code: a row may hang under one of them, and none of
    them changes its level. `words` gives the values of a column by any word for them."""

    levels: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]


def read(lines: Lines, known: Known) -> list[tuple[int, Row]]:
    """The rows without mistakes, in the order of the file; what is wrong with the others is noted
    with the lines."""
    raws = [(line, by_code(raw, known)) for line, raw in lines.raws()]
    levels = {**{raw["code"]: raw["level"] for _, raw in raws}, **known.levels}
    firsts = Firsts()
    rows = []
    for line, raw in raws:
        row, faults = row_of(raw, levels)
        if twice := firsts.fault(raw["code"], line):
            faults.append(("code", twice))
        faults += _of_level(raw, known)
        code = raw["code"]
        of = Sentence(N_("branch %(code)s"), code=code) if code else ""
        for field, fault in faults:
            lines.note(line, field, fault, of)
        if row and not faults:
            rows.append((line, row))
    return rows


def by_code(raw: dict[str, str], known: Known) -> dict[str, str]:
    """A line with its words turned into stored values."""
    said = {name: words.get(raw[name].lower(), raw[name]) for name, words in known.words.items()}
    return raw | said


def row_of(raw: Mapping[str, str], levels: Mapping[str, str]) -> tuple[Row | None, list[Fault]]:
    """A line as a row, and all that is wrong with it; `levels` are those of all branches, by code,
    with those that the file adds."""
    faults = list(_of_place(raw, levels))
    try:
        row = Row.model_validate(raw)
    except ValidationError as error:
        return None, [*faults, *((str(e["loc"][0]), sentence(e)) for e in error.errors())]
    return row, [*faults, *_of_dates(row)]


def _of_level(raw: Mapping[str, str], known: Known) -> Iterator[Fault]:
    if raw["level"] != (before := known.levels.get(raw["code"], raw["level"])):
        told = N_("must stay %(level)s: a branch keeps its level")
        yield "level", Sentence(told, level=Sentence(before))


def _of_place(raw: Mapping[str, str], levels: Mapping[str, str]) -> Iterator[Fault]:
    parent, wanted = raw["parent_code"], PARENT_LEVEL.get(raw["level"])
    level = levels.get(parent, "")
    said = {"parent": parent, "wanted": Sentence(wanted or ""), "level": Sentence(level)}
    if raw["level"] == Level.CITY and parent:
        told = N_("must be empty for a city branch, not “%(parent)s”")
    elif wanted and not parent:
        told = N_("must name a %(wanted)s")
    elif wanted and parent not in levels:
        told = N_("is not a known branch: %(parent)s")
    elif wanted and levels[parent] != wanted:
        told = N_("must name a %(wanted)s; %(parent)s is a %(level)s")
    else:
        return
    yield "parent_code", Sentence(told, **said)


def _of_dates(row: Row) -> Iterator[Fault]:
    if row.fitout != Fitout.NONE and row.renovated_on is None:
        told = N_("must not be empty for fitout %(fitout)s")
        yield "renovated_on", Sentence(told, fitout=Sentence(row.fitout))
    if row.renovated_on and row.renovated_on < row.opened_on:
        told = N_("must not be before opened_on, %(day)s")
        yield "renovated_on", Sentence(told, day=row.opened_on)
