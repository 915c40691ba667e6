"""The page that a paper's QR code opens: who learns what from it."""

import hashlib
import io
import re
import uuid

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from inspector.notices.issuing import document_of
from inspector.notices.models import Notice
from inspector.storage import storage
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import Client, ClientOf

FILED = b"%PDF-1.7 as it was issued"
OTHER = b"%PDF-1.7 as somebody changed it"


@pytest.fixture
def notice(cast: Cast) -> Notice:
    """An issued notice with its paper, and the receipt of it with another."""
    notice = rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed", kind="offsite"), 0, "issued")
    notice.pdf_sha256 = storage().put(FILED)
    rows.a_paper(notice)
    return notice


def code_of(notice: Notice) -> str:
    return notice.id.hex[:12].upper()


def given(client: Client, code: str, file: bytes) -> TestResponse:
    """The answer to a file that somebody gave under a code."""
    return client.post(f"/papers/{code}", data={"file": (io.BytesIO(file), "notice.pdf")})


def text_of(response: TestResponse) -> str:
    """What the page says, without the SHA-256 of the file that was given and the token."""
    main = response.get_data(as_text=True).partition("<main")[2]
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main))
    return re.sub(r"\b[0-9a-f]{64}\b", "", text)


def test_the_code_on_a_notice_opens_the_page(app: Flask, notice: Notice) -> None:
    doc = document_of(notice, on=MONDAY.date(), seq=17)
    assert doc.address == f"{app.config['BASE_URL']}/papers/{doc.system_code}"
    assert doc.system_code == code_of(notice)


def test_whoever_may_see_the_notice_reads_number_day_and_hash(
    cast: Cast, client_of: ClientOf, notice: Notice
) -> None:
    for person in (cast.channel, cast.outlet, cast.subbranch, cast.inspector):
        html = client_of(person).get(f"/papers/{code_of(notice)}").get_data(as_text=True)
        assert f"〔2026〕{notice.doc_seq}号" in html
        assert "2026年11月23日" in html
        assert (notice.pdf_sha256 or "") in html
        assert f'href="/notices/{notice.id}"' in html


def test_a_stranger_learns_only_whether_file_and_code_belong_together(
    client_of: ClientOf, cast: Cast, notice: Notice
) -> None:
    for person in (None, cast.other_outlet):
        stranger = client_of(person)
        asked = stranger.get(f"/papers/{code_of(notice)}")
        belongs = given(stranger, code_of(notice), FILED)
        receipt = given(stranger, code_of(notice), rows.PAPER)
        wrong = given(stranger, code_of(notice), OTHER)
        assert "核对一致" in text_of(belongs)
        assert "核对一致" in text_of(receipt)
        assert "核对不一致" in text_of(wrong)
        for page in (asked, belongs, receipt, wrong):
            html = page.get_data(as_text=True)
            assert page.status_code == 200
            assert "〔2026〕" not in html
            assert str(notice.id) not in html
            assert "吴起" not in html
        for page in (asked, wrong):
            assert (notice.pdf_sha256 or "") not in page.get_data(as_text=True)


def test_an_unknown_code_is_answered_like_a_wrong_file(
    client_of: ClientOf, cast: Cast, notice: Notice
) -> None:
    draft = rows.a_notice_at(cast, rows.a_visit_at(cast, "confirmed", kind="offsite"), 0, "draft")
    stranger = client_of(None)
    known = code_of(notice)
    for code in (uuid.uuid4().hex[:12].upper(), code_of(draft), "17", "ZZZZZZZZZZZZ"):
        for one, other in (
            (given(stranger, known, OTHER), given(stranger, code, FILED)),
            (stranger.get(f"/papers/{known}"), stranger.get(f"/papers/{code}")),
        ):
            assert one.status_code == other.status_code
            assert text_of(one).replace(known, "") == text_of(other).replace(code, "")


def test_a_code_may_be_typed_with_dashes_and_in_small_letters(
    client_of: ClientOf, notice: Notice
) -> None:
    code = code_of(notice).lower()
    assert "核对一致" in text_of(given(client_of(None), f"{code[:4]}-{code[4:]}", FILED))


def test_a_missing_file_is_asked_for(client_of: ClientOf, notice: Notice) -> None:
    response = client_of(None).post(f"/papers/{code_of(notice)}", data={})
    assert response.status_code == 422
    assert "请先选择文件。" in text_of(response)


def test_the_file_of_a_stranger_is_not_kept(
    app: Flask, client_of: ClientOf, notice: Notice
) -> None:
    given(client_of(None), code_of(notice), OTHER)
    assert not storage().has(hashlib.sha256(OTHER).hexdigest())
