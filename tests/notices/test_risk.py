"""What cannot be put right: asked by the sub-branch, decided by the leader (domain.md 3.5)."""

from datetime import date

import pytest

from inspector.db import db
from inspector.notices.models import Notice
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf

REASON = {"reason": "历史建筑，不得改动门头"}
REVIEW = {"reason": "情况属实", "day": "2027-11-23"}

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def notice(app: object, cast: Cast) -> Notice:
    """A notice that was signed for."""
    return rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed"), 0, "acknowledged")


def asked(client_of: ClientOf, cast: Cast, notice: Notice) -> int:
    return client_of(cast.subbranch).post(f"/notices/{notice.id}/risk", data=REASON).status_code


def test_an_accepted_risk_is_struck_off_with_a_day_to_look_again(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    assert asked(client_of, cast, notice) == 303
    risk = notice.risks[0]
    client_of(cast.leader).post(f"/risks/{risk.id}/acceptance", data=REVIEW)
    assert (risk.answer, risk.review_on) == ("accepted", date(2027, 11, 23))
    rectification = notice.rectification
    assert {rectification.stage, notice.stage, notice.finding.stage} == {"closed"}
    assert (rectification.review_on, rectification.closed_by) == (risk.review_on, cast.leader)


def test_a_refused_one_is_put_right_all_the_same_and_can_be_asked_again(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    asked(client_of, cast, notice)
    assert asked(client_of, cast, notice) == 409  # it waits
    url = f"/risks/{notice.risks[0].id}/refusal"
    assert client_of(cast.leader).post(url, data={"reason": "可换材质"}).status_code == 303
    assert (notice.rectification.stage, notice.rectification.due_on) == ("in_progress", rows.DUE)
    assert asked(client_of, cast, notice) == 303
    assert [risk.answer for risk in notice.risks] == ["refused", None]


@pytest.mark.parametrize("day", ["2026-11-23", "2020-01-01"])
def test_the_day_to_look_again_is_still_to_come(
    cast: Cast, client_of: ClientOf, notice: Notice, day: str
) -> None:
    asked(client_of, cast, notice)
    url = f"/risks/{notice.risks[0].id}/acceptance"
    assert client_of(cast.leader).post(url, data=REVIEW | {"day": day}).status_code == 422
    assert notice.rectification.stage == "in_progress"


def test_the_channel_department_does_not_decide_it(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    asked(client_of, cast, notice)
    url = f"/risks/{notice.risks[0].id}/acceptance"
    assert client_of(cast.channel).post(url, data=REVIEW).status_code == 403


def test_what_was_reported_meanwhile_needs_no_answer(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    asked(client_of, cast, notice)
    rows.a_report(notice.rectification, cast.outlet)
    db.session.flush()
    url = f"/risks/{notice.risks[0].id}/acceptance"
    assert client_of(cast.leader).post(url, data=REVIEW).status_code == 409
