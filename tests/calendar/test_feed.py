"""The secret link of a person's own calendar: what it tells, to whom, and until when."""

import re
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from icalendar import Calendar

from inspector import clock
from inspector.db import db
from inspector.people import calendar_links, keeping
from inspector.people.calendar_links import CalendarLink
from inspector.people.models import Person
from inspector.people.queries import trail
from inspector.people.roles import Role
from inspector.visits import replanning
from inspector.visits.models import Visit
from tests import cast as make
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import Client, ClientOf, CountQueries

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def monday(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY)


def link_of(person: Person) -> str:
    return f"/calendar/feeds/{calendar_links.make(person, by=person, at=MONDAY)}.ics"


def read(client: Client, link: str) -> dict[str, Any]:
    """What stands in a feed, by UID."""
    response = client.get(link)
    assert response.status_code == 200
    assert response.content_type == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(response.data)
    assert isinstance(calendar, Calendar)
    assert not calendar.errors
    entries = calendar.events
    assert not [entry.errors for entry in entries if entry.errors]
    found = {str(entry["UID"]): entry for entry in entries}
    assert len(found) == len(entries)
    return found


def one(client: Client, link: str, visit: Visit) -> Any:
    """The entry of a visit."""
    return read(client, link)[str(visit.id)]


def test_a_planned_visit_takes_its_whole_day(cast: Cast, client_of: ClientOf) -> None:
    visit, link = make.a_visit(cast), link_of(cast.inspector)
    entry = one(client_of(), link, visit)
    assert (entry["DTSTART"].dt, entry["DTEND"].dt) == (date(2026, 11, 23), date(2026, 11, 24))
    assert entry["DTSTART"].params["VALUE"] == "DATE"
    assert entry["SUMMARY"] == "现场检查 · 吴起支行胜利路网点"
    assert entry["LOCATION"] == "吴起支行胜利路网点"
    assert entry["DESCRIPTION"].endswith(f"\nhttps://inspector.example/visits/{visit.id}")
    assert entry["STATUS"] == "CONFIRMED"
    assert entry["SEQUENCE"] == 0
    assert entry["DTSTAMP"].dt == entry["LAST-MODIFIED"].dt == MONDAY - timedelta(days=3)


def test_a_visit_that_took_place_has_its_time_at_the_bank(cast: Cast, client_of: ClientOf) -> None:
    visit = rows.a_visit_at(cast, "submitted", kind="offsite", inspector=cast.reviewer)
    link = link_of(cast.reviewer)
    entry = one(client_of(), link, visit)
    assert entry["DTSTART"].dt == datetime(2026, 11, 23, 9, 12, tzinfo=SHANGHAI)
    assert entry["DTEND"].dt == datetime(2026, 11, 23, 10, 12, tzinfo=SHANGHAI)
    assert entry["DTSTART"].params["TZID"] == "Asia/Shanghai"
    raw = client_of().get(link).text
    assert "DTSTART;TZID=Asia/Shanghai:20261123T091200\r\n" in raw
    assert raw.count("BEGIN:VTIMEZONE") == 1
    assert "TZOFFSETTO:+0800" in raw


def test_what_was_sent_days_later_does_not_last_for_days(cast: Cast, client_of: ClientOf) -> None:
    visit = rows.a_visit_at(cast, "submitted", kind="offsite", inspector=cast.reviewer)
    visit.submitted_at = MONDAY + timedelta(days=2)
    assert "DTEND" not in one(client_of(), link_of(cast.reviewer), visit)


def test_a_mystery_visit_is_discreet_wherever_a_lock_screen_looks(
    cast: Cast, client_of: ClientOf
) -> None:
    visit, link = make.a_visit(cast, kind="mystery"), link_of(cast.shopper)
    entry = one(client_of(), link, visit)
    assert entry["SUMMARY"] == "网点走访"
    assert entry["CLASS"] == "PRIVATE"
    assert "LOCATION" not in entry
    assert "吴起支行胜利路网点" in entry["DESCRIPTION"]
    raw = unfolded(client_of().get(link).data)
    assert "X-WR-CALNAME:网点走访\r\n" in raw
    for word in ("神秘", "mystery", "赵访", "shopper", "检查"):
        assert word not in raw


