"""What the tablet starts from: the rules, what is recorded, and what is proposed."""

import json
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from inspector.visits import recording
from inspector.visits.models import Visit
from inspector.visits.sheet import Stamp
from inspector.visits.snapshot import fitted_out
from tests import cast as make
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf, CountQueries

RENOVATED = date(2026, 9, 1)


@pytest.fixture
def fetch(cast: Cast, client_of: ClientOf) -> Any:
    """The snapshot of a visit, as its inspector fetches it."""

    def get(visit: Visit) -> dict[str, Any]:
        response = client_of(visit.inspector).get(f"/api/visits/{visit.id}/snapshot")
        assert response.status_code == 200
        snapshot: dict[str, Any] = json.loads(response.data)
        return snapshot

    return get


def test_it_says_whose_visit_it_is_and_by_which_rules(cast: Cast, fetch: Any) -> None:
    visit = rows.a_visit_at(cast, "in_progress")
    got = fetch(visit)
    assert got["visit"] == {
        "id": str(visit.id),
        "stage": "in_progress",
        "kind": "onsite",
        "started_at": MONDAY.isoformat(),
    }
    assert got["person"] == {"id": str(cast.inspector.id), "name": "李巡"}
    assert got["tpl"] == "ONSITE 1.0"
    rules = {rule["code"]: rule for rule in got["rules"]}
    assert list(rules) == [item.code for item in visit.version.items]
    rack = rules["ON-RAK-02"]
    assert (rack["type"], rack["op"], rack["limit"], rack["half_limit"], rack["points"]) == (
        "number",
        "<=",
        "0",
        "1",
        "3",
    )
    assert rack["photo_on_fail"] is True
    assert rules["ON-LOB-01"]["effect"] == "gate"


def test_what_was_recorded_comes_back_as_it_stands_now(cast: Cast, fetch: Any) -> None:
    visit = make.a_visit(cast)
    rack = next(item for item in visit.version.items if item.code == "ON-RAK-02")
    stamp = Stamp(cast.inspector, MONDAY, MONDAY)
    make.answer(visit, ("ON-RAK-02", "value", "3"), ("ON-RAK-02", "place", " 大堂南侧 "))
    make.a_photo(visit, rack)
    rows.a_photo(visit, sha256="0" * 64)
    rows.a_photo(visit, removed_at=MONDAY)
    practice = uuid.uuid4()
    recording.set_practice(visit, key=practice, section="FAC", text="老花镜齐全", stamp=stamp)
    gone = recording.set_practice(visit, key=uuid.uuid4(), section=None, text="误", stamp=stamp)
    recording.remove_practice(visit, gone, stamp)

    got = fetch(visit)
    assert got["answers"] == {
        "ON-RAK-02": {
            "value": "3",
            "note": "",
            "place": "大堂南侧",
            "corrected": False,
            "no_photo_reason": "",
            "rev": 2,
        }
    }
    assert {photo["item"]: photo["received"] for photo in got["photos"]} == {
        "ON-RAK-02": True,
        "ON-ENV-01": False,
    }
    assert got["practices"] == [{"id": str(practice), "text": "老花镜齐全", "section": "FAC"}]


@pytest.mark.parametrize(("at", "proposed"), [("YA0302", None), ("YA0303", "na"), ("YA0301", "na")])
def test_the_fit_out_item_is_proposed_as_not_applicable_unless_lately_fitted_out(
    cast: Cast, fetch: Any, at: str, proposed: str | None
) -> None:
    rules = fetch(make.a_visit(cast, at=at))["rules"]
    assert {rule["code"]: rule["proposed"] for rule in rules if rule["applies"]} == {
        "ON-FAC-11": proposed
    }
    assert {rule["proposed"] for rule in rules if not rule["applies"]} == {None}


@pytest.mark.parametrize(
    ("days", "lately"), [(-1, False), (0, True), (1, True), (364, True), (365, True), (366, False)]
)
def test_lately_is_within_the_setting_s_window(app: Flask, days: int, lately: bool) -> None:
    outlet = make.branch("YA0302")
    assert outlet.renovated_on == RENOVATED
    assert fitted_out(outlet, RENOVATED + timedelta(days=days)) is lately


def test_the_window_is_a_setting(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "FITOUT_WINDOW_DAYS", 30)
    assert fitted_out(make.branch("YA0302"), RENOVATED + timedelta(days=30))
    assert not fitted_out(make.branch("YA0302"), RENOVATED + timedelta(days=31))


def test_an_outlet_that_was_never_fitted_out_is_not(app: Flask) -> None:
    assert not fitted_out(make.branch("YA0303"), RENOVATED)


def test_more_answers_need_no_more_statements(
    cast: Cast, fetch: Any, count_queries: CountQueries
) -> None:
    def statements(visit: Visit) -> int:
        fetch(visit)
        with count_queries() as sent:
            fetch(visit)
        return len(sent)

    few, many = make.a_visit(cast, kind="offsite"), make.a_visit(cast, kind="offsite")
    for visit, number in ((few, 1), (many, 20)):
        for n, item in enumerate(visit.version.items[:number]):
            make.answer(visit, (item.code, "value", make.failing(item)))
            rows.a_photo(visit, n, colour=f"#{n:02}0000")
    assert statements(many) == statements(few)
