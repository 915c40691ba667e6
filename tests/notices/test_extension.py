"""Asking for another due day: before the first is over, once, for facilities (domain.md 3.5)."""

from datetime import date, datetime, timedelta

import pytest

from inspector import clock
from inspector.db import db
from inspector.notices.models import Notice
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.together import at_once, request, statuses

WANTED = rows.DUE + timedelta(days=2)
ASKED = {"reason": "门头字缺货", "day": WANTED.isoformat()}

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def notice(app: object, cast: Cast) -> Notice:
    """A notice about a facility, signed for, that may take five days."""
    visit = rows.a_visit_at(cast, "confirmed")
    notice = rows.a_notice_at(cast, visit, 0, "acknowledged")
    notice.finding.rectify_days = 5
    db.session.flush()
    return notice


def asked(client_of: ClientOf, cast: Cast, notice: Notice, **changes: str) -> int:
    url = f"/notices/{notice.id}/extension"
    return client_of(cast.subbranch).post(url, data=ASKED | changes).status_code


def test_a_granted_extension_moves_the_due_day_and_both_days_stay_readable(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    assert asked(client_of, cast, notice) == 303
    extension = notice.extension
    assert extension
    assert notice.rectification.due_on == rows.DUE  # not before it is granted
    assert "门头字缺货" in client_of(cast.channel).get(f"/notices/{notice.id}").text
    client_of(cast.channel).post(f"/extensions/{extension.id}/grant", data={"remark": "同意"})
    assert (extension.answer, extension.remark) == ("granted", "同意")
    assert (notice.due_on, extension.due_on) == (rows.DUE, rows.DUE)
    assert (notice.rectification.due_on, extension.wanted_on) == (WANTED, WANTED)
    assert notice.rectification.stage == "in_progress"


def test_a_refused_extension_leaves_the_due_day_and_says_why(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    asked(client_of, cast, notice)
    assert notice.extension
    refusal = f"/extensions/{notice.extension.id}/refusal"
    assert client_of(cast.channel).post(refusal, data={"reason": " "}).status_code == 422
    assert client_of(cast.channel).post(refusal, data={"reason": "理由不足"}).status_code == 303
    assert (notice.extension.answer, notice.rectification.due_on) == ("refused", rows.DUE)
    assert "理由不足" in client_of(cast.subbranch).get(f"/notices/{notice.id}").text


def test_it_is_asked_for_once(cast: Cast, client_of: ClientOf, notice: Notice) -> None:
    assert [asked(client_of, cast, notice) for _ in range(2)] == [303, 409]


@pytest.mark.parametrize(("days", "status"), [(0, 422), (1, 303), (5, 303), (6, 422)])
def test_the_new_day_is_later_and_at_most_the_first_length_later(
    cast: Cast, client_of: ClientOf, notice: Notice, days: int, status: int
) -> None:
    day = rows.DUE + timedelta(days=days)
    assert asked(client_of, cast, notice, day=day.isoformat()) == status


@pytest.mark.parametrize(("days_late", "status"), [(0, 303), (1, 409)])
def test_it_is_asked_for_until_the_due_day_is_over(
    cast: Cast,
    client_of: ClientOf,
    notice: Notice,
    monkeypatch: pytest.MonkeyPatch,
    days_late: int,
    status: int,
) -> None:
    last_minute = datetime(2026, 11, 26, 23, 59, 59, tzinfo=clock.SHANGHAI)
    assert last_minute.date() == rows.DUE
    monkeypatch.setattr(clock, "now", lambda: last_minute + timedelta(days=days_late))
    assert asked(client_of, cast, notice) == status


def test_service_discipline_gets_no_extension(
    app: object, cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    visit = notice.finding.visit
    item = next(item for item in visit.version.items if item.section.code == "CTR")
    notice.finding.item, notice.finding.item_code = item, item.code
    assert asked(client_of, cast, notice) == 422


def test_who_reports_meanwhile_needs_no_answer_any_more(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    asked(client_of, cast, notice)
    rows.a_report(notice.rectification, cast.outlet)
    db.session.flush()
    assert notice.extension
    assert not notice.extension.is_open
    grant = f"/extensions/{notice.extension.id}/grant"
    assert client_of(cast.channel).post(grant).status_code == 409
    assert notice.rectification.due_on == rows.DUE


def test_grant_and_refusal_at_once_do_one_of_the_two(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    asked(client_of, cast, notice)
    assert notice.extension
    client, key = client_of(cast.channel), notice.extension.id
    calls = [
        request(client, f"/extensions/{key}/grant"),
        request(client, f"/extensions/{key}/refusal", data={"reason": "理由不足"}),
    ]
    assert statuses(at_once(*calls)) == [303, 409]
    granted = notice.extension.answer == "granted"
    assert notice.rectification.due_on == (WANTED if granted else rows.DUE)


def test_what_waits_for_an_answer_is_counted_and_opens(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    listed = "/notices?only=asked"
    assert notice.number
    assert notice.number not in client_of(cast.channel).get(listed).text
    asked(client_of, cast, notice)
    assert notice.number in client_of(cast.channel).get(listed).text


def test_the_day_belongs_to_the_calendar(cast: Cast, client_of: ClientOf, notice: Notice) -> None:
    assert asked(client_of, cast, notice, day="2026-02-30") == 422
    assert asked(client_of, cast, notice, day=date.max.isoformat()) == 422
