"""The history of a thing as a timeline: who did what, in words, and what was before and after."""

import uuid
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _

from inspector.history import Event
from inspector.people.models import Person
from inspector.people.queries import trail
from inspector.people.roles import Role
from inspector.templating import act, day, moment, word
from inspector.words import WORDS


def timeline(
    *subjects: uuid.UUID,
    names: bool,
    shopper: bool = False,
    verbs: Collection[str] | None = None,
) -> list[dict[str, str]]:
    """What was done to these rows, the oldest first, for components/timeline.html. With `names` by
    whom, else by which role; a shopper is named only where `shopper` says so; with `verbs` these
    acts only."""
    return [
        told(event, by, names=names, shopper=shopper)
        for event, by in trail(*subjects)
        if verbs is None or event.verb in verbs
    ]


def told(event: Event, by: Person | None, *, names: bool, shopper: bool = False) -> dict[str, str]:
    """One act. Nothing in it says from which address or device it came."""
    return {
        "who": who(by, names=names, shopper=shopper),
        "what": act(event.subject_table, event.verb),
        "when": moment(event.at),
        "note": "\n".join(lines(event.detail)),
    }


def who(by: Person | None, *, names: bool, shopper: bool = False) -> str:
    """Whoever did it, as far as the reader may know."""
    if by is None:
        return str(_("A command on the server"))
    named = names and (shopper or by.role != Role.SHOPPER)
    return by.name if named else word("role", by.role)


def lines(detail: Mapping[str, Any]) -> list[str]:
    """What an act says for itself: its reason, its number, what was before and after. The rest of
    its detail is for machines."""
    found = [str(detail[name]) for name in ("number", "remark", "reason") if detail.get(name)]
    if detail.get("due_on"):
        found.append(_("Due %(day)s", day=day(date.fromisoformat(detail["due_on"]))))
    if detail.get("review_on"):
        found.append(
            _("To be looked at again on %(day)s", day=day(date.fromisoformat(detail["review_on"])))
        )
    if detail.get("occurrence"):
        found.append(_("Time no. %(number)s", number=detail["occurrence"]))
    if "count" in detail:
        found.append(_("Entries %(first)s–%(last)s", first=detail["first"], last=detail["last"]))
    before, after = detail.get("before") or {}, detail.get("after") or {}
    for name in after if isinstance(after, dict) else ():
        was = f"{_value(name, before[name])} → " if name in before else ""
        found.append(f"{_field(name)}: {was}{_value(name, after[name])}")
    return found + [str(change) for change in detail.get("changes") or ()]


def _day(said: str) -> str:
    return day(date.fromisoformat(said))


def _field(name: str) -> str:
    """A column, in words; the code where there are none."""
    known = next(
        (group for group in ("changed", "people_file", "branch_file") if name in WORDS[group]), None
    )
    return word(known, name) if known else name


def _value(name: str, value: Any) -> str:
    if name in {"due_on", "planned_on"} and value:
        return _day(value)
    if name == "role" and value in WORDS["role"]:
        return word("role", value)
    if name == "value" and value in WORDS["complies"]:
        return word("complies", value)
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return "—" if value in (None, "") else str(value)
