"""Search in the texts of the ledger's rows, in Chinese and English.

It reads the texts where they stand and keeps no copy of them: what is removed, or not for this
person to see, cannot be found by it either. What is the same for many rows is looked for only once:
the names of units, and what a finding has from its item, whose text never changes.
"""

import re
import uuid
from collections.abc import Iterable
from typing import Final

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, false, func, or_, select
from sqlalchemy.orm import aliased

from inspector.checklists.models import Item, Section
from inspector.findings.models import Finding, Rectification, Report
from inspector.notices.models import Notice
from inspector.people.models import Branch
from inspector.visits.models import Visit

OF_ITEM: Final = (
    Item.text_zh,
    Item.text_en,
    Item.code,
    Item.issue,
    Section.title_zh,
    Section.title_en,
)
OF_FINDING: Final = (
    Finding.requirement_zh,
    Finding.requirement_en,
    Finding.observed_zh,
    Finding.observed_en,
    Finding.note,
    Finding.place,
)
OF_REPORT: Final = (Report.cause, Report.measure, Report.result)
NUMBER: Final = re.compile(r"(?:[〔\[(（]?(\d{4})[〕\])）]?[-/]?)?(?:第)?(\d{1,7})号?")
"""〔2026〕17号, 2026-17, 17号 or 17."""


def found(q: str) -> ColumnElement[bool]:
    """Whether a row has all these words in it, each in whichever text, whatever the case."""
    return and_(*(_has(word) for word in q.split()))


def _has(word: str) -> ColumnElement[bool]:
    # Counted row by row: of an EXISTS PostgreSQL reads all reports there are, for however few rows.
    reports = select(func.count()).where(
        Report.rectification_id == Rectification.id, _in_any(OF_REPORT, word)
    )
    items = select(Item.id).join(Item.section).where(_in_any(OF_ITEM, word))
    return or_(
        _numbered(word),
        Visit.branch_id.in_(_branches(word)),
        Finding.item_id.in_(items),
        _in_any(OF_FINDING, word),
        reports.scalar_subquery() > 0,
    )


def _in_any(columns: Iterable[SQLColumnExpression[str]], word: str) -> ColumnElement[bool]:
    if word.lower() == word.upper():  # Chinese has no case to look past, which takes longer
        return or_(*(column.contains(word, autoescape=True) for column in columns))
    return or_(*(column.icontains(word, autoescape=True) for column in columns))


def _branches(word: str) -> Select[uuid.UUID]:
    """The outlets that are called so, or whose sub-branch is."""
    outlet, above = aliased(Branch), aliased(Branch)
    names = (name for unit in (outlet, above) for name in (unit.name_zh, unit.name_en, unit.code))
    units = select(outlet.id).outerjoin(above, outlet.parent_id == above.id)
    return units.where(_in_any(names, word))


def _numbered(word: str) -> ColumnElement[bool]:
    said = NUMBER.fullmatch(word)
    if said is None:
        return false()
    rules = [Notice.doc_seq == int(said[2])]
    if said[1]:
        rules.append(Notice.doc_year == int(said[1]))
    return and_(*rules)
