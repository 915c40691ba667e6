"""What is wrong in a file to import: every mistake at once, each with its line and field. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic_core import ErrorDetails

from inspector.words import N_


class Sentence(str):
    """A sentence in English that remembers its message and its fields: a page can say it in another
    language. A field may be a sentence itself."""

    message: str
    fields: dict[str, object]

    def __new__(cls, message: str, **fields: object) -> "Sentence":
        """The message with its %(name)s fields filled in."""
        said = super().__new__(cls, message % fields if fields else message)
        said.message, said.fields = message, fields
        return said

    def told(self, translate: Callable[[str], str]) -> str:
        """The same in another language."""
        fields = {
            name: field.told(translate) if isinstance(field, Sentence) else field
            for name, field in self.fields.items()
        }
        message = translate(self.message)
        return message % fields if fields else message


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
        raise Mistakes([Mistake(str(file), line, "", "", Sentence(N_("is not UTF-8")))]) from error


def sentence(error: ErrorDetails) -> Sentence:
    """What pydantic found wrong with a value, in words that say what the file must hold."""
    found, context = _shown(error["input"]), error.get("ctx", {})
    if message := SENTENCES.get(error["type"]):
        fields = {name: _one_of(value) for name, value in context.items()}
        return Sentence(message, found=found, **fields)
    raised = context.get("error")
    what = raised.args[0] if raised else error["msg"]
    return Sentence(N_("%(what)s, not %(found)s"), what=what, found=found)


def _one_of(value: object) -> object:
    """pydantic's list of what is expected, without its quotes."""
    if not isinstance(value, str):
        return f"{value:g}" if isinstance(value, float) else value
    return one_of(value.replace("'", "").replace(" or ", ", ").split(", "))


def one_of(words: Sequence[str]) -> Sentence:
    """What is expected: “city, subbranch or outlet”, each in its own words in another language."""
    *some, last = (Sentence(word) for word in words)
    if not some:
        return last
    together = some[0]
    for one in some[1:]:
        together = Sentence(N_("%(some)s, %(last)s"), some=together, last=one)
    return Sentence(N_("%(some)s or %(last)s"), some=together, last=last)


SENTENCES: Final[Mapping[str, str]] = {
    "missing": N_("is missing"),
    "extra_forbidden": N_("is not a known field"),
    "list_type": N_("must be a list, not %(found)s"),
    "model_type": N_("must be a group of fields, not %(found)s"),
    "is_instance_of": N_("must be a number, not %(found)s"),
    "enum": N_("must be %(expected)s, not %(found)s"),
    "literal_error": N_("must be %(expected)s, not %(found)s"),
    "string_type": N_("must be text, not %(found)s; put it in quotes"),
    "string_too_short": N_("must not be empty"),
    "string_too_long": N_("must be at most %(max_length)s characters long"),
    "bool_type": N_("must be true or false, not %(found)s"),
    "int_type": N_("must be a whole number, not %(found)s"),
    "int_parsing": N_("must be a whole number, not %(found)s"),
    "float_parsing": N_("must be a number, not %(found)s"),
    "finite_number": N_("must be a number, not %(found)s"),
    "date_from_datetime_parsing": N_("must be a date as 2026-11-23, not %(found)s"),
    "date_parsing": N_("must be a date as 2026-11-23, not %(found)s"),
    "greater_than_equal": N_("must be %(ge)s or more, not %(found)s"),
    "decimal_max_places": N_("must have at most %(decimal_places)s decimals, not %(found)s"),
    "greater_than": N_("must be more than %(gt)s, not %(found)s"),
    "less_than_equal": N_("must be %(le)s or less, not %(found)s"),
}


def _shown(value: object) -> str:
    if value is None or value == "":
        return Sentence(N_("empty"))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return Sentence(N_("a list") if isinstance(value, list) else N_("a group of fields"))
    return f"“{value}”" if isinstance(value, str) else str(value)
