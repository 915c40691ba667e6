"""The score of a visit: a table of cases worked out by hand, and the real checklists."""

import json
from dataclasses import asdict
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import yaml

from inspector.visits.scoring import Rule, Scorable, Standing, credit, lost, passes, score, shown

TABLE = json.loads(Path(__file__).with_name("scoring_cases.json").read_text("utf-8"))
LIBRARY = Path(__file__).parents[2] / "inspector/checklists/library"


# The table


def rule_of(data: dict[str, Any]) -> Rule:
    numbers = {
        name: None if data[name] is None else Decimal(str(data[name]))
        for name in ("limit", "half_limit", "max", "points")
    }
    return Rule(**{name: data[name] for name in Rule.__dataclass_fields__} | numbers)


def exactly(figure: str) -> Decimal:
    """The Decimal nearest to a figure of the table, which may be a fraction such as 1/3."""
    fraction = Fraction(figure)
    return Decimal(fraction.numerator) / fraction.denominator


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["name"])
def test_the_table_of_cases(case: dict[str, Any]) -> None:
    result = score(
        [rule_of(TABLE["rule"] | rule) for rule in case["rules"]],
        case["answers"],
        standings={code: Standing(s) for code, s in case.get("standings", {}).items()},
        occurrences=case.get("occurrences", {}),
    )

    expected = TABLE["expected"] | case["expected"]
    assert (None if result.value is None else shown(result.value)) == expected["value"]
    for name in ("earned", "available", "extra", "deducted"):
        assert getattr(result, name) == exactly(expected[name]), name
    for name in ("vetoed", "veto_pending"):
        assert getattr(result, name) is expected[name], name
    assert list(result.failed) == expected["failed"]
    assert list(result.unanswered) == expected["unanswered"]
    assert result.skipped == set(expected["skipped"])
    for code, section in expected.get("sections", {}).items():
        points = {name: exactly(section[name]) for name in ("earned", "available")}
        assert asdict(result.sections[code]) == section | points


# One answer


def a_rule(**changes: Any) -> Rule:
    return rule_of(TABLE["rule"] | {"code": "a"} | changes)


def test_an_answer_passes_fails_or_has_nothing_to_pass() -> None:
    wait = a_rule(type="duration", op="<=", limit="60", half_limit="120")

    assert passes(wait, "60") is True
    assert passes(wait, "61") is False
    assert passes(wait, "na") is None
    assert passes(a_rule(type="number", points="0"), "7") is None  # information: no limit
    assert passes(a_rule(points="0"), "no") is None


def test_credit_and_loss_make_up_the_points_of_an_item() -> None:
    wait = a_rule(type="duration", op="<=", limit="60", half_limit="120", points="3")

    for value, earned in (("60", "3"), ("120", "1.5"), ("121", "0")):
        assert credit(wait, value) == Decimal(earned)
        assert lost(wait, value) == 3 - Decimal(earned)


def test_what_does_not_apply_earns_nothing_and_loses_nothing() -> None:
    for kind in ("yesno", "score", "number", "duration"):
        rule = a_rule(type=kind, op=">=", limit="3", half_limit="2", max="5", points="3")
        assert credit(rule, "na") == 0
        assert lost(rule, "na") == 0


def test_a_failed_deduction_loses_its_points_and_never_earns_any() -> None:
    taboo = a_rule(effect="deduct", points="5")

    assert [credit(taboo, "yes"), lost(taboo, "yes")] == [0, 0]
    assert [credit(taboo, "no"), lost(taboo, "no")] == [0, 5]


def test_a_score_without_a_value_is_shown_as_a_dash() -> None:
    assert shown(None) == "—"


def test_points_are_shown_half_up() -> None:
    figures = ("81.205", "86.624999", "0", "2.5", "1.005")

    assert [shown(Decimal(f)) for f in figures] == ["81.21", "86.62", "0.00", "2.50", "1.01"]


def test_another_cap_can_be_set() -> None:
    rules = [a_rule(critical=True), a_rule(code="b", points="9")]
    answers = {"a": "no", "b": "yes"}
    confirmed = {"a": Standing.CONFIRMED}

    assert score(rules, answers, standings=confirmed, cap=Decimal("49.5")).value == Decimal("49.5")


def test_a_rule_is_made_of_a_checklist_item() -> None:
    rule = a_rule(section="ENV", type="score", op=">=", limit="3", max="5", points="2")
    item = SimpleNamespace(**asdict(rule) | {"section": SimpleNamespace(code="ENV"), "max": 5})

    assert Rule.of(cast(Scorable, item)) == rule


# The real checklists


def checklist(kind: str) -> list[Rule]:
    text = (LIBRARY / f"{kind}.yaml").read_text("utf-8")
    return [rule_of(item) for item in yaml.safe_load(text)["items"]]


def best(rule: Rule) -> str:
    """An answer that earns all the points; any figure where nothing is asked for."""
    if rule.type == "yesno":
        return "yes"
    return str(rule.max if rule.type == "score" else rule.limit or 0)


@pytest.mark.parametrize(
    ("kind", "points"), [("onsite", "225"), ("mystery", "84"), ("offsite", "71")]
)
def test_a_perfect_visit_on_a_real_checklist_scores_100(kind: str, points: str) -> None:
    rules = checklist(kind)

    result = score(rules, {rule.code: best(rule) for rule in rules})

    assert shown(result.value) == "100.00"
    assert result.earned == result.available == Decimal(points)
    assert [*result.failed, *result.unanswered, *result.skipped] == []


def test_the_worked_example_comes_out_on_the_real_on_site_checklist() -> None:
    """NA: 4 * 1 + 4 * 2 = 12 of 225. Lost: 3 for both hands, a second time, and elsewhere 4 * 3
    + 4 * 2 + 2 * 1 + 0.5 = 22.5. So E = 187.5 and V = 100 * (187.5 - 3) / 213 (domain.md 3.7)."""
    rules = checklist("onsite")
    by_points = {p: [r for r in rules if r.points == p and not r.critical] for p in (1, 2, 3)}
    plain = {p: [r.code for r in rs if r.type == "yesno"] for p, rs in by_points.items()}
    plain[3].remove("ON-LOB-01")  # the gate
    absent = plain[1][:4] + plain[2][:4]
    failed = plain[3][:4] + plain[2][4:8] + plain[1][4:6]
    answers = {rule.code: best(rule) for rule in rules}
    answers |= dict.fromkeys(absent, "na") | dict.fromkeys(failed, "no")
    answers |= {"ON-CTR-02": "3", "ON-FAC-02": "2"}

    result = score(rules, answers, occurrences={"ON-CTR-02": 2})

    assert result.available == 213
    assert result.earned == Decimal("187.5")
    assert result.extra == 3
    assert shown(result.value) == "86.62"
