"""Two who answer the same item without having seen each other: both are kept (offline.md 4.7)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from inspector import clock
from inspector.db import db
from inspector.visits.conflicts import Conflict
from inspector.visits.models import Answer, Visit
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.offline.conftest import TabletOf
from tests.offline.tablet import OURS, Tablet, outcomes


@pytest.fixture
def tablets(tablet_of: TabletOf) -> tuple[Tablet, Tablet]:
    """Two tablets on one visit."""
    one = tablet_of(kind="offsite")
    return one, tablet_of(db.session.scalars(select(Visit)).one())


def conflicts() -> list[Conflict]:
    return list(db.session.scalars(select(Conflict).order_by(Conflict.later_received_at)))


def answer() -> Answer:
    return db.session.scalars(select(Answer)).one()


def test_the_later_one_stands_and_both_are_kept(tablets: tuple[Tablet, Tablet], cast: Cast) -> None:
    one, other = tablets
    one.send(one.answer("OF-VID-01", "yes"))
    (result,) = other.send(other.answer("OF-VID-01", "no"))["results"]
    assert (result["status"], result["rev"]) == ("conflict", 2)
    assert (result["other"]["value"], result["other"]["by"]) == ("yes", cast.inspector.name)
    assert result["other"]["device_at"] == "2026-11-23T09:00:01.500000+08:00"
    assert answer().value == "no"
    (conflict,) = conflicts()
    assert (conflict.field, conflict.earlier, conflict.later) == ("value", "yes", "no")
    assert conflict.resolved_at is None


def test_what_was_seen_before_it_was_changed_is_no_conflict(
    tablets: tuple[Tablet, Tablet],
) -> None:
    one, other = tablets
    one.send(one.answer("OF-VID-01", "yes"))
    assert outcomes(other.send(other.answer("OF-VID-01", "no", base=1))) == ["applied"]
    assert conflicts() == []


def test_second_thoughts_in_one_batch_with_an_old_base_are_no_conflict(
    tablets: tuple[Tablet, Tablet],
) -> None:
    one, _other = tablets
    batch = [one.answer("OF-VID-01", value) for value in ("yes", "no", None, "yes")]
    assert outcomes(one.send(*batch)) == ["applied"] * 4
    assert outcomes(one.send(one.answer("OF-VID-01", "no"))) == ["applied"]
    assert conflicts() == []


def test_the_same_answer_is_no_conflict_and_another_field_neither(
    tablets: tuple[Tablet, Tablet],
) -> None:
    one, other = tablets
    one.send(one.answer("OF-VID-01", "yes"))
    receipt = other.send(
        other.answer("OF-VID-01", "yes"),
        other.entry("note.set", item="OF-VID-01", field="note", text="灯坏了", base=0),
        other.answer("OF-VID-02", "3"),
    )
    assert outcomes(receipt) == ["merged", "applied", "applied"]
    assert conflicts() == []


FIELDS: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("note", "note.set", {"field": "note", "text": "甲"}, {"field": "note", "text": "乙"}),
    ("place", "note.set", {"field": "place", "text": "甲"}, {"field": "place", "text": "乙"}),
    ("corrected", "correction.set", {"corrected": True}, {"corrected": False}),
]


@pytest.mark.parametrize(("field", "kind", "one_says", "other_says"), FIELDS)
def test_texts_and_corrections_can_be_in_conflict_too(
    tablets: tuple[Tablet, Tablet],
    field: str,
    kind: str,
    one_says: dict[str, Any],
    other_says: dict[str, Any],
) -> None:
    one, other = tablets
    one.send(one.entry(kind, item="OF-VID-01", **one_says))
    receipt = other.send(other.entry(kind, item="OF-VID-01", base=0, **other_says))
    assert outcomes(receipt) == ["conflict"]
    assert [conflict.field for conflict in conflicts()] == [field]


def test_a_visit_is_not_handed_in_while_a_conflict_is_open(tablets: tuple[Tablet, Tablet]) -> None:
    one, other = tablets
    one.send(*one.answers())
    other.send(other.answer("OF-VID-01", "no"))
    receipt = one.send(one.entry("visit.submit"))
    assert outcomes(receipt) == ["visit.conflict"]
    missing = receipt["results"][0]["reason"]["missing"]
    assert missing == [{"item": "OF-VID-01", "what": "conflict"}]


def test_whoever_answers_in_knowledge_of_it_decides_it(tablets: tuple[Tablet, Tablet]) -> None:
    one, other = tablets
    one.send(*one.answers())
    other.send(other.answer("OF-VID-01", "no"))
    receipt = one.send(one.answer("OF-VID-01", "yes", base=2), one.entry("visit.submit"))
    assert outcomes(receipt) == ["applied", "applied"]
    (conflict,) = conflicts()
    assert conflict.resolved_at is not None
    assert conflict.kept == "yes"


def test_a_further_answer_by_who_does_not_know_of_it_leaves_it_open(
    tablets: tuple[Tablet, Tablet],
) -> None:
    one, other = tablets
    one.send(one.answer("OF-VID-01", "yes"))
    other.send(other.answer("OF-VID-01", "no"), other.answer("OF-VID-01", None))
    assert [conflict.resolved_at for conflict in conflicts()] == [None]
    assert outcomes(one.send(one.answer("OF-VID-01", "no", base=1))) == ["conflict"]
    assert [(c.earlier, c.later) for c in conflicts()] == [("yes", "no"), (None, "no")]


def test_a_clock_that_is_far_off_is_told_beside_the_times_it_gave(
    tablets: tuple[Tablet, Tablet], cast: Cast, client_of: ClientOf
) -> None:
    one, other = tablets
    one.send(one.answer("OF-VID-01", "yes"))
    slow = {"sent_at": (clock.now() - timedelta(minutes=12)).isoformat()}
    body = {"stream": other.stream, "ops": [other.answer("OF-VID-01", "no")], **slow}
    assert other.client.post("/api/ops", json=body, headers=OURS).status_code == 200
    shown = client_of(cast.channel).get(f"/visits/{one.visit}").text
    assert shown.count("时钟慢12分钟") == 1
    assert shown.index("不符合") < shown.index("时钟慢12分钟")
