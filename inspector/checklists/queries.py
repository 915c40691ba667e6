"""Which checklists there are. Everybody who is signed in may read them all."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from inspector.checklists.models import Checklist, Kind, Section, Version
from inspector.db import db
from inspector.problems import Problem


def checklists() -> list[Checklist]:
    """All checklists with their versions: on-site first, then by code."""
    found = select(Checklist).options(selectinload(Checklist.versions))
    kinds = [str(kind) for kind in Kind]
    return sorted(db.session.scalars(found), key=lambda c: (kinds.index(c.kind), c.code))


def latest_versions() -> list[Version]:
    """The highest version of each checklist: what visits are planned on."""
    return [checklist.latest for checklist in checklists()]


def version_called(code: str, version: str) -> Version:
    """A version with all its sections and items. Raises Problem request.unknown."""
    found = db.session.scalar(
        select(Version)
        .join(Version.checklist)
        .where(Checklist.code == code, Version.version == version)
        .options(
            joinedload(Version.checklist),
            selectinload(Version.sections).selectinload(Section.items),
        )
    )
    if found is None:
        raise Problem("request.unknown")
    return found
