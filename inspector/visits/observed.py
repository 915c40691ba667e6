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
    """不符合, 3种, 1分5秒, 1分（满分3分）: set close, as requirements are."""
    if value is None or value in WORDS_ZH:
        return WORDS_ZH[value or ""]
    if item.type == "score":
        return f"{value}分（满分{item.max}分）"
    if item.type == "duration":
        minutes, seconds = divmod(int(value), 60)
        return (f"{minutes}分" if minutes else "") + f"{seconds}秒"
    return f"{value}{item.unit or ''}"


def observed_en(item: Asked, value: str | None) -> str:
    """does not comply, 3, 98%, 1 min 5 s, 1 of 3. Units of counting are Chinese words: left out."""
    if value is None or value in WORDS_EN:
        return WORDS_EN[value or ""]
    if item.type == "score":
        return f"{value} of {item.max}"
    if item.type == "duration":
        minutes, seconds = divmod(int(value), 60)
        return (f"{minutes} min " if minutes else "") + f"{seconds} s"
    return f"{value}%" if item.unit == "%" else value
