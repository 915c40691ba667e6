"""Every text has a limit, told in a sentence: by its form, and by its column for what no form
bounds. The tests walk all columns, every form of every step, and all that a tablet may send."""

import uuid
from typing import Any

import pytest
from flask import Flask
from pydantic import BaseModel
from sqlalchemy import String, func, select

from inspector.db import TEXT, db
from inspector.history import Event
from inspector.offline import format as wire
from inspector.problems import Problem
from tests import cast as make
from tests import test_access as access
from tests.cast import Cast
from tests.conftest import ClientOf

pytestmark = pytest.mark.one_engine

ENDLESS = "长" * (TEXT + 1)
LIMITED = [
    (table.name, column.name, column.type.length or TEXT)
    for table in db.metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, String)
]


def test_a_text_longer_than_its_column_is_refused_in_words_on_every_engine(cast: Cast) -> None:
    visit = make.a_visit(cast)
    visit.cancel_reason = "长" * TEXT
    visit.cancelled_at, visit.cancelled_by_id = make.MONDAY, cast.channel.id
    db.session.flush()
    for row, name, limit in ((visit, "cancel_reason", TEXT), (cast.channel, "name", 60)):
        setattr(row, name, "长" * (limit + 1))
        with pytest.raises(Problem, match=r"text\.too_long") as refused:
            db.session.flush()
        assert refused.value.details == {"limit": limit}
        setattr(row, name, "长" * limit)
        db.session.flush()


def test_no_column_takes_more_than_a_page_of_text() -> None:
    assert len(LIMITED) > 60
    assert [found for found in LIMITED if found[2] > 20_000] == []


POSTS = [
    pytest.param(row, id=" ".join(row[: -len(access.PEOPLE)]))
    for row in access.ROWS
    if row[0] == "POST" and row[1] in access.FORMS
]


@pytest.mark.parametrize("row", POSTS)
def test_no_form_takes_a_text_without_an_end(
    app: Flask,
    cast: Cast,
    client_of: ClientOf,
    monkeypatch: pytest.MonkeyPatch,
    row: list[str],
) -> None:
    method, endpoint, *scene = row[: -len(access.PEOPLE)]
    answers = dict(zip(access.PEOPLE.values(), row[-len(access.PEOPLE) :], strict=True))
    doers = [name for name, status in answers.items() if name and status in {"200", "303"}]
    if not doers:
        pytest.skip("nobody may do it at this stage; another row has it")
    monkeypatch.setitem(app.config, "EXTENSION_SECTIONS", frozenset({access.FIRST_SECTION}))
    good = access.FORMS[endpoint](cast)
    for name in [name for name, value in good.items() if isinstance(value, str)]:
        keys = access.a_scene(cast, scene, endpoint)
        form = access.FORMS[endpoint](cast) | {name: ENDLESS}
        client = client_of(getattr(cast, doers[0]))
        answer = client.open(access.address_of(app, endpoint, keys), method=method, data=form)
        # 400 for what nobody types: a hidden field, the value of a button.
        assert answer.status_code in {303, 400, 404, 409, 422}, (name, answer.status_code)
    assert too_long() == []


def too_long() -> list[str]:
    """What is stored and has no end, in columns and in the trail."""
    found: list[str] = []
    for event in db.session.scalars(select(Event)):
        found += [name for name, said in event.detail.items() if len(str(said)) > TEXT]
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, String):
                limit = column.type.length or TEXT
                over = select(func.count()).select_from(table).where(func.length(column) > limit)
                found += [f"{table.name}.{column.name}"] * (db.session.scalar(over) or 0)
    return found


SHAPES = [
    shape
    for shape in vars(wire).values()
    if isinstance(shape, type) and issubclass(shape, BaseModel) and shape is not BaseModel
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_every_text_of_a_tablet_s_entry_has_a_limit(shape: type[BaseModel]) -> None:
    endless = {
        where: said for where, said in _texts(shape.model_json_schema()) if not _is_bounded(said)
    }
    assert endless == {}


def _texts(schema: Any, where: str = "") -> list[tuple[str, dict[str, Any]]]:
    """All that may be a text, anywhere in a schema."""
    if isinstance(schema, list):
        return [text for n, part in enumerate(schema) for text in _texts(part, f"{where}.{n}")]
    if not isinstance(schema, dict):
        return []
    found = [(where, schema)] if schema.get("type") == "string" else []
    return found + [t for name, part in schema.items() for t in _texts(part, f"{where}.{name}")]


def _is_bounded(said: dict[str, Any]) -> bool:
    is_exact = said.get("format") in {"uuid", "date-time"} or "enum" in said or "const" in said
    return is_exact or "maxLength" in said or said.get("pattern") == "^[0-9a-f]{64}$"


def test_an_entry_of_any_kind_may_not_be_without_an_end(cast: Cast, client_of: ClientOf) -> None:
    """What no shape describes, the payload of an unknown kind, is bounded by the batch's size."""
    entry = {
        "op_id": str(uuid.uuid4()),
        "stream": str(uuid.uuid4()),
        "seq": 1,
        "v": 1,
        "kind": "x" * 21,
        "visit": str(uuid.uuid4()),
        "payload": {},
        "at": "2026-11-23T09:12:00+08:00",
        "tz": -480,
        "tpl": "ONSITE 1.0",
    }
    batch = {"stream": entry["stream"], "ops": [entry]}
    ours = {"X-Inspector": "1"}
    answer = client_of(cast.inspector).post("/api/ops", json=batch, headers=ours)
    assert answer.status_code == 422
