"""A shopper's tablet as it is: keys that carry the time, a name of its own, photos full of EXIF."""

import io
import uuid
from datetime import datetime, timedelta
from typing import Any

from PIL import ExifTags, Image, PngImagePlugin

from inspector.clock import SHANGHAI
from inspector.visits.models import Visit
from tests.conftest import Client
from tests.offline.tablet import Entry, Tablet

CAMERA = "NeedleCam Ultra 9"
VERSION = "needle-app-4.2"
AGENT = "NeedlePad/9.1"
PAUSE = timedelta(seconds=7)
"""Between two entries."""


class Device(Tablet):
    """One tablet on one visit, whose entries are made one after the other from `began` on."""

    def __init__(self, client: Client, visit: Visit, began: datetime) -> None:
        super().__init__(client, visit)
        self.now = began
        self.stream = str(uuid7(began))

    def entry(self, kind: str, **payload: Any) -> Entry:
        """The next entry of the stream, under a key of its moment."""
        entry = super().entry(kind, **payload)
        self.now += PAUSE
        return entry | {
            "op_id": str(uuid7(self.now)),
            "at": self.now.astimezone(SHANGHAI).isoformat(),
        }

    def photo(self, item: str | None, data: bytes, stage: str = "before", **more: Any) -> Entry:
        """A photo under a key of its moment."""
        facts = {"photo": str(uuid7(self.now)), "taken_at": self.now.isoformat()}
        return super().photo(item, data, stage, **(facts | more))

    def take(self, colour: str) -> bytes:
        """Take a photo and send its bytes."""
        data = photo_bytes(colour, self.now)
        assert self.put(data).status_code == 200
        return data

    def tell(self) -> None:
        """Say how much is unsent, and which app it is."""
        waiting = {"stream": self.stream, "entries": 0, "photos": 0, "bytes": 0}
        beat = {"sent_at": self.now.isoformat(), "version": VERSION, "streams": [waiting]}
        headers = {"X-Inspector": "1", "User-Agent": AGENT}
        assert self.client.post("/api/heartbeat", json=beat, headers=headers).status_code == 200
        key = {"device": str(uuid7(self.now))}
        assert self.client.post("/api/key", json=key, headers=headers).status_code == 200


def uuid7(moment: datetime) -> uuid.UUID:
    """A key as tablets make them (static/js/uuid7.js): the time in milliseconds, then chance."""
    milliseconds = int(moment.timestamp() * 1000)
    chance = uuid.uuid4().int
    return uuid.UUID(
        int=milliseconds << 80
        | 7 << 76
        | (chance >> 64 & 0xFFF) << 64
        | 2 << 62
        | chance & (1 << 62) - 1
    )


def photo_bytes(colour: str, at: datetime, kind: str = "JPEG") -> bytes:
    """A photo with all that a camera writes: its name, the moment, the place, a comment."""
    picture, out = Image.new("RGB", (160, 120), colour), io.BytesIO()
    when = f"{at.astimezone(SHANGHAI):%Y:%m:%d %H:%M:%S}"
    if kind == "PNG":
        texts = PngImagePlugin.PngInfo()
        texts.add_text("Creation Time", when)
        texts.add_text("Source", CAMERA)
        picture.save(out, "PNG", pnginfo=texts)
        return out.getvalue()
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = CAMERA, CAMERA
    exif[ExifTags.Base.DateTime] = when
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = when
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSDateStamp] = when[:10]
    picture.save(out, "JPEG", exif=exif, comment=f"{CAMERA} {when}".encode(), quality=90)
    return out.getvalue()
