"""Rejecting a finding: with a reason, and the points come back."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from inspector.db import db
from inspector.findings.models import Finding
from inspector.history import Event
from inspector.visits.models import Visit
from tests import cast as make
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.together import at_once, request, statuses

REASON = {"reason": " 照片不能证明 "}


def address(finding: Finding) -> str:
    return f"/findings/{finding.id}/rejection"


def the_visit(cast: Cast, *failed: str, kind: str = "offsite") -> Visit:
    return make.submitted(cast, failed=failed, kind=kind)


def test_a_rejected_finding_says_why_and_gets_no_rectification(
    cast: Cast, client_of: ClientOf
) -> None:
    (finding,) = the_visit(cast, "OF-VID-01").findings
    response = client_of(cast.channel).post(address(finding), data=REASON)
    assert response.status_code == 303
    assert (finding.stage, finding.reason, finding.rectification) == (
        "rejected",
        "照片不能证明",
        None,
    )
    trace = db.session.scalars(select(Event).where(Event.subject_id == finding.id)).one()
    assert trace.detail == {"reason": "照片不能证明"}
    page = client_of(cast.inspector).get(f"/visits/{finding.visit_id}").text
    assert "照片不能证明" in page


@pytest.mark.parametrize("data", [{}, {"reason": ""}, {"reason": " \n "}])
def test_it_needs_a_reason(cast: Cast, client_of: ClientOf, data: dict[str, str]) -> None:
    finding = rows.a_finding(rows.a_visit_at(cast, kind="offsite"))
    assert client_of(cast.channel).post(address(finding), data=data).status_code == 422
    assert finding.decision is None


def test_the_points_come_back(cast: Cast, client_of: ClientOf) -> None:
    visit = the_visit(cast, "OF-VID-01", "OF-LGR-01")
    assert visit.score == 100 * Decimal(71 - 2 - 3) / 71
    client = client_of(cast.channel)
    client.post(address(visit.findings[0]), data=REASON)
    assert visit.score == 100 * Decimal(71 - 3) / 71
    client.post(address(visit.findings[1]), data=REASON)
    assert visit.score == 100


def test_a_rejected_gate_gives_its_section_back(cast: Cast, client_of: ClientOf) -> None:
    visit = the_visit(cast, "MY-GRE-01", "MY-GRE-02", kind="mystery")
    assert [finding.item_code for finding in visit.findings] == ["MY-GRE-01"]
    assert visit.score == 100 * Decimal(84 - 14) / 84
    client_of(cast.channel).post(address(visit.findings[0]), data=REASON)
    assert visit.score == 100
    assert len(visit.findings) == 1


def test_a_rejected_deduction_is_not_taken_off(cast: Cast, client_of: ClientOf) -> None:
    visit = the_visit(cast, "MY-CNT-08", kind="mystery")
    assert visit.score == 95
    client_of(cast.channel).post(address(visit.findings[0]), data=REASON)
    assert visit.score == 100


@pytest.mark.parametrize("first", ["confirmed", "rejected"])
def test_what_is_decided_stays_decided(cast: Cast, client_of: ClientOf, first: str) -> None:
    finding = rows.a_finding(rows.a_visit_at(cast, kind="offsite"))
    rows.decided(finding, cast.channel, first)
    reason = finding.reason
    assert client_of(cast.channel).post(address(finding), data=REASON).status_code == 409
    assert (finding.decision, finding.reason) == (first, reason)


def test_htmx_gets_the_finding_and_the_new_score(cast: Cast, client_of: ClientOf) -> None:
    (finding,) = the_visit(cast, "OF-VID-01").findings
    html = (
        client_of(cast.channel)
        .post(address(finding), data=REASON, headers={"HX-Request": "true"})
        .text
    )
    assert f'id="finding-{finding.id}"' in html
    assert "100.00" in html[html.index('id="visit-result"') :]


def test_two_decisions_at_once_both_count_in_the_score(cast: Cast, client_of: ClientOf) -> None:
    visit = the_visit(cast, "OF-VID-01", "OF-LGR-01", "OF-CMR-01")
    client = client_of(cast.channel)
    answers = at_once(*(request(client, address(f), data=REASON) for f in visit.findings))
    assert statuses(answers) == [303] * 3
    assert visit.score == 100
