"""What passes, in words: the requirement of an item in Chinese and in English. Pure.

The same sentence stands beside the item on the tablet, in the checklist and on the notice.
"""

from decimal import Decimal
from typing import Protocol


class Rule(Protocol):
    """The part of an item that says which answers pass (domain.md 4)."""

    type: str
    unit: str | None
    max: int | None
    op: str | None
    limit: Decimal | None
    half_limit: Decimal | None


def requirement_zh(rule: Rule) -> str:
    """What passes, and what earns half: `应为0种；不超过1种得半分`."""
    if rule.type == "yesno":
        return "应符合"
    if rule.limit is None:
        return "只记录，不计分"
    if rule.type == "score":
        return f"0–{rule.max}分，{plain(rule.limit)}分及以上为符合"
    passes = f"应{_bound_zh(rule, rule.limit)}"
    if rule.half_limit is None:
        return passes
    return f"{passes}；{_bound_zh(rule, rule.half_limit)}得半分"


def requirement_en(rule: Rule) -> str:
    """What passes, and what earns half: `Must be 0; at most 1 earns half`."""
    if rule.type == "yesno":
        return "Must comply"
    if rule.limit is None:
        return "Recorded only, not scored"
    if rule.type == "score":
        return f"0–{rule.max}; {plain(rule.limit)} or more complies"
    passes = f"Must be {_bound_en(rule, rule.limit)}"
    if rule.half_limit is None:
        return passes
    return f"{passes}; {_bound_en(rule, rule.half_limit)} earns half"


def plain(value: Decimal) -> str:
    """A number without needless zeros: `90`, `2.5`."""
    return f"{value.normalize():f}"


def _bound_zh(rule: Rule, bound: Decimal) -> str:
    if rule.type == "duration":
        amount = f"{plain(bound / 60)}分钟" if _by_minutes(rule) else f"{plain(bound)}秒"
    else:
        amount = f"{plain(bound)}{rule.unit}"
    if _exact(rule, bound):
        return f"为{amount}"
    if rule.op == "<=":
        return f"不超过{amount}"
    return f"不低于{amount}" if rule.unit == "%" else f"不少于{amount}"


def _bound_en(rule: Rule, bound: Decimal) -> str:
    if rule.type == "duration":
        amount = f"{plain(bound / 60)} min" if _by_minutes(rule) else f"{plain(bound)} s"
    else:
        # Other units are Chinese measure words; the item's English text says what is counted.
        amount = plain(bound) + ("%" if rule.unit == "%" else "")
    if _exact(rule, bound):
        return amount
    return f"at most {amount}" if rule.op == "<=" else f"at least {amount}"


def _exact(rule: Rule, bound: Decimal) -> bool:
    """Whether there is nothing beyond the bound: none at all, or the whole hundred per cent."""
    return bound == 0 if rule.op == "<=" else rule.unit == "%" and bound == 100


def _by_minutes(rule: Rule) -> bool:
    """Whole minutes from two minutes on; below that, inspectors think in seconds."""
    bounds = [bound for bound in (rule.limit, rule.half_limit) if bound is not None]
    return bounds[0] >= 120 and all(bound % 60 == 0 for bound in bounds)
