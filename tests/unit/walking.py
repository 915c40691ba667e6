"""Walking a table of moves cell by cell, beside a table that a test wrote on its own."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeAlias, TypeVar

from inspector.moves import Move, check, may
from inspector.people.roles import Role
from inspector.problems import Problem

S = TypeVar("S", bound=StrEnum)

Allowed: TypeAlias = Mapping[str, tuple[str, str, str | None]]
"""For each move: from which stages, by which roles, to which stage (None: it stays). Words are
parted by
blanks."""


def disagreements(moves: Mapping[str, Move[S]], stages: Iterable[S], allowed: Allowed) -> list[str]:
    """Every cell (move, stage, role) in which the code does other than the table allows."""
    found = [] if moves.keys() == allowed.keys() else [f"{set(moves) ^ set(allowed)}"]
    for name, (sources, roles, to) in allowed.items():
        if moves[name].to != to:
            found.append(f"{name} leads to {moves[name].to}, not to {to}")
        for stage in stages:
            for role in Role:
                expected = (
                    "move.not_yours"
                    if role not in roles.split()
                    else "move.not_now"
                    if stage not in sources.split()
                    else "passes"
                )
                if (said := _said(moves, name, role, stage)) != expected:
                    found.append(f"{name} at {stage} by {role}: {said}, not {expected}")
    return found


def _said(moves: Mapping[str, Move[S]], name: str, role: Role, stage: S) -> str:
    """What the guard says; what the button says must fit."""
    shown = may(moves, name, role, stage)
    try:
        check(moves, name, role, stage)
    except Problem as problem:
        return problem.code if not shown else "a button that is refused"
    return "passes" if shown else "no button"
