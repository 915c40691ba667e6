"""Checklist files to import: the bundled ones, and small ones with one thing changed."""

from typing import Any

import yaml

from inspector.checklists.format import LIBRARY

ONSITE, MYSTERY, OFFSITE = (LIBRARY / f"{kind}.yaml" for kind in ("onsite", "mystery", "offsite"))

YESNO: dict[str, Any] = {
    "code": "TS-ENV-01",
    "section": "ENV",
    "issue": "ENV.FLOOR",
    "text_zh": "地面清洁干燥。",
    "text_en": "The floor is clean and dry.",
    "type": "yesno",
    "unit": None,
    "max": None,
    "op": None,
    "limit": None,
    "half_limit": None,
    "points": 2,
    "severity": "minor",
    "critical": False,
    "effect": "score",
    "na_allowed": False,
    "photo_on_fail": False,
    "rectify_days": 3,
    "ref": "S40",
}
NUMBER = YESNO | {"type": "number", "unit": "种", "op": "<=", "limit": 0, "half_limit": 1}
DURATION = YESNO | {"type": "duration", "unit": "s", "op": "<=", "limit": 60, "half_limit": 120}
SCORE = YESNO | {"type": "score", "max": 3, "op": ">=", "limit": 2}
INFORMATION = NUMBER | {
    "op": None,
    "limit": None,
    "half_limit": None,
    "points": 0,
    "severity": "info",
    "rectify_days": 0,
}


def a_checklist(*items: dict[str, Any], **heading: Any) -> dict[str, Any]:
    """A checklist of one section, ENV, with these items, or one that is fine; its sums agree."""
    items = items or (YESNO,)
    points = [item["points"] for item in items if item["effect"] != "deduct"]
    return {
        "schema": 1,
        "code": "TEST",
        "kind": "onsite",
        "version": "1.0",
        "title_zh": "测试检查表",
        "title_en": "Test checklist",
        "item_count": len(items),
        "total_points": sum(number for number in points if not isinstance(number, str)),
        "sections": [{"code": "ENV", "title_zh": "营业环境", "title_en": "Environment"}],
        "items": list(items),
    } | heading


def written(content: dict[str, Any]) -> str:
    """A checklist as the text of a file."""
    return yaml.dump(content, Dumper=_WithoutAliases, allow_unicode=True, sort_keys=False)


class _WithoutAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


def line_of(text: str, start: str, after: str = "") -> int:
    """The number of the first line that starts with `start`, from the one that holds `after` on."""
    lines = text.splitlines()
    begin = next(n for n, line in enumerate(lines) if after in line)
    return next(
        n + 1 for n, line in enumerate(lines) if n >= begin and line.lstrip("- ").startswith(start)
    )


def onsite_with(code: str, old: str, new: str) -> str:
    """The bundled on-site checklist with one line of one item replaced."""
    before, found, rest = ONSITE.read_text("utf-8").partition(f"- code: {code}\n")
    assert found, f"{code} must stand in {ONSITE.name}"
    assert old in rest, f"{old} must stand below {code}"
    return before + found + rest.replace(f"  {old}\n", f"  {new}\n", 1)
