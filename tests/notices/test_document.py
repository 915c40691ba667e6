"""The notice as paper: what it says, what it must not say, and how it is laid out."""

import dataclasses
import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pypdf
import pytest

from inspector.notices.document import NoticeDocument
from inspector.notices.papers.drawing import document_html, draw, visited
from tests.notices.paper import (
    a_mystery_notice,
    a_notice,
    opened,
    page_words,
    quiet_renderer,
    some_photos,
    words,
)

PHOTOS, IMAGES = some_photos(2)


@pytest.fixture(autouse=True)
def _no_renderer_warning() -> Iterator[None]:
    with quiet_renderer():
        yield


@pytest.fixture(scope="session")
def usual() -> bytes:
    """The specimen with two photos of 2048 pixels."""
    with quiet_renderer():
        return draw(a_notice(photos=PHOTOS), IMAGES)


def test_the_paper_says_every_fact_of_the_record(usual: bytes) -> None:
    text = words(usual)
    for fact in (
        "中国工商银行延安分行渠道部",
        "〔2026〕17号",
        "关于吴起支行营业部宣传资料架问题的整改通知",
        "吴起支行：",
        "2026年10月20日，我部依据《网点服务现场检查表》（ONSITE，1.0版）",
        "开展了现场检查",
        "该问题属主要问题，为近一年内第二次出现",
        "检查项ON-RAK-02：架上已过期、已停售或利率失效的资料品种数（逐格检查）。",
        "本项应为0种；不超过1种得半分。依据：S24。",
        "检查结果为3种。部位：大堂南侧宣传资料架。",
        "两种理财产品说明书和一种存款利率表已过有效期。详见附件照片。",
        "请于2026年11月5日（含当日）前整改到位",
        "期限3日",
        "原因分析、整改措施、整改结果和整改后照片",
        "检查当日坐班领导为第一责任人",
        "请于2026年11月7日（含当日）前由支行向我部书面提出申诉",
        "附件：问题照片（2张）",
        "（加盖部门章处）中国工商银行延安分行渠道部2026年11月2日",
        "照片1资料架第1格拍摄时间：2026年10月20日09:05",
        f"校验码：{PHOTOS[1].sha256[:16]}",
        "抄送：吴起支行营业部，个人金融业务部。",
    ):
        assert fact in text


def test_the_parts_stand_in_the_official_order(usual: bytes) -> None:
    text = words(usual)
    parts = ["一、检查情况", "二、存在问题", "三、整改要求", "四、申诉", "附件：", "加盖", "抄送："]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_text_takes_two_pages_and_photos_begin_on_their_own(usual: bytes) -> None:
    assert len(opened(draw(a_notice(), {})).pages) == 2
    pages = [page.extract_text() for page in opened(usual).pages]
    assert len(pages) == 3
    assert pages[2].startswith("附件")


def test_every_page_tells_the_system_code_and_its_number_of_all(usual: bytes) -> None:
    for number, page in enumerate(opened(usual).pages, start=1):
        assert f"系统编号：7KQ2-M9XD第{number}页，共3页" in page_words(page)


def test_page_numbers_are_outside_right_on_odd_and_left_on_even_pages(usual: bytes) -> None:
    def left_edge(page: pypdf.PageObject, dashed: str) -> float:
        found: list[float] = []

        def visit(text: str, cm: list[float], tm: list[float], *_: object) -> None:
            if text.strip() == dashed:
                found.append(tm[4] * cm[0] + cm[4])

        page.extract_text(visitor_text=visit)
        return found[0]

    odd, even, _ = opened(usual).pages
    assert left_edge(odd, "— 1 —") > 450
    assert left_edge(even, "— 2 —") == pytest.approx(28 / 25.4 * 72 + 14, abs=1)


def test_a_full_page_has_22_lines_of_28_characters() -> None:
    paper = draw(a_notice(note="检" * 1200), {})
    lines = [line for line in opened(paper).pages[1].extract_text().splitlines() if "检检" in line]
    assert len(lines) == 22
    assert {len(line.strip()) for line in lines} == {28}


def test_fonts_are_embedded_and_cut_down(usual: bytes) -> None:
    page: Any = opened(usual).pages[0]
    fonts = page["/Resources"]["/Font"].values()
    assert len(fonts) >= 3
    for font in fonts:
        assert re.match(r"/[A-Z]{6}\+", font["/BaseFont"])
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_photos_are_made_small_for_print_and_lose_their_exif(usual: bytes) -> None:
    printed = [file.image for file in opened(usual).pages[0].images]  # all pages share them
    assert [image and image.size for image in printed] == [(1024, 768)] * 2
    assert b"TabletMaker" in IMAGES[PHOTOS[0].sha256]
    assert b"TabletMaker" not in usual
    assert len(usual) < 300_000


