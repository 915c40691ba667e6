"""What the board counts, as plain values."""

import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select

from inspector import clock
from inspector.clock import Quarter
from inspector.db import db
from inspector.desk import ageing
from inspector.desk.queries import coverage
from inspector.findings import queries as findings
from inspector.findings.models import Finding
from inspector.notices import queries as notices
from inspector.notices import systemic
from inspector.notices.queries import Proof
from inspector.people.models import Person
from inspector.people.roles import Role
from inspector.snapshots import Countable
from inspector.visits.deadlines import late
from inspector.visits.models import Visit

FIRST: Final = 12
"""How many systemic problems the board shows; other pages have them all."""


@dataclass(frozen=True)
class Counts:
    """All numbers of the board."""

    quarter: str
    proof: Proof
    notices: dict[str, int]
    """Of what is open, under each filter of the list of notices."""
    warned: int
    findings: dict[str, int]
    """Found again, by the filter of the list of findings."""
    to_decide: int
    late_visits: int
    coverage: tuple[int, int]
    ageing: ageing.Ageing
    systemic: list[tuple[uuid.UUID, str, str, str, int, int]]
    """The first of them."""
    all_systemic: int


def count() -> Counts:
    """All of it, as the desk sees it: which is all."""
    today = clock.today()
    quarter = Quarter.of(today)
    desk = Person(role=Role.CHANNEL)
    everywhere = systemic.grouped(quarter, seen_by=desk)
    return Counts(
        quarter=str(quarter),
        proof=notices.proof(),
        notices=notices.waiting_counts(desk, today),
        warned=notices.warned_count(),
        findings=findings.again_counts(desk),
        to_decide=db.session.scalar(select(func.count()).where(Finding.decision.is_(None))) or 0,
        late_visits=db.session.scalar(select(func.count()).select_from(Visit).where(late(today)))
        or 0,
        coverage=coverage(quarter),
        ageing=ageing.counted(desk),
        systemic=everywhere[:FIRST],
        all_systemic=len(everywhere),
    )


BOARD: Final = Countable("board", Counts, count)
