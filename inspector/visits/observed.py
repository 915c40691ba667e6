"""An answer in words: what was seen. Pure."""

from typing import Protocol


class Asked(Protocol):
    """The parts of an item that a value is read with."""

    type: str
    unit: str | None
    max: int | None


WORDS_ZH = {"yes": "符合", "no": "不符合", "na": "不适用", "": "未作答"}
WORDS_EN = {"yes": "complies", "no": "does not comply", "na": "not applicable", "": "no answer"}


def observed_zh(item: Asked, value: str | None) -> str:
    """不符合, 3 种, 1 分 5 秒, 1 分（满分 3 分）."""
    if (word := WORDS_ZH.get(value or "")) or value is None:
        return word or ""
    if item.type == "score":
        return f"{value} 分（满分 {item.max} 分）"
    if item.type == "duration":
        minutes, seconds = divmod(int(value), 60)
        return (f"{minutes} 分 " if minutes else "") + f"{seconds} 秒"
    return f"{value} {item.unit or ''}".strip()


def observed_en(item: Asked, value: str | None) -> str:
    """does not comply, 3 种, 1 min 5 s, 1 of 3."""
    if (word := WORDS_EN.get(value or "")) or value is None:
        return word or ""
    if item.type == "score":
        return f"{value} of {item.max}"
    if item.type == "duration":
        minutes, seconds = divmod(int(value), 60)
        return (f"{minutes} min " if minutes else "") + f"{seconds} s"
    return f"{value} {item.unit or ''}".strip()
