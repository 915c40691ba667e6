"""What is wrong in a file to import: every mistake at once, each with its line and field. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic_core import ErrorDetails


@dataclass(frozen=True, order=True)
class Mistake:
    """One thing wrong. `line` counts from 1; `of` names the record and `field` the part, if any."""

    file: str
    line: int
    of: str
    field: str
    sentence: str

    def __str__(self) -> str:
        where = ", ".join(part for part in (f"line {self.line}", self.of, self.field) if part)
        return f"{self.file}, {where}: {self.sentence}"


class Mistakes(Exception):
    """A file, or several, cannot be imported; nothing was."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = sorted(set(mistakes))
        super().__init__("\n".join(map(str, self.mistakes)))


def text_of(file: Path) -> str:
    """The text of a file in UTF-8, with or without a byte order mark. Raises Mistakes."""
    content = file.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Mistakes([Mistake(str(file), line, "", "", "is not UTF-8")]) from error


def sentence(error: ErrorDetails) -> str:
    """What pydantic found wrong with a value, in words that say what the file must hold."""
    found, context = error["input"], error.get("ctx", {})
    if error["type"] in SENTENCES:
        return SENTENCES[error["type"]].format(found=_shown(found), **context).replace("'", "")
    return f"{error['msg'].removeprefix('Value error, ')}, not {_shown(found)}"


SENTENCES: Mapping[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "is not a known field",
    "list_type": "must be a list, not {found}",
    "model_type": "must be a group of fields, not {found}",
    "is_instance_of": "must be a number, not {found}",
    "enum": "must be {expected}, not {found}",
    "literal_error": "must be {expected}, not {found}",
    "string_type": "must be text, not {found}; put it in quotes",
    "string_too_short": "must not be empty",
    "string_too_long": "must be at most {max_length} characters long",
    "bool_type": "must be true or false, not {found}",
    "int_type": "must be a whole number, not {found}",
    "int_parsing": "must be a whole number, not {found}",
    "float_parsing": "must be a number, not {found}",
    "finite_number": "must be a number, not {found}",
    "date_from_datetime_parsing": "must be a date as 2026-11-23, not {found}",
    "date_parsing": "must be a date as 2026-11-23, not {found}",
    "greater_than_equal": "must be {ge:g} or more, not {found}",
    "decimal_max_places": "must have at most {decimal_places} decimals, not {found}",
    "greater_than": "must be more than {gt:g}, not {found}",
    "less_than_equal": "must be {le:g} or less, not {found}",
}


def _shown(value: object) -> str:
    if value is None or value == "":
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return "a list" if isinstance(value, list) else "a group of fields"
    return f"“{value}”" if isinstance(value, str) else str(value)
