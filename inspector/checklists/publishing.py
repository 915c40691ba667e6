"""Publishing: a version is made once, and what it says never changes afterwards."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from inspector import history
from inspector.checklists import content, format
from inspector.checklists.entries import Heading
from inspector.checklists.format import Document
from inspector.checklists.models import Checklist, Item, Section, Version
from inspector.db import db
from inspector.mistakes import Mistake, Mistakes
from inspector.people.models import Person
from inspector.problems import Problem


@dataclass(frozen=True)
class Publication:
    """What became of one document: a new version, or the same one again."""

    version: Version
    new: bool


class Changed(Problem):
    """A version exists and says something else: `differences` tell what, line by line."""

    def __init__(self, differences: list[str]) -> None:
        super().__init__("import.changed", differences=differences)
        self.differences = differences


def import_files(files: Iterable[Path], by: Person | None, at: datetime) -> list[Publication]:
    """Publish every file, or none.

    Raises Mistakes with all that is wrong in any of them, or Changed with all their differences
    from versions that exist.
    """
    documents = _read_all(files)
    publications, differences = [], list[str]()
    with db.session.begin_nested():
        for document in documents:
            try:
                publications.append(publish(document, by, at))
            except Changed as changed:
                differences += changed.differences
        if differences:
            raise Changed(differences)
    return publications


def publish(document: Document, by: Person | None, at: datetime) -> Publication:
    """Make a version of what a document says; the same document again changes nothing.

    Raises Changed when the version exists and says something else, or when the checklist is for
    another kind of visit.
    """
    said = content.of_document(document)
    checklist = _checklist(document.heading)
    version = db.session.scalar(
        select(Version).filter_by(checklist=checklist, version=document.heading.version)
    )
    if version:
        if differences := content.differences(content.of_version(version), said):
            named = f"{checklist.code} {version.version}"
            raise Changed([f"{named}, {d}" for d in differences])
        return Publication(version, new=False)
    version = _version(checklist, document, content.digest(said), at)
    db.session.add(version)
    db.session.flush()
    history.record(version, "publish", by, at, digest=version.digest)
    return Publication(version, new=True)


def _read_all(files: Iterable[Path]) -> list[Document]:
    documents, mistakes = [], list[Mistake]()
    for file in files:
        try:
            documents.append(format.read(file))
        except Mistakes as found:
            mistakes += found.mistakes
    if mistakes:
        raise Mistakes(mistakes)
    return documents


def _checklist(heading: Heading) -> Checklist:
    found = db.session.scalar(select(Checklist).filter_by(code=heading.code))
    if found is None:
        found = Checklist(id=uuid.uuid4(), code=heading.code, kind=heading.kind)
        db.session.add(found)
    elif found.kind != heading.kind:
        kept = f"{found.code}, kind: {found.kind} → {heading.kind}; a checklist keeps its kind"
        raise Changed([kept])
    return found


def _version(checklist: Checklist, document: Document, digest: str, at: datetime) -> Version:
    heading = document.heading
    sections = {
        entry.code: Section(position=position, **entry.model_dump())
        for position, entry in enumerate(document.sections, start=1)
    }
    for position, entry in enumerate(document.in_order(), start=1):
        fields = entry.model_dump(exclude={"section"})
        sections[entry.section].items.append(Item(position=position, **fields))
    return Version(
        checklist=checklist,
        version=heading.version,
        title_zh=heading.title_zh,
        title_en=heading.title_en,
        item_count=heading.item_count,
        total_points=heading.total_points,
        digest=digest,
        published_at=at,
        sections=list(sections.values()),
    )
