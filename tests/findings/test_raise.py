"""Submission raises one finding for each failing item, with all that the item said."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from inspector.db import db
from inspector.findings.models import Finding
from inspector.findings.raising import submit
from inspector.visits.models import Visit
from tests import cast as make
from tests.cast import MONDAY, Cast


def with_answers(cast: Cast, kind: str, **values: str) -> Visit:
    """A submitted visit on which all complies but for these answers; `OF_VID_01` is OF-VID-01."""
    visit = make.answered(make.a_visit(cast, kind=kind))
    make.answer(visit, *((name.replace("_", "-"), "value", v) for name, v in values.items()))
    submit(visit, by=visit.inspector, at=MONDAY)
    db.session.flush()
    return visit


def codes(visit: Visit) -> list[str]:
    return [finding.item_code for finding in visit.findings]


def test_each_failing_item_becomes_exactly_one_finding(cast: Cast) -> None:
    failed = ("ON-ENV-05", "ON-RAK-02", "ON-CTR-09")
    visit = make.submitted(cast, failed=failed)
    assert codes(visit) == list(failed)
    assert len(db.session.scalars(select(Finding)).all()) == 3
    assert {finding.stage for finding in visit.findings} == {"submitted"}


def test_what_the_item_said_and_asked_is_copied(cast: Cast) -> None:
    visit = make.answered(make.a_visit(cast), failed=("ON-RAK-02",))
    item = next(i for i in visit.version.items if i.code == "ON-RAK-02")
    said = {"value": "3", "note": "两种理财产品说明书已过期", "place": "大堂南侧"}
    make.answer(visit, *((item.code, name, text) for name, text in said.items()))
    submit(visit, by=visit.inspector, at=MONDAY)
    (finding,) = visit.findings
    assert (finding.item, finding.issue, finding.ref) == (item, "RAK.EXPIRED", item.ref)
    assert (finding.text_zh, finding.text_en) == (item.text_zh, item.text_en)
    assert (finding.requirement_zh, finding.requirement_en) == (
        item.requirement_zh,
        item.requirement_en,
    )
    assert (finding.section_zh, finding.section_en) == (
        item.section.title_zh,
        item.section.title_en,
    )
    assert (finding.points, finding.lost) == (Decimal(3), Decimal(3))
    assert (finding.severity, finding.critical, finding.rectify_days) == ("major", False, 1)
    assert finding.observed_zh == "3种"
    assert (finding.note, finding.place) == ("两种理财产品说明书已过期", "大堂南侧")
    assert (finding.corrected_on_spot, finding.raised_at) == (False, MONDAY)


def test_half_credit_is_a_finding_that_lost_half(cast: Cast) -> None:
    visit = with_answers(cast, "offsite", OF_VID_04="17")
    (finding,) = visit.findings
    assert (finding.points, finding.lost) == (Decimal(3), Decimal("1.5"))


def test_a_score_below_its_limit_loses_in_proportion(cast: Cast) -> None:
    visit = with_answers(cast, "mystery", MY_ASK_02="2")
    (finding,) = visit.findings
    assert (finding.lost, finding.observed_en) == (Decimal("1.8"), "2 of 5")


def test_what_a_failed_gate_skips_is_no_finding(cast: Cast) -> None:
    visit = with_answers(cast, "mystery", MY_GRE_01="no", MY_GRE_02="99", MY_WAI_05="no")
    assert codes(visit) == ["MY-GRE-01", "MY-WAI-05"]


def test_what_is_behind_a_failed_gate_need_not_be_answered(cast: Cast) -> None:
    visit = make.a_visit(cast, kind="mystery")
    for item in visit.version.items:
        if item.section.code != "GRE":
            make.answer(visit, (item.code, "value", make.passing(item)))
        elif item.effect == "gate":
            make.answer(visit, (item.code, "value", "no"))
    submit(visit, by=visit.inspector, at=MONDAY)
    assert codes(visit) == ["MY-GRE-01"]
    assert visit.score == 100 * Decimal(84 - 14) / 84


def test_information_is_never_a_finding(cast: Cast) -> None:
    visit = with_answers(cast, "mystery", MY_WAI_03="40", MY_WAI_04="0", MY_EXI_03="7200")
    assert codes(visit) == []
    assert visit.score == 100


def test_a_failed_deduction_is_a_finding_that_takes_points_off_the_result(cast: Cast) -> None:
    visit = with_answers(cast, "mystery", MY_CNT_08="no")
    (finding,) = visit.findings
    assert (finding.lost, finding.critical) == (Decimal(5), True)
    assert visit.score == 95, "the veto waits for the confirmation"


def test_not_applicable_is_no_finding_and_leaves_the_sums(cast: Cast) -> None:
    visit = with_answers(cast, "offsite", OF_LGR_05="na", OF_VID_01="no")
    assert codes(visit) == ["OF-VID-01"]
    assert visit.score == 100 * Decimal(71 - 2 - 2) / (71 - 2)


def test_corrected_on_the_spot_is_a_finding_all_the_same(cast: Cast) -> None:
    visit = make.submitted(cast, failed=(), spot=("ON-RAK-02",))
    (finding,) = visit.findings
    assert finding.corrected_on_spot
    assert [len(finding.photos(stage)) for stage in ("before", "after")] == [1, 1]
    assert finding.lost == 3


def test_a_visit_without_a_fault_has_no_finding_and_the_full_score(cast: Cast) -> None:
    visit = make.submitted(cast, failed=(), kind="offsite")
    assert codes(visit) == []
    assert visit.score == 100


@pytest.mark.parametrize("times", [1, 3])
def test_submitting_again_raises_nothing_new(cast: Cast, times: int) -> None:
    visit = make.submitted(cast, failed=("OF-VID-01",), kind="offsite")
    at = visit.submitted_at
    for _ in range(times):
        submit(visit, by=cast.inspector, at=MONDAY)
        db.session.flush()
    assert (codes(visit), visit.submitted_at) == (["OF-VID-01"], at)
