"""The README tells the truth: its lifecycle table is the tables of the code."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from inspector.findings import lifecycle as findings
from inspector.moves import Move
from inspector.notices import lifecycle as notices
from inspector.scores import lifecycle as scores
from inspector.visits import lifecycle as visits

README = Path(__file__).parent.parent / "README.md"
STAYS = "(stays)"
HEAD = "| | move | from | by | to |"


def test_the_lifecycle_table_is_what_the_code_does() -> None:
    lines = README.read_text().splitlines()
    start = lines.index(HEAD) + 2
    table = lines[start : start + sum(1 for _ in _rows())]
    assert table == list(_rows())
    assert not lines[start + len(table)].startswith("|")


def _rows() -> Iterator[str]:
    yield from _moves("visit", visits.MOVES)
    yield from _moves("finding", findings.FINDING_MOVES)
    yield from _moves("notice", notices.MOVES)
    yield from _moves("appeal", notices.APPEAL_MOVES)
    yield from _moves("rectification", findings.MOVES)
    yield from _moves("quarter", scores.MOVES)


def _moves(thing: str, moves: Mapping[str, Move[Any]]) -> Iterator[str]:
    for name, move in moves.items():
        sources, roles = ", ".join(sorted(move.sources)), ", ".join(sorted(move.roles))
        yield f"| {thing} | {name} | {sources} | {roles} | {move.to or STAYS} |"
