"""A look-back shows that a closing was wrong: reopened, not a new occurrence (domain.md 3.5)."""

from datetime import date

import pytest

from inspector.db import db
from inspector.notices.models import Notice
from tests import cast as make
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf

AGAIN = {"reason": "回头看：折页仍过期", "day": "2026-12-01"}

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def notice(app: object, cast: Cast) -> Notice:
    """A notice that was struck off."""
    return rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed"), 0, "closed")


def test_it_is_open_again_with_a_new_due_day_and_the_closing_stays_readable(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    rectification = notice.rectification
    closed_at = rectification.closed_at
    url = f"/notices/{notice.id}/reopening"
    assert client_of(cast.channel).post(url, data=AGAIN).status_code == 303
    assert (rectification.stage, notice.stage) == ("reopened", "acknowledged")
    assert rectification.due_on == date(2026, 12, 1)
    assert rectification.is_overdue(date(2026, 12, 2))
    reopening = rectification.reopenings[0]
    assert (reopening.closed_at, reopening.round, reopening.by) == (closed_at, 1, cast.channel)
    page = client_of(cast.outlet).get(f"/notices/{notice.id}").text
    assert "回头看：折页仍过期" in page

    report = client_of(cast.outlet).post(f"/notices/{notice.id}/reports", data=make.report_form())
    assert report.status_code == 303
    assert rectification.stage == "reported"
    second = rectification.reports[-1]
    client_of(cast.channel).post(f"/reports/{second.id}/closure")
    assert [one.verdict for one in rectification.reports] == ["closed", "closed"]
    assert (rectification.stage, rectification.closed_at) == ("closed", second.verified_at)


def test_it_can_be_reopened_again_after_the_next_closing(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    url = f"/notices/{notice.id}/reopening"
    client_of(cast.channel).post(url, data=AGAIN)
    assert client_of(cast.channel).post(url, data=AGAIN).status_code == 409
    report = rows.a_report(notice.rectification, cast.outlet)
    rows.verified(report, cast.channel, "closed")
    db.session.flush()
    assert client_of(cast.channel).post(url, data=AGAIN).status_code == 303
    assert [one.round for one in notice.rectification.reopenings] == [1, 2]
    assert notice.rectification.stage == "reopened"


@pytest.mark.parametrize(
    "wrong", [{"reason": ""}, {"reason": " "}, {"day": ""}, {"day": "2026-11-22"}]
)
def test_it_needs_a_reason_and_a_day_to_come(
    cast: Cast, client_of: ClientOf, notice: Notice, wrong: dict[str, str]
) -> None:
    url = f"/notices/{notice.id}/reopening"
    assert client_of(cast.channel).post(url, data=AGAIN | wrong).status_code == 422
    assert notice.rectification.stage == "closed"
