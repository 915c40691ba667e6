"""The records of the papers: what they count, what they refuse, and that they name nobody."""

import dataclasses
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from inspector.notices.papers.bulletin import Rank
from inspector.notices.papers.drawing import document_html
from tests.notices.paper import some_photos
from tests.pdf.specimens import (
    a_bulletin,
    a_case,
    a_closing,
    a_feedback,
    a_ledger,
    a_receipt,
    a_report,
    specimens,
)

pytestmark = pytest.mark.one_engine

SHORT = {s.name: s.record for s in specimens() if s.name.endswith("short")}


@pytest.mark.parametrize("name", SHORT)
def test_no_paper_has_a_place_for_a_person(name: str) -> None:
    names = set(fields_within(SHORT[name]))
    assert "issuer" in names
    assert not {one for one in names if re.search("inspector|shopper|person|staff|by$|name", one)}


def fields_within(value: object) -> Iterator[str]:
    """The names of all fields of a record and of what it holds."""
    if isinstance(value, tuple):
        for part in value:
            yield from fields_within(part)
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            if field.name != "acknowledge_by":  # a day
                yield field.name
            yield from fields_within(getattr(value, field.name))


def test_a_mystery_visit_cannot_tell_its_day_on_any_paper() -> None:
    with pytest.raises(ValueError, match="month only"):
        a_case(kind="mystery")
    shopped = a_case(kind="mystery", visited="2026-10")
    timed, _ = some_photos(1, edge=20)
    for make in (a_report, a_closing):
        with pytest.raises(ValueError, match="month only"):
            make(case=shopped, before=timed)
    ledger, _ = a_ledger()
    with pytest.raises(ValueError, match="month only"):
        dataclasses.replace(ledger.lines[0], kind="mystery")


def test_a_receipt_says_whether_it_was_late() -> None:
    in_time, _ = a_receipt(issued_on=date(2026, 11, 4))
    late, _ = a_receipt(issued_on=date(2026, 11, 5))
    assert "按时签收" in document_html(in_time)
    assert "逾期签收" in document_html(late)


def test_a_closing_form_counts_the_days_that_a_report_was_late() -> None:
    form, _ = a_closing(reported_on=date(2026, 11, 5))
    assert form.days_late == 0
    assert "按时报送" in document_html(form)
    late, _ = a_closing(reported_on=date(2026, 11, 8), verdict="returned", remark="照片不清")
    assert "逾期3日" in document_html(late)
    assert "退回原因" in document_html(late)
    assert "销号。" not in document_html(late)


def test_a_feedback_sheet_marks_what_was_recorded_after_the_signature() -> None:
    sheet, _ = a_feedback()
    assert not sheet.has_unsigned
    later = dataclasses.replace(sheet.findings[0], signed_for=False)
    changed, _ = a_feedback(findings=(later, *sheet.findings[1:]))
    assert "1*" in document_html(changed)
    assert "签字时未列示" in document_html(changed)
    unsigned, _ = a_feedback(findings=(later,), confirmation=None)
    assert "签字时未列示" not in document_html(unsigned)
    assert "未在平板上办理签字确认" in document_html(unsigned)


def test_a_refused_signature_is_told_with_its_reason() -> None:
    sheet, _ = a_feedback()
    assert sheet.confirmation
    refused = dataclasses.replace(sheet.confirmation, signature="", refusal="负责人外出")
    html = document_html(a_feedback(confirmation=refused)[0])
    assert "网点未签字" in html
    assert "负责人外出" in html


def test_a_ledger_adds_up_its_lines() -> None:
    ledger, _ = a_ledger()
    assert ledger.sums == {"all": 3, "closed": 1, "late": 1, "repeats": 2}
    assert "没有整改通知" in document_html(a_ledger(lines=())[0])


def test_a_bulletin_counts_forty_points_and_makes_no_total_up() -> None:
    first = Rank(
        rank=1, subbranch="吴起支行", outlets=3, inspected=2, score=Decimal("81.205"),
        contribution=Decimal("32.482"), other=Decimal("90.50"), total=Decimal("86.782"),
    )  # fmt: skip
    complete, _ = a_bulletin(ranking=(first,))
    assert "86.78" in document_html(complete)
    blank, _ = a_bulletin(ranking=(dataclasses.replace(first, other=None, total=None),))
    assert "32.48" in document_html(blank)
    assert "暂不列考核总分" in document_html(blank)
    assert "总分</th>" not in document_html(blank)


def test_a_bulletin_without_faults_says_so() -> None:
    html = document_html(
        a_bulletin(overdue=(), repeats=(), systemic=(), examples=(), adjusted=())[0]
    )
    for said in ("没有逾期未整改", "没有屡查屡犯", "没有普遍性问题", "未记录典型做法"):
        assert said in html
    assert html.count("<table") == 1


def test_english_stands_only_on_bilingual_paper() -> None:
    assert 'lang="en"' not in document_html(a_receipt()[0])
    html = document_html(a_receipt(bilingual=True)[0])
    assert '<span class="en" lang="en">Acknowledgement receipt</span>' in html
