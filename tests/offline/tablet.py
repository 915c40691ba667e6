"""A tablet, as far as the server knows it: one stream of numbered entries, and photos by name."""

import hashlib
import json
import uuid
from typing import Any, TypeAlias

from werkzeug.test import TestResponse

from inspector.visits.models import Visit
from tests import cast as make
from tests.conftest import Client

Entry: TypeAlias = dict[str, Any]
OURS = {"X-Inspector": "1"}


class Tablet:
    """One device of one person, who records one visit."""

    def __init__(self, client: Client, visit: Visit) -> None:
        self.client = client
        self.visit = visit.id
        self.items = visit.version.items
        self.tpl = f"{visit.version.checklist.code} {visit.version.version}"
        self.stream = str(uuid.uuid4())
        self.seq = 0

    def entry(self, kind: str, **payload: Any) -> Entry:
        """The next entry of the stream."""
        self.seq += 1
        return {
            "op_id": str(uuid.uuid4()),
            "stream": self.stream,
            "seq": self.seq,
            "v": 1,
            "kind": kind,
            "visit": str(self.visit),
            "payload": payload,
            "at": f"2026-11-23T09:{self.seq // 60 % 60:02}:{self.seq % 60:02}.500+08:00",
            "tz": -480,
            "tpl": self.tpl,
        }

    def answer(self, item: str, value: str | None, base: int = 0) -> Entry:
        """An answer to an item."""
        return self.entry("answer.set", item=item, value=value, base=base)

    def answers(self, failed: tuple[str, ...] = (), first: int | None = None) -> list[Entry]:
        """An answer to every item, or to the first so many; those in `failed` fail."""
        return [
            self.answer(i.code, make.failing(i) if i.code in failed else make.passing(i))
            for i in self.items[:first]
        ]

    def photo(self, item: str | None, data: bytes, stage: str = "before", **more: Any) -> Entry:
        """A photo of an item, whose bytes are sent apart."""
        facts = {
            "photo": str(uuid.uuid4()),
            "sha256": hashlib.sha256(data).hexdigest(),
            "item": item,
            "stage": stage,
            "taken_at": "2026-11-23T09:30:00+08:00",
        }
        return self.entry("photo.add", **(facts | more))

    def put(self, data: bytes) -> TestResponse:
        """Send the bytes of a photo under their name."""
        name = hashlib.sha256(data).hexdigest()
        return self.client.put(f"/api/blobs/{name}", data=data, headers=OURS)

    def post(self, *entries: Entry) -> TestResponse:
        """Send a batch."""
        body = {"stream": self.stream, "ops": entries}
        return self.client.post("/api/ops", json=body, headers=OURS)

    def send(self, *entries: Entry) -> dict[str, Any]:
        """Send a batch that is taken in; its receipt."""
        response = self.post(*entries)
        assert response.status_code == 200, response.text
        receipt: dict[str, Any] = json.loads(response.data)
        assert [result["op_id"] for result in receipt["results"]] == [e["op_id"] for e in entries]
        return receipt

    def refused(self, *entries: Entry) -> dict[str, Any]:
        """Send a batch that is refused as a whole; status and error."""
        response = self.post(*entries)
        error: dict[str, Any] = json.loads(response.data)["error"]
        return {"status": response.status_code, **error}


def outcomes(receipt: dict[str, Any]) -> list[str]:
    """applied, merged, or the code of a rejection: one for each entry."""
    return [
        result["reason"]["code"] if result["status"] == "rejected" else result["status"]
        for result in receipt["results"]
    ]
