"""The requirement in words, as it stands beside an item and on the notice."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from inspector.checklists.requirement import requirement_en, requirement_zh


@dataclass
class Rule:
    """The part of an item that says what passes."""

    type: str
    unit: str | None = None
    max: int | None = None
    op: str | None = None
    limit: Decimal | None = None
    half_limit: Decimal | None = None


def number(unit: str, op: str, limit: str, half: str | None = None) -> Rule:
    return Rule("number", unit, None, op, Decimal(limit), Decimal(half) if half else None)


def seconds(op: str, limit: int, half: int | None = None) -> Rule:
    return Rule("duration", "s", None, op, Decimal(limit), Decimal(half) if half else None)


SENTENCES = [
    (Rule("yesno"), "应符合", "Must comply"),
    (Rule("number", "人"), "只记录，不计分", "Recorded only, not scored"),
    (Rule("duration", "s"), "只记录，不计分", "Recorded only, not scored"),
    (Rule("score", None, 3, ">=", Decimal(2)), "0–3分，2分及以上为符合", "0–3; 2 or more complies"),
    (number("种", "<=", "0", "1"), "应为0种；不超过1种得半分", "Must be 0; at most 1 earns half"),
    (number("件", "<=", "0"), "应为0件", "Must be 0"),
    (
        number("天", "<=", "7", "14"),
        "应不超过7天；不超过14天得半分",
        "Must be at most 7; at most 14 earns half",
    ),
    (
        number("档", ">=", "3", "2"),
        "应不少于3档；不少于2档得半分",
        "Must be at least 3; at least 2 earns half",
    ),
    (
        number("%", ">=", "90", "75"),
        "应不低于90%；不低于75%得半分",
        "Must be at least 90%; at least 75% earns half",
    ),
    (
        number("%", ">=", "100", "90"),
        "应为100%；不低于90%得半分",
        "Must be 100%; at least 90% earns half",
    ),
    (number("%", "<=", "2.50"), "应不超过2.5%", "Must be at most 2.5%"),
    (
        seconds("<=", 60, 120),
        "应不超过60秒；不超过120秒得半分",
        "Must be at most 60 s; at most 120 s earns half",
    ),
    (
        seconds("<=", 1200, 1800),
        "应不超过20分钟；不超过30分钟得半分",
        "Must be at most 20 min; at most 30 min earns half",
    ),
    (seconds("<=", 150), "应不超过150秒", "Must be at most 150 s"),
    (seconds(">=", 900), "应不少于15分钟", "Must be at least 15 min"),
]


@pytest.mark.parametrize(("rule", "chinese", "english"), SENTENCES)
def test_a_requirement_says_what_passes_and_what_earns_half(
    rule: Rule, chinese: str, english: str
) -> None:
    assert requirement_zh(rule) == chinese
    assert requirement_en(rule) == english
