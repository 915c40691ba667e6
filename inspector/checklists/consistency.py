"""How the fields of a checklist file must agree with one another (domain.md 3.7 and 4). Pure."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final, TypeAlias

from inspector.checklists.entries import Heading, ItemEntry
from inspector.checklists.lines import Steps

Fault: TypeAlias = tuple[Steps, str]
"""Where something contradicts something else, and the sentence that says how."""

MEANINGLESS: Final[dict[str, tuple[str, ...]]] = {
    "yesno": ("unit", "max", "op", "limit", "half_limit"),
    "score": ("unit", "half_limit"),
    "number": ("max",),
    "duration": ("max",),
}
"""The fields that must be null for each type of answer."""

NEEDED: Final[dict[str, tuple[str, ...]]] = {
    "yesno": (),
    "score": ("max", "op", "limit"),
    "number": ("unit",),
    "duration": ("unit",),
}
"""The fields that must not be."""

INFORMATION: Final[dict[str, object]] = {
    "severity": "info",
    "points": 0,
    "critical": False,
    "effect": "score",
    "photo_on_fail": False,
    "rectify_days": 0,
}
"""What an item that only informs must have: it never fails."""


def of_item(item: ItemEntry) -> Iterator[tuple[str, str]]:
    """What contradicts itself within one item: the field, and the sentence that says how."""
    for field in MEANINGLESS[item.type]:
        if getattr(item, field) is not None:
            yield field, f"must be null: type {item.type} has none"
    for field in NEEDED[item.type]:
        if getattr(item, field) is None:
            yield field, f"is needed: type {item.type} has one"
    yield from _of_limit(item)
    yield from _of_half(item)
    yield from _of_information(item)
    yield from _of_consequences(item)


def _of_limit(item: ItemEntry) -> Iterator[tuple[str, str]]:
    if (item.op is None) != (item.limit is None):
        yield "limit", "must go with op: give both, or null for both"
    if item.type == "score" and item.op == "<=":
        yield "op", "must be >=: a higher score is better"
    if item.type == "score" and item.max and item.limit and item.limit > item.max:
        yield "limit", f"must be at most max, which is {item.max}"
    if item.type == "duration" and item.unit not in (None, "s"):
        yield "unit", "must be s: durations are in seconds"
    for field, bound in (("limit", item.limit), ("half_limit", item.half_limit)):
        if bound and bound % 1 and item.type in ("score", "duration"):
            yield field, f"must be a whole number: type {item.type} has no fractions"
        if bound and bound > 100 and item.unit == "%":
            yield field, "must be at most 100, as it is a percentage"


def _of_half(item: ItemEntry) -> Iterator[tuple[str, str]]:
    half, limit = item.half_limit, item.limit
    if half is None:
        return
    if limit is None:
        yield "half_limit", "must be null: there is no limit to miss by half"
    elif item.op == "<=" and half <= limit:
        yield "half_limit", f"must be more than limit, which is {limit}"
    elif item.op == ">=" and half >= limit:
        yield "half_limit", f"must be less than limit, which is {limit}"
    if item.effect == "deduct":
        yield "half_limit", "must be null: a deduction is whole"


def _of_information(item: ItemEntry) -> Iterator[tuple[str, str]]:
    if item.limit is None and item.type in ("number", "duration"):
        for field, nothing in INFORMATION.items():
            if getattr(item, field) != nothing:
                yield field, f"must be {str(nothing).lower()}: without a limit it only informs"
    elif item.severity == "info":
        yield "severity", "must be major or minor: the item can fail"


def _of_consequences(item: ItemEntry) -> Iterator[tuple[str, str]]:
    if item.effect == "deduct" and not item.points:
        yield "points", "must be more than 0: they are what is taken off"
    if item.critical and item.severity == "minor":
        yield "severity", "must be major: a veto is never a minor problem"
    if item.applies and not item.na_allowed:
        yield "na_allowed", f"must be true: applies {item.applies} proposes “not applicable”"


def of_whole(
    heading: Heading | None,
    sections: Sequence[Any],
    items: Sequence[Any],
    entries: Sequence[ItemEntry | None],
) -> Iterator[Fault]:
    """What contradicts itself between the parts of a file.

    `sections` and `items` are as they stand in the file; `entries` are the items again, None for
    one that has mistakes of its own, which still counts and still has its code.
    """
    yield from _of_codes("sections", sections)
    yield from _of_codes("items", items)
    yield from _of_sections(sections, items)
    for place, item in enumerate(entries):
        later = [_field(raw, "section") for raw in items[place + 1 :]]
        if item and item.effect == "gate" and item.section not in later:
            yield (
                ("items", place, "effect"),
                "must not be gate: no item of its section comes later",
            )
    if heading and heading.item_count != len(items):
        yield ("item_count",), f"must be {len(items)}, the number of items"
    whole = [item for item in entries if item]
    total = sum((item.points for item in whole if item.effect != "deduct"), Decimal(0))
    if heading and len(whole) == len(items) and heading.total_points != total:
        yield (
            ("total_points",),
            f"must be {total}, the sum of the points without deductions",
        )


def _of_codes(group: str, raws: Sequence[Any]) -> Iterator[Fault]:
    codes = [_field(raw, "code") for raw in raws]
    for place, code in enumerate(codes):
        if code is not None and code in codes[:place]:
            yield (group, place, "code"), f"is given twice: {code}"


def _of_sections(sections: Sequence[Any], items: Sequence[Any]) -> Iterator[Fault]:
    known = [_field(raw, "code") for raw in sections]
    named = [_field(raw, "section") for raw in items]
    for place, code in enumerate(named):
        if code is not None and code not in known:
            yield ("items", place, "section"), f"is not one of the sections: {code}"
    for place, code in enumerate(known):
        if code is not None and code not in named:
            yield ("sections", place, "code"), "has no items"


def _field(raw: Any, name: str) -> Any:
    return raw.get(name) if isinstance(raw, dict) else None
