"""What somebody is called before others: of a shopper only that they are one (domain.md 3.1)."""

from inspector.people.models import Person
from inspector.people.roles import Role
from inspector.templating import word


def masked(person: Person, seen_by: Person) -> str:
    """The name of a person; of a mystery shopper only to themselves."""
    if person.role == Role.SHOPPER and person.id != seen_by.id:
        return word("role", Role.SHOPPER)
    return person.name
