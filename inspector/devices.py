"""A device in words, from what its browser says of itself. Pure."""

from typing import Final

BROWSERS: Final = (
    ("wxwork/", "WeCom"),
    ("MicroMessenger/", "WeChat"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("Edg", "Edge"),
    ("QQBrowser/", "QQ Browser"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""What stands in the words of each browser; most also say that they are Chrome and Safari."""

SYSTEMS: Final = (
    ("iPad", "iPad"),
    ("iPhone", "iPhone"),
    ("OpenHarmony", "HarmonyOS"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac / iPad"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
"""An iPad says that it is a Macintosh, unless it is asked for the pages of a phone."""


def in_words(agent: str) -> str:
    """“Chrome · Windows”, say; empty for what is known by neither."""
    found = (
        next((name for mark, name in names if mark in agent), "") for names in (BROWSERS, SYSTEMS)
    )
    return " · ".join(filter(None, found))
