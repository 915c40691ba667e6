"""Issuing: number, due day, paper, hash."""

import io
from datetime import timedelta

from pypdf import PdfReader

from inspector.notices import issuing
from inspector.storage import storage
from tests import cast as make


def test_an_issued_notice_has_number_due_day_and_frozen_paper(app, cast):
    notice = make.drafted(cast)
    issuing.issue(notice, by=cast.channel, at=make.MONDAY)
    assert notice.number == "〔2026〕1号"
    days = notice.finding.rectify_days
    assert notice.due_on == notice.rectification.due_on
    assert notice.due_on == make.MONDAY.date() + timedelta(days=days)
    text = PdfReader(io.BytesIO(storage().get(notice.pdf_sha256))).pages[0].extract_text()
    assert "〔2026〕1号" in text
