"""The targets of a quarter: from the settings, until the channel department sets others."""

from typing import Any

import pytest
from sqlalchemy import select

from inspector import clock
from inspector.clock import Quarter
from inspector.db import db
from inspector.history import Event
from inspector.plans.models import Plan
from inspector.plans.queries import targets
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf

Q4 = Quarter(2026, 4)
FORM = {"onsite": "2", "mystery": "1", "offsite": "0"}
DEFAULT = {"onsite": 1, "mystery": 1, "offsite": 1}


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY)


def acts() -> list[Event]:
    return list(db.session.scalars(select(Event).where(Event.verb == "set_targets")))


def test_a_quarter_has_targets_of_its_own_and_the_trail_says_since_when(
    cast: Cast, client_of: ClientOf
) -> None:
    assert targets(Q4) == DEFAULT
    done = client_of(cast.channel).post("/plans/2026Q4/targets", data=FORM)
    assert (done.status_code, done.location) == (303, "/plans/2026Q4")
    assert targets(Q4) == {"onsite": 2, "mystery": 1, "offsite": 0}
    assert targets(Q4.after) == DEFAULT
    (act,) = acts()
    assert act.detail["before"] == {"onsite": 1, "offsite": 1}
    assert act.detail["after"] == {"onsite": 2, "offsite": 0}
    assert (act.by_id, act.detail["number"]) == (cast.channel.id, "2026Q4")


def test_the_same_again_leaves_no_trace(cast: Cast, client_of: ClientOf) -> None:
    for _twice in range(2):
        client_of(cast.channel).post("/plans/2026Q4/targets", data=FORM)
    assert len(acts()) == 1


@pytest.mark.parametrize(
    "wrong", [{"onsite": "-1"}, {"onsite": "21"}, {"onsite": ""}, {"onsite": "1.5"}, None]
)
def test_a_number_that_is_none_is_refused(
    cast: Cast, client_of: ClientOf, wrong: dict[str, Any] | None
) -> None:
    form = {} if wrong is None else FORM | wrong
    assert client_of(cast.channel).post("/plans/2026Q4/targets", data=form).status_code == 422
    assert db.session.scalar(select(Plan)) is None


def test_a_kind_with_target_nought_is_not_missing(cast: Cast, client_of: ClientOf) -> None:
    client_of(cast.channel).post("/plans/2026Q4/targets", data=FORM)
    page = client_of(cast.channel).get("/plans/2026Q4?kind=offsite&only=missing").text
    assert "这里没有网点" in page
