"""Publishing a batch of mystery visits, all in one transaction (domain.md 3.2 and 3.6)."""

from collections import defaultdict
from datetime import datetime

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
    batch.publish(reason=reason, by=by, at=at)
    found: dict[Branch, list[Finding]] = defaultdict(list)
    for visit in batch.visits:
        found[visit.branch] += visit.findings
    for branch in sorted(found, key=lambda branch: branch.id):  # each is locked: in one order
        repeats.recount(branch, *(finding.issue for finding in found[branch]), by=by, at=at)
    for visit in batch.visits:
        request_footage(visit, by=by, at=at)
