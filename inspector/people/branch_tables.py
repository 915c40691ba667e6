"""The branches as a table, in the words of the page: all there are, and an example."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from inspector.db import db
from inspector.people.branch_file import COLUMNS, Row
from inspector.people.models import Branch
from inspector.spreadsheets import Cell
from inspector.templating import word


def present() -> tuple[list[str], Iterator[list[Cell]]]:
    """Head and rows of all branches."""
    found = select(Branch).options(selectinload(Branch.parent)).order_by(Branch.code)
    branches = db.session.scalars(found.execution_options(yield_per=500))
    return _head(), (_row(Row.of(branch)) for branch in branches)


def example() -> tuple[list[str], Iterator[list[Cell]]]:
    """The head to be filled in, and a row to be written over."""
    row = Row.model_validate(EXAMPLE)
    return _head(), iter([_row(row)])


EXAMPLE = {
    "code": "YA0399",
    "name_zh": "吴起支行示例网点",
    "name_en": "Example Outlet, Wuqi Sub-branch",
    "level": "outlet",
    "parent_code": "YA03",
    "district": "吴起县",
    "opened_on": "2002-10-08",
    "renovated_on": "2026-09-01",
    "fitout": "renovated",
    "lat": "36.9274",
    "lon": "108.1756",
}


def _head() -> list[str]:
    return [word("branch_file", column) for column in COLUMNS]


def _row(row: Row) -> list[Cell]:
    cells: dict[str, Cell] = row.model_dump()
    cells |= {"level": word("level", row.level), "fitout": word("fitout", row.fitout)}
    return [cells[column] for column in COLUMNS]
