"""The inbox: everybody's own, counted in the header, read once, page by page."""

import re
from datetime import timedelta

import pytest

from inspector.db import db
from inspector.notices.models import Notice
from inspector.reminders.models import Reminder
from inspector.reminders.queries import PAGE
from inspector.reminders.rules import TABLE
from inspector.visits.models import Visit
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf, CountQueries
from tests.reminders.conftest import Frozen
from tests.reminders.telling import told

SHOPPED_ON = "11月23日"


@pytest.fixture
def notice(app: object, cast: Cast) -> Notice:
    return rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed"), 0, "acknowledged")


def unread(html: str) -> str | None:
    """The number in the header."""
    found = re.search(r'<b id="unread"([^>]*)>([\d+]+)<span', html)
    assert found
    return None if "hidden" in found[1] else found[2]


def listed(html: str) -> list[str]:
    return re.findall(r'<li id="reminder-([0-9a-f-]{36})"', html)


@pytest.mark.one_engine
def test_an_empty_inbox_says_what_will_come(cast: Cast, client_of: ClientOf) -> None:
    html = client_of(cast.outlet).get("/reminders").text
    assert "暂无消息" in html
    assert unread(html) is None


def test_opening_a_reminder_leads_to_its_notice_and_marks_it_read(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    reminder = rows.a_reminder(notice, cast.outlet)
    client = client_of(cast.outlet)
    assert unread(client.get("/notices").text) == "1"
    answer = client.post(f"/reminders/{reminder.id}/opening")
    assert (answer.status_code, answer.location) == (303, f"/notices/{notice.id}")
    assert unread(client.get("/notices").text) is None
    first_read = reminder.read_at
    client.post(f"/reminders/{reminder.id}/reading")
    assert reminder.read_at == first_read


@pytest.mark.one_engine
def test_a_reminder_of_a_visit_leads_to_the_visit(cast: Cast, client_of: ClientOf) -> None:
    visit = rows.a_visit_at(cast, "in_progress")
    reminder = rows.a_reminder(visit, cast.inspector, "upload")
    answer = client_of(cast.inspector).post(f"/reminders/{reminder.id}/opening")
    assert answer.location == f"/visits/{visit.id}"


def test_one_or_all_are_marked_as_read_and_nobody_else_s(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    mine = [rows.a_reminder(notice, cast.outlet, rule) for rule in ("sign", "soon", "late")]
    theirs = rows.a_reminder(notice, cast.subbranch, "late")
    client = client_of(cast.outlet)
    part = client.post(f"/reminders/{mine[0].id}/reading", headers={"HX-Request": "true"}).text
    assert listed(part) == [str(mine[0].id)]
    assert 'class="unread"' not in part
    assert unread(part) == "2"
    assert unread(client.get("/reminders").text) == "2"
    assert client.post("/reminders/reading").status_code == 303
    html = client.get("/reminders").text
    assert (unread(html), len(listed(html))) == (None, 3)
    assert theirs.read_at is None
    assert client.post(f"/reminders/{theirs.id}/reading").status_code == 404


def test_pages_follow_each_other_by_key_even_when_all_came_at_once(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    for n in range(2 * PAGE + 5):
        at = MONDAY + timedelta(days=n // 40)
        rows.a_reminder(notice, cast.outlet, round=str(n), at=at)
    client, address, pages = client_of(cast.outlet), "/reminders", []
    while address:
        html = client.get(address).text
        pages.append(listed(html))
        rows.a_reminder(notice, cast.outlet, round=f"new {len(pages)}", at=MONDAY + timedelta(9))
        older = re.search(r'href="(/reminders\?before=[^"]+)"', html)
        address = older[1] if older else ""
    assert [len(page) for page in pages] == [PAGE, PAGE, 5]
    assert len({key for page in pages for key in page}) == 2 * PAGE + 5
    theirs = rows.a_reminder(notice, cast.subbranch)
    assert client.get(f"/reminders?before={theirs.id}").status_code == 404
    assert client.get("/reminders?before=x").status_code == 404
    assert "99" not in (unread(client.get("/reminders").text) or "")
    rows_of_many(cast, notice)
    assert unread(client.get("/reminders").text) == "99+"


def rows_of_many(cast: Cast, notice: Notice) -> None:
    db.session.add_all(
        Reminder(
            rule="soon",
            subject_table="notice",
            subject_id=notice.id,
            recipient_id=cast.outlet.id,
            round=f"many {n}",
            detail={},
            at=MONDAY - timedelta(days=1),
        )
        for n in range(100)
    )


@pytest.mark.one_engine
def test_every_rule_speaks_both_languages(cast: Cast, client_of: ClientOf, notice: Notice) -> None:
    for rule in TABLE:
        rows.a_reminder(notice, cast.channel, rule.name)
    client = client_of(cast.channel)
    chinese = client.get("/reminders").text
    client.post("/language", data={"language": "en"})
    english = client.get("/reminders").text
    assert "%(" not in chinese + english
    assert chinese.count("胜利路") == english.count("Shengli Road") == len(TABLE) - 1
    assert "26 Nov 2026" in english
    assert "2026年11月26日" in chinese


@pytest.mark.one_engine
def test_the_tablet_s_own_requests_do_not_pay_for_the_number(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    visit = rows.a_visit_at(cast, "in_progress")
    client = client_of(cast.inspector)
    sent = {"json": {"sent_at": "2026-11-23T01:12:00Z", "streams": []}}
    with count_queries() as statements:
        beat = client.post("/api/heartbeat", headers={"X-Inspector": "1"}, **sent)
        page = client.get(f"/visits/{visit.id}")
    assert (beat.status_code, page.status_code) == (200, 200)
    assert statements
    assert not [one for one in statements if "FROM reminder" in one]


def test_a_branch_is_told_nothing_of_a_shopper_before_publication_and_never_the_day_or_the_name(
    frozen: Frozen, cast: Cast, client_of: ClientOf
) -> None:
    visit = rows.a_visit_at(cast, "confirmed", kind="mystery")
    rows.a_notice_at(cast, visit, 0, "draft")
    rows.a_visit_at(cast, "in_progress", kind="mystery")
    frozen.run("2026-12-20")
    assert {who for who, _ in told()} == {"shopper"}  # who has not uploaded the other visit
    publish(cast, visit)
    draft = rows.decided(visit.findings[0], cast.channel).rectification
    assert draft
    assert draft.notice
    rows.issued(draft.notice, cast.channel, 7, frozen.put("2026-12-24").date())
    draft.notice.issued_at = frozen.put("2026-12-21")
    db.session.flush()
    for day in ("2026-12-21", "2026-12-23", "2026-12-24", "2026-12-25", "2027-01-10"):
        frozen.run(day)
    for person in (cast.outlet, cast.subbranch):
        html = client_of(person).get("/reminders").text
        assert listed(html)
        assert not [word for word in (SHOPPED_ON, cast.shopper.name, "神秘人") if word in html]
        details = [r.detail for r in db.session.query(Reminder).filter_by(recipient_id=person.id)]
        assert {key for one in details for key in one} == {
            "outlet_zh",
            "outlet_en",
            "number",
            "due",
        }
        assert not [one for one in details if one["due"] < "2026-12-21"]
    assert not {rule for who, rule in told() if who == "leader"} & {"upload", "confirm"}


def publish(cast: Cast, visit: Visit) -> None:
    """As a batch would, some weeks later."""
    batch = rows.a_batch(cast, visit)
    batch.published_at, batch.published_by_id = MONDAY + timedelta(days=27), cast.channel.id
    db.session.flush()
    visit.published_at = batch.published_at
    db.session.flush()
