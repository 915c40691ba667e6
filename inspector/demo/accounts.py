"""The accounts of the demonstration instance, all with one well-known password."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from inspector import clock
from inspector.checklists.queries import latest_versions
from inspector.db import db
from inspector.people.models import Branch, Person
from inspector.people.queries import person_called
from inspector.people.roles import Role
from inspector.visits.models import Visit

PASSWORD = "yanan-2026"
ACCOUNTS = (
    ("inspector", "李巡", Role.INSPECTOR, "YA"),
    ("inspector2", "王察", Role.INSPECTOR, "YA03"),
    ("shopper", "赵访", Role.SHOPPER, "YA"),
    ("reviewer", "陈阅", Role.REVIEWER, "YA"),
    ("channel", "张渠", Role.CHANNEL, "YA"),
    ("leader", "刘行", Role.LEADER, "YA"),
    ("outlet", "胜利路网点", Role.OUTLET, "YA0302"),
    ("subbranch", "吴起支行", Role.SUBBRANCH, "YA03"),
    ("admin", "管理员", Role.ADMIN, "YA"),
)
"""Account, name, role and branch of each: enough to walk the whole road, and be recused once."""


def create() -> None:
    """Create the demonstration accounts and some visits to begin with, once."""
    for username, name, role, code in ACCOUNTS:
        if person_called(username) is None:
            branch = db.session.scalars(select(Branch).where(Branch.code == code)).one()
            person = Person(id=uuid.uuid4(), username=username, name=name, role=role, branch=branch)
            person.set_password(PASSWORD)
            person.may_unmask = role == Role.CHANNEL
            db.session.add(person)
    db.session.flush()
    if db.session.scalar(select(Visit.id).limit(1)) is None:
        _plan_visits()
    db.session.commit()


def lines() -> Iterator[str]:
    """A table of the demonstration accounts, for people to read."""
    yield f"{'account':<12} {'password':<12} {'role':<11} branch"
    for username, _name, role, code in ACCOUNTS:
        branch = db.session.scalars(select(Branch).where(Branch.code == code)).one()
        yield f"{username:<12} {PASSWORD:<12} {role:<11} {branch.name_zh}"


def _plan_visits() -> None:
    channel = person_called("channel")
    versions = {version.checklist.kind: version for version in latest_versions()}
    plans = (
        ("YA0302", "onsite", "inspector"),
        ("YA0108", "onsite", "inspector"),
        ("YA0201", "onsite", "inspector2"),
        ("YA0901", "mystery", "shopper"),
        ("YA1001", "offsite", "reviewer"),
    )
    for days, (code, kind, username) in enumerate(plans):
        inspector = person_called(username)
        assert channel is not None and inspector is not None  # created a moment ago
        Visit.plan(
            branch=db.session.scalars(select(Branch).where(Branch.code == code)).one(),
            version=versions[kind],
            inspector=inspector,
            on=clock.today() + timedelta(days=days),
            by=channel,
            at=clock.now(),
        )
