"""Visits that nobody planned: what an inspector may begin on the spot, also without a network,
where the channel department allows it (INSPECTOR_UNPLANNED_VISITS)."""

import uuid
from dataclasses import dataclass
from typing import Any

from flask import current_app

from inspector import clock
from inspector.checklists.models import Kind, Version
from inspector.checklists.queries import latest_versions
from inspector.db import db
from inspector.people.models import Branch, Fitout, Level, Person
from inspector.people.queries import outlets
from inspector.visits.models import SENT_FOR, Visit
from inspector.visits.snapshot import fitted_out


@dataclass(frozen=True)
class Choices:
    """What an inspector may begin: where, and by which checklists in their newest versions."""

    outlets: list[tuple[Branch, bool]]
    """Each with whether the fit-out items apply there today."""
    versions: list[Version]


def choices(person: Person) -> Choices | None:
    """What this person may begin; None when visits that nobody planned are not allowed to them."""
    versions = unplanned_versions(person)
    if not versions:
        return None
    there = [b for b in db.session.scalars(outlets()) if not person.recused_from(b)]
    today = clock.today()
    return Choices([(branch, fitted_out(branch, today)) for branch in there], versions)


def unplanned_versions(person: Person) -> list[Version]:
    """The checklists by which this person may begin a visit. A mystery visit is always planned."""
    if not current_app.config["UNPLANNED_VISITS"]:
        return []
    kinds = [k for k, roles in SENT_FOR.items() if person.role in roles and k != Kind.MYSTERY]
    return [version for version in latest_versions() if version.checklist.kind in kinds]


def blank_visit(version: Version, person: Person) -> Visit:
    """A visit of no id, nowhere, that is never stored."""
    blank: dict[str, Any] = {"answers": {}, "photos": [], "practices": [], "findings": []}
    with db.session.no_autoflush:
        return Visit(
            id=uuid.UUID(int=0),
            branch=_nowhere(),
            kind=version.checklist.kind,
            version=version,
            inspector=person,
            inspector_id=person.id,
            planned_on=clock.today(),
            **blank,
        )


def _nowhere() -> Branch:
    """What stands for the outlet on a page for any of them; static/js/unplanned.js names the real
    one in its place."""
    name = "@@outlet@@"
    return Branch(
        name_zh=name, name_en=name, level=Level.SUBBRANCH, district="", fitout=Fitout.NONE
    )
