"""Verifying a report: strike off, or return with a reason; every round stays (domain.md 3.5)."""

from datetime import date

import pytest
from sqlalchemy import select

from inspector.db import db
from inspector.findings.models import Report
from inspector.history import Event
from inspector.problems import Problem
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf
from tests.together import at_once, request, statuses

REASON = {"remark": " 照片看不清 "}


@pytest.fixture
def report(cast: Cast) -> Report:
    """A report that waits for verification."""
    visit = rows.a_visit_at(cast, "confirmed", kind="offsite")
    return rows.a_notice_at(cast, visit, 0, "reported").rectification.reports[0]


def closure(report: Report) -> str:
    return f"/reports/{report.id}/closure"


def giving_back(report: Report) -> str:
    return f"/reports/{report.id}/return"


def verbs(report: Report) -> list[str]:
    trail = select(Event).where(Event.subject_id == report.rectification_id).order_by(Event.at)
    return [event.verb for event in db.session.scalars(trail)]


def test_a_verified_report_strikes_off_rectification_finding_and_notice(
    cast: Cast, client_of: ClientOf, report: Report
) -> None:
    response = client_of(cast.channel).post(closure(report), data={"remark": "抽查合格"})
    rectification = report.rectification
    assert rectification.notice
    assert (response.status_code, response.location) == (
        303,
        f"/notices/{rectification.notice.id}",
    )
    assert (report.verdict, report.remark, report.verified_by) == (
        "closed",
        "抽查合格",
        cast.channel,
    )
    assert (rectification.closed_at, rectification.closed_by) == (report.verified_at, cast.channel)
    stages = {rectification.stage, rectification.finding.stage, rectification.notice.stage}
    assert stages == {"closed"}
    assert verbs(report) == ["close"]


def test_striking_off_needs_no_remark(cast: Cast, client_of: ClientOf, report: Report) -> None:
    assert client_of(cast.channel).post(closure(report)).status_code == 303
    assert report.rectification.stage == "closed"


def test_a_returned_report_goes_back_with_its_reason_and_the_due_day_stays(
    cast: Cast, client_of: ClientOf, report: Report
) -> None:
    due_on = report.rectification.due_on
    client_of(cast.channel).post(giving_back(report), data=REASON)
    assert (report.verdict, report.remark) == ("returned", "照片看不清")
    assert (report.rectification.stage, report.rectification.due_on) == ("returned", due_on)
    assert "照片看不清" in client_of(cast.outlet).get(f"/notices/{notice_of(report)}").text


def notice_of(report: Report) -> str:
    notice = report.rectification.notice
    assert notice
    return str(notice.id)


@pytest.mark.parametrize("data", [{}, {"remark": ""}, {"remark": " \n"}])
def test_returning_needs_a_reason(
    cast: Cast, client_of: ClientOf, report: Report, data: dict[str, str]
) -> None:
    assert client_of(cast.channel).post(giving_back(report), data=data).status_code == 422
    assert report.verdict is None


@pytest.mark.parametrize(
    ("who", "day", "status"),
    [
        ("channel", "2099-12-01", 303),
        ("channel", "2020-01-01", 422),
        ("channel", "soon", 422),
        ("subbranch", "2099-12-01", 403),
    ],
)
def test_the_channel_department_may_give_another_day_with_the_return(
    cast: Cast, client_of: ClientOf, report: Report, who: str, day: str, status: int
) -> None:
    client = client_of(getattr(cast, who))
    answer = client.post(giving_back(report), data=REASON | {"day": day})
    assert answer.status_code == status
    given = status == 303
    assert report.rectification.due_on == (date(2099, 12, 1) if given else rows.DUE)
    details = list(db.session.scalars(select(Event.detail).where(Event.verb == "return")))
    assert [detail["due_on"] for detail in details] == ["2099-12-01"] * given


@pytest.mark.parametrize("first", ["closed", "returned"])
@pytest.mark.parametrize("second", [closure, giving_back])
def test_a_verified_report_is_not_verified_again(
    cast: Cast, client_of: ClientOf, report: Report, first: str, second: object
) -> None:
    rows.verified(report, cast.channel, first)
    remark = report.remark
    path = closure(report) if second is closure else giving_back(report)
    assert client_of(cast.channel).post(path, data=REASON).status_code == 409
    assert (report.verdict, report.remark) == (first, remark)


def test_an_earlier_round_is_not_verified_by_its_address(
    cast: Cast, client_of: ClientOf, report: Report
) -> None:
    rows.verified(report, cast.channel, "returned")
    second = rows.a_report(report.rectification, cast.outlet)
    assert client_of(cast.channel).post(closure(report)).status_code == 409
    assert client_of(cast.channel).post(closure(second)).status_code == 303
    assert [one.verdict for one in report.rectification.reports] == ["returned", "closed"]


@pytest.mark.parametrize("verdict", ["close", "return"])
def test_whoever_reported_does_not_verify(
    cast: Cast, client_of: ClientOf, report: Report, verdict: str
) -> None:
    cast.outlet.role = "channel"  # moved to the department since
    path = closure(report) if verdict == "close" else giving_back(report)
    assert client_of(cast.outlet).post(path, data=REASON).status_code == 403
    with pytest.raises(Problem, match=r"verify\.recusal"):
        report.close(remark="", by=cast.outlet, at=MONDAY)
    assert report.verdict is None


def test_close_and_return_at_once_do_one_of_the_two(
    cast: Cast, client_of: ClientOf, report: Report
) -> None:
    client = client_of(cast.channel)
    calls = [request(client, path, data=REASON) for path in (closure(report), giving_back(report))]
    assert statuses(at_once(*calls)) == [303, 409]
    closed = report.rectification.closed_at is not None
    assert report.verdict == ("closed" if closed else "returned")
    assert verbs(report) == ["close" if closed else "return"]


def test_a_report_that_does_not_exist_is_not_there(cast: Cast, client_of: ClientOf) -> None:
    path = "/reports/00000000-0000-0000-0000-000000000000/closure"
    assert client_of(cast.channel).post(path).status_code == 404


def test_htmx_gets_the_notice_in_its_new_state(
    cast: Cast, client_of: ClientOf, report: Report
) -> None:
    html = client_of(cast.channel).post(closure(report), headers={"HX-Request": "true"}).text
    assert f'id="notice-{notice_of(report)}"' in html
    assert "/closure" not in html
