"""Tables as files, CSV and XLSX: read within bounds, written without end.

What is written is only ever text or a number to Excel: a cell that begins like a formula is shown
as it stands (OWASP, CSV injection). What we wrote, we read back as it was.
"""

import codecs
import csv
import io
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import IO, Any, Final, TypeAlias

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from inspector.mistakes import Mistake, Mistakes, Sentence
from inspector.words import N_

Cell: TypeAlias = str | int | float | Decimal | date | datetime | None
"""What is written into a cell. A moment has no zone: it is moved to the bank's clock before."""

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_ROWS: Final = 10_000
MOST_COLUMNS: Final = 60
MOST_UNPACKED: Final = 64 * 1024 * 1024
"""How large an XLSX may become: a few kilobytes of zeros unpack to gigabytes."""

LIKE_A_FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")  # full-width ones are formulas to Excel in Asia
ROWS_OF_A_SHEET: Final = 1_048_575
"""Excel's own limit, less the head."""

TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The forms, each with its media type."""


@dataclass(frozen=True)
class Sheet:
    """What a file holds: its rows that are not empty, each with its line, and how it was read."""

    rows: list[tuple[int, list[str]]]
    read_as: str
    """UTF-8, GBK or XLSX."""


def read(content: bytes, name: str) -> Sheet:
    """The rows of a file, all cells as text, without spaces around them. Raises Mistakes."""
    if len(content) > MOST_BYTES:
        size = MOST_BYTES // 1024**2
        raise _unreadable(name, Sentence(N_("is larger than %(size)s MB; split it"), size=size))
    if content.startswith(b"PK\x03\x04"):
        sheet = Sheet(list(_numbered(_rows_of_xlsx(content, name), name)), "XLSX")
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        told = N_("is an old Excel file, or locked by a password; save it as .xlsx or CSV")
        raise _unreadable(name, Sentence(told))
    else:
        text, encoding = _decoded(content, name)
        sheet = Sheet(list(_numbered(_rows_of_csv(text, name), name)), encoding)
    return sheet


def write(
    form: str,
    title: str,
    head: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    told: Sequence[Cell] = (),
) -> IO[bytes]:
    """A file of that form, `csv` or `xlsx`, from its beginning. However many rows there are, they
    pass through one at a time; the file itself lies on the disk once it is large. What the file is
    is `told` in a row above the head."""
    file: IO[bytes] = tempfile.SpooledTemporaryFile(1024**2)  # noqa: SIM115 - the caller's
    if form == "csv":
        _write_csv(file, head, rows, told)
    else:
        _write_xlsx(file, title, head, rows, told)
    file.seek(0)
    return file


def _numbered(rows: Iterator[tuple[int, list[str]]], name: str) -> Iterator[tuple[int, list[str]]]:
    """Those with anything in them, bare of spaces and of empty cells at their end."""
    count = 0
    for line, raw in rows:
        cells = [cell.strip() for cell in raw]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        count += 1
        if count > MOST_ROWS + 1:
            told = Sentence(N_("has more than %(rows)s rows; split it"), rows=MOST_ROWS)
            raise Mistakes([Mistake(name, line, "", "", told)])
        yield line, cells


def _decoded(content: bytes, name: str) -> tuple[str, str]:
    """UTF-8, with or without a byte order mark, or what Excel in China saves a CSV file in."""
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError as error:
        at = error.start
    if not content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return content.decode("gb18030"), "GBK"
        except UnicodeDecodeError as error:
            at = error.start
    line = content.count(b"\n", 0, at) + 1
    told = N_("is neither UTF-8 nor GBK; save it as CSV UTF-8 or as .xlsx")
    raise Mistakes([Mistake(name, line, "", "", Sentence(told))])


def _rows_of_csv(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, [_as_written(cell) for cell in cells]
            line = reader.line_num + 1  # a quoted cell may run over several lines
    except csv.Error as error:
        told = Sentence(N_("is not CSV: %(why)s"), why=str(error))
        raise Mistakes([Mistake(name, max(reader.line_num, 1), "", "", told)]) from error


def _as_written(text: str) -> str:
    """What `_harmless` was given."""
    guarded = text.startswith("'") and text.lstrip("'").startswith(LIKE_A_FORMULA)
    return text[1:] if guarded else text


def _rows_of_xlsx(content: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet. A file may claim any size and any number of rows: neither is
    believed."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > MOST_UNPACKED:
            size = MOST_UNPACKED // 1024**2
            told = Sentence(N_("is larger than %(size)s MB when unpacked; split it"), size=size)
            raise _unreadable(name, told)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        last = MOST_ROWS + 2
        rows = sheet.iter_rows(1, last, 1, MOST_COLUMNS, values_only=True)
        for line, cells in enumerate(islice(rows, last), 1):
            yield line, [_text(cell) for cell in cells]
        book.close()
    except Mistakes:
        raise
    except Exception as error:  # openpyxl lets through whatever it stumbles over
        raise _unreadable(name, Sentence(N_("cannot be read as .xlsx; save it anew"))) from error


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != value.min.time() else str(value.date())
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _write_csv(
    file: IO[bytes], head: Sequence[str], rows: Iterable[Sequence[Cell]], told: Sequence[Cell]
) -> None:
    file.write(codecs.BOM_UTF8)  # without it Excel takes the file for GBK
    text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    for row in chain([told] if told else [], [head], rows):
        writer.writerow([_harmless(cell) for cell in row])
    text.detach()


def _harmless(cell: Cell) -> object:
    if isinstance(cell, str) and cell.lstrip("'").startswith(LIKE_A_FORMULA):
        return f"'{cell}"
    return cell.isoformat(" ") if isinstance(cell, datetime) else cell


def _write_xlsx(
    file: IO[bytes],
    title: str,
    head: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    told: Sequence[Cell],
) -> None:
    book = Workbook(write_only=True)
    rows = iter(rows)
    number = 1
    while (part := list(islice(rows, 1))) or number == 1:
        sheet = book.create_sheet(title if number == 1 else f"{title} {number}")
        _lay_out(sheet, head, 2 if told else 1)
        if told:
            sheet.append([_cell(sheet, value, bold=True) for value in told])
        sheet.append([_cell(sheet, name, bold=True) for name in head])
        for row in part:
            sheet.append([_cell(sheet, value) for value in row])
        for row in islice(rows, ROWS_OF_A_SHEET - 1 - bool(told)):
            sheet.append([_cell(sheet, value) for value in row])
        number += 1
    book.save(file)


def _lay_out(sheet: Any, head: Sequence[str], above: int) -> None:
    sheet.freeze_panes = f"A{above + 1}"
    for n, name in enumerate(head, 1):
        column = sheet.column_dimensions[get_column_letter(n)]
        column.width = max(12, 2 * len(name) + 4)
        column.number_format = "@"  # or Excel takes the noughts from the front of 0012


def _cell(sheet: Any, value: Cell, *, bold: bool = False) -> Any:
    if not isinstance(value, str):
        return value
    legal = re.sub(ILLEGAL_CHARACTERS_RE, "\N{REPLACEMENT CHARACTER}", value)
    cell: Any = WriteOnlyCell(sheet, legal)
    cell.data_type = "s"  # whatever it begins with
    if value.startswith(LIKE_A_FORMULA):
        cell.quotePrefix = True  # nor does it become one when somebody edits the cell
    if bold:
        cell.font = Font(bold=True)
    return cell


def _unreadable(name: str, told: Sentence) -> Mistakes:
    return Mistakes([Mistake(name, 1, "", "", told)])
