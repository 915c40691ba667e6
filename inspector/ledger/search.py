"""Search in the texts of the ledger's rows, in Chinese and English.

It reads the texts where they stand and keeps no copy of them: what is removed, or not for this
person to see, cannot be found by it either.
"""

import re
import uuid
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import aliased

from inspector.findings.models import Finding, Rectification, Report
from inspector.notices.models import Notice
from inspector.people.models import Branch
from inspector.visits.models import Visit

OF_FINDING: Final = (
    Finding.text_zh,
    Finding.text_en,
    Finding.section_zh,
    Finding.section_en,
    Finding.requirement_zh,
    Finding.requirement_en,
    Finding.observed_zh,
    Finding.observed_en,
    Finding.note,
    Finding.place,
    Finding.item_code,
    Finding.issue,
)
OF_REPORT: Final = (Report.cause, Report.measure, Report.result)
NUMBER: Final = re.compile(r"(?:[〔\[(（]?(\d{4})[〕\])）]?[-/]?)?(?:第)?(\d{1,7})号?")
"""〔2026〕17号, 2026-17, 17号 or 17."""


def found(q: str) -> ColumnElement[bool]:
    """Whether a row has all these words in it, each in whichever text, whatever the case."""
    return and_(*(_has(word) for word in q.split()))


def _has(word: str) -> ColumnElement[bool]:
    reports = select(Report.id).where(
        Report.rectification_id == Rectification.id,
        or_(*(column.icontains(word, autoescape=True) for column in OF_REPORT)),
    )
    return or_(
        _numbered(word),
        Visit.branch_id.in_(_branches(word)),
        *(column.icontains(word, autoescape=True) for column in OF_FINDING),
        reports.correlate(Rectification).exists(),
    )


def _branches(word: str) -> Select[uuid.UUID]:
    """The outlets that are called so, or whose sub-branch is."""
    outlet, above = aliased(Branch), aliased(Branch)
    names = (
        column.icontains(word, autoescape=True)
        for unit in (outlet, above)
        for column in (unit.name_zh, unit.name_en, unit.code)
    )
    units = select(outlet.id).outerjoin(above, outlet.parent_id == above.id)
    return units.where(or_(*names))


def _numbered(word: str) -> ColumnElement[bool]:
    said = NUMBER.fullmatch(word)
    if said is None:
        return false()
    rules = [Notice.doc_seq == int(said[2])]
    if said[1]:
        rules.append(Notice.doc_year == int(said[1]))
    return and_(*rules)
