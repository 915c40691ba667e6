"""The file of people: its entries, and all its mistakes, each with its line and column. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from inspector import clock
from inspector.mistakes import Sentence, one_of
from inspector.people.keeping import Entry, entry_of, shown, wrong_with, wrong_words
from inspector.people.lines import Firsts, Lines
from inspector.people.models import Branch, Person
from inspector.words import N_, WORDS

COLUMNS: Final = ("username", "name", "role", "branch")
OPTIONAL: Final = ("email", "closed_on")
"""An address that the file does not speak of stays. Whether an account is closed is only told: that
happens on its page, with a reason."""


@dataclass(frozen=True)
class Known:
    """The accounts by name and the branches by code that there are; the roles by any word."""

    people: Mapping[str, Person]
    branches: Mapping[str, Branch]
    roles: Mapping[str, str]


def read(lines: Lines, known: Known) -> list[tuple[int, Entry]]:
    """The entries without mistakes, in the order of the file; what is wrong with the others is
    noted with the lines."""
    firsts = Firsts()
    entries = []
    for line, raw in lines.raws():
        username = raw["username"].lower()
        person = known.people.get(username)
        entry, faults = _entry(raw, person, known)
        if twice := firsts.fault(username, line):
            faults.append(("username", twice))
        of = Sentence(N_("account %(username)s"), username=username) if username else ""
        for field, fault in faults:
            lines.note(line, field, fault, of)
        if entry and not faults:
            entries.append((line, entry))
    return entries


def _entry(
    raw: Mapping[str, str], person: Person | None, known: Known
) -> tuple[Entry | None, list[tuple[str, Sentence]]]:
    """A line as an entry, if its branch is known, and all that is wrong with it."""
    held = (person.email if person else None) or ""
    words = {
        "username": raw["username"].lower(),
        "name": raw["name"],
        "role": known.roles.get(raw["role"].lower(), raw["role"]),
        "email": raw.get("email", held),
    }
    faults = list(_of_closing(raw, person))
    branch = known.branches.get(raw["branch"])
    if branch is None:
        told = N_("is not a known branch: %(parent)s") if raw["branch"] else N_("must not be empty")
        faults.append(("branch", Sentence(told, parent=raw["branch"])))
    entry = Entry(**words, branch=branch) if branch else None
    wrong = wrong_with(entry, person) if entry else wrong_words(**words)
    for field, problem in wrong:
        told = Sentence(problem.sentence, **problem.details)
        faults.append((field, _no_role(raw["role"]) if field == "role" else told))
    if entry is None:
        return None, faults
    if person and person.closed_at and shown(entry) != shown(entry_of(person)):
        told = N_("is closed; reopen the account before it is changed")
        faults.append(("username", Sentence(told)))
    return entry, faults


def _no_role(found: str) -> Sentence:
    expected = one_of(list(WORDS["role"].values()))
    shown = f"“{found}”" if found else Sentence(N_("empty"))
    return Sentence(N_("must be %(expected)s, not %(found)s"), expected=expected, found=shown)


def _of_closing(raw: Mapping[str, str], person: Person | None) -> Iterator[tuple[str, Sentence]]:
    if "closed_on" in raw:
        closed_at = person.closed_at if person else None
        if raw["closed_on"].replace("/", "-") != (str(clock.day(closed_at)) if closed_at else ""):
            told = N_("is only told here; accounts are closed and reopened on their pages")
            yield "closed_on", Sentence(told)
