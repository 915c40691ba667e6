"""What holds after every step of the walk, worked out from the rows alone: none of the product's
rules is asked, but for the sum on the board and the stages in SQL, which are held against them."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from inspector import clock
from inspector.findings import lifecycle as findings
from inspector.notices import lifecycle as notices
from inspector.notices import queries
from inspector.visits import lifecycle as visits
from tests.walk.town import ITEMS, WINDOW, Row, Rows

GROWS = (
    "reopening",
    "report",
    "report_photo",
    "acknowledgement",
    "warning_order",
    "extension",
    "risk",
    "appeal",
    "panel_seat",
    "send_back",
    "event",
)
"""Tables whose rows stay, and keep what was once written into them."""

MOVES_ON = {
    "visit": ("submitted_at", "void_asked_at", "planned_on", "inspector_id"),
    "rectification": ("due_on", "begun_at", "paused_at", "closed_at", "review_on"),
}
"""Dates, and whose visit it is, may change, because what they were stands in another row."""


def in_force(finding: Row) -> bool:
    """Whether it counts as found."""
    return finding["decision"] == "confirmed" and finding["withdrawn_at"] is None


def one_to_one(rows: Rows) -> None:
    """domain.md 3.9: every confirmed finding has one rectification, every one of these that was not
    put right on the spot has one notice; what was seen again points at one that counts."""
    of_finding = {r["finding_id"]: r for r in rows.rectification.values()}
    assert len(of_finding) == len(rows.rectification)
    active = Counter(
        n["rectification_id"] for n in rows.notice.values() if n["withdrawn_at"] is None
    )
    for finding in rows.finding.values():
        own = of_finding.get(finding["id"])
        if not in_force(finding):
            assert own is None or active[own["id"]] == 0
        elif finding["original"]:
            assert own is not None
            assert active[own["id"]] == (own["mode"] == "notice")
        else:
            assert own is None
            other = rows.finding[finding["duplicate_of_id"]]
            assert in_force(other)
            assert other["original"]
    assert queries.proof().holds


def numbers_have_no_gaps(rows: Rows) -> None:
    """domain.md 3.4: no number is missing, none is given twice."""
    for table in (rows.notice, rows.warning_order):
        given = defaultdict(list)
        for row in table.values():
            if row["doc_seq"]:
                given[row["doc_year"]].append(row["doc_seq"])
        for numbers in given.values():
            assert sorted(numbers) == list(range(1, len(numbers) + 1))


def closed_means_evidence(rows: Rows) -> None:
    """Struck off: on the spot, or by the last report, with a photo where the fault had one, or as a
    risk that the leader accepted."""
    reports = defaultdict(list)
    for report in rows.report.values():
        reports[report["rectification_id"]].append(report)
    with_photo = {photo["report_id"] for photo in rows.report_photo.values()}
    needs_photo = {item["code"] for item in ITEMS if item["photo_on_fail"]}
    for case in rows.rectification.values():
        finding = rows.finding[case["finding_id"]]
        if case["closed_at"] is None:
            assert case["mode"] == "notice"
        elif case["mode"] == "on_spot":
            assert finding["corrected_on_spot"]
        elif case["review_on"]:
            accepted = [r for r in rows.risk.values() if r["answered_at"] == case["closed_at"]]
            assert [(r["answer"], r["review_on"]) for r in accepted] == [
                ("accepted", case["review_on"])
            ]
        else:
            last = max(reports[case["id"]], key=lambda report: int(report["round"]))
            assert (last["verdict"], last["verified_at"]) == ("closed", case["closed_at"])
            assert finding["item_code"] not in needs_photo or last["id"] in with_photo


def nobody_judges_their_own(rows: Rows) -> None:
    """domain.md 3.1: recusal."""
    for report in rows.report.values():
        assert report["reported_by_id"] not in {report["verified_by_id"], report["endorsed_by_id"]}
    for appeal in rows.appeal.values():
        if appeal["decided_at"] is None:
            continue
        case = rows.rectification[rows.notice[appeal["notice_id"]]["rectification_id"]]
        seats = [s for s in rows.panel_seat.values() if s["appeal_id"] == appeal["id"]]
        judges = {appeal["decided_by_id"], *(seat["person_id"] for seat in seats)}
        assert rows.finding[case["finding_id"]]["decided_by_id"] not in judges
        assert len({seat["department"] for seat in seats}) >= 2
    for visit in rows.visit.values():
        assert visit["voided_at"] is None or visit["voided_by_id"] != visit["void_asked_by_id"]
        home = rows.person[visit["inspector_id"]]["branch_id"]
        at = rows.branch[visit["branch_id"]]
        assert home not in {at["id"], at["parent_id"]}


def stages_follow_from_facts(rows: Rows) -> None:
    """The stages that lists and counts use say what happened."""
    for visit in rows.visit.values():
        assert rows.stage[visit["id"]] == _visits_stage(visit)
    rounds = Counter(r["rectification_id"] for r in rows.report.values())
    for case in rows.rectification.values():
        facts = findings.Facts(
            due_on=case["due_on"],
            begun=case["begun_at"] is not None,
            reports=rounds[case["id"]],
            unverified=any(
                r["rectification_id"] == case["id"] and r["verdict"] is None
                for r in rows.report.values()
            ),
            reopened=any(
                r["rectification_id"] == case["id"] and r["round"] == rounds[case["id"]]
                for r in rows.reopening.values()
            ),
            paused=case["paused_at"] is not None,
            closed=case["closed_at"] is not None,
            withdrawn=rows.finding[case["finding_id"]]["withdrawn_at"] is not None,
        )
        assert rows.stage[case["id"]] == findings.stage_of(facts)
    signed = {a["notice_id"] for a in rows.acknowledgement.values()}
    for notice in rows.notice.values():
        case = rows.rectification[notice["rectification_id"]]
        assert rows.stage[notice["id"]] == notices.stage_of(
            notices.Facts(
                held=_is_secret(rows, rows.finding[case["finding_id"]]),
                issued=notice["issued_at"] is not None,
                acknowledged=notice["id"] in signed,
                rectified=case["closed_at"] is not None,
                withdrawn=notice["withdrawn_at"] is not None,
            )
        )
    closed = {c["finding_id"] for c in rows.rectification.values() if c["closed_at"]}
    for finding in rows.finding.values():
        put_right = (finding["duplicate_of_id"] or finding["id"]) in closed
        assert rows.stage[finding["id"]] == findings.finding_stage(
            finding["decision"], put_right, finding["withdrawn_at"] is not None
        )


def _visits_stage(visit: Row) -> visits.Stage:
    return visits.stage_of(
        visits.Facts(
            started=visit["started_at"] is not None,
            submitted=visit["submitted_at"] is not None,
            confirmed=visit["confirmed_at"] is not None,
            published=visit["published_at"] is not None,
            cancelled=visit["cancelled_at"] is not None,
            void=visit["voided_at"] is not None,
        )
    )


def repeats_are_as_recounted(rows: Rows) -> None:
    """domain.md 3.8, read again: each confirmed finding says what its past amounts to."""
    for alike in _alike(rows):
        for finding in alike:
            said = finding["occurrence"], finding["duplicate_of_id"], finding["not_carried_out"]
            assert said == _amounts(rows, alike, finding)


def _alike(rows: Rows) -> Iterator[list[Row]]:
    groups = defaultdict(list)
    for finding in rows.finding.values():
        if in_force(finding):
            at = rows.branch[rows.visit[finding["visit_id"]]["branch_id"]]
            groups[at["merged_into_id"] or at["id"], finding["issue"]].append(finding)
    for group in groups.values():
        yield sorted(group, key=lambda f: (_place(rows, f), f["position"]))


def _first(rows: Rows, finding: Row) -> datetime:
    """When it was seen; of a mystery visit the beginning of its month: branches know no more."""
    visit = rows.visit[finding["visit_id"]]
    at: datetime = visit["started_at"]
    return clock.start_of(clock.day(at).replace(day=1)) if visit["kind"] == "mystery" else at


def _last(rows: Rows, finding: Row) -> datetime:
    """The same; of a mystery visit the end of its month, or its publication if that came before."""
    visit = rows.visit[finding["visit_id"]]
    at: datetime = visit["started_at"]
    if visit["kind"] != "mystery":
        return at
    month = clock.day(at).replace(day=28) + timedelta(days=4)
    end = clock.start_of(month.replace(day=1)) - timedelta(microseconds=1)
    return min(end, visit["published_at"] or end)


def _place(rows: Rows, finding: Row) -> tuple[datetime, str]:
    """Where it stands among others; those of one month by publication, then by random key."""
    visit = rows.visit[finding["visit_id"]]
    published = visit["published_at"].isoformat() if visit["published_at"] else "later"
    tie = f"{published} {visit['id']}" if visit["kind"] == "mystery" else ""
    return _last(rows, finding), tie


def _case_of(rows: Rows, finding: Row) -> Row:
    stands = finding["duplicate_of_id"] or finding["id"]
    return next(c for c in rows.rectification.values() if c["finding_id"] == stands)


def _amounts(rows: Rows, alike: list[Row], finding: Row) -> tuple[Any, Any, bool]:
    first, last = _first(rows, finding), _last(rows, finding)
    oldest = clock.day(last) - timedelta(days=WINDOW)
    prior = [f for f in alike if _place(rows, f) < _place(rows, finding)]
    prior = [f for f in prior if not _is_secret(rows, f) and clock.day(_first(rows, f)) >= oldest]
    if not prior:
        return 1, None, False
    last_time = _last(rows, prior[-1])
    issued = any(
        n["issued_at"] and n["rectification_id"] == _case_of(rows, finding)["id"]
        for n in rows.notice.values()
        if finding["original"]
    )
    for earlier in prior:
        case = _case_of(rows, earlier)
        if _last(rows, earlier) == last_time and not _closed(rows, case, last) and not issued:
            return None, case["finding_id"], _past_due(case, clock.day(first))
    corrected = {
        rows.finding[case["finding_id"]]["visit_id"]
        for case in (_case_of(rows, f) for f in prior)
        if _closed(rows, case, first)
    }
    return 1 + len(corrected), None, False


def _closed(rows: Rows, case: Row, at: datetime) -> bool:
    if case["mode"] == "on_spot":
        return _last(rows, rows.finding[case["finding_id"]]) <= at
    put_right = case["closed_at"] is not None and case["review_on"] is None
    return put_right and case["closed_at"] <= at


def _past_due(case: Row, day: date) -> bool:
    due = case["review_on"] or (None if case["paused_at"] else case["due_on"])
    return due is not None and due < day


def nothing_of_a_shopper_is_told_too_early(rows: Rows) -> None:
    """domain.md 3.2: mystery visits are published with their batch, on its day or later; no notice
    of theirs is issued before."""
    for visit in rows.visit.values():
        if visit["published_at"] is not None:
            batch = rows.batch[visit["batch_id"]]
            assert (visit["kind"], visit["published_at"]) == ("mystery", batch["published_at"])
            assert clock.day(batch["published_at"]) >= batch["publish_on"]
    for notice in rows.notice.values():
        case = rows.rectification[notice["rectification_id"]]
        finding = rows.finding[case["finding_id"]]
        assert notice["issued_at"] is None or not _is_secret(rows, finding)


def _is_secret(rows: Rows, finding: Row) -> bool:
    visit = rows.visit[finding["visit_id"]]
    return visit["kind"] == "mystery" and visit["published_at"] is None


def scores_add_up(rows: Rows) -> None:
    """domain.md 3.7, for four yes-or-no items: E - X over A, less the deduction, 59 at most after a
    veto."""
    by_code = {item["code"]: item for item in ITEMS}
    available = sum(i["points"] for i in ITEMS if i["effect"] == "score")
    for visit in rows.visit.values():
        if visit["submitted_at"] is None or visit["voided_at"]:
            assert visit["score"] is None
            continue
        of_visit = [f for f in rows.finding.values() if f["visit_id"] == visit["id"]]
        counts = [f for f in of_visit if f["decision"] is None or in_force(f)]
        lost, off = Decimal(0), Decimal(0)
        for finding in counts:
            item = by_code[finding["item_code"]]
            if item["effect"] == "deduct":
                off += item["points"]
            else:
                lost += item["points"] * min(finding["occurrence"] or 1, 3)
        score = max(100 * (available - lost) / Decimal(available) - off, Decimal(0))
        if any(by_code[f["item_code"]]["critical"] and f["decision"] for f in counts):
            score = min(score, Decimal(59))
        assert abs(visit["score"] - score) < Decimal("1e-9")


LAWS = (
    one_to_one,
    numbers_have_no_gaps,
    closed_means_evidence,
    nobody_judges_their_own,
    stages_follow_from_facts,
    repeats_are_as_recounted,
    nothing_of_a_shopper_is_told_too_early,
    scores_add_up,
)


def history_only_grows(before: Rows, now: Rows) -> None:
    """No row of the trail goes or changes; no date is overwritten but by one that stands beside
    what it was."""
    for table in GROWS:
        there = getattr(now, table)
        for key, row in getattr(before, table).items():
            _keeps(row, there[key])
    for key, notice in before.notice.items():
        if notice["issued_at"]:
            _keeps(notice, now.notice[key])
    for table, moving in MOVES_ON.items():
        there = getattr(now, table)
        for key, row in getattr(before, table).items():
            if key not in there:  # a draft that turned out to be the sight of another
                assert table == "rectification"
                assert row["due_on"] is None
                continue
            _keeps({name: row[name] for name in row if name not in moving}, there[key])
            for name in moving:
                if row[name] is not None and there[key][name] != row[name]:
                    assert row[name] in _told(now, row), f"{table}.{name} is lost"


CHANGING = {"score", "void_asked_by_id", "void_reason", "closed_by_id"}
"""What follows from the rest, or is told in the trail together with its date."""


def _keeps(was: Row, now: Row) -> None:
    for name, value in was.items():
        if value not in (None, "") and name not in CHANGING:
            assert now[name] == value, name


def _told(rows: Rows, about: Row) -> set[object]:
    """All moments and days that the trail and the rows beside one tell."""
    papers = {n["id"] for n in rows.notice.values() if n.get("rectification_id") == about["id"]}
    about_it = {about["id"], *papers}
    told: set[object] = set()
    for event in rows.event.values():
        if event["subject_id"] in about_it:
            told.add(event["at"])
            said = [*event["detail"].values(), *event["detail"].get("before", {}).values()]
            told |= {v for text in said if (v := _day(text) or _key(text)) is not None}
    for table in ("reopening", "extension", "acknowledgement", "risk", "appeal", "send_back"):
        for row in getattr(rows, table).values():
            if about_it & set(row.values()):
                told |= {v for v in row.values() if isinstance(v, date)}
    told |= {rows.notice[key]["due_on"] for key in papers}
    return told


def _key(text: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None
