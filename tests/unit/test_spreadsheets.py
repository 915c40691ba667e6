"""Tables as files: what we write is never a formula and reads back as it was; what others write is
read within bounds, or refused in words."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

import pytest
from openpyxl import Workbook, load_workbook

from inspector import spreadsheets
from inspector.mistakes import Mistakes
from inspector.spreadsheets import MOST_ROWS, Cell, read, write

NASTY = [
    "=1+1",
    "+86 911 1234567",
    "-2+3",
    "@SUM(A1)",
    "＝1+1",
    "'=1+1",
    "''-x",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x.example","y")',
    "plain",
    "'quoted'",
    '含"引号"，逗号',
]


def written(form: str, *rows: Sequence[Cell]) -> bytes:
    with write(form, "人员", ["a", "b"], rows) as file:
        return file.read()


def xlsx(*rows: list[object]) -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows_of(content: bytes) -> list[list[str]]:
    return [cells for _line, cells in read(content, "file").rows]


def fault_of(content: bytes) -> str:
    with pytest.raises(Mistakes) as caught:
        read(content, "file")
    return str(caught.value)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_written_is_read_back_as_it_was(form: str) -> None:
    assert rows_of(written(form, *([text, "x"] for text in NASTY)))[1:] == [
        [text, "x"] for text in NASTY
    ]


def test_no_cell_of_a_csv_file_begins_like_a_formula() -> None:
    dangerous = [*NASTY, "\t=1", "\r=1", "\n=1"]
    content = written("csv", *([text, "x"] for text in dangerous))
    assert content.startswith(b"\xef\xbb\xbf")
    for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
        assert not row[0].startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))


def test_no_cell_of_an_xlsx_file_is_a_formula() -> None:
    content = written("xlsx", *([text, "x"] for text in NASTY))
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    for row, text in zip(sheet.iter_rows(min_row=2), NASTY, strict=True):
        assert row[0].data_type == "s"
        assert row[0].value == text
        assert row[0].quotePrefix == text.startswith(("=", "+", "-", "@", "＝"))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_numbers_and_days_stay_what_they_are(form: str) -> None:
    cells: list[Cell] = [-12, Decimal("87.50"), date(2026, 11, 23), None, 36.5]
    back = rows_of(written(form, cells))[1]
    assert back[0] == "-12"
    assert Decimal(back[1]) == Decimal("87.5")
    assert back[2:] == ["2026-11-23", "", "36.5"]


def test_a_moment_is_written_as_it_stands() -> None:
    moment = datetime(2026, 11, 23, 9, 12)
    for form in ("csv", "xlsx"):
        assert rows_of(written(form, [moment]))[1] == ["2026-11-23 09:12:00"]


def test_a_character_that_xlsx_cannot_hold_does_not_break_the_file() -> None:
    assert rows_of(written("xlsx", ["a\x0bb", "x"]))[1] == ["a\N{REPLACEMENT CHARACTER}b", "x"]


def test_rows_pass_through_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """No row is asked for before the one before it was written."""
    alive, most = 0, 0

    class Row(list[Cell]):
        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    def many() -> Iterator[Row]:
        nonlocal alive, most
        for n in range(2000):
            alive += 1
            most = max(most, alive)
            yield Row([n, "x"])

    for form in ("csv", "xlsx"):
        write(form, "t", ["a", "b"], many()).close()
    assert most <= 3


def test_a_table_longer_than_a_sheet_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "ROWS_OF_A_SHEET", 3)
    rows: list[list[Cell]] = [[n, "x"] for n in range(7)]
    content = written("xlsx", *rows)
    book = load_workbook(io.BytesIO(content))
    assert [sheet.title for sheet in book] == ["人员", "人员 2", "人员 3"]
    assert [[c.value for c in sheet["A"]] for sheet in book] == [
        ["a", 0, 1, 2],
        ["a", 3, 4, 5],
        ["a", 6],
    ]


@pytest.mark.parametrize(
    ("encoding", "read_as"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("gbk", "GBK")]
)
def test_the_encoding_of_a_csv_file_is_found_out(encoding: str, read_as: str) -> None:
    sheet = read("账号,姓名\r\nsun,孙巡\r\n".encode(encoding), "file")
    assert sheet.read_as == read_as
    assert sheet.rows == [(1, ["账号", "姓名"]), (2, ["sun", "孙巡"])]


def test_lines_keep_their_numbers_and_empty_ones_are_left_out() -> None:
    assert read(b'a,b\n\n" ",\n"x\ny",1\nz, 2 ,,\n', "file").rows == [
        (1, ["a", "b"]),
        (4, ["x\ny", "1"]),
        (6, ["z", "2"]),
    ]


def test_an_xlsx_file_is_read_as_text() -> None:
    day = datetime(2002, 10, 8)
    content = xlsx(["a"], [], [10023, 10023.0, 36.9, day, True, None, " x ", "=1+1"])
    assert read(content, "file").rows == [
        (1, ["a"]),
        (3, ["10023", "10023", "36.9", "2002-10-08", "True", "", "x"]),
    ]


REFUSED = [
    (b"\xff\xfea\x00b\x00", "is neither UTF-8 nor GBK"),
    (b"a,b\n\xff\xff\n", "line 2: is neither UTF-8 nor GBK"),
    (b'a\n"x"y,1\n', "line 2: is not CSV"),
    (b"\xd0\xcf\x11\xe0 old", "is an old Excel file"),
    (b"PK\x03\x04 torn", "cannot be read as .xlsx"),
    (b"a\n" * (MOST_ROWS + 2), f"line {MOST_ROWS + 2}: has more than {MOST_ROWS} rows"),
    (b"x" * (spreadsheets.MOST_BYTES + 1), "is larger than 5 MB"),
]


@pytest.mark.parametrize(("content", "sentence"), REFUSED)
def test_what_cannot_be_read_is_refused_in_words(content: bytes, sentence: str) -> None:
    assert sentence in fault_of(content)


def packed(**parts: bytes) -> bytes:
    """An XLSX file with some of its parts replaced."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx(["a"], ["b"]))) as good,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        for name in good.namelist():
            part = name.rpartition("/")[2].partition(".")[0]
            bad.writestr(name, parts.get(part, good.read(name)))
    return out.getvalue()


SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = packed(sheet1=b" " * (spreadsheets.MOST_UNPACKED + 1))
    assert len(bomb) < 500_000
    assert "larger than 64 MB when unpacked" in fault_of(bomb)


def test_entities_are_not_resolved() -> None:
    entities = f'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>{SHEET}<row><c><v>&a;</v></c></row>'
    assert "cannot be read as .xlsx" in fault_of(
        packed(sheet1=(entities + "</sheetData></worksheet>").encode())
    )


@pytest.mark.parametrize("row", [2**31, 1_048_576, 10**12])
def test_a_file_that_claims_a_far_row_costs_no_more(row: int) -> None:
    far = f'{SHEET}<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c><v>2</v></c></row>'
    content = packed(sheet1=(far + "</sheetData></worksheet>").encode())
    assert rows_of(content) == [["1"]]
