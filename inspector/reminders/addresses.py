"""Where reminders go besides the inbox: the addresses of the setting INSPECTOR_MESSAGE_URLS.

Its entries are separated by blanks, each `who=URL` with a URL as Apprise writes them:

    channel=wecombot://KEY *=mailtos://user:password@smtp.example?to={email}

`who` is a role, or * for everybody. A URL with {email} or {username} is an address of each person's
own; one without is shared by all who have the role, which only the desk may: a group of branches
would read of each other, and one of shoppers of their visits (domain.md 6).
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from inspector.people.models import Person
from inspector.people.roles import Role

EVERYBODY: Final = "*"
SHARING: Final = frozenset({Role.CHANNEL, Role.LEADER})


@dataclass(frozen=True)
class Address:
    """One entry of the setting. Its URL holds secrets; its name is what pages and rows say."""

    who: str
    url: str

    @property
    def name(self) -> str:
        """Whom it serves and by what: channel wecombot."""
        return f"{self.who} {self.url.partition('://')[0]}"

    @property
    def is_personal(self) -> bool:
        """Whether each person has their own."""
        return "{email}" in self.url or "{username}" in self.url

    def name_for(self, person: Person) -> str | None:
        """The name of a person's address; None when this one is not for them, or they have no
        email."""
        if self.who not in {EVERYBODY, person.role}:
            return None
        if "{email}" in self.url and not person.email:
            return None
        return f"{self.name} {person.username}" if self.is_personal else self.name

    def serves(self, name: str) -> bool:
        """Whether `name` is what name_for answered to somebody."""
        return name.startswith(f"{self.name} ") if self.is_personal else name == self.name

    def url_for(self, person: Person) -> str:
        """The URL, with what is the person's own filled in."""
        email, username = quote(person.email or "", safe=""), quote(person.username, safe="")
        return self.url.replace("{email}", email).replace("{username}", username)


def parse(setting: str) -> tuple[Address, ...]:
    """The addresses of the setting. Raises ValueError, which names no secret."""
    found: dict[str, Address] = {}
    for n, entry in enumerate(setting.split(), 1):
        who, _, url = entry.partition("=")
        address = Address(who, url)
        if "://" not in url:
            fault = "is not written as who=URL"
        elif who != EVERYBODY and who not in set(Role):
            fault = "begins with neither a role nor *"
        elif not address.is_personal and who not in SHARING:
            fault = "needs {email} or {username}: only channel and leader may share an address"
        elif found.setdefault(address.name, address) is not address:
            fault = "is a second address of the same role and service"
        else:
            continue
        raise ValueError(f"INSPECTOR_MESSAGE_URLS: entry {n} {fault}")
    return tuple(found.values())
