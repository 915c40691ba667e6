"""Papers as one ZIP: each under its number and outlet, and a list of them for spreadsheets. The
same papers give the same bytes."""

import csv
import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from inspector.downloads.pieces import Piece

LIST_NAME = "清单.csv"
HEAD = ("序号", "文号", "网点", "标题", "下发日期", "整改期限", "状态", "文件名", "SHA-256")
NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
LONGEST_NAME = 60
"""Characters of an outlet in a name: with its number below the 255 bytes of a file system."""
EARLIEST = (1980, 1, 1, 0, 0, 0)
"""ZIP knows no time before. A time of making would make each ZIP another."""


def write_zip(pieces: Sequence[Piece], target: Path, step: Callable[[int], None]) -> None:
    """Write the ZIP to `target`, one paper in memory at a time; `step(n)` after the n-th.

    Raises Problem download.missing or download.damaged.
    """
    with ZipFile(target, "w") as archive:
        archive.writestr(_entry(LIST_NAME), _list_of(pieces), ZIP_DEFLATED)
        for n, piece in enumerate(pieces, 1):
            archive.writestr(_entry(name_of(piece)), piece.read(), ZIP_STORED)  # pressed already
            step(n)


def name_of(piece: Piece) -> str:
    """〔2026〕17号 吴起支行胜利路网点.pdf, without what some file system refuses."""
    outlet = NOT_IN_NAMES.sub("_", piece.outlet)[:LONGEST_NAME].strip(" .")
    return f"{NOT_IN_NAMES.sub('_', piece.number)} {outlet}.pdf"


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, EARLIEST)  # a name that is not ASCII is marked as UTF-8
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    return entry


def _list_of(pieces: Sequence[Piece]) -> bytes:
    """The list as CSV, with the mark by which spreadsheets recognise UTF-8."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(HEAD)
    for n, piece in enumerate(pieces, 1):
        row = (
            n,
            piece.number,
            piece.outlet,
            piece.title,
            piece.issued_on,
            piece.due_on,
            "已撤回" if piece.withdrawn else "有效",
            name_of(piece),
            piece.sha256,
        )
        table.writerow([_inert(str(cell)) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def _inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.lstrip()[:1] in {"=", "+", "-", "@", "＝", "＋", "－", "＠"} else cell
