"""How the values of a column are written into the file, the same on both engines."""

import base64
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Dialect,
    Float,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Text,
    Uuid,
    cast,
    types,
)


class Moment(types.TypeDecorator[str]):
    """A time, as text in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value).astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        utc = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return utc.isoformat()


class Day(types.TypeDecorator[str]):
    """A day, as text."""

    impl = Date
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> date | None:
        return None if value is None else date.fromisoformat(value)

    def process_result_value(self, value: date | None, dialect: Dialect) -> str | None:
        return None if value is None else value.isoformat()


class Key(types.TypeDecorator[str]):
    """A UUID as 32 hex digits, which is also what SQLite keeps of it."""

    impl = Uuid
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> uuid.UUID | None:
        return None if value is None else uuid.UUID(value)

    def process_result_value(self, value: uuid.UUID | None, dialect: Dialect) -> str | None:
        return None if value is None else value.hex


class Binary(types.TypeDecorator[str]):
    """Bytes in base 64."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else base64.b64decode(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else base64.b64encode(value).decode()


class Digits(types.TypeDecorator[str]):
    """An exact decimal as text, which is also what SQLite keeps of it."""

    impl = Numeric
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)

    def process_result_value(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)


class Verbatim(types.TypeDecorator[str]):
    """JSON as the very text that was stored: what was hashed stays the same."""

    impl = Text
    cache_ok = True

    def column_expression(self, column: Any) -> Any:
        return cast(column, Text)


class VerbatimCast(Verbatim):
    """The same on PostgreSQL, which wants to be told that the text is JSON."""

    cache_ok = True

    def bind_expression(self, bindparam: Any) -> Any:
        return cast(bindparam, JSON)


TRANSLATED: Final = {DateTime: Moment, Date: Day, Uuid: Key, LargeBinary: Binary, Numeric: Digits}
AS_THEY_ARE: Final = (String, Integer, BigInteger, Boolean, Float)


def kind(found: types.TypeEngine[Any], engine: str) -> types.TypeEngine[Any]:
    """How the values of a column of this type are written. Raises NotImplementedError for one that
    nobody has thought of yet: it must not be written somehow."""
    if isinstance(found, JSON):
        return VerbatimCast() if engine == "postgresql" else Verbatim()
    if isinstance(found, AS_THEY_ARE):
        return found
    for those, ours in TRANSLATED.items():
        if isinstance(found, those):
            return ours()
    raise NotImplementedError(f"how a backup writes {found!r}")
