"""The database itself refuses what must not be, whatever the code above it does (domain.md 3.9)."""

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from inspector.db import db
from inspector.findings.models import Finding, Rectification
from inspector.notices.models import Notice
from inspector.visits.models import Answer, Visit
from tests import cast as make
from tests import rows
from tests.cast import MONDAY, Cast

Act: TypeAlias = Callable[[Cast, Visit], object]


def a_draft(cast: Cast, visit: Visit) -> Notice:
    return rows.a_notice_at(cast, visit, 0, "draft")


def an_issued(cast: Cast, visit: Visit, n: int = 0) -> Notice:
    return rows.a_notice_at(cast, visit, n, "issued")


def the_same_item_twice(_cast: Cast, visit: Visit) -> None:
    rows.a_finding(visit, 0)
    rows.a_finding(visit, 0)


def a_second_rectification(cast: Cast, visit: Visit) -> None:
    finding_id = a_draft(cast, visit).finding.id
    db.session.add(Rectification(finding_id=finding_id, mode="notice", opened_at=MONDAY))


def a_second_active_notice(cast: Cast, visit: Visit) -> None:
    key = a_draft(cast, visit).rectification_id
    db.session.add(Notice(rectification_id=key, drafted_at=MONDAY))


def the_number_of_another(cast: Cast, visit: Visit) -> None:
    an_issued(cast, visit, 0)
    an_issued(cast, visit, 1).doc_seq = 1


def issued_without(column: str) -> Act:
    return lambda cast, visit: setattr(an_issued(cast, visit), column, None)


def a_draft_with_a_number(cast: Cast, visit: Visit) -> None:
    notice = a_draft(cast, visit)
    notice.doc_year, notice.doc_seq = 2026, 7


def withdrawn_before_issue(cast: Cast, visit: Visit) -> None:
    rows.taken_back(a_draft(cast, visit), cast.channel)


def finding_with(**columns: object) -> Act:
    def act(cast: Cast, visit: Visit) -> None:
        finding = rows.decided(rows.a_finding(visit), cast.channel)
        for name, value in columns.items():
            setattr(finding, name, value)

    return act


def rejected_without_reason(cast: Cast, visit: Visit) -> None:
    rows.decided(rows.a_finding(visit), cast.channel, "rejected").reason = None


def rectification_with(**columns: object) -> Act:
    def act(cast: Cast, visit: Visit) -> None:
        rectification = a_draft(cast, visit).rectification
        for name, value in columns.items():
            setattr(rectification, name, value)

    return act


def on_spot_with(**columns: object) -> Act:
    def act(cast: Cast, visit: Visit) -> None:
        rectification = rows.on_spot(rows.a_finding(visit), cast.channel)
        for name, value in columns.items():
            setattr(rectification, name, value)

    return act


def verified_by_the_reporter(cast: Cast, visit: Visit) -> None:
    rectification = an_issued(cast, visit).rectification
    rows.verified(rows.a_report(rectification, cast.outlet), cast.outlet, "returned")


def returned_with(**columns: object) -> Act:
    def act(cast: Cast, visit: Visit) -> None:
        rectification = an_issued(cast, visit).rectification
        report = rows.verified(rows.a_report(rectification, cast.outlet), cast.channel, "returned")
        for name, value in columns.items():
            setattr(report, name, value)

    return act


def the_same_round_twice(cast: Cast, visit: Visit) -> None:
    rectification = an_issued(cast, visit).rectification
    rows.a_report(rectification, cast.outlet, round=1)
    rows.a_report(rectification, cast.outlet, round=1)


def visit_with(stage: str, **columns: object) -> Act:
    def act(cast: Cast, _visit: Visit) -> None:
        visit = rows.a_visit_at(cast, stage)
        for name, value in columns.items():
            setattr(visit, name, value)

    return act


def two_answers_to_one_item(_cast: Cast, visit: Visit) -> None:
    for _ in range(2):
        answer = Answer(item_id=visit.version.items[0].id, device_at=MONDAY, received_at=MONDAY)
        answer.visit_id = visit.id
        db.session.add(answer)


def photo_with(**columns: Any) -> Act:
    return lambda _cast, visit: rows.a_photo(visit, **columns)


