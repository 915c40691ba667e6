"""The file format: what the bundled files say; every kind of mistake with its line and field."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from inspector.checklists import format
from inspector.mistakes import Mistake, Mistakes
from tests.checklists.files import (
    DURATION,
    INFORMATION,
    MYSTERY,
    NUMBER,
    OFFSITE,
    ONSITE,
    SCORE,
    YESNO,
    a_checklist,
    line_of,
    written,
)


def mistakes_of(text: str) -> list[Mistake]:
    with pytest.raises(Mistakes) as raised:
        format.parse("test.yaml", text)
    return raised.value.mistakes


@pytest.mark.parametrize(
    ("file", "sections", "items", "points", "critical", "gates", "photos"),
    [
        (ONSITE, 13, 109, 225, 7, 1, 62),
        (MYSTERY, 8, 42, 84, 2, 1, 5),
        (OFFSITE, 4, 28, 71, 2, 0, 0),
    ],
)
def test_the_bundled_checklists_hold_what_the_domain_says(
    file: Path, sections: int, items: int, points: int, critical: int, gates: int, photos: int
) -> None:
    document = format.read(file)
    assert len(document.sections) == sections
    assert len(document.items) == items
    assert document.heading.total_points == points
    assert sum(item.critical for item in document.items) == critical
    assert sum(item.effect == "gate" for item in document.items) == gates
    assert sum(item.photo_on_fail for item in document.items) == photos


def test_only_the_fit_out_item_applies_to_some_outlets() -> None:
    conditional = [item for item in format.read(ONSITE).items if item.applies]
    assert [(item.code, item.applies) for item in conditional] == [("ON-FAC-11", "fitout")]


def test_half_points_and_fractions_are_read_exactly() -> None:
    item = YESNO | {"points": 0.5}
    percent = NUMBER | {"code": "TS-ENV-02", "unit": "%", "limit": 0.3, "half_limit": 99.95}
    document = format.parse("test.yaml", written(a_checklist(item, percent)))
    assert document.items[0].points == Decimal("0.5")
    assert document.items[1].limit == Decimal("0.3")
    assert document.items[1].half_limit == Decimal("99.95")


@pytest.mark.parametrize(
    "item",
    [YESNO, NUMBER, DURATION, SCORE, INFORMATION, YESNO | {"effect": "deduct"}],
    ids=["yesno", "number", "duration", "score", "information", "deduction"],
)
def test_an_item_of_each_type_can_be_imported(item: dict[str, Any]) -> None:
    document = format.parse("test.yaml", written(a_checklist(item)))
    assert [entry.code for entry in document.items] == ["TS-ENV-01"]


ITEM_MISTAKES: list[tuple[dict[str, Any], dict[str, Any], str, str]] = [
    # each field by itself
    (YESNO, {"code": "ts env"}, "code", "must be capitals, digits and hyphens, not “ts env”"),
    (YESNO, {"code": "X" * 21}, "code", "must be at most 20 characters long"),
    (YESNO, {"issue": "floor"}, "issue", "capitals and digits, as CTR.TWO_HANDS, not “floor”"),
    (YESNO, {"text_zh": "The floor."}, "text_zh", "must be text in Chinese, not “The floor.”"),
    (YESNO, {"text_zh": ""}, "text_zh", "must be text in Chinese, not empty"),
    (YESNO, {"text_en": "地面清洁。"}, "text_en", "must be text in English, not “地面清洁。”"),
    (YESNO, {"text_en": None}, "text_en", "must be text, not empty; put it in quotes"),
    (YESNO, {"type": "choice"}, "type", "must be yesno, score, number or duration, not “choice”"),
    (YESNO, {"points": 0.7}, "points", "must be a multiple of 0.5, not 0.7"),
    (YESNO, {"points": -1}, "points", "must be 0 or more, not -1"),
    (YESNO, {"points": "two"}, "points", "must be a number, not “two”"),
    (YESNO, {"points": True}, "points", "must be a number, not true"),
    (YESNO, {"severity": "grave"}, "severity", "must be major, minor or info, not “grave”"),
    (YESNO, {"critical": "yes"}, "critical", "must be true or false, not “yes”"),
    (YESNO, {"effect": "skip"}, "effect", "must be score, gate or deduct, not “skip”"),
    (YESNO, {"na_allowed": 1}, "na_allowed", "must be true or false, not 1"),
    (YESNO, {"rectify_days": -1}, "rectify_days", "must be 0 or more, not -1"),
    (YESNO, {"rectify_days": 1.5}, "rectify_days", "must be a whole number, not 1.5"),
    (YESNO, {"ref": 40}, "ref", "must be text, not 40; put it in quotes"),
    (YESNO, {"applies": "always"}, "applies", "must be fitout, not “always”"),
    (YESNO, {"guidance": "Look."}, "guidance", "is not a known field"),
    (NUMBER, {"op": "<"}, "op", "must be <= or >=, not “<”"),
    (NUMBER, {"limit": 1.234, "half_limit": 2}, "limit", "at most 2 decimals, not 1.234"),
    # fields that must agree with the type
    (YESNO, {"unit": "种"}, "unit", "must be null: type yesno has none"),
    (YESNO, {"max": 3}, "max", "must be null: type yesno has none"),
    (SCORE, {"max": None}, "max", "is needed: type score has one"),
    (SCORE, {"limit": 4}, "limit", "must be at most max, which is 3"),
    (SCORE, {"op": "<="}, "op", "must be >=: a higher score is better"),
    (SCORE, {"half_limit": 1}, "half_limit", "must be null: type score has none"),
    (SCORE, {"limit": 1.5}, "limit", "must be a whole number: type score has no fractions"),
    (NUMBER, {"unit": None}, "unit", "is needed: type number has one"),
    (NUMBER, {"max": 5}, "max", "must be null: type number has none"),
    (NUMBER, {"unit": "%", "limit": 1, "half_limit": 101}, "half_limit", "must be at most 100"),
    (DURATION, {"unit": "min"}, "unit", "must be s: durations are in seconds"),
    (DURATION, {"limit": 59.5}, "limit", "must be a whole number: type duration has no fractions"),
    # limits that must agree with each other
    (NUMBER, {"op": None}, "limit", "must go with op: give both, or null for both"),
    (NUMBER, {"half_limit": 0}, "half_limit", "must be more than limit, which is 0"),
    (NUMBER, {"op": ">=", "limit": 3, "half_limit": 3}, "half_limit", "must be less than limit"),
    (INFORMATION, {"half_limit": 1}, "half_limit", "must be null: there is no limit"),
    # consequences
    (INFORMATION, {"points": 1}, "points", "must be 0: without a limit it only informs"),
    (INFORMATION, {"severity": "minor"}, "severity", "must be info: without a limit"),
    (INFORMATION, {"critical": True}, "critical", "must be false: without a limit"),
    (INFORMATION, {"photo_on_fail": True}, "photo_on_fail", "must be false: without a limit"),
    (INFORMATION, {"rectify_days": 1}, "rectify_days", "must be 0: without a limit"),
    (NUMBER, {"severity": "info"}, "severity", "must be major or minor: the item can fail"),
    (YESNO, {"effect": "deduct", "points": 0}, "points", "must be more than 0"),
    (NUMBER, {"effect": "deduct"}, "half_limit", "must be null: a deduction is whole"),
    (YESNO, {"critical": True}, "severity", "must be major: a veto is never a minor problem"),
    (YESNO, {"applies": "fitout"}, "na_allowed", "must be true: applies fitout proposes"),
    (YESNO, {"effect": "gate"}, "effect", "must not be gate: no item of its section comes later"),
    (YESNO, {"section": "ENX"}, "section", "is not one of the sections: ENX"),
]


@pytest.mark.parametrize(("item", "change", "field", "sentence"), ITEM_MISTAKES)
def test_each_mistake_of_an_item_is_named_with_its_line_and_field(
    item: dict[str, Any], change: dict[str, Any], field: str, sentence: str
) -> None:
    wrong = item | change
    text = written(a_checklist(wrong))
    found = {mistake.field: mistake for mistake in mistakes_of(text)}
    assert sentence in found[field].sentence
    assert found[field].line == line_of(text, f"{field}:", after="items:")
    assert found[field].of == f"item {wrong['code']}"


HEADING_MISTAKES: list[tuple[dict[str, Any], str, str]] = [
    ({"schema": 2}, "schema", "must be 1, not 2"),
    ({"code": "t"}, "code", "must be capitals, digits and hyphens, not “t”"),
    ({"kind": "fitout"}, "kind", "must be onsite, offsite or mystery, not “fitout”"),
    ({"version": 1.0}, "version", "must be text, not 1.0; put it in quotes"),
    ({"version": "v1"}, "version", "must be numbers with points between, as 1.0, not “v1”"),
    ({"title_zh": "Test"}, "title_zh", "must be text in Chinese"),
    ({"title_en": "测试"}, "title_en", "must be text in English"),
    ({"item_count": 2}, "item_count", "must be 1, the number of items"),
    ({"total_points": 3}, "total_points", "must be 2, the sum of the points without deductions"),
    ({"sections": {}}, "sections", "must be a list, not a group of fields"),
    ({"owner": "us"}, "owner", "is not a known field"),
]


@pytest.mark.parametrize(("change", "field", "sentence"), HEADING_MISTAKES)
def test_each_mistake_of_the_heading_is_named_with_its_line_and_field(
    change: dict[str, Any], field: str, sentence: str
) -> None:
    text = written(a_checklist(**change))
    found = {mistake.field: mistake for mistake in mistakes_of(text) if not mistake.of}
    assert sentence in found[field].sentence
    assert found[field].line == line_of(text, f"{field}:")


def test_a_deduction_is_not_part_of_the_total() -> None:
    deduction = YESNO | {"code": "TS-ENV-02", "effect": "deduct", "points": 5}
    document = format.parse("test.yaml", written(a_checklist(YESNO, deduction)))
    assert document.heading.total_points == 2


def test_a_gate_with_a_later_item_in_its_section_is_fine() -> None:
    later = YESNO | {"code": "TS-ENV-02"}
    assert format.parse("test.yaml", written(a_checklist(YESNO | {"effect": "gate"}, later)))


def test_a_missing_field_is_named_at_the_line_where_its_item_begins() -> None:
    item = {key: value for key, value in YESNO.items() if key != "ref"}
    text = written(a_checklist(item))
    assert mistakes_of(text) == [
        Mistake(
            "test.yaml", line_of(text, "code: TS-ENV-01"), "item TS-ENV-01", "ref", "is missing"
        )
    ]


def test_codes_are_given_once() -> None:
    text = written(a_checklist(YESNO, YESNO))
    (mistake,) = mistakes_of(text)
    assert mistake.sentence == "is given twice: TS-ENV-01"
    assert text.splitlines()[mistake.line - 1] == "- code: TS-ENV-01"
    assert mistake.line > line_of(text, "code: TS-ENV-01")


def test_a_section_needs_items_and_both_languages() -> None:
    sections = a_checklist()["sections"]
    empty = {"code": "LOB", "title_zh": "大堂管理"}
    found = {m.field: m for m in mistakes_of(written(a_checklist(sections=[*sections, empty])))}
    assert found["code"].sentence == "has no items"
    assert found["title_en"].sentence == "is missing"
    assert {m.of for m in found.values()} == {"section LOB"}


def test_all_mistakes_of_a_file_are_named_at_once_in_the_order_of_its_lines() -> None:
    bad_field = YESNO | {"points": 0.7}
    bad_rule = NUMBER | {"code": "TS-ENV-02", "half_limit": 0, "section": "ENX"}
    found = mistakes_of(written(a_checklist(bad_field, bad_rule, version="one", item_count=3)))
    assert [(m.of, m.field) for m in found] == [
        ("", "version"),
        ("item TS-ENV-01", "points"),
        ("item TS-ENV-02", "section"),
        ("item TS-ENV-02", "half_limit"),
    ]
    assert [m.line for m in found] == sorted(m.line for m in found)


def test_a_mistake_reads_as_a_sentence_with_its_place() -> None:
    text = written(a_checklist(YESNO | {"points": 0.7}))
    line = line_of(text, "points:")
    assert [str(mistake) for mistake in mistakes_of(text)] == [
        f"test.yaml, line {line}, item TS-ENV-01, points: must be a multiple of 0.5, not 0.7"
    ]


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("", 1, "must be a group of fields, not empty"),
        ("- 1\n", 1, "must be a group of fields, not a list"),
        ("code: A\ntitle: [open\n", 3, "expected ',' or ']', but got '<stream end>'"),
        ("code: A\n\ncode: B\n", 3, "is given twice, first on line 1"),
        ("code: &a A\nkind: *a\n", 2, "aliases are not used here"),
        ("code: A\nkind: !!python/name:os.system x\n", 2, "could not determine a constructor"),
        ("code: A\nitem_count: 0x10\n", 2, "“0x10” is not a plain number"),
        ("code: A\nkind: \x07\n", 2, "holds a control character"),
        ("code: A\n---\ncode: B\n", 2, "but found another document"),
    ],
)
def test_what_is_not_plain_yaml_is_refused_with_its_line(
    text: str, line: int, sentence: str
) -> None:
    found = mistakes_of(text)
    assert [m.line for m in found if sentence in m.sentence] == [line]


def test_numbers_mean_what_they_look_like() -> None:
    text = written(a_checklist()).replace("rectify_days: 3", "rectify_days: 010")
    assert format.parse("test.yaml", text).items[0].rectify_days == 10


def test_a_file_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "gbk.yaml"
    file.write_bytes("code: A\ntitle_zh: 检查表\n".encode("gbk"))
    with pytest.raises(Mistakes, match=r"gbk\.yaml, line 2: is not UTF-8"):
        format.read(file)


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    file = tmp_path / "bom.yaml"
    file.write_text(written(a_checklist()), "utf-8-sig")
    assert format.read(file).heading.code == "TEST"


def test_items_come_section_by_section_however_they_stand_in_the_file() -> None:
    lobby = {"code": "LOB", "title_zh": "大堂管理", "title_en": "Lobby management"}
    items = [
        YESNO | {"code": code, "section": section}
        for code, section in (("A-1", "LOB"), ("A-2", "ENV"), ("A-3", "LOB"), ("A-4", "ENV"))
    ]
    sections = [*a_checklist()["sections"], lobby]
    document = format.parse("test.yaml", written(a_checklist(*items, sections=sections)))
    assert [item.code for item in document.in_order()] == ["A-2", "A-4", "A-1", "A-3"]
