"""The pack of a visit: what was found at the outlet before, for who is going there, and no more."""

import json
import re
import uuid
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from inspector.db import db
from inspector.findings.models import Finding, ReportPhoto
from inspector.photos.models import keep
from inspector.visits.models import Visit
from tests import cast as make
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf, CountQueries


def test_an_earlier_finding_is_told_with_its_repair_and_the_photos_of_both(
    cast: Cast, client_of: ClientOf
) -> None:
    notice = make.reported(cast)
    finding = notice.finding
    give_report_a_photo(cast, finding)
    visit = make.a_visit(cast)
    page = fetch(client_of, visit)
    assert groups(page) == {"open": 1}
    assert f'data-issue="{finding.issue}"' in page.text
    for told in (finding.text_zh, "待验收", notice.number, "每周一逐格检查", "已全部撤换"):
        assert str(told) in page.text
    names = pictures(page)
    assert names == [make.picture_sha256("grey"), make.picture_sha256("green")]
    for name in names:
        for size in ("", "?size=thumb"):
            answer = client_of(visit.inspector).get(f"/visits/{visit.id}/pack/photos/{name}{size}")
            assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
            assert answer.headers["Cache-Control"] == "no-store"


def test_what_was_struck_off_is_to_be_looked_back_at_until_somebody_was_there(
    cast: Cast, client_of: ClientOf
) -> None:
    first = rows.a_visit_at(cast, "confirmed")
    rows.a_notice_at(cast, first, 0, "closed")
    rows.a_notice_at(cast, first, 1, "issued", seq=2)
    visit = make.a_visit(cast)
    assert groups(fetch(client_of, visit)) == {"look_back": 1, "open": 1}

    shopped = rows.a_visit_at(cast, "submitted", kind="mystery")
    shopped.started_at = MONDAY + timedelta(days=1)
    assert groups(fetch(client_of, visit)) == {"look_back": 1, "open": 1}

    again = rows.a_visit_at(cast, "submitted")
    again.started_at = MONDAY + timedelta(days=1)
    assert groups(fetch(client_of, visit)) == {"open": 1, "past": 1}


def test_old_findings_are_told_only_while_they_are_open(cast: Cast, client_of: ClientOf) -> None:
    old = rows.a_visit_at(cast, "confirmed")
    old.started_at = MONDAY - timedelta(days=366)
    rows.a_notice_at(cast, old, 0, "closed")
    rows.a_notice_at(cast, old, 1, "issued", seq=2)
    assert groups(fetch(client_of, make.a_visit(cast))) == {"open": 1}


def test_what_is_not_confirmed_or_of_another_outlet_is_not_told(
    cast: Cast, client_of: ClientOf
) -> None:
    here = rows.a_visit_at(cast, "submitted")
    rows.a_finding(here, 0)
    rows.decided(rows.a_finding(here, 1), cast.channel, "rejected")
    elsewhere = rows.a_visit_at(cast, "confirmed", at="YA0102")
    rows.a_notice_at(cast, elsewhere, 0, "issued")
    page = fetch(client_of, make.a_visit(cast))
    assert groups(page) == {}
    assert "以往没有发现问题" in page.text


def test_a_mystery_visit_is_told_after_its_publication_with_the_month_and_nobodys_name(
    cast: Cast, client_of: ClientOf
) -> None:
    secret, shopped = (
        rows.a_visit_at(cast, stage, kind="mystery") for stage in ("confirmed", "published")
    )
    rows.a_notice_at(cast, secret, 2, "draft")
    rows.a_notice_at(cast, shopped, 0, "issued")
    rows.a_notice_at(cast, shopped, 1, "draft")
    page = fetch(client_of, make.a_visit(cast))
    assert groups(page) == {"open": 2}
    assert "2026年11月发现" in page.text
    assert "2026年11月23日发现" not in page.text
    assert cast.shopper.name not in page.text


