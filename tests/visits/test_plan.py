"""Planning a visit: who may be sent where, and what the form says when it cannot be."""

import uuid
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from inspector.db import db
from inspector.history import Event
from inspector.people.models import Person
from inspector.problems import Problem
from inspector.visits.models import Visit
from tests import cast as make
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf

NOBODY = "00000000-0000-0000-0000-000000000000"


def the_form(inspector: Person, kind: str = "onsite", at: str = "YA0302") -> dict[str, Any]:
    return {
        "branch": str(make.branch(at).id),
        "version": str(make.version(kind).id),
        "inspector": str(inspector.id),
        "planned_on": "2026-12-01",
    }


def visits() -> int:
    return db.session.scalar(select(func.count(Visit.id))) or 0


def test_a_planned_visit_has_its_kind_from_the_checklist_and_leaves_a_trace(
    cast: Cast, client_of: ClientOf
) -> None:
    response = client_of(cast.channel).post("/visits", data=the_form(cast.inspector, "offsite"))
    visit = db.session.scalars(select(Visit)).one()
    assert (response.status_code, response.location) == (303, f"/visits/{visit.id}")
    assert (visit.kind, visit.branch.code, visit.inspector, visit.planned_on) == (
        "offsite",
        "YA0302",
        cast.inspector,
        date(2026, 12, 1),
    )
    trace = db.session.scalars(select(Event).where(Event.subject_id == visit.id)).one()
    assert (trace.verb, trace.by_id) == ("plan", cast.channel.id)


@pytest.mark.parametrize("at", ["YA0302", "YA0301"])
def test_nobody_inspects_the_sub_branch_that_they_belong_to(
    cast: Cast, client_of: ClientOf, at: str
) -> None:
    form = the_form(cast.colleague, at=at)
    response = client_of(cast.channel).post("/visits", data=form)
    assert response.status_code == 422
    assert 'id="inspector-error"' in response.text
    assert visits() == 0
    with pytest.raises(Problem, match=r"visit\.recusal"):
        make.a_visit(cast, at=at, inspector=cast.colleague)


def test_a_sub_branch_s_inspector_goes_to_another_sub_branch(
    cast: Cast, client_of: ClientOf
) -> None:
    form = the_form(cast.colleague, at="YA0102")
    assert client_of(cast.channel).post("/visits", data=form).status_code == 303


@pytest.mark.parametrize("at", ["YA0302", "YA0102", "YA1303"])
def test_the_city_branch_s_inspector_goes_everywhere(cast: Cast, at: str) -> None:
    assert make.a_visit(cast, at=at).inspector == cast.inspector


@pytest.mark.parametrize(
    ("kind", "who", "fits"),
    [
        ("onsite", "inspector", True),
        ("onsite", "reviewer", False),
        ("onsite", "shopper", False),
        ("offsite", "inspector", True),
        ("offsite", "reviewer", True),
        ("offsite", "shopper", False),
        ("mystery", "shopper", True),
        ("mystery", "inspector", False),
        ("mystery", "reviewer", False),
    ],
)
def test_the_role_fits_the_kind_of_visit(
    cast: Cast, client_of: ClientOf, kind: str, who: str, fits: bool
) -> None:
    form = the_form(getattr(cast, who), kind)
    response = client_of(cast.channel).post("/visits", data=form)
    assert response.status_code == (303 if fits else 422)
    assert ('id="inspector-error"' in response.text) is not fits
    assert visits() == fits


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("branch", "no-such-branch"),
        ("branch", NOBODY),
        ("version", ""),
        ("inspector", NOBODY),
        ("planned_on", "2026-02-30"),
        ("planned_on", ""),
    ],
)
def test_a_mistake_is_marked_beside_its_field_and_keeps_what_was_entered(
    cast: Cast, client_of: ClientOf, field: str, value: str
) -> None:
    form = the_form(cast.inspector) | {field: value}
    response = client_of(cast.channel).post("/visits", data=form)
    assert response.status_code == 422
    assert f'id="{field}-error"' in response.text
    for name in {"branch", "version", "inspector"} - {field}:
        assert f'selected value="{form[name]}"' in response.text
    if field != "planned_on":
        assert 'value="2026-12-01"' in response.text
    assert visits() == 0


def test_only_outlets_and_people_who_run_visits_are_offered(
    cast: Cast, client_of: ClientOf
) -> None:
    cast.reviewer.closed_at = MONDAY
    html = client_of(cast.channel).get("/visits/new").text
    offered = {p for p in vars(cast).values() if f'value="{p.id}"' in html}
    assert offered == {cast.inspector, cast.colleague, cast.shopper}
    assert f'value="{make.branch("YA0302").id}"' in html
    assert f'value="{make.branch("YA03").id}"' not in html


def test_the_verb_itself_refuses_everybody_but_the_channel_department(cast: Cast) -> None:
    for person in set(vars(cast).values()) - {cast.channel}:
        with pytest.raises(Problem, match=r"permission\.denied"):
            Visit.plan(
                branch=make.branch(),
                version=make.version(),
                inspector=cast.inspector,
                on=date(2026, 12, 1),
                by=person,
                at=MONDAY,
            )


def test_of_very_many_outlets_the_form_offers_the_neighbours_of_the_named_one(
    app: Flask, cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "COUNTED_AT_ONCE", 0)
    client, named = client_of(cast.channel), make.branch("YA0302")
    unnamed = client.get("/visits/new").text
    assert "请先选择网点" in unnamed
    assert "<select" not in unnamed
    for nonsense in ("nonsense", uuid.uuid4(), make.branch("YA03").id):
        assert "请先选择网点" in client.get(f"/visits/new?branch={nonsense}").text
    html = client.get(f"/visits/new?branch={named.id}").text
    offered = [code for code in ("YA0301", "YA0302", "YA0303", "YA0102") if _offers(html, code)]
    assert offered == ["YA0301", "YA0302", "YA0303"]
    assert cast.inspector.name in html
    made = client.post("/visits", data=the_form(cast.inspector))
    assert made.status_code == 303


def _offers(html: str, code: str) -> bool:
    return f'value="{make.branch(code).id}"' in html
