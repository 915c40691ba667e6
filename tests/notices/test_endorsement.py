"""The sub-branch's first check of a report (domain.md 3.5 and 7, 4)."""

import pytest
from flask import Flask

from inspector.db import db
from inspector.findings.models import Report
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf


@pytest.fixture
def report(app: object, cast: Cast) -> Report:
    """A report of the outlet."""
    visit = rows.a_visit_at(cast, "confirmed")
    return rows.a_notice_at(cast, visit, 0, "reported").rectification.reports[0]


def endorse(client_of: ClientOf, cast: Cast, report: Report) -> int:
    return client_of(cast.subbranch).post(f"/reports/{report.id}/endorsement").status_code


def test_the_check_is_a_fact_with_who_and_when_and_the_stage_stays(
    cast: Cast, client_of: ClientOf, report: Report
) -> None:
    assert endorse(client_of, cast, report) == 303
    first = report.endorsed_at
    assert (report.endorsed_by, report.rectification.stage) == (cast.subbranch, "reported")
    assert endorse(client_of, cast, report) == 303
    assert report.endorsed_at == first


def test_the_sub_branch_may_return_a_report_too(
    cast: Cast, client_of: ClientOf, report: Report
) -> None:
    url = f"/reports/{report.id}/return"
    assert client_of(cast.subbranch).post(url, data={"remark": "照片看不清"}).status_code == 303
    assert (report.verdict, report.verified_by) == ("returned", cast.subbranch)


def test_who_reported_does_not_check(cast: Cast, client_of: ClientOf, report: Report) -> None:
    report.reported_by = cast.subbranch
    db.session.flush()
    assert endorse(client_of, cast, report) == 403
    url = f"/reports/{report.id}/return"
    assert client_of(cast.subbranch).post(url, data={"remark": "照片看不清"}).status_code == 403
    assert report.endorsed_at is None
    assert report.verdict is None


def test_closing_waits_for_the_check_where_the_setting_asks_for_it(
    app: Flask, cast: Cast, client_of: ClientOf, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "ENDORSEMENT_NEEDED", True)
    url = f"/reports/{report.id}/closure"
    assert client_of(cast.channel).post(url).status_code == 409
    endorse(client_of, cast, report)
    assert client_of(cast.channel).post(url).status_code == 303
    assert report.rectification.stage == "closed"
