"""How pages say what an account or a branch holds, by the column of the file that holds it."""

from typing import Final

from inspector.templating import word
from inspector.words import WORDS

STORED: Final = frozenset({"role", "level", "fitout"})
"""Columns of stored values, each named like its group of words."""


def shown(column: str, value: str) -> str:
    """A value in words."""
    if column in STORED and value in WORDS[column]:
        return word(column, value)
    return value or "—"


def column_name(noun: str, column: str) -> str:
    """A column in words; one that we do not know as it was written."""
    group = {"people": "people_file", "branches": "branch_file"}[noun]
    return word(group, column) if column in WORDS[group] else column


def what_differs(noun: str, before: dict[str, str], after: dict[str, str]) -> str:
    """One line for each column: what was, if anything, and what is now."""
    lines = []
    for column, value in after.items():
        was = f"{shown(column, before[column])} → " if column in before else ""
        lines.append(f"{column_name(noun, column)}: {was}{shown(column, value)}")
    return "\n".join(lines)
