"""The few pictures that all photos of the history share, and the one paper of all its notices."""

import io
from datetime import UTC, datetime
from typing import Final

from PIL import Image, ImageDraw

from inspector.people.models import Person
from inspector.photos.models import keep
from inspector.storage import storage

COLOURS: Final = [
    "firebrick",
    "seagreen",
    "steelblue",
    "goldenrod",
    "slategray",
    "indigo",
    "teal",
    "sienna",
]
MADE: Final = datetime(2026, 1, 1, tzinfo=UTC)
PAPER: Final = """<!doctype html>
<html lang="zh-CN">
<head><title>演示通知书</title>
<meta name="dcterms.created" content="2026-01-01T00:00:00+00:00"></head>
<body><h1>演示数据</h1><p>这是演示历史中的一份通知书，没有单独排版。</p></body>
</html>"""


def some(by: Person) -> list[str]:
    """The names of the pictures, each of another colour, so that people see which is which."""
    return [keep(_drawn(colour), by=by, at=MADE).sha256 for colour in COLOURS]


def specimen() -> str:
    """The SHA-256 of the paper that stands for all."""
    from inspector import pdf  # WeasyPrint takes a second to load

    return storage().put(pdf.render(PAPER, {}, {"demonstration": True}))


def _drawn(colour: str) -> bytes:
    image = Image.new("RGB", (1200, 900), "whitesmoke")
    draw = ImageDraw.Draw(image)
    draw.rectangle((90, 120, 1110, 820), fill=colour)
    for shelf in range(3):
        top = 200 + shelf * 200
        for place in range(5):
            left = 150 + place * 190
            draw.rectangle((left, top, left + 130, top + 150), fill="ivory", outline="dimgray")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()
