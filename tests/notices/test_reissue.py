"""A withdrawn notice keeps its number; the one that stands in for it points back."""

import pytest

from inspector.db import db
from inspector.notices import queries
from inspector.notices.models import Notice
from tests import cast as make
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.notices.paper import words

REASON = {"reason": "检查项写错"}


@pytest.fixture
def notice(app: object, cast: Cast) -> Notice:
    """A real notice, with its paper, signed for."""
    return make.acknowledged(cast)


def test_the_new_one_gets_a_new_number_and_points_back_on_page_and_paper(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    old, rectification = notice.number, notice.rectification
    assert old
    client = client_of(cast.channel)
    assert client.post(f"/notices/{notice.id}/reissue", data=REASON).status_code == 303
    draft = rectification.notice
    assert draft
    assert (notice.stage, notice.withdrawn_reason) == ("withdrawn", "检查项写错")
    assert (draft.stage, rectification.stage, draft.supersedes) == ("draft", "pending", notice)
    assert queries.proof().holds

    client.post(f"/notices/{draft.id}/issuance")
    assert draft.doc_seq
    assert notice.doc_seq
    assert draft.doc_seq > notice.doc_seq
    assert rectification.stage == "open"  # to be signed for anew
    assert f"替代已撤回的{old}" in words(client.get(f"/notices/{draft.id}/pdf").data)
    assert draft.number
    assert draft.number in client_of(cast.outlet).get(f"/notices/{notice.id}").text
    assert old in client_of(cast.outlet).get(f"/notices/{draft.id}").text


def test_a_withdrawn_notice_can_be_read_but_nothing_can_be_done_with_it(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    client_of(cast.channel).post(f"/notices/{notice.id}/reissue", data=REASON)
    url = f"/notices/{notice.id}"
    assert client_of(cast.outlet).get(url).status_code == 200
    assert client_of(cast.outlet).get(f"{url}/pdf").status_code == 200
    report = client_of(cast.outlet).post(f"{url}/reports", data=make.report_form())
    assert report.status_code == 409
    assert client_of(cast.channel).post(f"{url}/reissue", data=REASON).status_code == 409


@pytest.mark.parametrize("stage", ["reported", "returned", "closed", "draft"])
def test_what_was_reported_is_not_withdrawn_any_more(
    cast: Cast, client_of: ClientOf, stage: str
) -> None:
    late = rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed"), 1, stage)
    url = f"/notices/{late.id}/reissue"
    assert client_of(cast.channel).post(url, data=REASON).status_code == 409
    db.session.refresh(late)
    assert late.withdrawn_at is None


def test_it_needs_a_reason(cast: Cast, client_of: ClientOf, notice: Notice) -> None:
    url = f"/notices/{notice.id}/reissue"
    assert client_of(cast.channel).post(url, data={"reason": "  "}).status_code == 422
    assert notice.stage == "acknowledged"
