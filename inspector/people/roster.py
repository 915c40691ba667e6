"""The list of people: searched, narrowed, in pages."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased, selectinload

from inspector.db import db
from inspector.people.models import Branch, Level, Person
from inspector.people.sessions import Session

PAGE: Final = 100


class Which(StrEnum):
    """Accounts that are used, those that were closed, or both."""

    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


@dataclass(frozen=True)
class Filter:
    """What is looked for. Empty: all. A branch is meant with all below it, by its code."""

    q: str = ""
    role: str = ""
    branch: str = ""
    only: Which = Which.OPEN

    def people(self) -> Select[Person]:
        """Those who match, by account name."""
        found = select(Person).join(Person.branch).where(self._matches(), WHICH[self.only])
        branches = selectinload(Person.branch).selectinload(Branch.parent)
        return found.options(branches).order_by(Person.username)

    def page(self, after: str) -> tuple[list[Person], bool]:
        """Those who come after an account name, one page of them; and whether more follow."""
        found = self.people().where(Person.username > after).limit(PAGE + 1)
        people = list(db.session.scalars(found))
        return people[:PAGE], len(people) > PAGE

    def counts(self) -> dict[Which, int]:
        """How many match, whichever is chosen of open and closed."""
        counted = select(*(func.count().filter(sql) for sql in WHICH.values()))
        row = db.session.execute(
            counted.select_from(Person).join(Person.branch).where(self._matches())
        )
        return dict(zip(WHICH, row.one(), strict=True))

    def _matches(self) -> ColumnElement[bool]:
        matches: ColumnElement[bool] = Person.id.is_not(None)
        if self.q:
            texts = (Person.username, Person.name, Branch.name_zh, Branch.name_en, Branch.code)
            matches &= or_(*(text.icontains(self.q, autoescape=True) for text in texts))
        if self.role:
            matches &= Person.role == self.role
        if self.branch:
            unit, parent, city = (aliased(Branch) for _ in range(3))
            within = (
                select(unit.id)
                .outerjoin(parent, unit.parent_id == parent.id)
                .outerjoin(city, parent.parent_id == city.id)
                .where(or_(*(above.code == self.branch for above in (unit, parent, city))))
            )
            matches &= Person.branch_id.in_(within)
        return matches


WHICH: Final[dict[Which, ColumnElement[bool]]] = {
    Which.OPEN: Person.closed_at.is_(None),
    Which.CLOSED: Person.closed_at.is_not(None),
    Which.ALL: Person.id.is_not(None),
}

KEPT: Final = (
    *("add", "change", "close", "reopen", "reset_password", "let_unmask", "let_unmask_no_more"),
    *("bind_identity", "forget_identity", "follow_claims", "stay_admin"),
)
"""The acts on an account that its page tells: those of administrators, commands, and the bank's
single sign-on."""


def last_sign_in(person: Person) -> datetime | None:
    """When somebody last signed in to an account."""
    begun: Select[datetime] = select(func.max(Session.started_at))
    return db.session.scalar(begun.where(Session.person_id == person.id))


def units() -> list[Branch]:
    """The city branch and the sub-branches: what the list is narrowed to."""
    above = select(Branch).where(Branch.level != Level.OUTLET).order_by(Branch.code)
    return list(db.session.scalars(above))