def test_what_it_is_called_is_a_setting(
    app: Flask, cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "CALENDAR_DISCREET", "外出, 办事; 一\\二")
    visit = make.a_visit(cast, kind="mystery")
    assert one(client_of(), link_of(cast.shopper), visit)["SUMMARY"] == "外出, 办事; 一\\二"


def test_a_visit_keeps_its_uid_and_counts_what_becomes_different(
    cast: Cast, client_of: ClientOf
) -> None:
    visit, link, client = make.a_visit(cast), link_of(cast.inspector), client_of()
    before = one(client, link, visit)
    later = MONDAY + timedelta(hours=5, microseconds=7)
    visit.cancel(reason="网点停电", by=cast.channel, at=later)
    after = one(client, link, visit)
    assert after["STATUS"] == "CANCELLED"
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert after["LAST-MODIFIED"].dt == after["DTSTAMP"].dt == later.replace(microsecond=0)
    assert after["CREATED"].dt == before["CREATED"].dt


def test_a_visit_that_moves_is_the_same_on_another_day(cast: Cast, client_of: ClientOf) -> None:
    visit, link, client = make.a_visit(cast), link_of(cast.inspector), client_of()
    later = MONDAY + timedelta(hours=1)
    replanning.move(visit, date(2026, 11, 25), by=cast.channel, at=later)
    moved = one(client, link, visit)
    assert (moved["DTSTART"].dt, moved["SEQUENCE"]) == (date(2026, 11, 25), 1)
    assert moved["LAST-MODIFIED"].dt == later
    other = make.a_person(cast)
    replanning.reassign(visit, other, by=cast.channel, at=later)
    assert read(client, link) == {}
    assert one(client, link_of(other), visit)["SEQUENCE"] == 2


