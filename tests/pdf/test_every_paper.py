"""Every document, short and very long: what it says, and whether an archive can keep it."""

import io
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pypdf
import pytest
from weasyprint import CSS
from weasyprint.text.fonts import FontConfiguration

from inspector import config, fonts, pdf
from inspector.notices.papers.drawing import FOLDER, draw
from tests.notices.paper import a_notice, page_words, quiet_renderer, words
from tests.pdf.archive import assert_archival, assert_tagged, fonts_of
from tests.pdf.specimens import Specimen, specimens

CUT_FONTS = {"Noto-Serif-SC-Cut", "Noto-Serif-SC-Cut-Bold", "Noto-Sans-SC-Cut"}
PAGES = {
    "notice": (3, 9), "warning": (2, 5), "receipt": (1, 3), "report": (3, 21), "closing": (2, 13),
    "feedback": (2, 14), "ledger": (1, 13), "bulletin": (4, 16),
}  # fmt: skip
"""Of each document: pages of the short and of the long specimen."""

UNSAID = {"issuer", "requirement"}
"""What not every document says of what its record holds."""

# One test draws and reads a specimen in every way, for the drawing takes most of the time.
pytestmark = pytest.mark.one_engine


@pytest.mark.parametrize("specimen", specimens(), ids=lambda specimen: specimen.name)
def test_a_paper_says_its_record_and_can_be_kept(specimen: Specimen) -> None:
    with quiet_renderer():
        paper = draw(specimen.record, specimen.images)
    record = specimen.record.to_json()
    text = words(paper)
    for value in set(_chinese(record)):
        assert value[:20] in text  # in between may stand the end of a page
        assert value[-20:] in text
    file = pypdf.PdfReader(io.BytesIO(paper))
    kind, size = specimen.name.split()
    assert len(file.pages) == PAGES[kind][size == "long"]
    for number, page in enumerate(file.pages, start=1):
        assert f"第{number}页，共{len(file.pages)}页" in page_words(page)
    assert fonts_of(paper) <= CUT_FONTS
    assert_archival(paper)
    kinds = assert_tagged(paper)
    assert "/H1" in kinds
    (inside,) = file.attachments["record.json"]
    assert json.loads(inside) == record
    assert type(specimen.record).from_json(json.loads(inside)) == specimen.record


def test_a_rare_character_comes_from_the_whole_font() -> None:
    with quiet_renderer():
        paper = draw(a_notice(outlet="㛃𫖯分理处"), {})
    assert "对㛃𫖯分理处开展了现场检查" in words(paper)
    assert {"Noto-Serif-CJK-SC", "Noto-Serif-CJK-SC-Bold"} <= fonts_of(paper)
    assert_archival(paper)


def test_a_character_that_no_font_has_is_printed_as_the_printers_sign() -> None:
    unknown = "\U00017000\ue123"
    paper = draw(a_notice(note=f"品名{unknown}。"), {})
    assert "品名〓〓。" in words(paper)
    assert_archival(paper)
    (inside,) = pypdf.PdfReader(io.BytesIO(paper)).attachments["record.json"]
    assert json.loads(inside)["note"] == f"品名{unknown}。"


def test_the_banks_own_font_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = fonts.cut_down("Noto Serif CJK SC", bold=False)
    assert data
    (tmp_path / "FangSong_GB2312.ttf").write_bytes(data)
    monkeypatch.setattr(config, "PAPER_FONTS", str(tmp_path))
    monkeypatch.setattr(pdf, "_idle", [])
    with quiet_renderer():
        paper = draw(a_notice(), {})
    assert "FangSong_GB2312" in fonts_of(paper)


def test_papers_drawn_at_once_are_those_drawn_one_by_one() -> None:
    papers = [a_notice(doc_seq=number) for number in range(1, 5)]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(draw, papers)) == [draw(paper) for paper in papers]


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.css")))
def test_the_renderer_understands_every_style_sheet(name: str) -> None:
    with quiet_renderer():  # when it draws it may have read the sheet before, and say nothing
        CSS(string=(FOLDER / name).read_text(), font_config=FontConfiguration())


def _chinese(value: Any) -> Iterator[str]:
    """The Chinese of a record, line by line as paper says it: without blanks and last signs."""
    match value:
        case str() if re.search(r"[\u4e00-\u9fff]", value):
            for line in value.splitlines():
                yield re.sub(r"\s", "", line).rstrip("。；;，,、.")
        case dict():
            for name, part in value.items():
                if name not in UNSAID:
                    yield from _chinese(part)
        case list():
            for part in value:
                yield from _chinese(part)
