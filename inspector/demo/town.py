"""The outlets of the history, as many as are wanted, and the people who work there."""

import itertools
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from sqlalchemy import select

from inspector.db import db
from inspector.people.models import NO_PASSWORD, Branch, Fitout, Level, Person
from inspector.people.queries import outlets
from inspector.people.roles import Role

SUBBRANCHES: Final = 13
OUTLETS: Final = 3
"""How many sub-branches a made-up city has, and outlets under each."""

CITIES: Final = ["安康", "宝鸡", "汉中", "铜川", "渭南", "咸阳", "榆林", "商洛", "杨凌", "西安"]
PLACES: Final = [
    "东关",
    "西关",
    "南门",
    "北门",
    "中心街",
    "解放路",
    "人民路",
    "建设路",
    "新区",
    "车站",
    "广场",
    "河滨",
    "学府",
]
SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙马朱胡"
GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平"

STAFF: Final = (
    (Role.CHANNEL, 2),
    (Role.LEADER, 1),
    (Role.INSPECTOR, 4),
    (Role.SHOPPER, 2),
    (Role.REVIEWER, 1),
)


@dataclass(frozen=True)
class City:
    """The people of a city branch, by role."""

    code: str
    staff: dict[Role, list[uuid.UUID]]


@dataclass(frozen=True)
class Outlet:
    """One outlet, and whom its stories need."""

    id: uuid.UUID
    code: str
    city: City
    head: uuid.UUID
    subbranch_head: uuid.UUID
    renovated_on: date | None


def key(chance: Random) -> uuid.UUID:
    """A random key that comes out the same from the same seed."""
    return uuid.UUID(int=chance.getrandbits(128), version=4)


def settle(wanted: int, today: date, seed: int) -> list[Outlet]:
    """The first outlets there are, in the order of their codes, and made-up ones after them."""
    there = list(db.session.scalars(outlets().limit(wanted)))
    people = _People(seed)
    cities: dict[uuid.UUID, City] = {}
    settled = []
    with db.session.no_autoflush:
        for outlet in itertools.chain(
            there, itertools.islice(_made_up(today, seed), wanted - len(there))
        ):
            subbranch = outlet.subbranch
            city = subbranch.parent
            assert city is not None  # a sub-branch hangs under one
            if city.id not in cities:
                staff = {role: people.of(city, role, number) for role, number in STAFF}
                cities[city.id] = City(city.code, staff)
            settled.append(
                Outlet(
                    id=outlet.id,
                    code=outlet.code,
                    city=cities[city.id],
                    head=people.of(outlet, Role.OUTLET, 1)[0],
                    subbranch_head=people.of(subbranch, Role.SUBBRANCH, 1)[0],
                    renovated_on=outlet.renovated_on if outlet.fitout != Fitout.NONE else None,
                )
            )
    db.session.flush()
    return settled


class _People:
    """Who works where: those there are, and new ones to make up the number."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.there: dict[tuple[uuid.UUID, str], list[uuid.UUID]] = defaultdict(list)
        for person in db.session.scalars(select(Person).order_by(Person.username)):
            self.there[person.branch_id, person.role].append(person.id)

    def of(self, branch: Branch, role: Role, number: int) -> list[uuid.UUID]:
        """So many people of a role at a branch."""
        found = self.there[branch.id, role]
        while len(found) < number:
            found.append(self._hire(branch, role, len(found)))
        return found[:number]

    def _hire(self, branch: Branch, role: Role, n: int) -> uuid.UUID:
        chance = Random(f"{self.seed} person {branch.code} {role} {n}")
        person = Person(
            id=key(chance),
            username=f"{branch.code}-{role}-{n + 1}".lower(),
            name=chance.choice(SURNAMES) + chance.choice(GIVEN),
            role=role,
            branch=branch,
            password_hash=NO_PASSWORD,
        )
        db.session.add(person)
        return person.id


def _made_up(today: date, seed: int) -> Iterator[Branch]:
    for c in itertools.count():
        name = CITIES[c % len(CITIES)] + ("" if c < len(CITIES) else str(c // len(CITIES) + 1))
        city = _branch(f"D{c:02}", f"{name}分行", Level.CITY, None, today, seed)
        for s in range(1, SUBBRANCHES + 1):
            district = f"{name}{PLACES[s - 1]}"
            subbranch = _branch(
                f"{city.code}{s:02}", f"{district}支行", Level.SUBBRANCH, city, today, seed
            )
            for o in range(1, OUTLETS + 1):
                place = PLACES[o % len(PLACES)] + ("" if o < len(PLACES) else str(o))
                yield _branch(
                    f"{subbranch.code}{o:02}",
                    f"{district}{place}网点",
                    Level.OUTLET,
                    subbranch,
                    today,
                    seed,
                )


def _branch(
    code: str, name: str, level: Level, parent: Branch | None, today: date, seed: int
) -> Branch:
    chance = Random(f"{seed} branch {code}")
    fitout = Fitout.NONE
    if level == Level.OUTLET and chance.random() < 0.15:
        fitout = chance.choice((Fitout.RENOVATED, Fitout.RELOCATED))
    branch = Branch(
        id=key(chance),
        code=code,
        name_zh=name,
        name_en=f"{level} {code}",
        level=level,
        parent=parent,
        district=name[:2],
        opened_on=date(2000 + chance.randrange(15), 1 + chance.randrange(12), 1),
        renovated_on=today - timedelta(chance.randrange(700)) if fitout != Fitout.NONE else None,
        fitout=fitout,
        lat=round(34 + chance.random() * 3, 5),
        lon=round(107 + chance.random() * 3, 5),
    )
    db.session.add(branch)
    return branch
