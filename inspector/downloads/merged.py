"""Papers as one PDF behind a cover sheet. The only file that imports pikepdf.

The papers are not drawn again: qpdf copies their pages. What is frozen and archival is each paper;
the merged PDF is a copy for reading and printing, and does not claim to be PDF/A.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pikepdf
from pikepdf import Job, OutlineItem, Pdf, PdfError

from inspector.downloads.cover import Line
from inspector.downloads.pieces import Piece
from inspector.problems import Problem

AT_ONCE = 50
"""So many papers lie in the folder as files of their own before they are merged into a part."""

FIRST_PAGE, NEXT_PAGE = 8, 19
"""Lines on a page of the cover sheet; only a guess, which mostly saves drawing it twice."""

Cover = Callable[[Sequence[int], int], tuple[bytes, Sequence[Line]]]
"""Draws the cover sheet: given the pages of each paper, and how many it takes itself."""


def write_pdf(
    pieces: Sequence[Piece], draw: Cover, target: Path, step: Callable[[int], None]
) -> None:
    """Write the merged PDF to `target`; `step(n)` after the n-th paper, and again while the whole
    is put together. Uses the folder of `target`, for about three times the size of what comes out.

    Raises Problem download.missing, download.damaged or download.unreadable.
    """
    counts: list[int] = []
    parts: list[Path] = []
    for start in range(0, len(pieces), AT_ONCE):
        files: list[Path] = []
        for piece in pieces[start : start + AT_ONCE]:
            file = target.with_name(f"paper-{len(files)}.pdf")
            file.write_bytes(piece.read())
            try:
                counts.append(pages_of(file))
            except PdfError:
                raise Problem("download.unreadable", number=piece.number) from None
            files.append(file)
            step(len(counts))
        parts.append(target.with_name(f"part-{start}.pdf"))
        merge(files, parts[-1])
    cover, lines = _fitting(draw, counts, target)
    step(len(pieces))
    bare = target.with_name("bare.pdf")
    merge([cover, *parts], bare)
    step(len(pieces))
    for part in parts:
        part.unlink()
    marks = [(f"{line.number} {line.title}", line.page - 1) for line in lines]
    finish(bare, "整改通知书合订本", marks, target, lambda: step(len(pieces)))


def pages_of(file: Path) -> int:
    """How many pages a PDF has. Raises PdfError for what is none."""
    with pikepdf.open(file) as paper:
        return len(paper.pages)


def _fitting(draw: Cover, counts: Sequence[int], target: Path) -> tuple[Path, Sequence[Line]]:
    """The cover sheet whose page numbers are right: it must know how long it is itself."""
    file, guess = target.with_name("cover.pdf"), 1 - (FIRST_PAGE - len(counts)) // NEXT_PAGE
    while True:
        data, lines = draw(counts, guess)
        file.write_bytes(data)
        if (pages := pages_of(file)) == guess:
            return file, lines
        guess = pages


def merge(files: Sequence[Path], target: Path) -> None:
    """Put files one behind the other, by qpdf's own road: through pikepdf's objects all bytes of
    all papers would be in memory."""
    pages = [{"file": str(file), "range": "1-z"} for file in files]
    Job(
        {
            "empty": "",
            "outputFile": str(target),
            "pages": pages,
            "keepFilesOpen": "n",
            "objectStreams": "generate",
        }
    ).run()


def finish(
    bare: Path,
    title: str,
    marks: Iterable[tuple[str, int]],
    target: Path,
    alive: Callable[[], None],
) -> None:
    """Give it a title, bookmarks, each to a page counted from 0, and an identity that follows from
    what it holds; `alive()` now and then, for a large one is long in the writing."""
    with Pdf.open(bare, access_mode=pikepdf.AccessMode.stream) as whole:
        with whole.open_outline() as outline:
            outline.root.extend(OutlineItem(name, page) for name, page in marks)
        whole.Root.PageMode = pikepdf.Name.UseOutlines
        whole.Root.Lang = pikepdf.String("zh-CN")
        with whole.open_metadata(set_pikepdf_as_editor=False) as about:
            about["dc:title"] = title
        whole.save(
            target,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            progress=lambda _percent: alive(),
        )
