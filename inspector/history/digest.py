"""What is hashed of an event: a version says which columns, so that a later one breaks no old row.
Pure, and never changed: a new way to hash is a new version."""

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

VERSION: Final = 1
"""That of new rows."""

COLUMNS: Final = {
    1: (
        "id",
        "at",
        "by_id",
        "verb",
        "subject_table",
        "subject_id",
        "detail",
        "device_at",
        "address",
        "device",
    )
}
START: Final = "0" * 64
"""What stands before the first row."""


def chained(seq: int, previous: str, event: Mapping[str, Any], version: int = VERSION) -> str:
    """The SHA-256 of an event as the `seq`-th row, which follows on the row hashed `previous`.
    Raises KeyError for a version that does not exist."""
    columns = {name: event[name] for name in COLUMNS[version]}
    place = {"version": version, "seq": seq, "previous": previous}
    return sha256(canonical(columns | place)).hexdigest()


OPERATION: Final = (
    "op_id",
    "stream_id",
    "seq",
    "kind",
    "visit_id",
    "payload",
    "digest",
    "device_at",
    "received_at",
    "clock_offset_ms",
    "result",
)
"""What is hashed of an entry of a tablet. A column that is added later is not: what was received
before must stay what it was."""


def of_operations(rows: Iterable[Mapping[str, Any]]) -> str:
    """The SHA-256 of entries of a tablet, in their order: what one history row stands for."""
    whole = sha256()
    for row in rows:
        whole.update(canonical({name: row[name] for name in OPERATION}) + b"\n")
    return whole.hexdigest()


def canonical(value: Any) -> bytes:
    """A value as JSON that is the same wherever it was kept meanwhile: names in order, no spaces,
    ASCII only, times in UTC with microseconds."""
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {str(name): _plain(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case uuid.UUID():
            return str(value)
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value
