"""Taking in a file of unsent work: what it holds is shown, then it goes in as if the tablet had
sent it; nothing twice, nothing of a bad file."""

import io
import re
import uuid
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from inspector.db import db
from inspector.history import Event
from inspector.offline.models import Operation, Stream
from inspector.people.models import Person
from inspector.photos.models import Picture
from inspector.visits.models import Answer, Photo
from tests import cast as make
from tests.cast import Cast
from tests.conftest import Client, ClientOf
from tests.offline.conftest import TabletOf
from tests.offline.tablet import Tablet, outcomes
from tests.offline.unsent_file import contents, members, packed, with_sums, zipped


def upload(client: Client, data: bytes, seen: str = "") -> TestResponse:
    """Choose a file and press a button."""
    form = {"file": (io.BytesIO(data), "unsent.zip"), "seen": seen}
    return client.post("/unsent/files", data=form)


def take_in(client: Client, data: bytes) -> TestResponse:
    """Look what a file holds, then take it in."""
    shown = upload(client, data)
    assert shown.status_code == 200, shown.text
    seen = re.search(r'name="seen" value="(\w{64})"', shown.text)
    assert seen is not None
    return upload(client, data, seen[1])


def work_of(tablet: Tablet, person: Person) -> tuple[list[dict[str, Any]], bytes, bytes]:
    """Two answers and a photo that a tablet could not send, its picture, and their file."""
    picture = make.picture_bytes("indianred")
    entries = [
        tablet.answer("OF-VID-01", "yes"),
        tablet.answer("OF-VID-02", "2"),
        tablet.photo("OF-VID-02", picture),
    ]
    return entries, picture, packed(contents(person, entries), picture)


