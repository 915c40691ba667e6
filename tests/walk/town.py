"""Where the random walk takes place: two outlets, four items, ten people; and all rows, as they
stand in the database, for the laws."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cache, partial
from typing import Any, TypeAlias

from sqlalchemy import case, select, union_all

from inspector.checklists.format import parse
from inspector.checklists.publishing import publish
from inspector.db import db
from inspector.findings import queries as findings
from inspector.findings.models import Finding, Rectification
from inspector.notices.models import Notice
from inspector.notices.stages import STAGE_SQL as NOTICE_STAGE_SQL
from inspector.people.models import Person
from inspector.photos.models import keep
from inspector.visits import queries as visits
from inspector.visits.models import Visit
from tests import cast as make
from tests.cast import MONDAY, Cast
from tests.checklists.files import YESNO, a_checklist, written

KINDS = ("onsite", "mystery")
WINDOW = 60
"""How many days back an earlier finding counts here: two months, so that some do not."""

OUTLETS = ("YA0301", "YA0302")
"""Both of the sub-branch of the cast."""

ITEMS: tuple[dict[str, Any], ...] = (
    YESNO | {"code": "TS-ENV-01", "points": 2},
    YESNO | {"code": "TS-ENV-02", "issue": "ENV.LIGHT", "points": 3, "photo_on_fail": True},
    YESNO | {"code": "TS-ENV-03", "issue": "ENV.LIGHT", "severity": "major", "critical": True},
    YESNO | {"code": "TS-ENV-04", "issue": "ENV.NOISE", "effect": "deduct", "points": 5},
)
"""Two of the items share their issue; one is critical, one a deduction, one asks for a photo."""

CODES = tuple(item["code"] for item in ITEMS)

Row: TypeAlias = dict[str, Any]


@dataclass
class Rows:
    """All rows of the loop, by table and key, as the database has them."""

    visit: dict[Any, Row]
    batch: dict[Any, Row]
    finding: dict[Any, Row]
    rectification: dict[Any, Row]
    reopening: dict[Any, Row]
    report: dict[Any, Row]
    report_photo: dict[Any, Row]
    notice: dict[Any, Row]
    acknowledgement: dict[Any, Row]
    warning_order: dict[Any, Row]
    extension: dict[Any, Row]
    risk: dict[Any, Row]
    appeal: dict[Any, Row]
    panel_seat: dict[Any, Row]
    send_back: dict[Any, Row]
    event: dict[Any, Row]
    branch: dict[Any, Row]
    person: dict[Any, Row]
    stage: dict[Any, str]
    """Of each visit, finding, rectification and notice, as lists and counts have it."""

    @classmethod
    def now(cls) -> "Rows":
        """Read past the unit of work: what counts is what is stored."""
        db.session.flush()
        tables = {field.name: _rows(field.name) for field in fields(cls) if field.name != "stage"}
        return cls(**tables, stage=dict(map(_key_and_stage, _read(*_stages()))))


def _rows(table: str) -> dict[Any, Row]:
    columns = ", ".join(column.name for column in db.metadata.tables[table].columns)
    found = map(partial(_row, table), _read(f"SELECT {columns} FROM {table}"))
    return {row["id"]: row for row in found}


def _read(statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Ask the driver itself: this is done thousands of times."""
    cursor = db.session.connection().connection.cursor()
    rows: list[tuple[Any, ...]] = cursor.execute(statement, values).fetchall()
    return rows


@cache
def _row(table: str, values: tuple[Any, ...]) -> Row:
    """What SQLite has kept as text, as what it is."""
    columns = db.metadata.tables[table].columns
    result = [_reader(column.type) for column in columns]
    return {
        column.name: read(value) if read and value is not None else value
        for column, read, value in zip(columns, result, values, strict=True)
    }


@cache
def _reader(kind: Any) -> Callable[[Any], Any] | None:
    reader: Callable[[Any], Any] | None = kind.dialect_impl(db.engine.dialect).result_processor(
        db.engine.dialect, None
    )
    return reader


def _key_and_stage(row: tuple[Any, ...]) -> tuple[uuid.UUID, str]:
    return uuid.UUID(row[0]), row[1]


@cache
def _stages() -> tuple[str, list[str]]:
    """The stages of visits, findings, rectifications and notices, as the product's SQL has them."""
    of_visit = case(*((sql, stage.value) for stage, sql in visits.STAGE_SQL.items()))
    wanted = (
        select(Visit.id, of_visit),
        select(Finding.id, findings.FINDING_STAGE_SQL),
        select(Rectification.id, findings.STAGE_SQL),
        select(Notice.id, NOTICE_STAGE_SQL).join(Notice.rectification),
    )
    statement: Any = union_all(*wanted).compile(db.engine)
    return str(statement), [statement.params[name] for name in statement.positiontup]


def settle() -> None:
    """Publish the checklists, give the channel department a second head, and keep one photo."""
    for kind in KINDS:
        heading = {"code": f"TS-{kind.upper()}", "kind": kind}
        publish(parse(kind, written(a_checklist(*ITEMS, **heading))), None, MONDAY)
    cast = Cast.now()
    deputy = Person(
        username="deputy",
        name="周副",
        role="channel",
        branch=make.branch("YA"),
        password_hash="",
    )
    db.session.add(deputy)
    keep(make.picture_bytes(), by=cast.inspector, at=MONDAY)
    db.session.commit()
