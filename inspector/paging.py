"""A list that grows without end, in pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from flask import request
from sqlalchemy import Select

from inspector.db import db

SIZE: Final = 100
"""Rows of a page."""
LAST: Final = 100_000
"""No list has so many pages; a greater number is taken for this one."""

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows of a list; `more` says whether there are further ones."""

    rows: Sequence[T]
    number: int
    more: bool


def page_of(wanted: Select[T], size: int = 0) -> Page[T]:
    """The page of a list, which must be in order, that the address asks for by `?page=`; the first
    where it asks for none. A page beyond the end is empty."""
    size = size or SIZE
    number = min(max(request.args.get("page", 1, type=int), 1), LAST)
    rows = db.session.scalars(wanted.offset((number - 1) * size).limit(size + 1)).all()
    return Page(rows[:size], number, len(rows) > size)
