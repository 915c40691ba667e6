"""Search in the texts of the ledger's rows."""

from sqlalchemy import ColumnElement, or_, select

from inspector.findings.models import Finding, Rectification, Report
from inspector.people.models import Branch
from inspector.visits.models import Visit


def found(q: str) -> ColumnElement[bool]:
    """Whether a row has this text in it, whatever the case."""
    texts = (Finding.text_zh, Finding.text_en, Finding.observed_zh, Finding.observed_en)
    of_finding = (*texts, Finding.note, Finding.place, Finding.item_code, Finding.issue)
    branches = select(Branch.id).where(
        or_(*(c.icontains(q, autoescape=True) for c in (Branch.name_zh, Branch.name_en)))
    )
    reports = select(Report.id).where(
        Report.rectification_id == Rectification.id,
        or_(
            *(
                column.icontains(q, autoescape=True)
                for column in (Report.cause, Report.measure, Report.result)
            )
        ),
    )
    return or_(
        *(column.icontains(q, autoescape=True) for column in of_finding),
        Visit.branch_id.in_(branches),
        reports.correlate(Rectification).exists(),
    )
