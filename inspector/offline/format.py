"""What an operation must look like on the wire (offline.md 4.3)."""

import json
import uuid
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from inspector.db import Encoded

IN_ORDER = json.JSONEncoder(sort_keys=True).encode
Code = Annotated[str, StringConstraints(min_length=1, max_length=30)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Revision = Annotated[int, Field(ge=0, le=2**31 - 1)]
Storable = Field(pattern=r"^[^\x00]*$")
"""No NUL: PostgreSQL cannot keep one."""
BATCH = 250
"""How many operations one request may carry."""


class Strict(BaseModel):
    """Unknown fields are mistakes, not extras."""

    model_config = ConfigDict(extra="forbid")


class Entry(Strict):
    """One operation, as a device sends it."""

    op_id: uuid.UUID
    stream: uuid.UUID
    seq: Annotated[int, Field(ge=1, le=2**31 - 1)]
    v: Literal[1]
    kind: Annotated[str, StringConstraints(max_length=20), Storable]
    visit: uuid.UUID
    payload: dict[str, Any]
    at: AwareDatetime
    tz: Annotated[int, Field(ge=-900, le=900)]
    tpl: Annotated[str, StringConstraints(max_length=60)]

    def content(self) -> tuple[Encoded, str]:
        """The payload as it is kept, JSON with its keys in order; and the SHA-256 of all that was
        said, which tells a repetition from another entry under the same id. The place in a stream
        is not part of it: an entry that another tablet, or a file, brought is the same entry when
        its own tablet sends it later."""
        payload = IN_ORDER(self.payload)
        where = f"{self.op_id.int} {self.visit.int} {self.v} {self.kind} {self.tpl}"
        said = f"{where} {self.at.timestamp()} {self.tz} {payload}"
        return Encoded(payload), sha256(said.encode()).hexdigest()


class Batch(Strict):
    """Operations of one stream, in order."""

    stream: uuid.UUID
    ops: Annotated[list[Entry], Field(max_length=BATCH)]
    sent_at: AwareDatetime | None = None
    """The device's clock when it sent this: tells how far it is off."""


class Waiting(Strict):
    """What one stream of a device has not sent yet, and since when. `person` is whose it is, when
    it is not who speaks: on a shared tablet one tells of the others, who are locked."""

    stream: uuid.UUID
    person: uuid.UUID | None = None
    entries: Count
    photos: Count
    bytes: Annotated[int, Field(ge=0, le=2**53)]
    oldest_at: AwareDatetime | None = None


class Beat(Strict):
    """What a device says of itself."""

    sent_at: AwareDatetime
    version: Annotated[str, StringConstraints(max_length=40), Storable] = ""
    streams: Annotated[list[Waiting], Field(max_length=20)]


class Gap(Strict):
    """Numbers of a stream that the device cannot send and the server does not have."""

    first: Annotated[int, Field(ge=1, le=2**31 - 1)]
    last: Annotated[int, Field(ge=1, le=2**31 - 1)]


class Nothing(Strict):
    """visit.start and visit.submit say all by their kind."""


class VisitBegin(Strict):
    """visit.begin: a visit that nobody planned, at an outlet, by a checklist in its version."""

    branch: Annotated[str, StringConstraints(max_length=20), Storable]
    checklist: Annotated[str, StringConstraints(max_length=30), Storable]
    version: Annotated[str, StringConstraints(max_length=20), Storable]


class AnswerSet(Strict):
    """answer.set; `base` is the revision that the inspector saw."""

    item: Code
    value: Annotated[str, StringConstraints(max_length=12), Storable] | None
    base: Revision = 0


class NoteSet(Strict):
    """note.set"""

    item: Code
    field: Literal["note", "place", "no_photo_reason"]
    text: Annotated[str, StringConstraints(max_length=20_000), Storable]
    base: Revision = 0


class CorrectionSet(Strict):
    """correction.set"""

    item: Code
    corrected: bool
    base: Revision = 0


class PhotoAdd(Strict):
    """photo.add; the bytes come by PUT under the same SHA-256."""

    photo: uuid.UUID
    sha256: Sha256
    item: Code | None = None
    practice: uuid.UUID | None = None
    stage: Literal["before", "after", "practice", "signature"]
    caption: Annotated[str, StringConstraints(max_length=2000), Storable] = ""
    taken_at: datetime
    taken_from: Literal["exif", "file", "clock"] | None = None
    """Who tells that time: the camera, the file or the tablet. Older apps do not say."""


class PhotoCaption(Strict):
    """photo.caption"""

    photo: uuid.UUID
    caption: Annotated[str, StringConstraints(max_length=2000), Storable]


class PhotoRemove(Strict):
    """photo.remove"""

    photo: uuid.UUID


class EntryDiscard(Strict):
    """entry.discard: an entry that was refused, or a photo whose bytes are lost, is given up on the
    tablet. `content` is what it said, as text: the server may never have seen it."""

    entry: uuid.UUID | None
    photo: uuid.UUID | None = None
    reason: Annotated[str, StringConstraints(min_length=1, max_length=500), Storable]
    content: Annotated[str, StringConstraints(max_length=4000), Storable]


class PracticeSet(Strict):
    """practice.set"""

    practice: uuid.UUID
    section: Code | None = None
    text: Annotated[str, StringConstraints(max_length=20_000), Storable]


class PracticeRemove(Strict):
    """practice.remove"""

    practice: uuid.UUID


class Seen(Strict):
    """One thing that does not comply, as it was shown to the branch."""

    item: Code
    value: Annotated[str, StringConstraints(max_length=12)]
    place: Annotated[str, StringConstraints(max_length=200), Storable]
    note: Annotated[str, StringConstraints(max_length=20_000), Storable]
    corrected: bool


class VisitSign(Strict):
    """visit.sign; `photo` is the signature's picture, None when it was refused."""

    signature: uuid.UUID
    photo: uuid.UUID | None = None
    name: Annotated[str, StringConstraints(max_length=60), Storable]
    remark: Annotated[str, StringConstraints(max_length=500), Storable] = ""
    refusal: Annotated[str, StringConstraints(max_length=500), Storable] = ""
    findings: Annotated[list[Seen], Field(max_length=1000)]
    practices: Annotated[
        list[Annotated[str, StringConstraints(max_length=20_000), Storable]], Field(max_length=1000)
    ]
    signed_at: AwareDatetime
