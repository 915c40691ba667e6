"""The receiving end: in order, once each, and nothing that arrives is lost (offline.md 4.4)."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from inspector.db import Base, db
from inspector.history import Event
from inspector.offline.models import Operation, Stream
from inspector.visits.models import Answer, Visit
from tests import rows
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf, CountQueries
from tests.offline.conftest import TabletOf
from tests.offline.tablet import OURS, outcomes


def number_of(row: type[Base]) -> int:
    return db.session.scalar(select(func.count()).select_from(row)) or 0


def the_visit() -> Visit:
    return db.session.scalars(select(Visit)).one()


def answer_to(code: str) -> Answer:
    visit = the_visit()
    return next(answer for answer in visit.answers.values() if answer.item.code == code)


def test_a_batch_is_applied_in_its_order(tablet_of: TabletOf) -> None:
    tablet = tablet_of(kind="offsite")
    receipt = tablet.send(
        tablet.entry("visit.start"),
        tablet.answer("OF-VID-01", "no"),
        tablet.answer("OF-VID-01", "yes", base=1),
        tablet.answer("OF-VID-02", "30"),
    )
    assert outcomes(receipt) == ["applied"] * 4
    assert [result.get("rev") for result in receipt["results"]] == [None, 1, 2, 1]
    assert (receipt["last_seq"], receipt["missing"]) == (4, [])
    assert (answer_to("OF-VID-01").value, answer_to("OF-VID-02").value) == ("yes", "30")


def test_every_entry_is_kept_as_it_was_sent(cast: Cast, tablet_of: TabletOf) -> None:
    tablet = tablet_of(kind="offsite")
    entry = tablet.answer("OF-VID-01", "yes")
    receipt = tablet.send(entry)
    kept = db.session.scalars(select(Operation)).one()
    assert (str(kept.op_id), str(kept.stream_id), kept.seq) == (entry["op_id"], tablet.stream, 1)
    assert (kept.kind, kept.payload, kept.visit_id) == (
        "answer.set",
        entry["payload"],
        the_visit().id,
    )
    assert kept.device_at == MONDAY - timedelta(minutes=11, seconds=58, milliseconds=500)
    assert kept.result == receipt["results"][0]
    stream = db.session.scalars(select(Stream)).one()
    assert (stream.person_id, stream.last_seq) == (cast.inspector.id, 1)


def test_a_visit_begins_by_the_tablet_s_clock_with_its_first_entry(tablet_of: TabletOf) -> None:
    tablet = tablet_of(kind="offsite")
    tablet.send(tablet.answer("OF-VID-01", "yes"), tablet.answer("OF-VID-02", "3"))
    begun = MONDAY - timedelta(minutes=11, seconds=58, milliseconds=500)
    assert (the_visit().stage, the_visit().started_at) == ("in_progress", begun)


def test_the_same_batch_again_gets_the_same_results_and_adds_nothing(tablet_of: TabletOf) -> None:
    tablet = tablet_of(kind="offsite")
    batch = [
        tablet.answer("OF-VID-01", "yes"),
        tablet.answer("OF-VID-02", "far too long"),
        tablet.photo("OF-VID-01", b"not here yet"),
        tablet.entry("practice.set", practice=str(uuid.uuid4()), text="老花镜齐全"),
    ]
    first = tablet.send(*batch)
    assert len(first["missing"]) == 1
    assert tablet.send(*batch) == first
    assert tablet.send(*batch[:2])["results"] == first["results"][:2]
    assert (number_of(Operation), number_of(Answer)) == (4, 1)
    assert (len(the_visit().photos), len(the_visit().practices)) == (1, 1)


def test_known_entries_and_new_ones_can_come_in_one_batch(tablet_of: TabletOf) -> None:
    tablet = tablet_of(kind="offsite")
    known, new = tablet.answer("OF-VID-01", "yes"), tablet.answer("OF-VID-01", "no", base=1)
    tablet.send(known)
    receipt = tablet.send(known, new)
    assert [result["rev"] for result in receipt["results"]] == [1, 2]
    assert receipt["last_seq"] == 2


def test_the_same_id_with_other_content_is_refused_and_both_are_kept(tablet_of: TabletOf) -> None:
    tablet = tablet_of(kind="offsite")
    first = tablet.answer("OF-VID-01", "yes")
    other = first | {"payload": first["payload"] | {"value": "no"}}
    tablet.send(first)
    for _again in range(2):
        assert outcomes(tablet.send(other)) == ["ops.reused"]
    assert answer_to("OF-VID-01").value == "yes"
    assert db.session.scalars(select(Operation)).one().payload["value"] == "yes"
    kept = db.session.scalars(select(Event).where(Event.verb == "reuse")).one()
    assert str(kept.subject_id) == first["op_id"]
    assert kept.detail["payload"]["value"] == "no"


def test_a_reused_id_does_not_stop_what_comes_after_it(tablet_of: TabletOf) -> None:
    tablet = tablet_of(kind="offsite")
    first = tablet.answer("OF-VID-01", "yes")
    reused = tablet.answer("OF-VID-02", "3") | {"op_id": first["op_id"]}
    receipt = tablet.send(first, reused, tablet.answer("OF-VID-03", "3"))
    assert outcomes(receipt) == ["applied", "ops.reused", "applied"]
    assert receipt["last_seq"] == 3


def test_an_entry_that_came_by_another_stream_is_known_when_its_own_tablet_sends_it(
    tablet_of: TabletOf,
) -> None:
    tablet = tablet_of(kind="offsite")
    first, second = tablet.answer("OF-VID-01", "yes"), tablet.answer("OF-VID-02", "3")
    other = tablet_of(the_visit())
    brought = second | {"stream": other.stream, "seq": 1}
    results = other.send(brought)["results"]
    receipt = tablet.send(first, second)
    assert receipt["results"][1:] == results
    assert (receipt["last_seq"], number_of(Operation)) == (2, 2)


@pytest.mark.parametrize("seq", [2, 7])
def test_a_gap_is_refused_with_what_was_expected_and_nothing_is_kept(
    tablet_of: TabletOf, seq: int
) -> None:
    tablet = tablet_of(kind="offsite")
    entry = tablet.answer("OF-VID-01", "yes") | {"seq": seq}
    error = tablet.refused(entry)
    assert (error["status"], error["code"], error["expected"]) == (409, "ops.gap", 1)
    assert (number_of(Operation), number_of(Stream), number_of(Answer)) == (0, 0, 0)


def test_a_gap_inside_a_batch_keeps_nothing_of_it(tablet_of: TabletOf) -> None:
    tablet = tablet_of(kind="offsite")
    tablet.send(tablet.answer("OF-VID-01", "yes"))
    second, _third, fourth = (tablet.answer("OF-VID-02", value) for value in "123")
    error = tablet.refused(second, fourth)
    assert (error["code"], error["expected"]) == ("ops.gap", 3)
    assert number_of(Operation) == 1
    assert db.session.scalars(select(Stream)).one().last_seq == 1


def test_another_person_s_stream_is_refused(
    cast: Cast, tablet_of: TabletOf, client_of: ClientOf
) -> None:
    tablet = tablet_of(kind="offsite")
    tablet.send(tablet.answer("OF-VID-01", "yes"))
    tablet.client = client_of(cast.colleague)
    error = tablet.refused(tablet.answer("OF-VID-01", "no"))
    assert (error["status"], error["code"]) == (403, "ops.foreign")
    assert answer_to("OF-VID-01").value == "yes"


def test_another_inspector_s_visit_is_not_there(cast: Cast, tablet_of: TabletOf) -> None:
    tablet = tablet_of(kind="offsite", person=cast.colleague)
    assert outcomes(tablet.send(tablet.answer("OF-VID-01", "yes"))) == ["request.unknown"]
    assert number_of(Answer) == 0
    assert number_of(Operation) == 1


def test_what_the_server_has_of_a_stream_can_be_asked(
    cast: Cast, tablet_of: TabletOf, client_of: ClientOf
) -> None:
    tablet = tablet_of(kind="offsite")
    address = f"/api/streams/{tablet.stream}"
    assert tablet.client.get(address).json == {"last_seq": 0}
    tablet.send(tablet.answer("OF-VID-01", "yes"), tablet.answer("OF-VID-02", "3"))
    assert tablet.client.get(address).json == {"last_seq": 2}
    assert client_of(cast.colleague).get(address).status_code == 403


WRONG: list[tuple[str, str, dict[str, Any]]] = [
    ("answer.unknown_item", "answer.set", {"item": "ON-ENV-01", "value": "yes"}),
    ("answer.not_allowed", "answer.set", {"item": "OF-VID-01", "value": "maybe"}),
    ("answer.not_allowed", "answer.set", {"item": "OF-VID-01", "value": "na"}),
    ("answer.not_allowed", "answer.set", {"item": "OF-VID-01", "value": "1"}),
    ("answer.not_allowed", "answer.set", {"item": "OF-VID-02", "value": "-1"}),
    ("answer.not_allowed", "answer.set", {"item": "OF-VID-02", "value": "1.5"}),
    ("answer.not_allowed", "answer.set", {"item": "OF-VID-04", "value": "1.005"}),
    ("answer.not_allowed", "answer.set", {"item": "OF-VID-04", "value": "1e3"}),
    ("answer.not_allowed", "answer.set", {"item": "OF-VID-04", "value": "３"}),
    ("answer.not_allowed", "answer.set", {"item": "OF-VID-04", "value": ""}),
    ("ops.malformed", "answer.set", {"item": "OF-VID-01", "value": "x" * 13}),
    ("ops.malformed", "answer.set", {"item": "OF-VID-01", "value": True}),
    ("ops.malformed", "answer.set", {"item": "OF-VID-01"}),
    ("ops.malformed", "answer.set", {"item": "OF-VID-01", "value": "yes", "extra": 1}),
    ("ops.malformed", "answer.set", {"self": 1}),
    ("text.too_long", "note.set", {"item": "OF-VID-01", "field": "note", "text": "字" * 2001}),
    ("text.too_long", "note.set", {"item": "OF-VID-01", "field": "place", "text": "字" * 201}),
    ("ops.malformed", "note.set", {"item": "OF-VID-01", "field": "rev", "text": "9"}),
    ("ops.malformed", "note.set", {"item": "OF-VID-01", "field": "note", "text": "a\0b"}),
    ("ops.malformed", "note.set", {"item": "OF-VID-01", "field": "note", "text": "half \ud83d"}),
    ("ops.malformed", "correction.set", {"item": "OF-VID-01", "corrected": "perhaps"}),
    ("ops.malformed", "photo.caption", {"photo": str(uuid.UUID(int=1)), "caption": "x"}),
    ("ops.malformed", "photo.remove", {"photo": "not-a-key"}),
    ("ops.malformed", "photo.add", {"photo": str(uuid.UUID(int=1)), "sha256": "x"}),
    ("ops.malformed", "practice.remove", {"practice": str(uuid.UUID(int=1))}),
    ("text.too_long", "practice.set", {"practice": str(uuid.UUID(int=1)), "text": "字" * 2001}),
    ("ops.malformed", "visit.start", {"at": "now"}),
    ("ops.malformed", "visit.burn", {}),
]


@pytest.mark.parametrize(
    ("code", "kind", "payload"), WRONG, ids=[f"{n} {kind}" for n, (_, kind, _p) in enumerate(WRONG)]
)
def test_one_bad_entry_is_refused_and_kept_and_the_others_go_on(
    tablet_of: TabletOf, code: str, kind: str, payload: dict[str, Any]
) -> None:
    tablet = tablet_of(kind="offsite")
    batch = [
        tablet.answer("OF-VID-01", "yes"),
        tablet.entry(kind, **payload) if "self" not in payload else tablet.entry(kind),
        tablet.answer("OF-VID-02", "30"),
    ]
    batch[1]["payload"] = payload
    receipt = tablet.send(*batch)
    assert outcomes(receipt) == ["applied", code, "applied"]
    assert receipt["results"][1]["reason"]["sentence"]
    assert answer_to("OF-VID-01").rev == 1
    refused = select(Operation).where(Operation.seq == 2)
    assert db.session.scalars(refused).one().said == payload
    assert tablet.send(*batch) == receipt


@pytest.mark.parametrize("value", ["0", "7", "98.5", "0.05", "1234567"])
def test_a_number_may_have_two_decimals(tablet_of: TabletOf, value: str) -> None:
    tablet = tablet_of(kind="offsite")
    assert outcomes(tablet.send(tablet.answer("OF-QSY-03", value))) == ["applied"]
    assert answer_to("OF-QSY-03").value == value


def test_the_longest_texts_are_taken_in_whole(tablet_of: TabletOf) -> None:
    tablet = tablet_of(kind="offsite")
    lengths = {"note": 2000, "place": 200, "no_photo_reason": 500}
    receipt = tablet.send(
        *(
            tablet.entry("note.set", item="OF-VID-01", field=field, text="字" * length)
            for field, length in lengths.items()
        )
    )
    assert outcomes(receipt) == ["applied"] * 3
    answer = answer_to("OF-VID-01")
    assert {field: len(getattr(answer, field)) for field in lengths} == lengths


def test_an_answer_can_be_taken_back(tablet_of: TabletOf) -> None:
    tablet = tablet_of(kind="offsite")
    tablet.send(tablet.answer("OF-VID-01", "yes"), tablet.answer("OF-VID-01", None, base=1))
    assert (answer_to("OF-VID-01").value, answer_to("OF-VID-01").rev) == (None, 2)


def test_the_same_answer_from_a_second_tablet_is_merged(tablet_of: TabletOf) -> None:
    one = tablet_of(kind="offsite")
    other = tablet_of(the_visit())
    one.send(one.answer("OF-VID-01", "yes"))
    receipt = other.send(other.answer("OF-VID-01", "yes", base=0))
    assert (outcomes(receipt), receipt["results"][0]["rev"]) == (["merged"], 1)
    receipt = other.send(other.answer("OF-VID-01", "no", base=1))
    assert (outcomes(receipt), receipt["results"][0]["rev"]) == (["applied"], 2)


@pytest.mark.parametrize(
    ("stage", "code"),
    [
        ("submitted", "visit.frozen"),
        ("confirmed", "visit.frozen"),
        ("cancelled", "visit.cancelled"),
    ],
)
def test_a_frozen_visit_takes_nothing_more_but_keeps_what_came(
    cast: Cast, tablet_of: TabletOf, stage: str, code: str
) -> None:
    tablet = tablet_of(rows.a_visit_at(cast, stage, kind="offsite"))
    kinds = [
        tablet.answer("OF-VID-01", "yes"),
        tablet.entry("note.set", item="OF-VID-01", field="note", text="晚了"),
        tablet.entry("correction.set", item="OF-VID-01", corrected=True),
        tablet.photo("OF-VID-01", b"late"),
        tablet.entry("practice.set", practice=str(uuid.uuid4()), text="晚了"),
        tablet.entry("visit.start"),
    ]
    assert outcomes(tablet.send(*kinds)) == [code] * 6
    assert number_of(Answer) == 0
    assert number_of(Operation) == 6


def test_entries_for_two_visits_come_in_one_stream(cast: Cast, tablet_of: TabletOf) -> None:
    tablet = tablet_of(kind="offsite")
    second = rows.a_visit_at(cast, "assigned", kind="offsite")
    batch = [tablet.answer("OF-VID-01", "yes"), tablet.answer("OF-VID-01", "no")]
    batch[1]["visit"] = str(second.id)
    assert outcomes(tablet.send(*batch)) == ["applied", "applied"]
    assert [answer.value for answer in second.answers.values()] == ["no"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"stream": "x", "ops": []}',
        b'{"stream": "00000000-0000-0000-0000-000000000001", "ops": [{}]}',
    ],
)
def test_what_is_no_batch_at_all_is_refused(cast: Cast, client_of: ClientOf, body: bytes) -> None:
    response = client_of(cast.inspector).post(
        "/api/ops", data=body, headers=OURS, content_type="application/json"
    )
    assert response.status_code in {400, 422}
    assert json.loads(response.data)["error"]["code"] in {"request.malformed", "ops.malformed"}


def test_a_batch_may_not_be_endless(tablet_of: TabletOf) -> None:
    tablet = tablet_of(kind="offsite")
    entry = tablet.answer("OF-VID-01", "yes")
    assert tablet.refused(*[entry] * 251)["code"] == "ops.malformed"


def test_more_answers_need_no_more_statements(
    tablet_of: TabletOf, count_queries: CountQueries
) -> None:
    """Rows are written many at a time; a batch of 109 answers is one of 10 in statements."""

    def statements(answers: int) -> int:
        tablet = tablet_of()
        tablet.send(tablet.entry("visit.start"))
        batch = tablet.answers(first=answers)
        with count_queries() as sent:
            tablet.send(*batch)
        return len(sent)

    statements(1)
    assert statements(109) == statements(10)
