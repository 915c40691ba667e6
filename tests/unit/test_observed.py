"""What was seen, in words."""

from dataclasses import dataclass

import pytest

from inspector.visits.observed import observed_en, observed_zh


@dataclass
class Item:
    type: str
    unit: str | None = None
    max: int | None = None


@pytest.mark.parametrize(
    ("item", "value", "zh", "en"),
    [
        (Item("yesno"), "no", "不符合", "does not comply"),
        (Item("yesno"), "na", "不适用", "not applicable"),
        (Item("yesno"), None, "未作答", "no answer"),
        (Item("number", "种"), "3", "3种", "3"),
        (Item("number", "%"), "97.5", "97.5%", "97.5%"),
        (Item("duration", "s"), "47", "47秒", "47 s"),
        (Item("duration", "s"), "125", "2分5秒", "2 min 5 s"),
        (Item("score", max=3), "1", "1分（满分3分）", "1 of 3"),
    ],
)
def test_a_value_is_read_aloud(item: Item, value: str | None, zh: str, en: str) -> None:
    assert (observed_zh(item, value), observed_en(item, value)) == (zh, en)
