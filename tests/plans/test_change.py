"""Doing one thing with many visits of the plan: one press, and of each what became of it."""

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from inspector import clock
from inspector.db import db
from inspector.history import Event
from inspector.visits.models import Visit
from tests import cast as make
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf

CHANGE = "/plans/2026Q4/visits"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY)


def the_form(act: str, *visits: Visit, **said: Any) -> dict[str, Any]:
    return {"act": act, "visit": [str(visit.id) for visit in visits]} | said


def some(cast: Cast) -> list[Visit]:
    """One assigned, one in progress, one submitted, one of a shopper."""
    return [
        rows.a_visit_at(cast, "assigned", at="YA0101"),
        rows.a_visit_at(cast, "in_progress", at="YA0102"),
        rows.a_visit_at(cast, "submitted", at="YA0901"),
        rows.a_visit_at(cast, "assigned", at="YA1303", kind="mystery"),
    ]


def outcomes(html: str) -> list[bool]:
    """Of each row of the answer whether it was done."""
    told = html.partition('id="outcomes"')[2].partition("</section>")[0]
    return ["已办理</span>" in row for row in told.split("<li>")[1:]]


@pytest.mark.parametrize(
    ("act", "said", "done"),
    [
        ("reassign", {"to": "colleague"}, [True, True, False, False]),
        ("move", {"on": "2026-12-08"}, [True, False, False, True]),
        ("cancel", {"reason": "装修停业"}, [True, True, False, True]),
    ],
)
def test_of_each_visit_it_is_told_what_became_of_it(
    cast: Cast, client_of: ClientOf, act: str, said: dict[str, str], done: list[bool]
) -> None:
    visits = some(cast)
    if "to" in said:
        said = {"to": str(getattr(cast, said["to"]).id)}
    form = the_form(act, *visits, **said)
    answer = client_of(cast.channel).post(CHANGE, data=form, headers=HTMX)
    assert answer.status_code == 200
    assert outcomes(answer.text) == [
        is_done
        for _code, is_done in sorted(zip((v.branch.code for v in visits), done, strict=True))
    ]
    trail = db.session.scalars(select(Event.subject_id).where(Event.verb == act)).all()
    assert set(trail) == {v.id for v, is_done in zip(visits, done, strict=True) if is_done}


def test_a_reassigned_visit_is_the_other_s_and_a_recused_one_stays(
    cast: Cast, client_of: ClientOf
) -> None:
    there, recused = (
        rows.a_visit_at(cast, "assigned", at="YA0102"),
        rows.a_visit_at(cast, "assigned"),
    )
    form = the_form("reassign", there, recused, to=str(cast.colleague.id))
    answer = client_of(cast.channel).post(CHANGE, data=form, headers=HTMX)
    assert "回避" in answer.text.partition("</section>")[0]
    assert (there.inspector, recused.inspector) == (cast.colleague, cast.inspector)


def test_a_moved_visit_has_the_day_and_a_cancelled_one_the_reason(
    cast: Cast, client_of: ClientOf
) -> None:
    visit, channel = rows.a_visit_at(cast, "assigned"), client_of(cast.channel)
    channel.post(CHANGE, data=the_form("move", visit, on="2026-12-08"))
    assert visit.planned_on == date(2026, 12, 8)
    channel.post(CHANGE, data=the_form("cancel", visit, reason=" 装修停业 "))
    assert (visit.stage, visit.cancel_reason) == ("cancelled", "装修停业")


def test_all_of_the_page_are_those_that_the_page_has_shown(cast: Cast, client_of: ClientOf) -> None:
    shown, planned_later = rows.a_visit_at(cast, "assigned"), rows.a_visit_at(cast, "assigned")
    form = {"act": "cancel", "all": "yes", "shown": [str(shown.id)], "reason": "装修停业"}
    client_of(cast.channel).post(CHANGE, data=form)
    assert (shown.stage, planned_later.stage) == ("cancelled", "assigned")


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"act": "cancel", "reason": " "}, 422),
        ({"act": "move", "on": "2026-02-30"}, 422),
        ({"act": "reassign", "to": ""}, 422),
        ({"act": "reassign", "to": "x"}, 422),
        ({"act": "reassign", "to": "shopper"}, 422),
        ({"act": "reassign", "to": "leader"}, 422),
        ({"act": "void"}, 400),
        ({"act": "cancel", "reason": "停业", "visit": []}, 422),
        ({"act": "cancel", "reason": "停业", "visit": ["x"]}, 422),
    ],
)
def test_what_cannot_be_meant_changes_nothing(
    cast: Cast, client_of: ClientOf, form: dict[str, Any], status: int
) -> None:
    visit = rows.a_visit_at(cast, "assigned")
    if form.get("to") in {"leader", "shopper"}:
        form = form | {"to": str(getattr(cast, form["to"]).id)}
    said = the_form(form["act"], visit) | form
    assert client_of(cast.channel).post(CHANGE, data=said).status_code == status
    assert (visit.stage, visit.inspector) == ("assigned", cast.inspector)


def test_without_htmx_the_page_says_how_many_were_done_and_why_not(
    cast: Cast, client_of: ClientOf
) -> None:
    channel = client_of(cast.channel)
    visits = [rows.a_visit_at(cast, "assigned", at="YA0102"), rows.a_visit_at(cast, "assigned")]
    form = the_form("reassign", *visits, to=str(cast.colleague.id), kind="onsite")
    done = channel.post(CHANGE, data=form)
    assert done.location == "/plans/2026Q4?kind=onsite"
    page = channel.get(done.location).text
    assert "共2项，已办理1项。 回避" in page


def test_another_shopper_is_chosen_by_lot_and_named_nowhere(
    cast: Cast, client_of: ClientOf
) -> None:
    other = make.a_person(cast, "qian", name="钱访", role="shopper")
    visit = rows.a_visit_at(cast, "assigned", kind="mystery")
    form = the_form("reassign", visit, rows.a_visit_at(cast, "assigned"), to="lot")
    answer = client_of(cast.channel).post(CHANGE, data=form, headers=HTMX)
    assert sorted(outcomes(answer.text)) == [False, True]
    assert visit.inspector == other
    event = db.session.scalars(select(Event).where(Event.verb == "reassign")).one()
    assert "before" not in event.detail
    for page in (answer.text, client_of(cast.channel).get(f"/visits/{visit.id}").text):
        assert not {other.name, cast.shopper.name} & set(re.split(r"\W+", page))


def test_where_there_is_no_other_shopper_the_visit_stays(cast: Cast, client_of: ClientOf) -> None:
    visit = rows.a_visit_at(cast, "assigned", kind="mystery")
    form = the_form("reassign", visit, to="lot")
    answer = client_of(cast.channel).post(CHANGE, data=form, headers=HTMX)
    assert "没有其他神秘人" in answer.text
    assert visit.inspector == cast.shopper