def test_a_shopper_is_told_nothing_that_was_found(cast: Cast, client_of: ClientOf) -> None:
    before = rows.a_visit_at(cast, "confirmed")
    rows.a_notice_at(cast, before, 0, "issued")
    rows.a_photo(before)
    visit = make.a_visit(cast, kind="mystery")
    page = fetch(client_of, visit)
    assert groups(page) == {}
    assert "上次检查" not in page.text
    name = make.picture_sha256("grey")
    answer = client_of(cast.shopper).get(f"/visits/{visit.id}/pack/photos/{name}")
    assert answer.status_code == 404


@pytest.mark.parametrize("stage", ["submitted", "cancelled"])
def test_it_is_for_who_is_going_there_and_ends_with_the_visit(
    cast: Cast, client_of: ClientOf, stage: str
) -> None:
    over = rows.a_visit_at(cast, stage)
    assert client_of(cast.inspector).get(f"/visits/{over.id}/pack").status_code == 404
    assert states(client_of, cast) == {}


def test_the_tablet_may_keep_the_page_and_its_state_changes_with_what_it_tells(
    cast: Cast, client_of: ClientOf
) -> None:
    visit, other = make.a_visit(cast), make.a_visit(cast, at="YA0102")
    page = fetch(client_of, visit)
    assert page.headers["X-Offline-Page"] == "1"
    assert page.headers["X-Offline-Person"] == str(cast.inspector.id)
    before = states(client_of, cast)
    assert before == {str(visit.id): state(page), str(other.id): before[str(other.id)]}

    rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed"), 0, "issued")
    after = states(client_of, cast)
    assert after[str(visit.id)] == state(fetch(client_of, visit)) != before[str(visit.id)]
    assert after[str(other.id)] == before[str(other.id)]


def test_many_findings_cost_as_many_statements_as_two(
    cast: Cast, client_of: ClientOf, count_queries: CountQueries
) -> None:
    visit = make.a_visit(cast)
    client = client_of(cast.inspector)
    counts = []
    for last in (2, 30):
        found = rows.a_visit_at(cast, "confirmed")
        for n in range(last):
            notice = rows.a_notice_at(cast, found, n, "returned", seq=last * 100 + n)
            rows.a_photo(found, n)
            give_report_a_photo(cast, notice.finding)
        db.session.commit()
        for path in (f"/visits/{visit.id}/pack", "/api/packs"):
            with count_queries() as sent:
                assert client.get(path).status_code == 200
            counts.append(len(sent))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 16


def give_report_a_photo(cast: Cast, finding: Finding) -> None:
    """A photo of the repair, in the last report."""
    picture = keep(make.picture_bytes("green"), by=cast.outlet, at=MONDAY)
    assert finding.rectification is not None
    report = finding.rectification.reports[-1]
    if not report.photos:
        report.photos.append(ReportPhoto(id=uuid.uuid4(), picture=picture))
    db.session.flush()


def fetch(client_of: ClientOf, visit: Visit) -> TestResponse:
    """The page of the pack, as the visit's inspector gets it."""
    response = client_of(visit.inspector).get(f"/visits/{visit.id}/pack")
    assert response.status_code == 200
    return response


def states(client_of: ClientOf, cast: Cast) -> dict[str, str]:
    """The states of the inspector's packs."""
    found: dict[str, str] = json.loads(client_of(cast.inspector).get("/api/packs").data)
    return found


def state(page: TestResponse) -> str:
    """The state that the page says."""
    found = re.search(r'data-state="(\w+)"', page.text)
    assert found
    return found[1]


def groups(page: TestResponse) -> dict[str, int]:
    """How many findings are told, by group."""
    found = re.findall(r'data-group="(\w+)"\s+data-count="(\d+)"', page.text)
    return {name: int(count) for name, count in found}


def pictures(page: TestResponse) -> list[str]:
    """The pictures that the page names, in its order."""
    return list(dict.fromkeys(re.findall(r"/pack/photos/([0-9a-f]{64})", page.text)))