def test_the_code_on_paper_leads_to_the_acknowledgement_page(usual: bytes) -> None:
    last: Any = opened(usual).pages[-1]
    links = [note.get_object()["/A"]["/URI"] for note in last["/Annots"]]
    assert set(links) == {a_notice().acknowledge_url}
    assert "签收二维码" in last.extract_text()
    assert "2日内签收；逾3日未签收的，视为已送达" in words(usual)
    assert "<svg" in document_html(a_notice())


def test_the_same_record_gives_the_same_bytes(usual: bytes) -> None:
    stored = json.loads(json.dumps(a_notice(photos=PHOTOS).to_json()))
    again = NoticeDocument.from_json(stored)
    assert again == a_notice(photos=PHOTOS)
    assert draw(again, IMAGES) == usual


def test_a_stored_record_with_a_fault_is_refused() -> None:
    plain = a_notice().to_json()
    with pytest.raises(ValueError, match="due_on"):
        NoticeDocument.from_json(plain | {"due_on": "soon"})


def test_a_mystery_notice_shows_the_month_and_no_day_or_time() -> None:
    photos, images = some_photos(1, edge=400, timed=False)
    text = words(draw(a_mystery_notice(photos=photos), images))
    assert "2026年10月，我部依据" in text
    assert "神秘人检查" in text
    assert "网点坐班领导为第一责任人" in text
    assert "2026年10月20日" not in text
    assert "检查当日" not in text
    assert "拍摄时间" not in text
    assert not re.search(r"\d\d:\d\d", text)


def test_a_mystery_record_cannot_hold_a_day_or_a_time() -> None:
    day = date(2026, 10, 20)
    assert visited("mystery", day) == "2026-10"
    assert visited("onsite", day) == "2026-10-20"
    with pytest.raises(ValueError, match="month only"):
        a_mystery_notice(visited="2026-10-20")
    with pytest.raises(ValueError, match="month only"):
        a_mystery_notice(photos=PHOTOS)


def test_the_record_has_no_place_for_a_person() -> None:
    names = {field.name for field in dataclasses.fields(NoticeDocument)}
    assert not {name for name in names if re.search("inspector|shopper|person|staff|by$", name)}


def test_a_draft_says_so_where_the_number_will_be() -> None:
    text = words(draw(a_notice(doc_seq=None), {}))
    assert "（草稿，尚未编号，不作为整改依据）" in text
    assert "〔" not in text


def test_a_first_fault_without_value_place_note_or_photo_reads_well() -> None:
    doc = a_notice(
        observed="", place="", note="", ref="", cc=(), occurrence=1, severity="minor",
        rectify_days=0, due_on=date(2026, 11, 2),
    )  # fmt: skip
    text = words(draw(doc, {}))
    assert "该问题属一般问题，具体如下" in text
    assert "（三）检查所见。检查结果为不符合。三、整改要求。请立行立改，于2026年11月2日当日" in text
    for absent in ("依据：", "部位", "照片", "抄送", "。。", "出现"):
        assert absent not in text


def test_special_characters_of_a_note_are_printed_as_they_were_typed() -> None:
    note = """<script>alert("1")</script> & <b>'资料'</b>，\n\n第二行 {{ doc }} 😀 \x0b 。"""
    text = words(draw(a_notice(note=note), {}))
    assert """<script>alert("1")</script>&<b>'资料'</b>。第二行{{doc}}""" in text


def test_a_long_note_and_twenty_photos_flow_over_pages() -> None:
    photos, images = some_photos(20, edge=320)
    cc = tuple(f"第{number}支行营业部" for number in range(1, 13))
    doc = a_notice(note="资料架上的宣传资料已经过期。" * 143, photos=photos, cc=cc)
    paper = draw(doc, images)
    pages = [page_words(page) for page in opened(paper).pages]
    assert words(paper).count("资料架上的宣传资料已经过期。") == 143
    for number, photo in enumerate(photos, start=1):
        page = next(page for page in pages if photo.sha256[:16] in page)
        assert f"照片{number}{photo.caption}" in page
    assert len(opened(paper).pages[0].images) == 20
    assert "抄送：" in pages[-1]
    assert "签收二维码" in pages[-1]
    assert len(pages) == 9


@pytest.mark.parametrize("lines", [11, 13])
def test_the_signature_never_stands_alone_on_a_page(lines: int) -> None:
    photos, images = some_photos(1, edge=100)
    paper = draw(a_notice(note="检" * 28 * lines, photos=photos), images)
    signed = next(page for page in opened(paper).pages if "加盖" in page.extract_text())
    assert page_words(signed).startswith("附证据材料；逾期不再受理。附件：问题照片（1张）（加盖")


def test_a_photo_without_bytes_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(KeyError, match=PHOTOS[0].sha256):
        draw(a_notice(photos=PHOTOS), {})
