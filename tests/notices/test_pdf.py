"""The paper as it is fetched: the frozen bytes, or the draft as it would look today."""

import io

from pypdf import PdfReader

from inspector.notices.models import Notice
from tests import rows
from tests.cast import Cast
from tests.conftest import ClientOf


def a_notice(cast: Cast, stage: str) -> Notice:
    return rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed", kind="offsite"), 0, stage)


def test_an_issued_notice_is_its_stored_bytes(cast: Cast, client_of: ClientOf) -> None:
    notice = a_notice(cast, "issued")
    for person in (cast.channel, cast.outlet, cast.subbranch, cast.inspector):
        response = client_of(person).get(f"/notices/{notice.id}/pdf")
        assert (response.data, response.mimetype) == (rows.PAPER, "application/pdf")
        assert response.headers["Content-Disposition"] == 'inline; filename="notice-2026-1.pdf"'
        assert "private" in response.headers["Cache-Control"]
    assert client_of(cast.other_outlet).get(f"/notices/{notice.id}/pdf").status_code == 404


def test_a_draft_is_drawn_without_a_number_and_for_the_desk_only(
    cast: Cast, client_of: ClientOf
) -> None:
    notice = a_notice(cast, "draft")
    response = client_of(cast.channel).get(f"/notices/{notice.id}/pdf")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(response.data)).pages)
    assert "草稿" in text
    assert "〔" not in text.replace("〔草稿〕", "")
    assert 'filename="notice-draft.pdf"' in response.headers["Content-Disposition"]
    assert notice.pdf_sha256 is None
    for person in (cast.outlet, cast.subbranch, cast.inspector):
        assert client_of(person).get(f"/notices/{notice.id}/pdf").status_code == 404
