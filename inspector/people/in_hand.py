"""What somebody still has in hand: visits under way, unsent work on a tablet. The features above
tell it, each of its own rows; create_app names them."""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from flask import Flask, current_app, url_for

from inspector.people.models import Person


@dataclass(frozen=True)
class InHand:
    """One thing that somebody else must take over when the person leaves."""

    text: str
    endpoint: str = ""
    """The page where it is looked after; empty where the administrator must not learn more."""
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def href(self) -> str:
        """The address of that page, if there is one."""
        return url_for(self.endpoint, **self.values) if self.endpoint else ""


Teller: TypeAlias = Callable[[Iterable[uuid.UUID]], dict[uuid.UUID, list[InHand]]]
"""Tells what these people have in hand, by person; those who have nothing are left out."""


def init_app(app: Flask, *tellers: Teller) -> None:
    """Ask these features."""
    app.extensions["in_hand"] = tellers


def in_hand_of(person: Person) -> list[InHand]:
    """What one person has in hand."""
    return [thing for tell in _tellers() for thing in tell([person.id]).get(person.id, ())]


def who_has_something(people: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of many who have anything in hand."""
    return {person for tell in _tellers() for person in tell(people)} if people else set()


def _tellers() -> tuple[Teller, ...]:
    tellers: tuple[Teller, ...] = current_app.extensions["in_hand"]
    return tellers
