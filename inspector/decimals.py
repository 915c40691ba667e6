"""Exact decimals in the database: points, limits and what was counted, to two places."""

from decimal import Decimal

from sqlalchemy import Dialect, types


class Hundredths(types.TypeDecorator[Decimal]):
    """A Decimal kept as a whole number of hundredths, because SQLite has no decimals of its own.

    More than two places are refused with ValueError, not rounded: nothing here is measured finer.
    """

    impl = types.Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        hundredths = int(value * 100)
        if Decimal(hundredths) != value * 100:
            raise ValueError(f"finer than two decimal places: {value}")
        return hundredths

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value) / 100