def number_of(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_what_a_file_holds_is_shown_and_nothing_is_stored(
    cast: Cast, tablet_of: TabletOf, client_of: ClientOf
) -> None:
    _, _, file = work_of(tablet_of(kind="offsite"), cast.inspector)
    shown = upload(client_of(cast.inspector), file).text
    assert "李巡" in shown
    assert "3 条，其中 0 条已收到" in shown
    assert "胜利路" in shown
    assert (number_of(Operation), number_of(Stream), number_of(Picture)) == (0, 0, 0)


@pytest.mark.parametrize("taker", ["inspector", "channel"])
def test_a_file_goes_in_as_if_the_tablet_had_sent_it_and_the_history_says_who_brought_it(
    cast: Cast, tablet_of: TabletOf, client_of: ClientOf, taker: str
) -> None:
    tablet = tablet_of(kind="offsite")
    entries, _, file = work_of(tablet, cast.inspector)
    by = getattr(cast, taker)
    assert "新收到 3 条记录和 1 张照片" in take_in(client_of(by), file).text
    assert {a.value for a in db.session.scalars(select(Answer))} == {"yes", "2"}
    photo = db.session.scalars(select(Photo)).one()
    assert photo.picture is not None
    assert photo.picture.received_from_id == cast.inspector.id
    stream = db.session.get_one(Stream, uuid.UUID(tablet.stream))
    assert (stream.person_id, stream.last_seq) == (cast.inspector.id, 3)
    event = db.session.scalars(select(Event).where(Event.verb == "take_in")).one()
    assert (event.by_id, event.subject_id) == (by.id, stream.id)

    receipt = tablet.send(*entries)
    assert outcomes(receipt) == ["applied"] * 3
    assert (receipt["missing"], number_of(Operation)) == ([], 3)


def test_a_file_taken_in_twice_changes_nothing_and_says_so(
    cast: Cast, tablet_of: TabletOf, client_of: ClientOf
) -> None:
    _, _, file = work_of(tablet_of(kind="offsite"), cast.inspector)
    client = client_of(cast.inspector)
    take_in(client, file)
    assert "3 条，其中 3 条已收到" in upload(client, file).text
    assert "曾经导入" in upload(client, file).text
    assert "新收到 0 条记录和 0 张照片" in take_in(client, file).text
    assert (number_of(Operation), number_of(Picture)) == (3, 1)


def test_the_tablet_had_sent_a_part_before(
    cast: Cast, tablet_of: TabletOf, client_of: ClientOf
) -> None:
    tablet = tablet_of(kind="offsite")
    entries, _, file = work_of(tablet, cast.inspector)
    tablet.send(*entries[:2])
    assert "新收到 1 条记录和 1 张照片" in take_in(client_of(cast.channel), file).text
    assert number_of(Operation) == 3


def test_entries_that_are_missing_before_it_are_named_and_nothing_is_taken_in(
    cast: Cast, tablet_of: TabletOf, client_of: ClientOf
) -> None:
    tablet = tablet_of(kind="offsite")
    tablet.send(tablet.answer("OF-VID-01", "yes"))
    tablet.seq = 3
    file = packed(contents(cast.inspector, [tablet.answer("OF-VID-02", "2")]))
    refused = upload(client_of(cast.inspector), file)
    assert refused.status_code == 409
    assert "缺少第 2 至第 3 条记录" in refused.text
    assert number_of(Operation) == 1


def test_what_cannot_be_applied_is_named_and_the_rest_goes_in(
    cast: Cast, tablet_of: TabletOf, client_of: ClientOf
) -> None:
    tablet = tablet_of(kind="offsite")
    entries = [tablet.answer("OF-VID-01", "yes"), tablet.answer("OF-VID-02", "many")]
    entries.append(tablet.photo("OF-VID-01", b"no photo at all"))
    taken = take_in(
        client_of(cast.inspector), packed(contents(cast.inspector, entries), b"no photo at all")
    )
    assert "该项不接受这个答案" in taken.text
    assert "该文件不是照片" in taken.text
    assert [a.value for a in db.session.scalars(select(Answer))] == ["yes"]


def test_a_submission_goes_in_with_all_that_belongs_to_it(
    cast: Cast, tablet_of: TabletOf, client_of: ClientOf
) -> None:
    tablet = tablet_of(kind="offsite")
    picture = make.picture_bytes("indianred")
    entries = [*tablet.answers(("OF-VID-01",)), tablet.photo("OF-VID-01", picture)]
    entries.append(tablet.entry("visit.submit"))
    take_in(client_of(cast.inspector), packed(contents(cast.inspector, entries)))
    visit = db.session.scalars(select(Photo)).one().visit
    assert visit.stage == "in_progress"  # the photo is not there yet
    assert number_of(Operation) == len(entries) - 1
    take_in(client_of(cast.inspector), packed(contents(cast.inspector, entries), picture))
    assert visit.stage == "submitted"


def test_another_person_s_file_is_for_its_owner_and_the_channel_department(
    cast: Cast, tablet_of: TabletOf, client_of: ClientOf
) -> None:
    _, _, file = work_of(tablet_of(kind="offsite"), cast.inspector)
    refused = upload(client_of(cast.colleague), file)
    assert refused.status_code == 403
    assert "李巡" in refused.text
    stranger = contents(cast.inspector, []) | {"person": {"id": str(uuid.uuid4()), "name": "孙外"}}
    assert "孙外" in upload(client_of(cast.channel), packed(stranger)).text


def bad_files(cast: Cast, entries: list[dict[str, Any]]) -> dict[str, tuple[bytes, int, str]]:
    """Files with what is wrong in them: status and a part of the sentence."""
    picture = make.picture_bytes()
    good = contents(cast.inspector, entries)
    whole = members(good, picture)
    photo = next(name for name in whole if name.startswith("photos/"))
    unreadable, changed = "不是未发送记录的文件", "被改动或损坏"
    return {
        "no zip": (b"%PDF-1.7 but no zip", 422, unreadable),
        "empty": (b"", 422, unreadable),
        "cut off": (packed(good, picture)[:-90], 422, unreadable),
        "another zip": (zipped({"holiday.jpg": picture}), 422, unreadable),
        "no JSON": (zipped(with_sums({**whole, "entries.json": b"{"})), 422, unreadable),
        "more in it": (zipped(with_sums({**whole, "../evil": b"x"})), 422, unreadable),
        "no entry": (packed(good | {"entries": [{"kind": "answer.set"}]}), 422, unreadable),
        "next version": (packed(good | {"format": 2}), 422, "另一个版本"),
        "changed text": (
            zipped({**with_sums(whole), "read-me.html": b"<!DOCTYPE html>!"}),
            422,
            changed,
        ),
        "changed photo": (zipped(with_sums({**whole, photo: picture + b"x"})), 422, changed),
        "without sums": (zipped({**whole, "SHA256SUMS": b""}), 422, changed),
        "bomb": (zipped(with_sums({**whole, photo: bytes(26 * 2**20)})), 413, "文件过大"),
    }


@pytest.mark.parametrize(
    "name",
    ["no zip", "empty", "cut off", "another zip", "no JSON", "more in it", "no entry",
     "next version", "changed text", "changed photo", "without sums", "bomb"],
)  # fmt: skip
def test_a_bad_file_gets_a_sentence_and_changes_nothing(
    cast: Cast, tablet_of: TabletOf, client_of: ClientOf, name: str
) -> None:
    entries = [tablet_of(kind="offsite").answer("OF-VID-01", "yes")]
    data, status, words = bad_files(cast, entries)[name]
    refused = upload(client_of(cast.inspector), data)
    assert (refused.status_code, words in refused.text) == (status, True), refused.text
    assert (number_of(Operation), number_of(Stream), number_of(Picture)) == (0, 0, 0)