def branch_with(code: str, **columns: object) -> Act:
    def act(_cast: Cast, _visit: Visit) -> None:
        for name, value in columns.items():
            setattr(make.branch(code), name, value)

    return act


def a_finding_that_is_deleted(cast: Cast, visit: Visit) -> None:
    key = a_draft(cast, visit).finding.id
    db.session.execute(delete(Finding).where(Finding.id == key))


def a_duplicate(cast: Cast, visit: Visit, **columns: object) -> Finding:
    """The second finding of a visit as a duplicate of the first, which has its draft."""
    first = a_draft(cast, visit).finding
    finding = rows.a_duplicate(rows.a_finding(visit, 1), first, cast.channel)
    for name, value in columns.items():
        setattr(finding, name, value)
    return finding


def duplicate_with(**columns: object) -> Act:
    return lambda cast, visit: a_duplicate(cast, visit, **columns)


def a_duplicate_with_a_rectification(cast: Cast, visit: Visit) -> None:
    finding = a_duplicate(cast, visit)
    db.session.flush()
    db.session.add(Rectification(finding_id=finding.id, mode="notice", opened_at=MONDAY))


def a_duplicate_of_a_duplicate(cast: Cast, visit: Visit) -> None:
    finding = a_duplicate(cast, visit)
    rows.a_duplicate(rows.a_finding(visit, 2), finding, cast.channel)


def a_duplicate_of_what_has_no_rectification(cast: Cast, visit: Visit) -> None:
    finding = a_duplicate(cast, visit)
    other = rows.a_finding(visit, 2)
    db.session.flush()
    finding.duplicate_of_id = other.id


def a_rectification_taken_from_its_duplicate(cast: Cast, visit: Visit) -> None:
    first = a_duplicate(cast, visit).duplicate_of_id
    db.session.flush()
    db.session.execute(delete(Notice))
    db.session.execute(delete(Rectification).where(Rectification.finding_id == first))


