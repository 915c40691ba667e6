"""Importing people: accounts added and changed from a file, never closed or deleted."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from inspector.db import db
from inspector.mistakes import Mistakes, Sentence
from inspector.people import in_hand, keeping, roster_file
from inspector.people.importing import Plan, Planned, Verdict, nothing
from inspector.people.keeping import Entry
from inspector.people.lines import Lines
from inspector.people.models import Branch, Person
from inspector.people.roles import Role
from inspector.people.roster_file import Known
from inspector.problems import Problem
from inspector.spreadsheets import read
from inspector.templating import stored_values
from inspector.words import N_


def plan_people(content: bytes, name: str) -> Plan:
    """What a file of people would do. Who then does it locks the accounts before."""
    found = select(Person).options(selectinload(Person.branch)).order_by(Person.username)
    people = {person.username: person for person in db.session.scalars(found)}
    branches = {branch.code: branch for branch in db.session.scalars(select(Branch))}
    try:
        sheet = read(content, name)
    except Mistakes as unreadable:
        return Plan(content, "", [], [], unreadable.mistakes, nothing)
    said = stored_values("people_file")
    lines = Lines(sheet, name, roster_file.COLUMNS, roster_file.OPTIONAL, said)
    entries = roster_file.read(lines, Known(people, branches, stored_values("role")))
    _leave_an_administrator(lines, entries, people)
    planned = [_planned(line, entry, people.get(entry.username)) for line, entry in entries]
    named = {entry.username for _line, entry in entries}
    return Plan(
        content,
        sheet.read_as,
        _with_remarks(planned, people),
        [(p.username, p.name) for p in people.values() if p.username not in named and p.is_active],
        sorted(set(lines.mistakes)),
        lambda by, at: _carry_out([entry for _line, entry in entries], people, by, at),
    )


def _leave_an_administrator(
    lines: Lines, entries: list[tuple[int, Entry]], people: dict[str, Person]
) -> None:
    before = {name for name, p in people.items() if p.role == Role.ADMIN and p.is_active}
    named = {entry.username for _line, entry in entries}
    after = {entry.username for _line, entry in entries if entry.role == Role.ADMIN}
    if before and not (before - named) | after:
        line, entry = next(found for found in reversed(entries) if found[1].username in before)
        of = Sentence(N_("account %(username)s"), username=entry.username)
        lines.note(line, "role", Sentence(Problem("account.last_admin").sentence), of)


def _planned(line: int, entry: Entry, person: Person | None) -> Planned:
    before = keeping.shown(keeping.entry_of(person)) if person else None
    return Planned.beside(line, entry.username, entry.name, before, keeping.shown(entry))


def _with_remarks(planned: list[Planned], people: dict[str, Person]) -> list[Planned]:
    """Beside whom another role or branch meets work that is still in hand."""
    moved = [
        people[row.key].id
        for row in planned
        if row.verdict == Verdict.CHANGE and {"role", "branch"} & row.after.keys()
    ]
    busy = in_hand.who_has_something(moved)
    told = Sentence(N_("has work in hand, which stays with them"))
    return [
        replace(row, remark=told) if row.key in people and people[row.key].id in busy else row
        for row in planned
    ]


def _carry_out(
    entries: list[Entry], people: dict[str, Person], by: Person | None, at: datetime
) -> None:
    if by is not None and by.role != Role.ADMIN:
        raise Problem("permission.denied")
    for entry in entries:
        if entry.username in people:
            keeping.alter(people[entry.username], entry, by=by, at=at)
        else:
            keeping.put(entry, by=by, at=at)
