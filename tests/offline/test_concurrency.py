"""A tablet that believes its request lost sends it again, while the first is still under way."""

import pytest
from sqlalchemy import func, select

from inspector.db import db
from inspector.findings.models import Finding
from inspector.offline.models import Operation, Stream
from inspector.photos.models import Picture
from inspector.visits.models import Answer, Visit
from tests import cast as make
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.offline.conftest import TabletOf
from tests.offline.tablet import OURS
from tests.together import at_once, request, statuses

TIMES = 8


@pytest.mark.parametrize("first", [True, False], ids=["a new stream", "a known stream"])
def test_the_same_batch_eight_times_at_once_is_taken_in_once(
    cast: Cast, tablet_of: TabletOf, client_of: ClientOf, first: bool
) -> None:
    tablet = tablet_of(kind="offsite")
    if not first:
        tablet.send(tablet.entry("visit.start"))
    batch = [*tablet.answers(failed=("OF-VID-01",)), tablet.entry("visit.submit")]
    body = {"stream": tablet.stream, "ops": batch}
    clients = [client_of(cast.inspector) for _ in range(TIMES)]
    answers = at_once(*(request(client, "/api/ops", json=body, headers=OURS) for client in clients))
    assert statuses(answers) == [200] * TIMES
    assert len({answer.data for answer in answers}) == 1, "eight equal receipts"
    rows = (Stream, Operation, Answer, Finding)
    counted = [db.session.scalar(select(func.count()).select_from(row)) for row in rows]
    assert counted == [1, 29 if first else 30, 28, 1]
    assert db.session.scalars(select(Visit)).one().stage == "submitted"


def test_the_parts_of_a_stream_sent_at_once_never_leave_a_gap(
    cast: Cast, tablet_of: TabletOf, client_of: ClientOf
) -> None:
    tablet = tablet_of(kind="offsite")
    parts = [tablet.answers(first=3) for _ in range(4)]
    answers = at_once(
        *(
            request(
                client_of(cast.inspector),
                "/api/ops",
                json={"stream": tablet.stream, "ops": part},
                headers=OURS,
            )
            for part in parts
        )
    )
    assert set(statuses(answers)) <= {200, 409}
    arrived = list(db.session.scalars(select(Operation.seq).order_by(Operation.seq)))
    assert arrived == list(range(1, 3 * statuses(answers).count(200) + 1))
    assert 200 in statuses(answers)


def test_the_same_photo_eight_times_at_once_is_one_picture(cast: Cast, client_of: ClientOf) -> None:
    path = f"/api/blobs/{make.picture_sha256()}"
    data = make.picture_bytes()
    answers = at_once(
        *(
            request(client_of(cast.inspector), path, method="PUT", data=data, headers=OURS)
            for _ in range(TIMES)
        )
    )
    assert statuses(answers) == [200] * TIMES
    assert db.session.scalar(select(func.count()).select_from(Picture)) == 1
