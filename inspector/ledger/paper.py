"""The ledger as paper, drawn when somebody asks, from what stands there then."""

from collections.abc import Iterable
from datetime import date

from flask import current_app

from inspector.ledger.lines import Line
from inspector.notices.papers import drawing
from inspector.notices.papers.cases import POSTS, is_bilingual
from inspector.notices.papers.ledger import LedgerDocument
from inspector.notices.papers.ledger import Line as OnPaper

STAGES = {
    "held": "待发布",
    "draft": "待下发",
    "issued": "待签收",
    "acknowledged": "整改中",
    "reported": "待验收",
    "returned": "已退回",
    "reopened": "重新整改",
    "paused": "申诉中",
    "closed": "已销号",
    "on_spot": "当场纠正",
    "withdrawn": "已撤回",
}
"""How far a row has come, as paper says it."""


def document_of(lines: Iterable[Line], *, scope: str, on: date) -> LedgerDocument:
    """The ledger of these lines, in their order, as of a day."""
    bilingual = is_bilingual()
    return LedgerDocument(
        issuer=current_app.config["ISSUER"],
        system_code=f"{on:%Y%m%d}",
        scope=scope,
        lines=tuple(_line(line, on, bilingual) for line in lines),
        issued_on=on,
        bilingual=bilingual,
    )


def _line(line: Line, on: date, bilingual: bool) -> OnPaper:
    kind: drawing.Kind = line.kind  # type: ignore[assignment]  # the column holds no other
    return OnPaper(
        notice=line.number or (STAGES["on_spot"] if line.stage == "on_spot" else ""),
        visited=drawing.visited(kind, line.visited),
        kind=kind,
        subbranch=line.subbranch_zh,
        outlet=line.branch_zh,
        section=line.section_zh,
        item_code=line.item_code,
        item_text=line.text_zh,
        item_text_en=line.text_en if bilingual else "",
        place=line.place,
        observed=line.observed_zh,
        note=line.note,
        severity="major" if line.severity == "major" else "minor",
        occurrence=line.occurrence,
        requirement=line.requirement_zh,
        due_on=line.due_on,
        days_left=line.days_left(on),
        responsible=POSTS["duty_leader"],
        done_on=line.done_on,
        closed_on=line.closed_on,
        stage=STAGES[line.stage],
    )
