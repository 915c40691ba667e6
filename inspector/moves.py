"""The shape that every lifecycle shares: one table of moves for guards, buttons and README."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from inspector.problems import Problem

S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True)
class Move(Generic[S]):
    """A step that somebody takes: from which stages, by which roles, to which stage; None when the
    step is put on record and the stage stays."""

    sources: frozenset[S]
    roles: frozenset[str]
    to: S | None


def move(sources: set[S], roles: set[str], to: S | None) -> Move[S]:
    """Write a row of a table of moves."""
    return Move(frozenset(sources), frozenset(roles), to)


def may(moves: Mapping[str, Move[S]], name: str, role: str, stage: S) -> bool:
    """Whether a role can take a step now: what shows its button."""
    return role in moves[name].roles and stage in moves[name].sources


def check(moves: Mapping[str, Move[S]], name: str, role: str, stage: S) -> None:
    """Let the step pass, or say why not: 403 for another's step, 409 for a step out of time."""
    if role not in moves[name].roles:
        raise Problem("move.not_yours")
    if stage not in moves[name].sources:
        raise Problem("move.not_now", stage=stage.value)
