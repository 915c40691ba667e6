"""Reporting a rectification: cause, measure, result, day, and photos where the fault had one."""

import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from inspector import clock
from inspector.db import db
from inspector.findings.models import Report
from inspector.history import Event
from inspector.notices.models import Notice
from inspector.photos.models import Picture
from tests import cast as make
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf

HTMX = {"HX-Request": "true"}


@pytest.fixture
def notice(cast: Cast) -> Notice:
    """A notice that Shengli Road has signed for; the fault has a photo."""
    visit = rows.a_visit_at(cast, "confirmed", kind="offsite")
    rows.a_photo(visit)
    return rows.a_notice_at(cast, visit, 0, "acknowledged")


def address(notice: Notice) -> str:
    return f"/notices/{notice.id}/reports"


def a_file(data: bytes = b"", name: str = "photo.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(data or make.picture_bytes("green")), name


@pytest.mark.parametrize("who", ["outlet", "subbranch"])
def test_the_branch_reports_what_was_asked_for(
    cast: Cast, client_of: ClientOf, notice: Notice, who: str
) -> None:
    form = make.report_form(cause=" 换季时未清理 ")
    response = client_of(getattr(cast, who)).post(address(notice), data=form)
    assert (response.status_code, response.location) == (303, f"/notices/{notice.id}")
    (report,) = notice.rectification.reports
    assert (report.round, report.cause, report.measure, report.result, report.done_on) == (
        1,
        "换季时未清理",
        "每周一逐格检查",
        "已全部撤换",
        clock.today(),
    )
    assert report.reported_by == getattr(cast, who)
    assert [photo.sha256 for photo in report.photos] == [make.picture_sha256("green")]
    assert (notice.rectification.stage, notice.stage) == ("reported", "acknowledged")
    trace = select(Event).where(Event.subject_id == notice.rectification_id)
    assert db.session.scalars(trace).one().detail == {"round": 1}


def test_a_fault_with_a_photo_needs_a_photo_of_the_result(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    response = client_of(cast.outlet).post(address(notice), data=make.report_form(photos=0))
    assert response.status_code == 422
    assert 'id="photos-error"' in response.text
    assert notice.rectification.reports == []


def test_a_fault_without_a_photo_needs_none(cast: Cast, client_of: ClientOf) -> None:
    visit = rows.a_visit_at(cast, "confirmed", kind="offsite")
    notice = rows.a_notice_at(cast, visit, 0, "acknowledged")
    response = client_of(cast.outlet).post(address(notice), data=make.report_form(photos=0))
    assert response.status_code == 303
    assert notice.rectification.stage == "reported"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cause", ""),
        ("cause", "  "),
        ("measure", ""),
        ("result", ""),
        ("result", "字" * 2001),
        ("done_on", ""),
        ("done_on", "昨天"),
        ("done_on", "2999-01-01"),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["browser", "htmx"])
def test_a_mistake_is_told_beside_its_field_and_what_was_typed_stays(
    cast: Cast,
    client_of: ClientOf,
    notice: Notice,
    field: str,
    value: str,
    headers: dict[str, str],
) -> None:
    form = make.report_form(cause="甲原因", measure="乙措施", result="丙结果") | {field: value}
    response = client_of(cast.outlet).post(address(notice), data=form, headers=headers)
    assert response.status_code == 422
    assert f'id="{field}-error"' in response.text
    assert ("<html" in response.text) is not bool(headers)
    for name in {"cause", "measure", "result"} - {field}:
        assert form[name] in response.text
    assert notice.rectification.reports == []


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ([a_file(b"%PDF-1.7", "plan.pdf")], 422),
        ([a_file(), a_file(b"GIF89a", "x.gif")], 422),
        ([a_file(name=f"{n}.jpg") for n in range(21)], 422),
        ([a_file(make.picture_bytes("green") + bytes(25 * 1024 * 1024))], 413),
    ],
    ids=["not a photo", "one of two is none", "twenty-one", "over 25 MB"],
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["browser", "htmx"])
def test_a_bad_photo_is_told_beside_the_photos_and_nothing_typed_is_lost(
    cast: Cast,
    client_of: ClientOf,
    notice: Notice,
    files: list[tuple[io.BytesIO, str]],
    status: int,
    headers: dict[str, str],
) -> None:
    again = [(io.BytesIO(file.getvalue()), name) for file, name in files]
    form = make.report_form(photos=0, cause="甲原因", measure="乙措施", result="丙结果")
    response = client_of(cast.outlet).post(
        address(notice), data=form | {"photos": again}, headers=headers
    )
    assert response.status_code == status
    assert 'id="photos-error"' in response.text
    for typed in ("甲原因", "乙措施", "丙结果"):
        assert typed in response.text
    assert notice.rectification.reports == []
    assert len(db.session.scalars(select(Picture)).all()) == 1, "only that of the fault"


