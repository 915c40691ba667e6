"""The page of a visit: to record on for its inspector, to review for the desk, to read for the
branch."""

import re
import uuid

import html5lib
import pytest

from inspector.history import record
from inspector.visits.models import Practice, Visit
from tests import cast as make
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf, CountQueries

TABLET = 'id="snapshot"'


@pytest.mark.parametrize("stage", ["assigned", "in_progress"])
def test_its_inspector_gets_the_page_to_record_on_until_submission(
    cast: Cast, client_of: ClientOf, stage: str
) -> None:
    visit = rows.a_visit_at(cast, stage)
    html = client_of(cast.inspector).get(f"/visits/{visit.id}").text
    assert TABLET in html
    assert all(item.code in html for item in visit.version.items)


@pytest.mark.parametrize("stage", ["submitted", "confirmed", "cancelled"])
def test_afterwards_the_inspector_reads_the_record(
    cast: Cast, client_of: ClientOf, stage: str
) -> None:
    visit = rows.a_visit_at(cast, stage)
    assert TABLET not in client_of(cast.inspector).get(f"/visits/{visit.id}").text


@pytest.mark.parametrize("stage", ["assigned", "in_progress"])
def test_the_desk_never_gets_the_page_to_record_on(
    cast: Cast, client_of: ClientOf, stage: str
) -> None:
    visit = rows.a_visit_at(cast, stage)
    assert TABLET not in client_of(cast.channel).get(f"/visits/{visit.id}").text


def test_every_control_waits_for_the_script_that_knows_what_the_tablet_keeps(
    cast: Cast, client_of: ClientOf
) -> None:
    visit = rows.a_visit_at(cast, "in_progress", kind="offsite")
    html = client_of(cast.inspector).get(f"/visits/{visit.id}").text
    page = html5lib.parse(html, namespaceHTMLElements=False)
    asleep = {e for off in page.iterfind(".//fieldset[@disabled]") for e in off.iter()}
    items = page.findall(".//checklist-item")
    controls = {e for item in items for e in item.iter() if e.tag in {"input", "button"}}
    assert len(items) == 28
    assert {e for e in controls - asleep if "disabled" not in e.attrib} == set()


def test_the_record_shows_findings_photos_practices_and_every_answer(
    cast: Cast, client_of: ClientOf
) -> None:
    visit = make.submitted(cast, failed=("ON-RAK-02",))
    at = MONDAY
    visit.practices.append(Practice(id=uuid.uuid4(), text="<b>老花镜</b>齐全", added_at=at))
    visit.practices.append(Practice(id=uuid.uuid4(), text="误录", added_at=at, removed_at=at))
    html = client_of(cast.channel).get(f"/visits/{visit.id}").text
    (finding,) = visit.findings
    assert f'id="finding-{finding.id}"' in html
    assert f"/visits/{visit.id}/photos/{finding.photos('before')[0].sha256}" in html
    assert "&lt;b&gt;老花镜&lt;/b&gt;齐全" in html
    assert "误录" not in html
    assert all(item.code in html for item in visit.version.items)
    assert cast.inspector.name in html


@pytest.mark.parametrize(
    ("who", "named"), [("channel", False), ("shopper", True), ("leader", False), ("admin", False)]
)
def test_a_shopper_is_named_only_to_the_shopper_unless_somebody_unmasks_the_visit(
    cast: Cast, client_of: ClientOf, who: str, named: bool
) -> None:
    visit = rows.a_visit_at(cast, "confirmed", kind="mystery")
    html = client_of(getattr(cast, who)).get(f"/visits/{visit.id}").text
    assert (cast.shopper.name in html[html.index("<main") :]) is named


@pytest.mark.parametrize("who", ["outlet", "subbranch"])
def test_a_branch_reads_its_confirmed_visit_and_can_change_nothing_on_it(
    cast: Cast, client_of: ClientOf, who: str
) -> None:
    visit = rows.a_visit_at(cast, "confirmed")
    rows.a_notice_at(cast, visit, 0, "draft")
    rows.a_notice_at(cast, visit, 1, "issued")
    html = client_of(getattr(cast, who)).get(f"/visits/{visit.id}").text
    forms = html[html.index("<main") : html.index("</main>")].split("<form")[1:]
    assert all('action="/downloads"' in form.partition(">")[0] for form in forms)
    assert re.findall(r'href="/notices/[0-9a-f-]{36}"', html) == [
        f'href="/notices/{visit.findings[1].rectification.notice.id}"'  # type: ignore[union-attr]
    ]


def test_a_cancelled_visit_says_why(cast: Cast, client_of: ClientOf) -> None:
    visit = rows.a_visit_at(cast, "cancelled")
    html = client_of(cast.channel).get(f"/visits/{visit.id}").text
    assert str(visit.cancel_reason) in html


def test_another_key_is_not_there(cast: Cast, client_of: ClientOf) -> None:
    address = "/visits/00000000-0000-0000-0000-000000000000"
    assert client_of(cast.channel).get(address).status_code == 404


def test_a_page_sends_no_more_statements_for_more_findings(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    def statements(visit: Visit) -> int:
        client = client_of(cast.channel)
        client.get(f"/visits/{visit.id}")
        with count_queries() as sent:
            client.get(f"/visits/{visit.id}")
        return len(sent)

    few, many = rows.a_visit_at(cast), rows.a_visit_at(cast)
    rows.a_notice_at(cast, few, 0, "issued", seq=1)
    rows.a_finding(few, 1)
    rows.a_photo(few, 0)
    for n in range(8):
        rows.a_photo(many, n, colour=f"#0000{n}0")
        rows.a_notice_at(cast, many, n, "issued", seq=n + 2)
        rows.a_finding(many, n + 10)
    assert statements(many) == statements(few)


def test_a_branch_reads_by_role_what_became_of_its_visit_and_nothing_from_before(
    cast: Cast, client_of: ClientOf
) -> None:
    visit = make.submitted(cast)
    visit.findings[0].confirm(by=cast.channel, at=MONDAY + 3 * rows.LATER)
    visit.confirm(by=cast.channel, at=MONDAY + 4 * rows.LATER)
    page = client_of(cast.outlet).get(f"/visits/{visit.id}").text
    told = page[page.index("timeline") :]
    assert [
        verb for verb in ("安排了检查", "提交了检查", "确认了问题", "确认了检查") if verb in told
    ] == [
        "提交了检查",
        "确认了问题",
        "确认了检查",
    ]
    assert cast.channel.name not in told
    assert cast.inspector.name not in told


def test_of_a_mystery_visit_a_branch_reads_its_publication_only(
    cast: Cast, client_of: ClientOf
) -> None:
    visit = rows.a_visit_at(cast, "published")
    for verb in ("plan", "start", "submit", "confirm", "publish"):
        record(visit, verb, cast.channel, MONDAY)
    page = client_of(cast.outlet).get(f"/visits/{visit.id}").text
    assert page[page.index("timeline") :].count("<li") == 1
