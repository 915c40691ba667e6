"""What frozen quarters would come to now, told line by line in the quarter after them: a frozen
number is never changed (domain.md 3.7)."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import aliased, selectinload

from inspector.clock import Quarter
from inspector.db import db
from inspector.findings.models import Finding, Rectification
from inspector.findings.queries import IN_FORCE
from inspector.notices.models import Notice
from inspector.people.models import Branch, Level, Person
from inspector.scores import rules
from inspector.scores.causes import Act, Cause, acts
from inspector.scores.courses import HOME
from inspector.scores.models import Adjustment, CountedLateness, CountedVisit, Freeze, QuarterScore
from inspector.scores.queries import COUNTS
from inspector.scores.rules import Adjusted, Change, Counted
from inspector.visits.models import Visit

EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class _Found:
    """One difference: in which frozen quarter, of which sub-branch."""

    freeze: Freeze
    subbranch: uuid.UUID
    change: Change


def lines_of(freeze: Freeze, subbranch: uuid.UUID | None = None) -> Sequence[Adjustment]:
    """The lines that a frozen quarter carries for earlier ones."""
    wanted = select(Adjustment).where(Adjustment.freeze_id == freeze.id)
    return _read(wanted.order_by(Adjustment.position), subbranch)


def later_lines_of(quarter: Quarter, subbranch: uuid.UUID | None = None) -> Sequence[Adjustment]:
    """The lines that later frozen quarters carry for this one."""
    standing = select(Freeze.id).where(Freeze.returned_at.is_(None))
    wanted = select(Adjustment).where(
        Adjustment.quarter == str(quarter), Adjustment.freeze_id.in_(standing)
    )
    return _read(wanted.order_by(Adjustment.at, Adjustment.position), subbranch)


def _read(wanted: Select[Any], subbranch: uuid.UUID | None) -> Sequence[Adjustment]:
    if subbranch is not None:
        wanted = wanted.where(Adjustment.subbranch_id == subbranch)
    along = selectinload(Adjustment.outlet), selectinload(Adjustment.by)
    return db.session.scalars(wanted.options(*along)).all()


def pending(target: Quarter, subbranch: uuid.UUID | None = None) -> list[Adjustment]:
    """The lines that a quarter will carry when it is frozen, as they come out now. The rows are not
    in the session. Each earlier frozen quarter is adjusted in the first one after it that is not
    frozen; the statements do not grow with outlets."""
    freezes = _to_adjust(target)
    if not freezes:
        return []
    told = _told(freezes)
    keys = {key for line in told for key in (line.visit_id, line.notice_id)}
    found = [one for one in _differences(freezes, subbranch) if one.change.key not in keys]
    found += _since_told(freezes, [t for t in told if subbranch in (None, t.subbranch_id)])
    lines: list[Adjustment] = []
    for freeze in freezes:
        theirs = [one for one in found if one.freeze is freeze]
        if theirs:
            earlier = [line for line in told if line.quarter == freeze.quarter]
            lines += _lines(freeze, theirs, earlier, len(lines))
    return named(lines)


def named(lines: list[Adjustment]) -> list[Adjustment]:
    """The lines with their outlets and people at hand."""
    if not lines:
        return lines
    keys = {line.outlet_id for line in lines}
    people = {line.by_id for line in lines if line.by_id}
    branches = {
        one.id: one for one in db.session.scalars(select(Branch).where(Branch.id.in_(keys)))
    }
    known = {one.id: one for one in db.session.scalars(select(Person).where(Person.id.in_(people)))}
    for line in lines:
        line.outlet = branches[line.outlet_id]
        line.by = known.get(line.by_id) if line.by_id else None
    return lines


def _to_adjust(target: Quarter) -> list[Freeze]:
    """The frozen quarters whose next one that is not frozen is the target."""
    standing = select(Freeze).where(Freeze.returned_at.is_(None)).order_by(Freeze.starts_at)
    by_quarter = {freeze.of: freeze for freeze in db.session.scalars(standing)}
    if target in by_quarter:
        return []
    found, quarter = [], target.before
    while by_quarter and quarter >= min(by_quarter):
        if quarter not in by_quarter:
            break
        found.append(by_quarter[quarter])
        quarter = quarter.before
    return found[::-1]


def _told(freezes: Sequence[Freeze]) -> Sequence[Adjustment]:
    """The lines that were told already, in the order in which they were."""
    return db.session.scalars(
        select(Adjustment)
        .join(Freeze, Adjustment.freeze_id == Freeze.id)
        .where(
            Freeze.returned_at.is_(None),
            Adjustment.quarter.in_([freeze.quarter for freeze in freezes]),
        )
        .order_by(Freeze.frozen_at, Adjustment.position)
    ).all()


def _since_told(freezes: Sequence[Freeze], told: Sequence[Adjustment]) -> list[_Found]:
    """What became different once more of visits that were told already."""
    last = {line.visit_id: line for line in told if line.visit_id is not None}
    wanted = select(Visit.id, Visit.kind, Visit.score).where(COUNTS, Visit.id.in_(last))
    rows: Any = db.session.execute(wanted) if last else ()
    now = {key: (kind, score) for key, kind, score in rows}
    by_quarter = {freeze.quarter: freeze for freeze in freezes}
    found = (
        _Found(
            by_quarter[line.quarter],
            line.subbranch_id,
            Change(line.outlet_id, key, visit=now.get(key)),
        )
        for key, line in last.items()
    )
    return [one for one in found if one.change != _change(last[one.change.key])]


def _change(line: Adjustment) -> Change:
    if line.notice_id is not None:
        return Change(line.outlet_id, line.notice_id, late=False)
    visit = None if line.score is None else (line.kind or "", line.score)
    return Change(line.outlet_id, line.visit_id, visit=visit)


def _differences(freezes: Sequence[Freeze], subbranch: uuid.UUID | None) -> list[_Found]:
    """What counts otherwise now than it was counted: three statements for all quarters."""
    by_id = {freeze.id: freeze for freeze in freezes}
    placed = aliased(QuarterScore)
    where = Freeze.id.in_(by_id), *([] if subbranch is None else [placed.parent_id == subbranch])
    found = []
    for freeze_id, parent, outlet, visit in db.session.execute(_other_visits(placed).where(*where)):
        change = Change(outlet, visit.id, visit=(visit.kind, visit.score))
        found.append(_Found(by_id[freeze_id], parent, _unless_gone(change, visit)))
    home = Branch.parent_id
    more = Freeze.id.in_(by_id), *([] if subbranch is None else [home == subbranch])
    for freeze_id, parent, outlet, visit in db.session.execute(_new_visits().where(*more)):
        found.append(
            _Found(by_id[freeze_id], parent, Change(outlet, visit.id, (visit.kind, visit.score)))
        )
    for freeze_id, parent, outlet, key in db.session.execute(_gone_notices(placed).where(*where)):
        found.append(_Found(by_id[freeze_id], parent, Change(outlet, key, late=False)))
    return found


def _unless_gone(change: Change, visit: Visit) -> Change:
    gone = visit.voided_at is not None or visit.confirmed_at is None or visit.is_secret
    return Change(change.outlet, change.key) if gone else change


def _other_visits(placed: Any) -> Any:
    """Visits that were counted, and do not count now, or with another score."""
    return (
        select(Freeze.id, placed.parent_id, CountedVisit.branch_id, Visit)
        .join(CountedVisit, CountedVisit.freeze_id == Freeze.id)
        .join(Visit, Visit.id == CountedVisit.visit_id)
        .join(
            placed,
            and_(placed.freeze_id == Freeze.id, placed.branch_id == CountedVisit.branch_id),
        )
        .where(or_(~COUNTS, Visit.score.is_(None), Visit.score != CountedVisit.score))
    )


def _new_visits() -> Any:
    """Visits that count now, and were not counted."""
    counted = select(CountedVisit.id).where(
        CountedVisit.freeze_id == Freeze.id, CountedVisit.visit_id == Visit.id
    )
    home = aliased(Branch)
    return (
        select(Freeze.id, home.parent_id, HOME, Visit)
        .join(Visit, (Visit.started_at >= Freeze.starts_at) & (Visit.started_at < Freeze.ends_at))
        .join(Branch, Visit.branch_id == Branch.id)
        .join(home, home.id == HOME)
        .where(COUNTS, ~counted.exists())
    )


def _gone_notices(placed: Any) -> Any:
    """Notices that were counted as late, and have been withdrawn since."""
    return (
        select(Freeze.id, placed.parent_id, CountedLateness.branch_id, Notice.id)
        .join(CountedLateness, CountedLateness.freeze_id == Freeze.id)
        .join(Notice, Notice.id == CountedLateness.notice_id)
        .join(Notice.rectification)
        .join(Rectification.finding)
        .join(
            placed,
            and_(placed.freeze_id == Freeze.id, placed.branch_id == CountedLateness.branch_id),
        )
        .where(or_(Notice.withdrawn_at.is_not(None), ~IN_FORCE, Finding.id.is_(None)))
    )


def _lines(
    freeze: Freeze, found: Sequence[_Found], told: Sequence[Adjustment], start: int
) -> list[Adjustment]:
    """The lines of one frozen quarter: per sub-branch, in the order in which things happened."""
    changes = [one.change for one in found]
    done = acts(
        freeze,
        [c.key for c in changes if c.late is None],
        [c.key for c in changes if c.late is not None],
    )
    groups: dict[uuid.UUID, list[Change]] = defaultdict(list)
    for one in found:
        groups[one.subbranch].append(one.change)
    known = _known(freeze, groups, told)
    lines: list[Adjustment] = []
    for subbranch in sorted(groups, key=str):
        ordered = sorted(groups[subbranch], key=lambda c: (_when(done.get(c.key)), str(c.key)))
        for adjusted in rules.adjust(freeze.kept_rules, known[subbranch], ordered):
            act = done.get(adjusted.change.key, Act(Cause.RESCORED))
            position = start + len(lines) + 1
            lines.append(_line(freeze, subbranch, adjusted, act, position))
    return lines


def _when(act: Act | None) -> datetime:
    return act.at if act and act.at else EARLIEST


def _line(
    freeze: Freeze, subbranch: uuid.UUID, adjusted: Adjusted, act: Act, position: int
) -> Adjustment:
    change = adjusted.change
    amount = adjusted.amount
    return Adjustment(
        position=position,
        quarter=freeze.quarter,
        subbranch_id=subbranch,
        outlet_id=change.outlet,
        cause=act.cause,
        visit_id=change.key if change.late is None else None,
        notice_id=change.key if change.late is not None else None,
        kind=change.visit[0] if change.visit else None,
        score=change.visit[1] if change.visit else None,
        outlet_was=adjusted.outlet_was,
        outlet_now=adjusted.outlet_now,
        was=adjusted.was,
        now=adjusted.now,
        points=None if amount is None else freeze.kept_rules.share * amount,
        by_id=act.by_id,
        at=act.at,
        why=act.why,
    )


def _known(
    freeze: Freeze, subbranches: Iterable[uuid.UUID], told: Sequence[Adjustment]
) -> dict[uuid.UUID, dict[Any, Counted]]:
    """What each outlet of some sub-branches counted, with what was adjusted already."""
    wanted = list(subbranches)
    outlets = db.session.execute(
        select(QuarterScore.parent_id, QuarterScore.branch_id).where(
            QuarterScore.freeze_id == freeze.id,
            QuarterScore.level == Level.OUTLET,
            QuarterScore.parent_id.in_(wanted),
        )
    ).all()
    visits: dict[Any, dict[Any, tuple[str, Decimal]]] = defaultdict(dict)
    late: dict[Any, set[Any]] = defaultdict(set)
    mine = {outlet for _, outlet in outlets}
    counted = select(
        CountedVisit.branch_id, CountedVisit.visit_id, CountedVisit.kind, CountedVisit.score
    ).where(CountedVisit.freeze_id == freeze.id, CountedVisit.branch_id.in_(mine))
    for outlet, key, kind, score in db.session.execute(counted):
        visits[outlet][key] = (kind, score)
    were_late = select(CountedLateness.branch_id, CountedLateness.notice_id).where(
        CountedLateness.freeze_id == freeze.id, CountedLateness.branch_id.in_(mine)
    )
    for outlet, key in db.session.execute(were_late):
        late[outlet].add(key)
    known: dict[uuid.UUID, dict[Any, Counted]] = {key: {} for key in wanted}
    for parent, outlet in outlets:
        assert parent is not None  # an outlet has one
        known[parent][outlet] = Counted(visits[outlet], frozenset(late[outlet]))
    for line in told:
        if (there := known.get(line.subbranch_id)) is not None:
            change = _change(line)
            there[change.outlet] = change.applied(there.get(change.outlet, Counted({})))
    return known