def test_twenty_photos_can_be_sent_and_the_same_twice_counts_once(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    form = make.report_form(photos=20)
    assert client_of(cast.outlet).post(address(notice), data=form).status_code == 303
    assert len(notice.rectification.reports[0].photos) == 1


def test_every_round_is_kept(cast: Cast, client_of: ClientOf, notice: Notice) -> None:
    client = client_of(cast.outlet)
    for number in (1, 2, 3):
        client.post(address(notice), data=make.report_form(result=f"第{number}次整改"))
        report = notice.rectification.reports[-1]
        assert (report.round, notice.rectification.stage) == (number, "reported")
        report.give_back(reason=f"退回{number}", by=cast.channel, at=make.MONDAY)
        assert notice.rectification.stage == "returned"
    html = client.get(f"/notices/{notice.id}").text
    for number in (1, 2, 3):
        assert f"第{number}次整改" in html
        assert f"退回{number}" in html


@pytest.mark.parametrize("stage", ["issued", "reported", "closed"])
@pytest.mark.parametrize("form", [make.report_form, dict], ids=["a good form", "an empty form"])
def test_a_report_out_of_time_is_told_so_before_its_form_is_read(
    cast: Cast, client_of: ClientOf, stage: str, form: Any
) -> None:
    visit = rows.a_visit_at(cast, "confirmed", kind="offsite")
    notice = rows.a_notice_at(cast, visit, 0, stage)
    before = len(notice.rectification.reports)
    assert client_of(cast.outlet).post(address(notice), data=form()).status_code == 409
    assert len(db.session.scalars(select(Report)).all()) == before


def test_reporting_does_not_move_the_due_day_but_stops_the_clock(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    notice.rectification.due_on = rows.DUE.replace(year=2020)
    assert notice.rectification.is_overdue(clock.today())
    client_of(cast.outlet).post(address(notice), data=make.report_form())
    assert notice.rectification.due_on == rows.DUE.replace(year=2020)
    assert not notice.rectification.is_overdue(clock.today())


def test_htmx_gets_the_notice_in_its_new_state(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    html = client_of(cast.outlet).post(address(notice), data=make.report_form(), headers=HTMX).text
    assert f'id="notice-{notice.id}"' in html
    assert f'id="report-{notice.rectification.reports[0].id}"' in html
    assert "/reports" not in html.replace(f"/reports/{notice.rectification.reports[0].id}", "")


def test_a_photo_of_the_report_is_shown_to_those_who_see_the_notice(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    client_of(cast.outlet).post(address(notice), data=make.report_form())
    (report,) = notice.rectification.reports
    photo = f"/reports/{report.id}/photos/{make.picture_sha256('green')}"
    for size in ("", "?size=thumb"):
        assert client_of(cast.channel).get(photo + size).mimetype == "image/jpeg"
    assert client_of(cast.other_outlet).get(photo).status_code == 404
    other = f"/reports/{report.id}/photos/{make.picture_sha256('grey')}"
    assert client_of(cast.channel).get(other).status_code == 404


def test_what_is_typed_is_shown_as_typed(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    visit = rows.a_visit_at(cast, "confirmed", kind="offsite")
    notice = rows.a_notice_at(cast, visit, 0, "acknowledged")
    client_of(cast.outlet).post(
        address(notice), data=make.report_form(photos=0, cause="<script>alert(1)</script>")
    )
    html = client_of(cast.channel).get(f"/notices/{notice.id}").text
    assert "&lt;script&gt;alert(1)" in html
