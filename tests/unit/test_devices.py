"""A device in words."""

import pytest

from inspector.devices import in_words

KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (f"Mozilla/5.0 (Windows NT 10.0) {KIT} Chrome/156 Safari/537.36", "Chrome · Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0) {KIT} Chrome/156 Safari/537 Edg/156", "Edge · Windows"),
        (f"Mozilla/5.0 (Macintosh; Intel) {KIT} Version/26 Safari/605", "Safari · Mac / iPad"),
        (f"Mozilla/5.0 (iPad; CPU OS 19) {KIT} Version/19 Safari/604", "Safari · iPad"),
        (f"Mozilla/5.0 (Linux; Android 15) {KIT} Chrome/156 Safari/537", "Chrome · Android"),
        (f"Mozilla/5.0 (Phone; OpenHarmony 6) {KIT} HuaweiBrowser/9", "Huawei Browser · HarmonyOS"),
        (
            f"Mozilla/5.0 (Windows NT 10.0) {KIT} Chrome/1 wxwork/4 MicroMessenger",
            "WeCom · Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko Firefox/150.0", "Firefox · Linux"),
        ("curl/8.5.0", ""),
        ("", ""),
    ],
)
def test_browser_and_system_are_named(agent: str, words: str) -> None:
    assert in_words(agent) == words
