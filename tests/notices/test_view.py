"""A notice as it is read: by whom, and when the branch first opened it."""

import re

import pytest

from inspector.notices.models import Notice
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf, CountQueries


@pytest.fixture
def notice(cast: Cast) -> Notice:
    """A notice to Shengli Road."""
    return rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed", kind="offsite"), 0, "issued")


@pytest.mark.parametrize("who", ["outlet", "subbranch"])
def test_the_branch_s_first_opening_is_noted_and_stays(
    cast: Cast, client_of: ClientOf, notice: Notice, who: str
) -> None:
    client = client_of(getattr(cast, who))
    assert "/viewing" in client.get(f"/notices/{notice.id}").text
    assert [notice.viewed_at] == [None], "reading alone changes nothing"
    assert client.post(f"/notices/{notice.id}/viewing").status_code == 204
    first = notice.viewed_at
    assert first is not None
    client.post(f"/notices/{notice.id}/viewing")
    assert notice.viewed_at == first
    assert notice.stage == "issued", "a field, not a stage"
    assert "/viewing" not in client.get(f"/notices/{notice.id}").text


def test_the_desk_s_opening_is_not_the_branch_s(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    client = client_of(cast.channel)
    assert "/viewing" not in client.get(f"/notices/{notice.id}").text
    assert client.post(f"/notices/{notice.id}/viewing").status_code == 403
    assert notice.viewed_at is None


def test_the_notice_names_its_one_finding_and_the_desk_can_go_there(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    finding = notice.finding
    for person, link in ((cast.channel, True), (cast.outlet, False)):
        html = client_of(person).get(f"/notices/{notice.id}").text
        assert finding.text_zh in html
        assert (f"/visits/{finding.visit_id}#finding-{finding.id}" in html) is link


def test_a_mystery_notice_tells_the_branch_the_month_only(cast: Cast, client_of: ClientOf) -> None:
    visit = rows.a_visit_at(cast, "confirmed", kind="mystery")
    notice = rows.a_notice_at(cast, visit, 0, "reported")
    notice.drafted_at = MONDAY
    html = client_of(cast.outlet).get(f"/notices/{notice.id}").text
    assert "2026年11月" in html
    assert cast.shopper.name not in html
    assert str(visit.id) not in html
    found = re.search(r"2026年11月\s*</dd>", html)
    assert found, "the day of the visit is not told"


def test_a_branch_learns_roles_not_names(cast: Cast, client_of: ClientOf) -> None:
    visit = rows.a_visit_at(cast, "confirmed", kind="offsite")
    notice = rows.a_notice_at(cast, visit, 0, "acknowledged")
    notice.rectification.report(
        cause="x", measure="y", result="z", done_on=rows.DUE, photos=[], by=cast.outlet, at=MONDAY
    ).give_back(reason="看不清", by=cast.channel, at=MONDAY)
    html = client_of(cast.outlet).get(f"/notices/{notice.id}").text
    assert cast.channel.name not in html
    assert cast.inspector.name not in html
    assert cast.channel.name in client_of(cast.leader).get(f"/notices/{notice.id}").text


def test_a_late_notice_says_so_everywhere(cast: Cast, client_of: ClientOf) -> None:
    visit = rows.a_visit_at(cast, "confirmed", kind="offsite")
    late = rows.a_notice_at(cast, visit, 0, "acknowledged", due_on=rows.DUE.replace(year=2020))
    for path in (f"/notices/{late.id}", "/notices?only=overdue", "/desk"):
        html = client_of(cast.channel).get(path).text
        assert re.search(r'class="[^"]*\blate\b', html), path


def test_a_page_sends_no_more_statements_for_more_rounds(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    def statements(notice: Notice) -> int:
        client = client_of(cast.channel)
        client.get(f"/notices/{notice.id}")
        with count_queries() as sent:
            client.get(f"/notices/{notice.id}")
        return len(sent)

    visit = rows.a_visit_at(cast, "confirmed", kind="offsite")
    few, many = (rows.a_notice_at(cast, visit, n, "returned") for n in (0, 1))
    for _ in range(4):
        report = rows.a_report(many.rectification, cast.outlet)
        rows.verified(report, cast.channel, "returned")
    assert statements(many) == statements(few)