IMPOSSIBLE: dict[str, tuple[str, Act]] = {
    # one to one
    "a second finding of an item on a visit": ("finding", the_same_item_twice),
    "a second rectification of a finding": ("rectification", a_second_rectification),
    "a second active notice of a rectification": ("notice", a_second_active_notice),
    "two notices under one number": ("notice", the_number_of_another),
    "a rectification whose finding is gone": ("(?i)foreign key", a_finding_that_is_deleted),
    # findings
    "a decision without its day": ("decided_at", finding_with(decided_at=None)),
    "a decision without its decider": ("decided_by", finding_with(decided_by=None)),
    "a decider without a decision": ("decided|reason|occurrence", finding_with(decision=None)),
    "a decision of another kind": ("decision", finding_with(decision="perhaps")),
    "rejected without a reason": ("reason_if_rejected", rejected_without_reason),
    "confirmed with a reason": ("reason_if_rejected", finding_with(reason="x")),
    # repeats
    "confirmed without an occurrence": ("occurrence_if_original", finding_with(occurrence=None)),
    "the zeroth time": ("occurrence", finding_with(occurrence=0)),
    "a duplicate of nothing": ("original", finding_with(original=False, occurrence=None)),
    "an original that points at another": ("original", duplicate_with(original=True)),
    "a duplicate with an occurrence": ("occurrence_if_original", duplicate_with(occurrence=2)),
    "an original not carried out": ("not_carried_out", finding_with(not_carried_out=True)),
    "a rejected duplicate": (
        "duplicate_if_confirmed",
        duplicate_with(decision="rejected", reason="x"),
    ),
    "a duplicate with a rectification": ("(?i)foreign key", a_duplicate_with_a_rectification),
    "a duplicate of a duplicate": ("(?i)foreign key", a_duplicate_of_a_duplicate),
    "a duplicate of one without": ("(?i)foreign key", a_duplicate_of_what_has_no_rectification),
    "a duplicate left alone": ("(?i)foreign key", a_rectification_taken_from_its_duplicate),
    "a rectification of no original": ("of_original", rectification_with(of_original=False)),
    # rectifications
    "closed without its closer": ("closed_by", rectification_with(closed_at=MONDAY)),
    "begun before the issue": ("begun_after_issue", rectification_with(begun_at=MONDAY)),
    "on the spot but open": ("closed_on_spot", on_spot_with(closed_at=None, closed_by=None)),
    "on the spot with a due day": ("due_by_notice", on_spot_with(due_on=rows.DUE)),
    "put right in another mode": ("mode", rectification_with(mode="later")),
    # reports
    "verified by the reporter": ("recusal", verified_by_the_reporter),
    "returned without a reason": ("reason_if_returned", returned_with(remark="")),
    "verified by nobody": ("verified_by", returned_with(verified_by=None)),
    "verified at no time": ("verified_at", returned_with(verified_at=None)),
    "another verdict": ("verdict", returned_with(verdict="perhaps")),
    "the same round twice": ("round", the_same_round_twice),
    # notices
    "issued without a year": ("issued_doc_year", issued_without("doc_year")),
    "issued without a number": ("issued_doc_seq", issued_without("doc_seq")),
    "issued without its paper": ("issued_pdf_sha256", issued_without("pdf_sha256")),
    "issued without its record": ("issued_document", issued_without("document")),
    "issued without a due day": ("issued_due_on", issued_without("due_on")),
    "issued by nobody": ("issued_issued_by_id", issued_without("issued_by")),
    "numbered at no time": ("issued_", issued_without("issued_at")),
    "a draft with a number": ("issued_doc", a_draft_with_a_number),
    "withdrawn before it was issued": ("withdrawn_issued", withdrawn_before_issue),
    # visits
    "submitted without a start": ("facts", visit_with("assigned", submitted_at=MONDAY)),
    "confirmed by nobody": ("facts", visit_with("submitted", confirmed_at=MONDAY)),
    "cancelled without a reason": ("facts", visit_with("cancelled", cancel_reason=None)),
    "cancelled by nobody": ("facts", visit_with("cancelled", cancelled_by_id=None)),
    "cancelled after submission": (
        "facts",
        visit_with("cancelled", started_at=MONDAY, submitted_at=MONDAY),
    ),
    "a visit of another kind": ("kind", visit_with("assigned", kind="secret")),
    "two answers to one item": ("answer", two_answers_to_one_item),
    "a photo of nothing": ("item|practice", photo_with(item_id=None)),
    "a photo of another stage": ("stage|practice", photo_with(stage="during")),
    # people
    "fitted out on no day": ("dated_if_fitted_out", branch_with("YA0302", renovated_on=None)),
    "an outlet under nothing": ("parent_unless_city", branch_with("YA0302", parent=None)),
}


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_the_database_refuses(cast: Cast, what: str) -> None:
    constraint, act = IMPOSSIBLE[what]
    visit = rows.a_visit_at(cast, kind="offsite")
    with pytest.raises(IntegrityError, match=constraint):
        written(act, cast, visit)


def written(act: Act, cast: Cast, visit: Visit) -> None:
    act(cast, visit)
    db.session.flush()


def test_the_database_takes_what_is_like_it_but_possible(cast: Cast) -> None:
    visit = rows.a_visit_at(cast, "confirmed", kind="offsite")
    rows.decided(rows.a_finding(visit, 0), cast.channel, "rejected")
    rows.on_spot(rows.a_finding(visit, 1), cast.channel)
    for n, stage in enumerate(("draft", "issued", "acknowledged", "returned", "closed"), 2):
        rows.a_notice_at(cast, visit, n, stage)
    db.session.flush()


def test_the_database_takes_a_duplicate_and_one_that_was_not_carried_out(cast: Cast) -> None:
    a_duplicate(cast, rows.a_visit_at(cast, "confirmed", kind="offsite"), not_carried_out=True)
    db.session.flush()


def test_a_withdrawn_notice_makes_room_for_another_under_a_new_number(cast: Cast) -> None:
    notice = an_issued(cast, rows.a_visit_at(cast, kind="offsite"))
    rows.taken_back(notice, cast.channel)
    db.session.flush()
    rows.issued(rows.a_notice(notice.rectification), cast.channel, 2)
    db.session.flush()
    active = notice.rectification.notice
    assert active is not None
    assert active.number == "〔2026〕2号"
