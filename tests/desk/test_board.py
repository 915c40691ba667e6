"""The board: the sum that proves one to one, numbers that open their rows, what waits."""

import re
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete

from inspector import clock
from inspector.clock import Quarter
from inspector.db import db
from inspector.desk import views
from inspector.desk.queries import coverage
from inspector.findings.models import Rectification
from inspector.notices import queries
from inspector.notices.models import Notice
from inspector.notices.systemic import systemic
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf, CountQueries
from tests.population import a_mixed_department

NUMBER = re.compile(r'<a class="number[^"]*"\s+href="([^"]*)"\s*><b>([^<]*)</b>')


def numbers_of(html: str) -> list[tuple[str, str]]:
    """The address and number of each member of the sum."""
    return [(href, text.strip()) for href, text in NUMBER.findall(html)]


def rows_of(html: str) -> int:
    """How many rows the tables of a page have, without their heads and headings."""
    return html.count("<tr") - html.count("<thead") - html.count('scope="colgroup"')


def test_the_proof_holds_in_a_department_in_full_swing(cast: Cast, client_of: ClientOf) -> None:
    a_mixed_department(cast)
    proof = queries.proof()
    assert (proof.found, proof.on_spot, proof.notices) == (27, 4, 23)
    assert (proof.closed, proof.open) == (4, 19)
    assert proof.holds
    assert 'class="flash error"' not in main_of(client_of(cast.channel).get("/desk").text)


def test_the_proof_holds_before_anything_happened(cast: Cast, client_of: ClientOf) -> None:
    assert queries.proof().holds
    assert client_of(cast.channel).get("/desk").status_code == 200


@pytest.mark.parametrize("what", [Notice, Rectification])
def test_a_missing_row_is_told_in_red(
    cast: Cast, client_of: ClientOf, what: type[Notice] | type[Rectification]
) -> None:
    draft = a_mixed_department(cast)[0]
    db.session.execute(delete(Notice).where(Notice.id == draft.id))
    if what is Rectification:
        db.session.execute(delete(Rectification).where(Rectification.id == draft.rectification_id))
    db.session.expire_all()
    assert not queries.proof().holds
    assert "flash error" in main_of(client_of(cast.channel).get("/desk").text)


def main_of(html: str) -> str:
    return html[html.index("<main") : html.index("</main>")]


def test_every_number_opens_exactly_the_rows_that_it_counts(
    cast: Cast, client_of: ClientOf
) -> None:
    a_mixed_department(cast)
    client = client_of(cast.channel)
    numbers = numbers_of(client.get("/desk").text)
    assert len(numbers) == 9
    for href, text in numbers:
        number = text.split("/")[-1]  # of "3 / 38" outlets, the link opens all
        assert rows_of(client.get(href.replace("&amp;", "&")).text) == int(number), href


def test_every_chip_opens_exactly_the_rows_that_it_counts(cast: Cast, client_of: ClientOf) -> None:
    a_mixed_department(cast)
    client = client_of(cast.channel)
    html = client.get("/desk").text
    chips = re.findall(r'<a href="(/\w+\?only=\w+)"[^>]*>[^<]*<b>(\d+)</b>', html)
    assert len(chips) == 8
    for href, number in chips:
        assert rows_of(client.get(href).text) == int(number), href


def test_what_is_systemic_is_told_and_its_number_opens_exactly_its_findings(
    cast: Cast, client_of: ClientOf
) -> None:
    """domain.md 3.8: the same issue in three or more outlets of one sub-branch in a quarter."""
    today = clock.now()
    told = {"YA0301": 2, "YA0302": 1, "YA0303": 1, "YA0102": 1}
    for at, times in told.items():
        for _ in range(times):
            visit = rows.a_visit_at(cast, "confirmed", at=at, kind="offsite")
            visit.started_at = today
            for n in (0, 1) if at != "YA0303" else (0,):
                rows.decided(rows.a_finding(visit, n), cast.channel)
    rejected = rows.a_visit_at(cast, "confirmed", at="YA0303", kind="offsite")
    rejected.started_at = today
    rows.decided(rows.a_finding(rejected, 1), cast.channel, "rejected")
    client = client_of(cast.channel)
    html = client.get("/desk").text
    links = re.findall(r'<a href="(/findings\?only=in_force[^"]*)">(\d+)</a>', html)
    assert [number for _, number in links] == ["4"]
    assert rows_of(client.get(links[0][0].replace("&amp;", "&")).text) == 4
    for who, reads in (("subbranch", True), ("outlet", False), ("other_outlet", False)):
        page = client_of(getattr(cast, who)).get("/notices").text
        assert ("本季度普遍性问题" in page) == reads, who


