"""The list of notices: each filter holds what it says, as many as its number says."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from inspector import clock
from inspector.notices import queries
from inspector.notices.models import Notice
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf
from tests.population import a_mixed_department

OF_THE_DESK = {"held", "draft", "late_issue", "late_verify"}
"""What a branch is not shown: it waits for the desk."""

pytestmark = pytest.mark.usefixtures("december")


@pytest.fixture
def december(monkeypatch: pytest.MonkeyPatch) -> None:
    """A week later, when all that waits has waited too long."""
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(days=8))


def listed(html: str) -> list[str]:
    """The notices of the rows, in order."""
    table = html[html.index("<tbody") : html.index("</tbody>")] if "<tbody" in html else ""
    return list(dict.fromkeys(re.findall(r'href="/notices/([0-9a-f-]{36})"', table)))


def number_beside(html: str, only: str) -> int:
    found = re.search(rf'href="/notices\?only={only}"[^>]*>[^<]*<b>(\d+)</b>', html)
    assert found, only
    return int(found[1])


def with_one_held(cast: Cast) -> list[Notice]:
    """The department, and a notice that waits for the publication of its mystery visit."""
    secret = rows.a_visit_at(cast, "confirmed", kind="mystery")
    return [*a_mixed_department(cast), rows.a_notice_at(cast, secret, 0, "draft")]


def test_each_filter_has_as_many_rows_as_its_number_says(cast: Cast, client_of: ClientOf) -> None:
    with_one_held(cast)
    for person in (cast.channel, cast.outlet):
        client = client_of(person)
        desk = person == cast.channel
        ways = set(queries.filters(clock.today()))
        for only in ways if desk else ways - OF_THE_DESK:
            html = client.get(f"/notices?only={only}").text
            assert number_beside(html, only) == len(listed(html)), (person.username, only)
            assert not desk or listed(html), "the population has one of each"


def test_each_notice_stands_under_the_filters_that_its_facts_say(
    cast: Cast, client_of: ClientOf
) -> None:
    notices = with_one_held(cast)
    today, soon = clock.today(), clock.today() + timedelta(days=queries.DUE_SOON_DAYS)

    def waits(notice: Notice) -> bool:
        return notice.rectification.stage in {"open", "in_progress", "returned", "reopened"}

    def due(notice: Notice) -> bool:
        due_on = notice.rectification.due_on
        return due_on is not None and today <= due_on <= soon

    says: dict[str, Callable[[Notice], bool]] = {
        "open": lambda n: n.stage in {"held", "draft", "issued", "acknowledged"},
        "held": lambda n: n.stage == "held",
        "draft": lambda n: n.stage == "draft",
        "late_issue": lambda n: n.stage == "draft",
        "bulletin": lambda n: n.stage != "withdrawn" and n.rectification.is_overdue(today),
        "late_verify": lambda n: n.stage != "withdrawn" and n.rectification.stage == "reported",
        "overdue": lambda n: n.stage != "withdrawn" and n.rectification.is_overdue(today),
        "soon": lambda n: n.stage != "withdrawn" and waits(n) and due(n),
        "to_acknowledge": lambda n: n.stage == "issued",
        "to_report": lambda n: n.stage == "acknowledged" and waits(n),
        "to_verify": lambda n: n.stage != "withdrawn" and n.rectification.stage == "reported",
        "asked": lambda n: n.stage != "withdrawn" and n.extension is not None,
        "warned": lambda n: n.stage != "withdrawn" and (n.finding.occurrence or 1) >= 3,
        "closed": lambda n: n.stage == "closed",
        "withdrawn": lambda n: n.stage == "withdrawn",
        "all": lambda n: n.stage != "withdrawn",
    }
    assert set(says) == set(queries.filters(today))
    client = client_of(cast.channel)
    for only, holds in says.items():
        expected = {str(notice.id) for notice in notices if holds(notice)}
        assert set(listed(client.get(f"/notices?only={only}").text)) == expected, only


@pytest.mark.parametrize(
    ("who", "branches"),
    [
        ("outlet", {"YA0302"}),
        ("subbranch", {"YA0302"}),
        ("other_outlet", {"YA0102"}),
        ("inspector", {"YA0302", "YA0102", "YA0901"}),
        ("shopper", {"YA0302"}),
        ("reviewer", set()),
    ],
)
def test_a_branch_sees_what_was_issued_to_it_and_an_inspector_what_came_of_their_visits(
    cast: Cast, client_of: ClientOf, who: str, branches: set[str]
) -> None:
    notices = {str(notice.id): notice for notice in with_one_held(cast)}
    html = client_of(getattr(cast, who)).get("/notices?only=all").text
    seen = [notices[key] for key in listed(html)]
    assert {notice.finding.visit.branch.code for notice in seen} == branches
    assert "draft" not in {notice.stage for notice in seen}


@pytest.mark.parametrize(
    ("days", "late", "soon"),
    [(-1, True, False), (0, False, True), (3, False, True), (4, False, False)],
)
def test_overdue_and_soon_are_derived_from_today(
    cast: Cast, client_of: ClientOf, days: int, late: bool, soon: bool
) -> None:
    visit = rows.a_visit_at(cast, "confirmed", kind="offsite")
    due_on = clock.today() + timedelta(days=days)
    notice = rows.a_notice_at(cast, visit, 0, "acknowledged", due_on=due_on)
    client = client_of(cast.outlet)
    assert (listed(client.get("/notices?only=overdue").text) == [str(notice.id)]) is late
    assert (listed(client.get("/notices?only=soon").text) == [str(notice.id)]) is soon


def test_what_is_due_first_stands_first_and_drafts_last(cast: Cast, client_of: ClientOf) -> None:
    visit = rows.a_visit_at(cast, "confirmed", kind="offsite")
    dues = {n: clock.today() + timedelta(days=day) for n, day in enumerate((5, -3, 0), 1)}
    draft = rows.a_notice_at(cast, visit, 0, "draft")
    notices = {n: rows.a_notice_at(cast, visit, n, "issued", due_on=d) for n, d in dues.items()}
    html = client_of(cast.channel).get("/notices").text
    expected = [notices[2], notices[3], notices[1], draft]
    assert listed(html) == [str(notice.id) for notice in expected]


def test_a_filter_that_does_not_exist_shows_what_is_open(cast: Cast, client_of: ClientOf) -> None:
    a_mixed_department(cast)
    client = client_of(cast.channel)
    assert listed(client.get("/notices?only=x").text) == listed(client.get("/notices").text)


def test_only_the_channel_department_can_issue_all_from_the_list(
    cast: Cast, client_of: ClientOf
) -> None:
    a_mixed_department(cast)
    for person, offered in ((cast.channel, True), (cast.leader, False)):
        html = client_of(person).get("/notices?only=draft").text
        assert ('action="/notices/issuance"' in html) is offered