def test_a_cancelled_visit_stays_for_the_days_of_the_setting(
    app: Flask, cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit, link, client = make.a_visit(cast), link_of(cast.inspector), client_of()
    visit.cancel(reason="网点停电", by=cast.channel, at=MONDAY)
    for days, is_there in ((29, True), (31, False)):
        then = MONDAY + timedelta(days=days)
        monkeypatch.setattr(clock, "now", lambda then=then: then)
        assert (str(visit.id) in read(client, link)) is is_there


def test_long_ago_is_left_out(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    old, kept = make.a_visit(cast), make.a_visit(cast)
    old.planned_on = date(2026, 8, 24)
    kept.planned_on = date(2026, 8, 25)
    assert set(read(client_of(), link_of(cast.inspector))) == {str(kept.id)}


def test_it_holds_one_s_own_visits_only(cast: Cast, client_of: ClientOf) -> None:
    mine = make.a_visit(cast)
    make.a_visit(cast, at="YA0102", inspector=cast.colleague)
    make.a_visit(cast, kind="mystery")
    assert set(read(client_of(), link_of(cast.inspector))) == {str(mine.id)}
    mine.inspector = cast.colleague
    assert read(client_of(), link_of(cast.inspector)) == {}


def test_every_line_is_as_rfc_5545_wants_it(cast: Cast, client_of: ClientOf) -> None:
    visit = make.a_visit(cast)
    visit.branch.name_zh = "延安市宝塔区七里铺街道" * 6 + ",;\\"
    content = client_of().get(link_of(cast.inspector)).data
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")
    lines = content.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert any(line.startswith(b" ") for line in lines)
    for line in lines:
        line.decode()  # no character is torn apart
    assert lines[:3] == [b"BEGIN:VCALENDAR", b"VERSION:2.0", b"PRODID:-//Inspector//Visits//ZH"]
    assert str(one(client_of(), link_of(cast.inspector), visit)["LOCATION"]).endswith(",;\\")


def test_the_same_visits_are_not_sent_twice(cast: Cast, client_of: ClientOf) -> None:
    visit, link, client = make.a_visit(cast), link_of(cast.inspector), client_of()
    first = client.get(link)
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = client.get(link, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    visit.planned_on += timedelta(days=1)
    changed = client.get(link, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200


def test_one_makes_it_sees_it_once_renews_it_and_takes_it_back(
    cast: Cast, client_of: ClientOf
) -> None:
    client = client_of(cast.inspector)
    assert "生成链接" in client.get("/account").text
    made = shown(client)
    assert client_of().get(made).status_code == 200
    account = client.get("/account").text
    assert "/calendar/feeds/" not in account
    assert "已于2026年11月23日生成" in account
    renewed = shown(client)
    assert renewed != made
    assert [client_of().get(link).status_code for link in (made, renewed)] == [404, 200]
    assert client.post("/account/calendar-link/end").location == "/account"
    assert client_of().get(renewed).status_code == 404
    assert client.post("/account/calendar-link/end").status_code == 303, "twice is harmless"


def shown(client: Client) -> str:
    """The link that a press of the button shows."""
    page = client.post("/account/calendar-link")
    assert page.headers["Cache-Control"] == "no-store"
    found = re.search(r'value="https://inspector\.example(/calendar/feeds/[\w-]+\.ics)"', page.text)
    assert found
    assert f'href="webcal://inspector.example{found[1]}"' in page.text
    return found[1]


def test_the_database_holds_only_the_hash_of_enough_chance(cast: Cast) -> None:
    token = calendar_links.make(cast.inspector, by=cast.inspector, at=MONDAY)
    db.session.flush()
    row = db.session.get_one(CalendarLink, cast.inspector.id)
    assert token not in {str(getattr(row, c.name)) for c in CalendarLink.__table__.columns}
    assert len(token) >= 43, "256 bits"


@pytest.mark.parametrize("end", ["closed", "outlet", "channel"])
def test_it_dies_with_the_account_and_does_not_come_back(
    cast: Cast, client_of: ClientOf, end: str
) -> None:
    make.a_visit(cast)
    link = link_of(cast.inspector)
    before = keeping.entry_of(cast.inspector)
    if end == "closed":
        keeping.close(cast.inspector, reason="调离", by=cast.admin, at=MONDAY)
    else:
        code = {"outlet": "YA0302", "channel": "YA"}[end]
        other = keeping.Entry(before.username, before.name, end, make.branch(code))
        keeping.change(cast.inspector, other, by=cast.admin, at=MONDAY)
    assert client_of().get(link).status_code == 404
    if end == "closed":
        keeping.reopen(cast.inspector, by=cast.admin, at=MONDAY)
    else:
        keeping.change(cast.inspector, before, by=cast.admin, at=MONDAY)
    assert client_of().get(link).status_code == 404


@pytest.mark.parametrize("change", [{"closed_at": MONDAY}, {"role": Role.OUTLET}])
def test_whatever_closed_the_account_it_lets_nobody_in(
    cast: Cast, client_of: ClientOf, change: dict[str, object]
) -> None:
    link = link_of(cast.inspector)
    for name, value in change.items():
        setattr(cast.inspector, name, value)
    assert client_of().get(link).status_code == 404


@pytest.mark.parametrize("who", ["outlet", "subbranch", "channel", "leader", "admin"])
def test_who_makes_no_visits_has_none(cast: Cast, client_of: ClientOf, who: str) -> None:
    client = client_of(getattr(cast, who))
    assert "calendar-link" not in client.get("/account").text
    assert client.post("/account/calendar-link").status_code == 403


def test_every_link_that_is_none_gets_the_same_answer(cast: Cast, client_of: ClientOf) -> None:
    link = link_of(cast.inspector)
    calendar_links.take_back(cast.inspector, by=cast.inspector, at=MONDAY)
    answers = [
        client.get(path)
        for client in (client_of(), client_of(cast.channel))
        for path in (link, "/calendar/feeds/x.ics", f"/calendar/feeds/{'a' * 43}.ics")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({(answer.data, answer.content_type) for answer in answers}) == 1


def test_the_trail_says_what_became_of_it_and_nothing_of_who_reads(
    cast: Cast, client_of: ClientOf
) -> None:
    client = client_of(cast.inspector)
    link = shown(client)
    client_of().get(link)
    shown(client)
    client.post("/account/calendar-link/end")
    verbs = ["make_calendar_link", "renew_calendar_link", "take_back_calendar_link"]
    assert [event.verb for event, _by in trail(cast.inspector.id)] == verbs


def test_many_visits_ask_no_more_of_the_database(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    link, client = link_of(cast.inspector), client_of()
    make.a_visit(cast)

    def asked() -> int:
        with count_queries() as sent:
            assert client.get(link).status_code == 200
        return len(sent)

    few = asked()
    for code in ("YA0101", "YA0201", "YA0401"):
        make.a_visit(cast, at=code)
    assert asked() == few


def unfolded(content: bytes) -> str:
    return content.replace(b"\r\n ", b"").decode()
