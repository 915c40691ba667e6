"""Which items of the on-site checklists make the unified standard: data, by the setting."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from inspector.checklists.models import Item, Kind, Section, Version
from inspector.checklists.queries import latest_versions
from inspector.db import db


@dataclass(frozen=True)
class Part:
    """A section of the standard and those of its items that belong to it."""

    section: Section
    items: list[Item]

    @property
    def issues(self) -> list[str]:
        """What its items are called in every version of a checklist."""
        return [item.issue for item in self.items]


def standard() -> list[Part]:
    """The standard, as the newest on-site checklists have it. An item is named in the setting by
    its own code or issue, or by its section's; what is only recorded can be met by nobody."""
    named = current_app.config["FITOUT_STANDARD"]
    parts = []
    for section in _sections():
        items = [
            item
            for item in section.items
            if not item.information and named & {section.code, item.code, item.issue}
        ]
        if items:
            parts.append(Part(section, items))
    return parts


def _sections() -> Iterator[Section]:
    newest = [version.id for version in latest_versions() if version.kind == Kind.ONSITE]
    wanted = select(Version).where(Version.id.in_(newest)).order_by(Version.title_zh)
    wanted = wanted.options(selectinload(Version.sections).selectinload(Section.items))
    for version in db.session.scalars(wanted):
        yield from version.sections
