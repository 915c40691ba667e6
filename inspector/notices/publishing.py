"""Publishing a batch of mystery visits, all in one transaction (domain.md 3.2 and 3.6)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from inspector.db import db
from inspector.findings.models import Finding
from inspector.notices import repeats
from inspector.notices.footage import request_footage
from inspector.people.models import Branch, Person
from inspector.visits.batches import Batch


def publish(batch: Batch, *, reason: str, by: Person, at: datetime) -> None:
    """Publish the visits of a batch: branches see them, their findings count for repeats, their
    notices can be issued, and the footage that would prove them is asked for.

    Pressed again on a published batch it does nothing. `reason` is needed for a batch that is too
    small; other refusals are those of Batch.publish.
    """
    if batch.published_at is not None and by.role == "channel":
        return
    found: dict[Branch, list[Finding]] = defaultdict(list)
    for visit in batch.visits:
        found[visit.branch] += visit.findings
    _lock(found)
    batch.publish(reason=reason, by=by, at=at)
    for branch, findings in found.items():
        repeats.recount(branch, *(finding.issue for finding in findings), by=by, at=at)
    for visit in batch.visits:
        request_footage(visit, by=by, at=at)


def _lock(branches: Iterable[Branch]) -> None:
    """Hold the outlets before their visits, and all in one order: whoever confirms a finding holds
    the outlet while they write the scores of its visits."""
    homes = {branch.merged_into_id or branch.id for branch in branches}
    held = select(Branch.id).where(Branch.id.in_(homes)).order_by(Branch.id)
    db.session.execute(held.with_for_update())
