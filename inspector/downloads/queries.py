"""Which notices a request means, and which downloads a person has."""

import uuid
from collections import Counter
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, exists, func, or_, select

from inspector import clock
from inspector.clock import SHANGHAI, Quarter
from inspector.db import day_of, db
from inspector.downloads.models import Download, DownloadNotice
from inspector.findings.models import Finding, Rectification
from inspector.notices import queries as notices
from inspector.notices.models import Notice
from inspector.people.models import Person
from inspector.people.roles import DESK
from inspector.problems import Problem


def notices_of(scope: str, person: Person) -> list[uuid.UUID]:
    """The issued notices that a request means, of those that the person may see now, by number:
    visit:KEY and quarter:2026Q4 (by day of issue) without those withdrawn, filter:NAME as the list
    has them. Raises Problem request.unknown for any other text."""
    kind, _, name = scope.partition(":")
    meant = notices.notices_seen_by(person).where(Notice.issued_at.is_not(None))
    in_force = Notice.withdrawn_at.is_(None)
    try:
        match kind:
            case "visit":
                meant = meant.where(Finding.visit_id == uuid.UUID(name), in_force)
            case "quarter":
                meant = meant.where(_issued_in(Quarter.named(name)), in_force)
            case "filter":
                meant = meant.where(notices.filters(clock.today())[name])
            case _:
                raise KeyError(kind)
    except (ValueError, KeyError):
        raise Problem("request.unknown") from None
    keys = meant.options().with_only_columns(Notice.id)
    return list(db.session.scalars(keys.order_by(Notice.doc_year, Notice.doc_seq)))


def quarters(person: Person) -> dict[Quarter, int]:
    """How many notices that the person may see were issued in each quarter, the latest first."""
    days = select(day_of(Notice.issued_at), func.count()).group_by(day_of(Notice.issued_at))
    if person.role not in DESK:
        days = days.join(Notice.rectification).join(Rectification.finding).join(Finding.visit)
    issued = Notice.issued_at.is_not(None), Notice.withdrawn_at.is_(None)
    counted: Counter[Quarter] = Counter()
    for day, count in db.session.execute(days.where(*notices.seen(person), *issued)):
        counted[Quarter.of(day)] += count
    return dict(sorted(counted.items(), reverse=True))


def downloads_of(person: Person, since: datetime) -> list[Download]:
    """A person's own downloads that are not older than `since`, the latest first."""
    own = select(Download).where(Download.person_id == person.id, Download.asked_at >= since)
    return list(db.session.scalars(own.order_by(Download.asked_at.desc(), Download.id)))


def download_of(
    person: Person, key: uuid.UUID, since: datetime, *, to_change: bool = False
) -> Download:
    """A person's own download. Raises Problem request.unknown; also for one that holds what
    the person may not see any more."""
    wanted = select(Download).where(
        Download.id == key,
        Download.person_id == person.id,
        Download.asked_at >= since,
        ~_holds_what_is_hidden_from(person),
        or_(Download.seen_as.is_(None), Download.seen_as == Download.role_of(person)),
    )
    download = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if download is None:
        raise Problem("request.unknown")
    return download


def kept_since(now: datetime, days: int) -> datetime:
    """Since when downloads are kept."""
    return now - timedelta(days=days)


def _issued_in(quarter: Quarter) -> ColumnElement[bool]:
    start = datetime.combine(quarter.first, time.min, SHANGHAI)
    end = datetime.combine(clock.days_after(quarter.last, 1), time.min, SHANGHAI)
    return (Notice.issued_at >= start) & (Notice.issued_at < end)


def _holds_what_is_hidden_from(person: Person) -> ColumnElement[bool]:
    seen = notices.notices_seen_by(person).options().with_only_columns(Notice.id)
    return exists().where(
        DownloadNotice.download_id == Download.id, DownloadNotice.notice_id.not_in(seen)
    )
