"""The people as a table, in the words of the page: all there are, and an example."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from inspector import clock
from inspector.db import db
from inspector.people.models import Person
from inspector.people.roles import Role
from inspector.people.roster_file import COLUMNS, OPTIONAL
from inspector.spreadsheets import Cell
from inspector.templating import word


def present() -> tuple[list[str], Iterator[list[Cell]]]:
    """Head and rows of all accounts, the closed ones too."""
    return _head(*COLUMNS, *OPTIONAL), _rows()


def example() -> tuple[list[str], Iterator[list[Cell]]]:
    """The head to be filled in, and a row to be written over."""
    role = word("role", Role.INSPECTOR)
    row: list[Cell] = ["zhangsan", "张三", role, "YA", "zhangsan@bank.example"]
    return _head(*COLUMNS, "email"), iter([row])


def _head(*columns: str) -> list[str]:
    return [word("people_file", column) for column in columns]


def _rows() -> Iterator[list[Cell]]:
    found = select(Person).options(selectinload(Person.branch)).order_by(Person.username)
    for person in db.session.scalars(found.execution_options(yield_per=500)):
        closed_on = clock.day(person.closed_at) if person.closed_at else None
        role = word("role", person.role)
        yield [
            person.username,
            person.name,
            role,
            person.branch.code,
            person.email or "",
            closed_on,
        ]
