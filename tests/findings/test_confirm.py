"""Confirming a finding: one rectification, and one draft notice unless corrected on the spot."""

import pytest
from sqlalchemy import func, select

from inspector.db import db
from inspector.findings.models import Finding, Rectification
from inspector.history import Event
from inspector.notices.models import Notice
from inspector.problems import Problem
from tests import cast as make
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf

HTMX = {"HX-Request": "true"}


@pytest.fixture
def finding(cast: Cast) -> Finding:
    """A finding that waits for its decision."""
    finding = rows.a_finding(rows.a_visit_at(cast, kind="offsite"))
    db.session.flush()
    return finding


def address(finding: Finding) -> str:
    return f"/findings/{finding.id}/confirmation"


def number_of(row: type[Rectification] | type[Notice]) -> int:
    return db.session.scalar(select(func.count()).select_from(row)) or 0


def test_a_confirmed_finding_gets_one_open_rectification_and_one_draft(
    cast: Cast, client_of: ClientOf, finding: Finding
) -> None:
    client_of(cast.channel).post(address(finding))
    assert (finding.stage, finding.decided_by) == ("confirmed", cast.channel)
    rectification = finding.rectification
    assert rectification is not None
    assert (rectification.mode, rectification.stage) == ("notice", "pending")
    assert rectification.notice is not None
    assert (rectification.notice.stage, rectification.notice.number) == ("draft", None)
    trace = db.session.scalars(select(Event).where(Event.subject_id == finding.id)).one()
    assert (trace.verb, trace.by_id) == ("confirm", cast.channel.id)


def test_corrected_on_the_spot_is_struck_off_at_once_without_a_notice(
    cast: Cast, client_of: ClientOf, finding: Finding
) -> None:
    finding.corrected_on_spot = True
    client_of(cast.channel).post(address(finding))
    rectification = finding.rectification
    assert rectification is not None
    assert (finding.stage, rectification.mode, rectification.stage) == (
        "closed",
        "on_spot",
        "closed",
    )
    assert rectification.closed_by == cast.channel
    assert number_of(Notice) == 0


@pytest.mark.parametrize("on_spot", [True, False])
def test_confirming_twice_is_harmless(
    cast: Cast, client_of: ClientOf, finding: Finding, on_spot: bool
) -> None:
    finding.corrected_on_spot = on_spot
    client = client_of(cast.channel)
    assert [client.post(address(finding)).status_code for _ in range(3)] == [303] * 3
    assert (number_of(Rectification), number_of(Notice)) == (1, 0 if on_spot else 1)
    assert db.session.scalar(select(func.count()).where(Event.subject_id == finding.id)) == 1


def test_nobody_else_can_confirm_not_even_again(cast: Cast, finding: Finding) -> None:
    for _confirmed in range(2):
        for person in set(vars(cast).values()) - {cast.channel}:
            with pytest.raises(Problem, match=r"move\.not_yours"):
                finding.confirm(by=person, at=MONDAY)
        finding.confirm(by=cast.channel, at=MONDAY)


def test_a_rejected_finding_cannot_be_confirmed(
    cast: Cast, client_of: ClientOf, finding: Finding
) -> None:
    finding.reject(reason="证据不足", by=cast.channel, at=MONDAY)
    assert client_of(cast.channel).post(address(finding)).status_code == 409
    assert (finding.stage, number_of(Rectification)) == ("rejected", 0)


def test_a_finding_that_does_not_exist_is_not_there(cast: Cast, client_of: ClientOf) -> None:
    path = "/findings/00000000-0000-0000-0000-000000000000/confirmation"
    assert client_of(cast.channel).post(path).status_code == 404


def test_htmx_gets_the_finding_as_it_is_now_and_the_visit_s_head_out_of_band(
    cast: Cast, client_of: ClientOf, finding: Finding
) -> None:
    html = client_of(cast.channel).post(address(finding), headers=HTMX).text
    assert html.lstrip().startswith("<article")
    assert f'id="finding-{finding.id}"' in html
    assert html.count('id="visit-result"') == 1
    assert 'hx-swap-oob="true"' in html
    assert "<html" not in html
    assert "/confirmation" not in html[: html.index("visit-result")], "its button is gone"
    notice = finding.rectification.notice  # type: ignore[union-attr]
    assert f'href="/notices/{notice.id}"' in html  # type: ignore[union-attr]


def test_a_browser_without_htmx_comes_back_to_the_finding_on_its_visit(
    cast: Cast, client_of: ClientOf, finding: Finding
) -> None:
    response = client_of(cast.channel).post(address(finding))
    assert (response.status_code, response.location) == (
        303,
        f"/visits/{finding.visit_id}#finding-{finding.id}",
    )


def test_the_fragment_is_the_partial_that_the_page_includes(
    cast: Cast, client_of: ClientOf, finding: Finding
) -> None:
    def article(html: str) -> str:
        start = html.index("<article")
        return " ".join(html[start : html.index("</article>")].split())

    client = client_of(cast.channel)
    fragment = client.post(address(finding), headers=HTMX).text
    assert article(fragment) == article(client.get(f"/visits/{finding.visit_id}").text)


def test_a_confirmed_veto_caps_the_score(cast: Cast, client_of: ClientOf) -> None:
    visit = make.submitted(cast, failed=("OF-LGR-03",), kind="offsite")
    assert visit.score is not None
    assert visit.score > 90
    client_of(cast.channel).post(address(visit.findings[0]))
    assert visit.score == 59
