"""Closing the review of a visit: what is still undecided is confirmed."""

import pytest
from sqlalchemy import select

from inspector.db import db
from inspector.history import Event
from inspector.visits.models import Visit
from tests import cast as make
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf
from tests.together import at_once, request, statuses


def address(visit: Visit) -> str:
    return f"/visits/{visit.id}/confirmation"


def test_the_undecided_are_confirmed_and_the_decided_stay(cast: Cast, client_of: ClientOf) -> None:
    visit = make.submitted(
        cast, failed=("ON-ENV-05", "ON-CTR-12", "ON-CTR-09"), spot=("ON-RAK-02",)
    )
    visit.findings[0].reject(reason="证据不足", by=cast.channel, at=MONDAY)
    response = client_of(cast.channel).post(address(visit))
    assert (response.status_code, response.location) == (303, f"/visits/{visit.id}")
    assert visit.stage == "confirmed"
    assert {f.item_code: f.stage for f in visit.findings} == {
        "ON-ENV-05": "rejected",
        "ON-RAK-02": "closed",
        "ON-CTR-09": "confirmed",
        "ON-CTR-12": "confirmed",
    }
    notices = [f.rectification and f.rectification.notice for f in visit.findings]
    assert [bool(notice) for notice in notices] == [False, False, True, True]


def test_the_score_follows_the_decisions(cast: Cast, client_of: ClientOf) -> None:
    visit = make.submitted(cast, failed=("OF-LGR-03", "OF-VID-01"), kind="offsite")
    visit.findings[0].reject(reason="证据不足", by=cast.channel, at=MONDAY)
    client_of(cast.channel).post(address(visit))
    assert visit.score == 59, "the veto of OF-LGR-03 is confirmed"


def test_a_visit_without_findings_is_confirmed_too(cast: Cast, client_of: ClientOf) -> None:
    visit = make.submitted(cast, failed=(), kind="offsite")
    assert client_of(cast.channel).post(address(visit)).status_code == 303
    assert (visit.stage, visit.confirmed_by_id) == ("confirmed", cast.channel.id)


@pytest.mark.parametrize("stage", ["assigned", "in_progress", "confirmed", "cancelled"])
def test_only_a_submitted_visit_can_be_confirmed(
    cast: Cast, client_of: ClientOf, stage: str
) -> None:
    visit = rows.a_visit_at(cast, stage, kind="offsite")
    at = visit.confirmed_at
    assert client_of(cast.channel).post(address(visit)).status_code == 409
    assert (visit.stage, visit.confirmed_at) == (stage, at)


def test_htmx_follows_to_the_visit_as_a_whole_page(cast: Cast, client_of: ClientOf) -> None:
    visit = rows.a_visit_at(cast, kind="offsite")
    headers = {"HX-Request": "true"}
    response = client_of(cast.channel).post(address(visit), headers=headers)
    assert response.headers["HX-Redirect"] == f"/visits/{visit.id}"


def test_a_branch_sees_its_visit_from_now_on(cast: Cast, client_of: ClientOf) -> None:
    visit = rows.a_visit_at(cast, kind="offsite")
    outlet = client_of(cast.outlet)
    assert outlet.get(f"/visits/{visit.id}").status_code == 404
    client_of(cast.channel).post(address(visit))
    assert outlet.get(f"/visits/{visit.id}").status_code == 200


def test_two_who_confirm_at_once_make_one_rectification_each(
    cast: Cast, client_of: ClientOf
) -> None:
    visit = rows.a_visit_at(cast, kind="offsite")
    finding = rows.a_finding(visit)
    db.session.flush()
    client = client_of(cast.channel)
    answers = at_once(
        request(client, address(visit)), request(client, f"/findings/{finding.id}/confirmation")
    )
    assert statuses(answers) == [303, 303]
    trace = select(Event.verb).where(Event.subject_id.in_([visit.id, finding.id]))
    assert sorted(db.session.scalars(trace)) == ["confirm", "confirm", "plan"]
