"""A submitted visit is given back, or declared void; nothing of it is lost (domain.md 3.2)."""

import pytest
from sqlalchemy import func, select

from inspector.db import db
from inspector.findings.models import Finding
from inspector.findings.raising import submit
from inspector.notices import queries
from inspector.visits.models import Visit
from tests import cast as make
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf

COMMENT = {"reason": "宣传资料架照片看不清"}
WHY = {"reason": "检查员走错网点"}


@pytest.fixture
def visit(app: object, cast: Cast) -> Visit:
    """A submitted visit with two findings, one corrected on the spot."""
    return make.submitted(cast, ("ON-RAK-02",), ("ON-ENV-04",))


def test_who_gets_a_visit_back_reads_why_records_on_and_submits_again(
    cast: Cast, client_of: ClientOf, visit: Visit
) -> None:
    first = visit.submitted_at
    answer = client_of(cast.channel).post(f"/visits/{visit.id}/send-back", data=COMMENT)
    assert answer.status_code == 303
    assert (visit.stage, visit.score) == ("in_progress", None)
    assert (visit.send_backs[0].submitted_at, visit.send_backs[0].comment) == (
        first,
        COMMENT["reason"],
    )
    assert db.session.scalar(select(func.count()).select_from(Finding)) == 0
    page = client_of(cast.inspector).get(f"/visits/{visit.id}").text
    assert COMMENT["reason"] in page
    assert 'id="snapshot"' in page  # the page to record on

    submit(visit, by=cast.inspector, at=MONDAY + 5 * rows.LATER)
    db.session.flush()
    db.session.expire(visit)
    assert {finding.item_code for finding in visit.findings} == {"ON-RAK-02", "ON-ENV-04"}
    assert visit.score is not None


def test_it_goes_back_once_for_each_reason(cast: Cast, client_of: ClientOf, visit: Visit) -> None:
    url = f"/visits/{visit.id}/send-back"
    client = client_of(cast.channel)
    client.post(url, data=COMMENT)
    submit(visit, by=cast.inspector, at=MONDAY + 5 * rows.LATER)
    db.session.commit()
    assert client.post(url, data=COMMENT).status_code == 409
    assert client.post(url, data={"reason": "缺少填单台照片"}).status_code == 303
    assert len(visit.send_backs) == 2


def test_it_does_not_go_back_when_a_finding_is_decided(
    cast: Cast, client_of: ClientOf, visit: Visit
) -> None:
    client = client_of(cast.channel)
    client.post(f"/findings/{visit.findings[0].id}/rejection", data={"reason": "证据不足"})
    answer = client.post(f"/visits/{visit.id}/send-back", data=COMMENT)
    assert answer.status_code == 409
    assert visit.stage == "submitted"
    assert len(visit.findings) == 2


@pytest.mark.parametrize("path", ["send-back", "void-request"])
def test_each_needs_a_reason(cast: Cast, client_of: ClientOf, visit: Visit, path: str) -> None:
    answer = client_of(cast.channel).post(f"/visits/{visit.id}/{path}", data={"reason": "  "})
    assert answer.status_code == 422
    assert visit.stage == "submitted"


def test_a_void_visit_takes_its_findings_notices_and_score_along(
    cast: Cast, client_of: ClientOf
) -> None:
    notice = make.acknowledged(cast)
    visit = notice.finding.visit
    number = notice.number
    client_of(cast.channel).post(f"/visits/{visit.id}/void-request", data=WHY)
    assert visit.stage != "void"  # the leader decides
    client_of(cast.leader).post(f"/visits/{visit.id}/void")
    assert (visit.stage, visit.score) == ("void", None)
    assert {finding.stage for finding in visit.findings} == {"withdrawn"}
    assert (notice.stage, notice.number, notice.withdrawn_reason) == (
        "withdrawn",
        number,
        WHY["reason"],
    )
    assert queries.proof().holds
    assert client_of(cast.outlet).get(f"/notices/{notice.id}").status_code == 200
    assert WHY["reason"] in client_of(cast.channel).get(f"/visits/{visit.id}").text


def test_what_was_not_decided_yet_is_rejected_and_drafts_go(
    cast: Cast, client_of: ClientOf, visit: Visit
) -> None:
    client = client_of(cast.channel)
    drafted = next(f for f in visit.findings if not f.corrected_on_spot)
    client.post(f"/findings/{drafted.id}/confirmation")
    client.post(f"/visits/{visit.id}/void-request", data=WHY)
    client_of(cast.leader).post(f"/visits/{visit.id}/void")
    assert {finding.stage for finding in visit.findings} == {"withdrawn", "rejected"}
    assert queries.counts(cast.channel, rows.DUE)["draft"] == 0
    assert queries.proof().holds


def test_the_leader_may_let_it_stand_and_be_asked_again(
    cast: Cast, client_of: ClientOf, visit: Visit
) -> None:
    ask, client = f"/visits/{visit.id}/void-request", client_of(cast.channel)
    client.post(ask, data=WHY)
    assert client.post(ask, data=WHY).status_code == 409
    assert client.post(f"/visits/{visit.id}/send-back", data=COMMENT).status_code == 409
    client_of(cast.leader).post(f"/visits/{visit.id}/void-refusal")
    assert (visit.stage, visit.void_reason) == ("submitted", None)
    assert client.post(ask, data={"reason": "录像证实"}).status_code == 303


def test_who_asked_does_not_decide(cast: Cast, client_of: ClientOf, visit: Visit) -> None:
    rows.asked_void(visit, cast.leader)
    db.session.flush()
    assert client_of(cast.leader).post(f"/visits/{visit.id}/void").status_code == 403


def test_nothing_is_void_that_nobody_asked_for(
    cast: Cast, client_of: ClientOf, visit: Visit
) -> None:
    assert client_of(cast.leader).post(f"/visits/{visit.id}/void").status_code == 409
