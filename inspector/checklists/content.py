"""What a version says, as plain words: to tell two apart, and to say how they differ."""

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from hashlib import sha256
from typing import Final, TypeAlias

from inspector.checklists.entries import ItemEntry, SectionEntry
from inspector.checklists.format import Document
from inspector.checklists.models import Version
from inspector.checklists.requirement import plain

Content: TypeAlias = dict[str, dict[str, str]]
"""What the fields of each part say; parts are "" (the heading), `section ENV`, `item ON-ENV-01`."""

HEADING_FIELDS: Final = ("kind", "title_zh", "title_en")
SECTION_FIELDS: Final = tuple(SectionEntry.model_fields)
ITEM_FIELDS: Final = tuple(field for field in ItemEntry.model_fields if field != "section")


def of_document(document: Document) -> Content:
    """What a file says."""
    return {
        "": _said(document.heading, HEADING_FIELDS),
        **{f"section {s.code}": _said(s, SECTION_FIELDS) for s in document.sections},
        **{
            f"item {item.code}": {"section": item.section, **_said(item, ITEM_FIELDS)}
            for item in document.in_order()
        },
    }


def of_version(version: Version) -> Content:
    """What a published version says, read from its rows."""
    return {
        "": _said(version, HEADING_FIELDS),
        **{f"section {s.code}": _said(s, SECTION_FIELDS) for s in version.sections},
        **{
            f"item {item.code}": {"section": section.code, **_said(item, ITEM_FIELDS)}
            for section in version.sections
            for item in section.items
        },
    }


def digest(content: Content) -> str:
    """The SHA-256 of what is said."""
    canonical = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()


def differences(old: Content, new: Content) -> list[str]:
    """How `new` differs, one line each: `item ON-FAC-11, points: 3 → 2`; empty if it does not."""
    return list(_differences(old, new))


def _differences(old: Content, new: Content) -> Iterator[str]:
    yield from (f"{part}: new" for part in new if part not in old)
    yield from (f"{part}: removed" for part in old if part not in new)
    for part, said in old.items():
        for field, before in said.items() if part in new else ():
            if (after := new[part][field]) != before:
                yield f"{part}, {field}: {before} → {after}".removeprefix(", ")
    if list(old) != list(new) and old.keys() == new.keys():
        yield "the same sections and items in another order"


def _said(thing: object, fields: Iterable[str]) -> dict[str, str]:
    return {field: _shown(getattr(thing, field)) for field in fields}


def _shown(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return plain(value) if isinstance(value, Decimal) else str(value)
