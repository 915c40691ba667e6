"""Reading a checklist file: a document without a mistake, or all its mistakes with their lines."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from inspector.checklists import consistency
from inspector.checklists.entries import Heading, ItemEntry, SectionEntry
from inspector.checklists.lines import Lines, Steps
from inspector.mistakes import Mistake, Mistakes, sentence, text_of

LIBRARY: Final = Path(__file__).parent / "library"
"""The folder of the checklists that come with the product."""

Entry = TypeVar("Entry", bound=BaseModel)


@dataclass(frozen=True)
class Document:
    """A checklist as a file says it, free of mistakes."""

    heading: Heading
    sections: list[SectionEntry]
    items: list[ItemEntry]

    def in_order(self) -> list[ItemEntry]:
        """The items section by section, and within a section as they stand in the file."""
        places = [section.code for section in self.sections]
        return sorted(self.items, key=lambda item: places.index(item.section))


def read(file: Path) -> Document:
    """The document of a file. Raises Mistakes, with all that is wrong in it."""
    return parse(str(file), text_of(file))


def parse(file: str, text: str) -> Document:
    """The document that a text says; `file` names it in the mistakes. Raises Mistakes."""
    reading = _Reading(file, text)
    document = reading.document()
    if document is None or reading.mistakes:
        raise Mistakes(reading.mistakes)
    return document


class _Reading:
    """One pass over a file, which goes on after a mistake."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.lines = Lines(file, text)
        self.mistakes: list[Mistake] = []

    def document(self) -> Document | None:
        """The document, or None when the heading cannot be understood."""
        sections, items = self._raw("sections"), self._raw("items")
        heading = self._entry(Heading, self.lines.data, ())
        section_entries = [
            self._entry(SectionEntry, raw, ("sections", n)) for n, raw in enumerate(sections)
        ]
        item_entries = [self._entry(ItemEntry, raw, ("items", n)) for n, raw in enumerate(items)]
        for place, item in enumerate(item_entries):
            for field, fault in consistency.of_item(item) if item else ():
                self._note(("items", place, field), fault)
        for path, fault in consistency.of_whole(heading, sections, items, item_entries):
            self._note(path, fault)
        if heading is None:
            return None
        return Document(heading, _whole(section_entries), _whole(item_entries))

    def _raw(self, group: str) -> list[Any]:
        found = self.lines.data.get(group) if isinstance(self.lines.data, dict) else None
        return found if isinstance(found, list) else []

    def _entry(self, entry: type[Entry], raw: Any, path: Steps) -> Entry | None:
        try:
            return entry.model_validate(raw)
        except ValidationError as error:
            for detail in error.errors():
                self._note((*path, *detail["loc"]), sentence(detail))
            return None

    def _note(self, path: Steps, fault: str) -> None:
        of, steps = "", path
        if len(path) > 1 and path[0] in ("sections", "items"):
            of, steps = self._name_of(path[0], int(path[1])), path[2:]
        field = ".".join(str(step) for step in steps)
        self.mistakes.append(Mistake(self.file, self.lines.line(path), of, field, fault))

    def _name_of(self, group: str, place: int) -> str:
        raw = self._raw(group)[place]
        code = raw.get("code") if isinstance(raw, dict) else None
        return f"{group.removesuffix('s')} {code or place + 1}"


def _whole(entries: list[Entry | None]) -> list[Entry]:
    return [entry for entry in entries if entry is not None]