def test_two_outlets_or_three_of_two_sub_branches_or_quarters_are_not_systemic(cast: Cast) -> None:
    quarter = Quarter.of(clock.today())
    in_it, before = (
        clock.now(),
        datetime.combine(quarter.first, datetime.min.time(), clock.SHANGHAI),
    )
    places = (("YA0301", in_it), ("YA0302", in_it), ("YA0102", in_it))
    for at, when in (*places, ("YA0303", before - timedelta(seconds=1))):
        visit = rows.a_visit_at(cast, "confirmed", at=at, kind="offsite")
        visit.started_at = when
        rows.decided(rows.a_finding(visit, 0), cast.channel)
    db.session.flush()
    assert systemic(quarter, seen_by=cast.channel) == []


def test_the_due_first_are_shown_and_the_visits_that_wait_for_review(
    cast: Cast, client_of: ClientOf
) -> None:
    notices = a_mixed_department(cast)
    html = main_of(client_of(cast.channel).get("/desk").text)
    shown = list(dict.fromkeys(re.findall(r'href="/notices/([0-9a-f-]{36})"', html)))
    dated = [n.rectification.due_on for n in notices if str(n.id) in shown]
    assert len(shown) == 12
    assert None not in dated
    submitted = {str(n.finding.visit_id) for n in notices if n.finding.visit.stage == "submitted"}
    assert set(re.findall(r'href="/visits/([0-9a-f-]{36})"', html)) == submitted


def test_more_notices_need_no_more_statements(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    def statements() -> int:
        client = client_of(cast.channel)
        client.get("/desk")
        with count_queries() as sent:
            client.get("/desk")
        return len(sent)

    outlets = ("YA0302", "YA0102", "YA0103", "YA0201", "YA0401", "YA0901")
    visits = [rows.a_visit_at(cast, "submitted", at=at, kind="offsite") for at in outlets]
    for n in range(2):
        rows.a_notice_at(cast, visits[n], n, "reported", seq=n + 1)
    with_two = statements()
    for n in range(2, 12):
        rows.a_notice_at(cast, visits[n // 2], n, "reported", seq=n + 1)
    assert statements() == with_two


def test_an_outlet_counts_once_and_in_the_quarter_of_its_visit_s_day(cast: Cast) -> None:
    quarter = Quarter(2026, 4)
    days = {
        "YA0302": ["2026-09-30 15:59", "2026-09-30 16:00"],
        "YA0102": ["2026-12-31 15:59"],
        "YA0201": ["2026-12-31 16:00"],
        "YA0301": ["2026-12-31 16:00"],
        "YA0901": ["2026-11-01 00:00", "2026-11-02 00:00"],
    }
    for at, moments in days.items():
        for moment in moments:
            visit = rows.a_visit_at(cast, "submitted", at=at, kind="offsite")
            visit.started_at = datetime.fromisoformat(f"{moment}+00:00")
    rows.a_visit_at(cast, "in_progress", at="YA1001").started_at = clock.now()
    db.session.flush()
    assert coverage(quarter) == (3, 38)
    assert quarter.last + timedelta(days=1) == date(2027, 1, 1)


@pytest.mark.parametrize(("who", "plans"), [("channel", True), ("leader", False), ("admin", False)])
def test_only_the_channel_department_is_offered_to_plan(
    cast: Cast, client_of: ClientOf, who: str, plans: bool
) -> None:
    html = client_of(getattr(cast, who)).get("/desk").text
    assert ('href="/visits/new"' in html) is plans


def test_only_the_oldest_that_wait_for_review_are_shown(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "REVIEWED", 1)
    visits = [rows.a_visit_at(cast, "submitted", at=at) for at in ("YA0302", "YA0303")]
    assert visits[1].submitted_at is not None
    visits[0].submitted_at = visits[1].submitted_at + timedelta(days=1)
    html = client_of(cast.channel).get("/desk").get_data(as_text=True)
    assert f"/visits/{visits[1].id}" in html
    assert f"/visits/{visits[0].id}" not in html
    assert "/visits?stage=submitted" in html
