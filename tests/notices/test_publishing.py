"""Publication of mystery visits: what a branch can know before, and what it sees after."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import current_app

from inspector import clock
from inspector.db import db
from inspector.deadlines import Days, Step
from inspector.findings.models import Finding
from inspector.history import Event
from inspector.notices import publishing, repeats
from inspector.notices.deadlines import deadline_of, late_sql
from inspector.notices.footage import footage_of
from inspector.notices.models import Notice
from inspector.notices.queries import notices_seen_by
from inspector.people.models import Person
from inspector.visits.batches import Batch
from inspector.visits.models import Visit
from tests import cast as make
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf, CountQueries

NOW = MONDAY + timedelta(days=1)
EARLIER = MONDAY - timedelta(days=3)


@pytest.fixture(autouse=True)
def tuesday(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is Tuesday; the batch can be published since Monday."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


def found(
    cast: Cast, kind: str, at: str, began: datetime, issue: str = "LOB.STAFFED", n: int = 0
) -> Finding:
    """A confirmed finding of a confirmed visit that began then."""
    visit = rows.a_visit_at(cast, "submitted", kind=kind, at=at)
    visit.started_at = began
    finding = rows.a_finding(
        visit, n, issue=issue, place="2号窗口", note="无人应答", raised_at=began + rows.LATER
    )
    db.session.flush()
    repeats.confirm([finding], by=cast.channel, at=MONDAY + timedelta(hours=2))
    visit.confirm(by=cast.channel, at=MONDAY + timedelta(hours=2))
    db.session.flush()
    return finding


def shopped(cast: Cast) -> list[Finding]:
    """What shoppers found at three outlets of one sub-branch, two days before an inspector came."""
    return [found(cast, "mystery", at, EARLIER) for at in ("YA0301", "YA0302", "YA0303")]


def notice_of(finding: Finding) -> Notice:
    assert finding.rectification
    assert finding.rectification.notice
    return finding.rectification.notice


def in_a_batch(cast: Cast, findings: list[Finding]) -> Batch:
    return rows.a_batch(cast, *(finding.visit for finding in findings))


def pages_of(client_of: ClientOf, person: Person, paths: list[str]) -> Iterator[str]:
    """What a person reads there, but for the tokens of the forms."""
    for path in paths:
        response = client_of(person).get(path)
        text = re.sub(r'name="csrf_token" value="[^"]*"', "", response.text)
        yield f"{path} {response.status_code} {text}"


def test_before_the_publication_not_a_letter_of_any_page_tells_that_a_shopper_was_there(
    cast: Cast, client_of: ClientOf
) -> None:
    inspected = found(cast, "offsite", "YA0302", MONDAY)
    client_of(cast.channel).post(f"/notices/{notice_of(inspected).id}/issuance")
    to_make = make.a_visit(cast)
    paths = [
        "/visits",
        "/findings",
        "/notices?only=all",
        "/branches",
        f"/visits/{inspected.visit_id}",
        f"/notices/{notice_of(inspected).id}",
        f"/visits/{to_make.id}/pack",
    ]
    people = (cast.outlet, cast.subbranch, cast.inspector)
    before = [list(pages_of(client_of, person, paths)) for person in people]
    secrets = shopped(cast)
    after = found(cast, "mystery", "YA0302", MONDAY + timedelta(hours=1))  # sees it again
    assert after.duplicate_of_id == inspected.id
    in_a_batch(cast, [*secrets, after])
    assert [list(pages_of(client_of, person, paths)) for person in people] == before
    assert secrets[1].duplicate_of_id == inspected.id, "judged by the month"
    for path in (f"/visits/{secrets[0].visit_id}", f"/notices/{notice_of(secrets[0]).id}"):
        assert client_of(cast.subbranch).get(path).status_code == 404


def test_what_a_shopper_found_changes_nothing_for_the_next_inspector_until_then(
    cast: Cast,
) -> None:
    secret = shopped(cast)[1]
    inspected = found(cast, "offsite", "YA0302", MONDAY)
    assert (inspected.occurrence, inspected.original) == (1, True)
    assert notice_of(inspected).stage == "draft"
    publishing.publish(in_a_batch(cast, [secret]), reason="仅此一家", by=cast.channel, at=NOW)
    db.session.flush()
    # Which of the two came first within the month must not show: what is known exactly stands.
    assert secret.duplicate_of_id == inspected.id
    assert secret.rectification is None
    assert notice_of(inspected).stage == "draft"


def test_after_the_publication_the_branch_sees_all_of_it_but_not_when(
    cast: Cast, client_of: ClientOf
) -> None:
    findings = shopped(cast)
    visit = findings[1].visit
    visit.planned_on, visit.submitted_at = EARLIER.date(), EARLIER + timedelta(hours=3)
    photo = rows.a_photo(visit)
    again = found(cast, "offsite", "YA0302", MONDAY, issue="LOB.GREET", n=1)
    batch = in_a_batch(cast, findings)
    client_of(cast.channel).post(f"/batches/{batch.id}/publication")
    client_of(cast.channel).post("/notices/issuance", data={"batch": str(batch.id)})
    assert notice_of(findings[1]).issued_at
    outlet = client_of(cast.outlet)
    seen = {
        path: outlet.get(path).text
        for path in (
            "/visits",
            "/findings",
            f"/visits/{visit.id}",
            f"/visits/{again.visit_id}",
            f"/notices/{notice_of(findings[1]).id}",
        )
    }
    for path, html in seen.items():
        assert "2026年11月" in html, path
        for secret in ("11月20日", cast.shopper.name, str(photo.id), "Nov 20"):
            assert secret not in html, path
    assert photo.sha256 in seen[f"/visits/{visit.id}"]
    assert "全部作答" not in seen[f"/visits/{visit.id}"]
    assert "普遍性问题" in client_of(cast.subbranch).get("/notices").text
    assert client_of(cast.other_outlet).get(f"/visits/{visit.id}").status_code == 404


def test_lists_and_numbers_do_not_follow_the_order_of_the_visits(
    cast: Cast, client_of: ClientOf
) -> None:
    findings = [
        found(cast, "mystery", at, EARLIER - timedelta(days=n), issue=f"I.{n}")
        for n, at in enumerate(("YA0303", "YA0301", "YA0302", "YA0301"))
    ]
    batch = in_a_batch(cast, findings)
    client_of(cast.channel).post(f"/batches/{batch.id}/publication")
    by_key = sorted(findings, key=lambda f: f.visit_id.hex)
    client = client_of(cast.subbranch)
    listed = re.findall(r'href="/visits/([0-9a-f-]{36})"', client.get("/visits").text)
    assert listed == [str(finding.visit_id) for finding in by_key]
    listed = re.findall(r"#finding-([0-9a-f-]{36})", client.get("/findings").text)
    assert listed == [str(finding.id) for finding in by_key]
    client_of(cast.channel).post("/notices/issuance", data={"batch": str(batch.id)})
    by_outlet = sorted(findings, key=lambda f: (f.visit.branch.code, f.visit_id.hex))
    assert [notice_of(finding).doc_seq for finding in by_outlet] == [1, 2, 3, 4]


def test_a_notice_is_held_until_the_publication(cast: Cast, client_of: ClientOf) -> None:
    findings = shopped(cast)
    notice, batch = notice_of(findings[1]), in_a_batch(cast, findings)
    channel = client_of(cast.channel)
    html = channel.get(f"/notices/{notice.id}").text
    assert (notice.stage, "/issuance" in html, str(batch.id) in html) == ("held", False, True)
    refused = channel.post(f"/notices/{notice.id}/issuance")
    assert (refused.status_code, "请先发布" in refused.text) == (409, True)
    channel.post("/notices/issuance")
    assert "/issuance" not in channel.get(f"/visits/{findings[1].visit_id}").text
    assert (notice.stage, notice.doc_seq) == ("held", None)
    channel.post(f"/batches/{batch.id}/publication")
    assert notice.stage == "draft"
    assert "下发 3 份通知书" in channel.get(f"/batches/{batch.id}").text
    answer = channel.post("/notices/issuance", data={"batch": str(batch.id)})
    assert answer.location == f"/batches/{batch.id}"
    assert {notice_of(finding).stage for finding in findings} == {"issued"}
    assert notice.due_on == clock.days_after(clock.day(NOW), findings[1].rectify_days)


@pytest.mark.parametrize(("day", "late"), [(26, False), (27, True)])
def test_the_days_to_issue_run_from_the_publication(cast: Cast, day: int, late: bool) -> None:
    notice = notice_of(shopped(cast)[1])
    assert deadline_of(notice) is None
    publishing.publish(
        rows.a_batch(cast, notice.finding.visit), reason="仅此一家", by=cast.channel, at=NOW
    )
    db.session.flush()
    due = deadline_of(notice)
    assert due
    assert due.due_on == date(2026, 11, 26)
    today = date(2026, 11, day)
    told = late_sql(today, Days.of(current_app.config))[Step.ISSUE]
    found = db.session.scalars(notices_seen_by(cast.channel).where(told)).all()
    assert (bool(due.days_late(today)), notice in found) == (late, late)


def test_the_board_says_when_the_day_of_a_batch_has_come(cast: Cast, client_of: ClientOf) -> None:
    batch = in_a_batch(cast, shopped(cast))
    address = f"/batches/{batch.id}"
    assert address in client_of(cast.channel).get("/desk").text
    batch.publish_on = clock.days_after(NOW.date(), 1)
    assert address not in client_of(cast.channel).get("/desk").text


def test_the_footage_of_the_whole_month_is_asked_for(cast: Cast, client_of: ClientOf) -> None:
    findings = shopped(cast)
    nothing = rows.a_visit_at(cast, "confirmed", kind="mystery", at="YA0102")
    batch = rows.a_batch(cast, nothing, *(finding.visit for finding in findings))
    client_of(cast.channel).post(f"/batches/{batch.id}/publication")
    asked = footage_of(findings[1].visit)
    assert asked
    assert footage_of(nothing) is None, "nothing was found that could be appealed against"
    assert [day.isoformat() for day in (asked.first_day, asked.last_day, asked.keep_until)] == [
        "2026-11-01",
        "2026-11-24",
        "2026-12-24",
    ]
    assert asked.areas == [
        {
            "section_zh": findings[1].section_zh,
            "section_en": findings[1].section_en,
            "place": "2号窗口",
        }
    ]
    for person, path in ((cast.channel, f"/batches/{batch.id}"), (cast.outlet, "/visits/{}")):
        html = client_of(person).get(path.format(findings[1].visit_id)).text
        assert "2026年11月1日" in html
        assert "2号窗口" in html


def test_a_batch_that_comes_too_late_for_the_cameras_says_so(
    cast: Cast, client_of: ClientOf
) -> None:
    batch = in_a_batch(cast, shopped(cast))
    page = f"/batches/{batch.id}"
    assert "录像仅保存" not in client_of(cast.channel).get(page).text
    batch.visits[0].started_at = datetime(2026, 10, 20, 2, tzinfo=UTC)
    assert "录像仅保存至2026年11月19日" in client_of(cast.channel).get(page).text


def test_a_published_visit_can_still_be_declared_void(cast: Cast, client_of: ClientOf) -> None:
    findings = shopped(cast)
    batch = in_a_batch(cast, findings)
    client_of(cast.channel).post(f"/batches/{batch.id}/publication")
    client_of(cast.channel).post("/notices/issuance", data={"batch": str(batch.id)})
    visit, notice = findings[1].visit, notice_of(findings[1])
    client_of(cast.channel).post(f"/visits/{visit.id}/void-request", data={"reason": "走错网点"})
    client_of(cast.leader).post(f"/visits/{visit.id}/void")
    assert (visit.stage, notice.stage, visit.batch_id) == ("void", "withdrawn", batch.id)
    assert client_of(cast.outlet).get(f"/visits/{visit.id}").status_code == 404


def test_each_visit_remembers_its_publication(cast: Cast) -> None:
    findings = shopped(cast)
    publishing.publish(in_a_batch(cast, findings), reason="", by=cast.channel, at=NOW)
    db.session.flush()
    for finding in findings:
        trail = db.session.query(Event.verb).where(Event.subject_id == finding.visit_id)
        assert {"publish", "ask_footage"} <= {verb for (verb,) in trail}


def test_no_page_of_a_batch_sends_more_statements_for_more_visits(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    def statements(path: str) -> int:
        client = client_of(cast.channel)
        client.get(path)
        with count_queries() as sent:
            client.get(path)
        return len(sent)

    def visits(number: int, stage: str = "confirmed") -> list[Visit]:
        outlets = ("YA0102", "YA0103", "YA0301", "YA0302", "YA0303", "YA0401")[:number]
        return [rows.a_visit_at(cast, stage, kind="mystery", at=at) for at in outlets]

    sent = {}
    for number in (2, 6):
        visits(number), visits(number, "submitted")
        batch = rows.a_batch(cast, *visits(number), name=f"{number}")
        for visit in batch.visits:
            rows.a_notice_at(cast, visit, 0, "draft")
        done = rows.a_batch(cast, *visits(number), name=f"{number} done")
        for visit in done.visits:
            rows.decided(rows.a_finding(visit, number), cast.channel)
        db.session.flush()
        publishing.publish(done, reason="", by=cast.channel, at=NOW)
        db.session.commit()
        paths = ("/batches", f"/batches/{batch.id}", f"/batches/{done.id}")
        sent[number] = [statements(path) for path in paths]
    assert sent[2] == sent[6]
