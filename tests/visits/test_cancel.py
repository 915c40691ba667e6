"""Calling a visit off: before submission, by the channel department, with a reason."""

import pytest
from sqlalchemy import select

from inspector.db import db
from inspector.history import Event
from inspector.problems import Problem
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf


@pytest.mark.parametrize("stage", ["assigned", "in_progress"])
def test_a_visit_is_called_off_before_submission(
    cast: Cast, client_of: ClientOf, stage: str
) -> None:
    visit = rows.a_visit_at(cast, stage)
    address = f"/visits/{visit.id}/cancellation"
    response = client_of(cast.channel).post(address, data={"reason": " 网点停电 "})
    assert (response.status_code, response.location) == (303, "/visits")
    assert (visit.stage, visit.cancel_reason) == ("cancelled", "网点停电")
    trace = select(Event).where(Event.subject_id == visit.id, Event.verb == "cancel")
    assert db.session.scalars(trace).one().by_id == cast.channel.id


@pytest.mark.parametrize("stage", ["submitted", "confirmed", "cancelled"])
def test_not_after_submission_and_not_twice(cast: Cast, client_of: ClientOf, stage: str) -> None:
    visit = rows.a_visit_at(cast, stage)
    reason = visit.cancel_reason
    address = f"/visits/{visit.id}/cancellation"
    response = client_of(cast.channel).post(address, data={"reason": "另一个"})
    assert response.status_code == 409
    assert (visit.stage, visit.cancel_reason) == (stage, reason)


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_it_needs_a_reason(cast: Cast, client_of: ClientOf, reason: str) -> None:
    visit = rows.a_visit_at(cast, "assigned")
    address = f"/visits/{visit.id}/cancellation"
    assert client_of(cast.channel).post(address, data={"reason": reason}).status_code == 422
    assert visit.cancelled_at is None


def test_the_tablet_can_record_nothing_more(cast: Cast) -> None:
    visit = rows.a_visit_at(cast, "in_progress")
    visit.cancel(reason="网点停电", by=cast.channel, at=MONDAY)
    with pytest.raises(Problem, match=r"visit\.cancelled"):
        visit.require_writable(cast.inspector)


def test_a_called_off_visit_is_no_longer_to_do(cast: Cast, client_of: ClientOf) -> None:
    visit = rows.a_visit_at(cast, "cancelled")
    assert f"/visits/{visit.id}" not in client_of(cast.inspector).get("/visits?stage=assigned").text
