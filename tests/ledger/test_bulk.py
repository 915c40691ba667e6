"""One act on many rows: confirmed once, each done or refused for itself, harmless twice."""

import re
import uuid
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from inspector import clock
from inspector.db import db
from inspector.history import Event
from inspector.ledger import bulk
from inspector.notices import issuing
from inspector.notices.models import Notice
from inspector.reminders.models import Reminder
from tests import cast as make
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import Client, ClientOf


@pytest.fixture(autouse=True)
def _monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY + 9 * rows.LATER)


def results(html: str) -> list[tuple[str, str]]:
    """Of each row, whether it was done, and the sentence."""
    found = re.findall(r'class="pill (?:ok|late)">([^<]*)</span>\s*<small>([^<]*)</small>', html)
    return [(done, said.strip()) for done, said in found]


def ready(html: str) -> list[str]:
    """The keys that the confirmation would send."""
    return re.findall(r'<input type="hidden" name="row" value="([^"]*)"', html)


def sent(client: Client, act: str, *keys: object) -> str:
    data: dict[str, Any] = {"row": [str(key) for key in keys]}
    answer = client.post(f"/ledger/acts/{act}", data=data)
    assert answer.status_code == 200
    return answer.text


def verbs(*subjects: uuid.UUID) -> list[str]:
    found = select(Event.verb).where(Event.subject_id.in_(subjects))
    return sorted(db.session.scalars(found))


@pytest.mark.one_engine
def test_notices_are_issued_each_with_its_number_and_paper(cast: Cast, client_of: ClientOf) -> None:
    visit = make.submitted(cast, ("ON-RAK-02", "ON-RAK-03"))
    for finding in visit.findings:
        finding.confirm(by=cast.channel, at=MONDAY)
    drafts = [Notice.draft(f.rectification, at=MONDAY) for f in visit.findings if f.rectification]
    visit.confirmed_at, visit.confirmed_by_id = MONDAY, cast.channel.id
    db.session.flush()
    keys = [str(notice.id) for notice in drafts if notice]
    client = client_of(cast.channel)
    page = client.get("/ledger/acts/issue", query_string={"row": keys[::-1]}).text
    assert sorted(ready(page)) == sorted(keys)
    html = sent(client, "issue", *keys[::-1], uuid.uuid4())
    said = "已下发，支行现在可以看到。"
    assert [done for done, _ in results(html)] == ["已办理", "已办理", "未办理"]
    numbers = {n.doc_seq: n.finding.position for n in db.session.scalars(select(Notice))}
    assert [position for _, position in sorted(numbers.items())] == sorted(numbers.values())
    assert all(notice.pdf_sha256 for notice in db.session.scalars(select(Notice)))
    again = sent(client, "issue", *keys)
    assert said not in again
    assert [done for done, _ in results(again)] == ["已办理", "已办理"]
    assert verbs(*map(uuid.UUID, keys)) == ["issue", "issue"]


@pytest.mark.one_engine
def test_reports_are_struck_off_and_one_that_is_refused_holds_no_other_up(
    cast: Cast, client_of: ClientOf
) -> None:
    notices = [make.reported(cast), make.reported(cast)]
    own = notices[0].rectification.reports[-1]
    own.reported_by = cast.channel  # whoever reported it may not verify it
    db.session.flush()
    client = client_of(cast.channel)
    query = {"row": [str(notice.id) for notice in notices]}
    keys = ready(client.get("/ledger/acts/verify", query_string=query).text)
    assert set(keys) == {str(n.rectification.reports[-1].id) for n in notices}
    html = sent(client, "verify", str(own.id), *(k for k in keys if k != str(own.id)))
    assert [done for done, _ in results(html)] == ["未办理", "已办理"]
    assert [n.rectification.stage for n in notices] == ["reported", "closed"]
    again = sent(client, "verify", *keys)
    assert sorted(done for done, _ in results(again)) == ["已办理", "未办理"]
    assert verbs(notices[1].rectification_id).count("close") == 1


def test_branches_are_reminded_once_a_day(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = rows.a_visit_at(cast, "confirmed")
    open_, closed = (
        rows.a_notice_at(cast, visit, 0, "issued"),
        rows.a_notice_at(cast, visit, 1, "closed"),
    )
    client = client_of(cast.channel)
    query = {"row": [str(open_.id), str(closed.id)]}
    page = client.get("/ledger/acts/remind", query_string=query).text
    assert ready(page) == [str(open_.id)]
    assert "未轮到" in page
    html = sent(client, "remind", open_.id, closed.id)
    assert [done for done, _ in results(html)] == ["已办理", "未办理"]
    told = db.session.scalars(select(Reminder)).all()
    assert {one.recipient_id for one in told} == {cast.outlet.id, cast.subbranch.id}
    assert "请尽快处理" in client_of(cast.outlet).get("/reminders").text
    sent(client, "remind", open_.id)
    assert len(db.session.scalars(select(Reminder)).all()) == 2
    assert verbs(open_.id) == ["urge"]
    monkeypatch.setattr(clock, "now", lambda: MONDAY + 33 * rows.LATER)
    sent(client_of(cast.channel), "remind", open_.id)
    assert verbs(open_.id) == ["urge", "urge"]


def test_what_breaks_with_one_row_is_told_of_that_row(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch, app: Flask
) -> None:
    visit = rows.a_visit_at(cast, "confirmed")
    bad, good = (rows.a_notice_at(cast, visit, n, "draft") for n in range(2))

    wrong = bad.id

    def issue(notice: Notice, **_how: Any) -> None:
        notice.withdrawn_reason = "half done"
        if notice.id == wrong:
            raise RuntimeError("the paper cannot be drawn")
        notice.withdrawn_reason = None

    monkeypatch.setattr(issuing, "issue", issue)
    html = sent(client_of(cast.channel), "issue", bad.id, good.id)
    assert [done for done, _ in results(html)] == ["未办理", "已办理"]
    assert "系统出现故障" in html or "出错" in html
    assert bad.withdrawn_reason is None, "nothing of it was kept"


def test_nothing_and_too_much_are_refused(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST", 1)
    client = client_of(cast.channel)
    two = [uuid.uuid4().hex, uuid.uuid4().hex]
    for act, keys, status in (
        ("issue", [], 422),
        ("issue", two, 422),
        ("burn", two[:1], 404),
        ("issue", ["x"], 404),
        ("issue", two[:1], 200),
    ):
        path = f"/ledger/acts/{act}"
        assert client.get(path, query_string={"row": keys}).status_code == status
        assert client.post(path, data={"row": keys}).status_code == status


def test_only_the_channel_department_ticks(cast: Cast, client_of: ClientOf) -> None:
    rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed"), 0, "issued")
    assert 'name="row"' in client_of(cast.channel).get("/ledger").text
    for who in (cast.leader, cast.subbranch, cast.outlet, cast.inspector):
        assert 'name="row"' not in client_of(who).get("/ledger").text
