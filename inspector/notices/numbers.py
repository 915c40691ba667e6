"""The number of an official document (domain.md 2.7). Pure."""


def number_of(year: int | None, seq: int | None, code: str = "") -> str:
    """〔2026〕17号, or with a code 警〔2026〕1号, without leading zeros; empty for a draft."""
    return f"{code}〔{year}〕{seq}号" if seq else ""
