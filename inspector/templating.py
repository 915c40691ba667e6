"""What templates may say beyond Jinja: words, dates, points, the two languages, built assets."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.support import NullTranslations
from flask import Flask, has_request_context, request, session
from flask_babel import Babel, Domain, force_locale, get_locale, gettext
from flask_login import current_user
from markupsafe import Markup, escape

from inspector import clock, words
from inspector.mistakes import Sentence

LOCALES = {"zh_CN": "中文", "en": "English"}


@dataclass(frozen=True)
class Link:
    """One entry of the navigation."""

    href: str
    label: str
    current: bool


class _Messages(Domain):  # type: ignore[misc]
    """Our messages, by locale. Flask-Babel writes out the name of the locale to find them, for each
    message anew, which is a tenth of what a page takes."""

    def __init__(self) -> None:
        super().__init__()
        self._of: dict[Locale | None, NullTranslations] = {}

    def get_translations(self) -> NullTranslations:
        """Those of the locale of the request."""
        locale = get_locale()
        found = self._of.get(locale)
        if found is None:
            found = self._of[locale] = super().get_translations()
        return found


def init_app(app: Flask, navigation: Callable[[], list[Link]]) -> None:
    """Give the templates their filters and globals."""
    Babel(app, locale_selector=chosen_locale).domain_instance = _Messages()
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.add_template_filter(day)
    app.add_template_filter(month)
    app.add_template_filter(moment)
    app.add_template_filter(points)
    app.add_template_filter(signed)
    app.add_template_filter(figure)
    app.add_template_filter(told)
    app.jinja_env.globals |= {
        "asset": asset,
        "astray": clock.astray,
        "days_after": clock.days_after,
        "local": local,
        "locale": chosen_locale,
        "locales": LOCALES,
        "navigation": navigation,
        "today": clock.today,
        "word": word,
    }


def chosen_locale() -> str:
    """Chinese unless the person asked for English; a command speaks Chinese."""
    asked = session.get("language") if has_request_context() else None
    return asked if asked in LOCALES else "zh_CN"


def local(thing: Any, field: str) -> str:
    """`thing.field_zh` or `thing.field_en`, by the language of the page."""
    suffix = "zh" if chosen_locale() == "zh_CN" else "en"
    return str(getattr(thing, f"{field}_{suffix}"))


def said(line: Any, name: str) -> str:
    """What a line of a paper's record says, which is Chinese; in English where it has it."""
    english = getattr(line, f"{name}_en") if chosen_locale() == "en" else ""
    return str(english or getattr(line, name))


def word(group: str, value: str) -> str:
    """A stored value in words, in the language of the page."""
    return str(gettext(words.word(group, value)))


def told(sentence: str) -> str:
    """A sentence that remembers its message, in the language of the page."""
    return sentence.told(gettext) if isinstance(sentence, Sentence) else sentence


def stored_values(group: str) -> dict[str, str]:
    """The stored values of a group by any word for them, in small letters: in each language, and as
    they are stored. For files that people write."""
    values = {value.lower(): value for value in words.WORDS[group]}
    for language in LOCALES:
        with force_locale(language):
            values |= {word(group, value).lower(): value for value in words.WORDS[group]}
    return values


def act(table: str, verb: str) -> str:
    """What was done to a row of a table, in words, in the language of the page."""
    return str(gettext(words.act(table, verb)))


def day(value: date | datetime | None) -> str:
    """2026年11月23日, or 23 Nov 2026; a moment is first moved to the bank's clock."""
    if value is None:
        return ""
    return day_in(chosen_locale(), clock.day(value) if isinstance(value, datetime) else value)


def day_in(language: str, value: date) -> str:
    """A day as people of a language write it."""
    if language == "zh_CN":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {value:%b %Y}"


def month(value: date | datetime | None) -> str:
    """2026年11月, or Nov 2026: all that a branch learns of a mystery visit's time."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = clock.day(value)
    return f"{value.year}年{value.month}月" if chosen_locale() == "zh_CN" else f"{value:%b %Y}"


def moment(value: datetime | None) -> str:
    """11月23日 09:12, or 23 Nov 09:12, on the bank's clock; with the year when it is another."""
    if value is None:
        return ""
    at = clock.local(value)
    year = "" if at.year == clock.today().year else str(at.year)
    if chosen_locale() == "zh_CN":
        return f"{year + '年' if year else ''}{at.month}月{at.day}日 {at:%H:%M}"
    return f"{at.day} {at:%b}{' ' + year if year else ''} {at:%H:%M}"


def points(value: Decimal | None) -> str:
    """A score or points with two decimals, half up (domain.md 3.7); a dash when there is none."""
    return "—" if value is None else str(value.quantize(Decimal("0.01"), ROUND_HALF_UP))


def signed(value: Decimal | None) -> str:
    """By how much something is more or less: with its sign, a real minus."""
    if value is None or not value.quantize(Decimal("0.01"), ROUND_HALF_UP):
        return points(value)
    return f"+{points(value)}" if value > 0 else f"−{points(-value)}"


def figure(value: Decimal) -> str:
    """A number of the rules as it is said: 0.4, 1, 40."""
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def asset(name: str, run: bool = True) -> Markup:
    """The tags that load a built file and what it imports, by hashed address, with integrity. They
    also tell the service worker what a page needs to start (static/js/shelf.js). With `run` false
    it is only fetched, for a script of the page that will find its address by `data-entry`."""
    built = _manifest(_dist() / "manifest.json")[name]
    url, integrity = escape(built["url"]), escape(built["integrity"])
    if name.endswith(".css"):
        return Markup(f'<link rel="stylesheet" href="{url}" integrity="{integrity}">')
    if name.endswith("-worker.js"):
        kind = name.removesuffix("-worker.js")
        # For the script that starts it, and for the worker that keeps what a page names.
        return Markup(
            f'<link rel="prefetch" data-worker="{kind}" href="{url}" integrity="{integrity}">'
        )
    ahead = "".join(
        f'<link rel="modulepreload" href="{escape(file["url"])}"'
        f' integrity="{escape(file["integrity"])}">'
        for file in built["imports"]
    )
    if not run:
        link = (
            f'<link rel="modulepreload" href="{url}" integrity="{integrity}" data-entry="{name}">'
        )
        return Markup(ahead + link)
    return Markup(f'{ahead}<script type="module" src="{url}" integrity="{integrity}"></script>')


def _dist() -> Path:
    return Path(__file__).parent.parent / "static" / "dist"


@lru_cache(maxsize=1)
def _manifest(path: Path) -> dict[str, dict[str, Any]]:
    if not path.exists():
        raise RuntimeError("The browser files are not built: run `npm ci` and `npm run build`.")
    manifest: dict[str, dict[str, Any]] = json.loads(path.read_text())
    return manifest


def current_endpoint_in(blueprint: str) -> bool:
    """Whether the page that is open belongs to a feature: for the mark in the navigation."""
    return request.blueprint == blueprint and bool(current_user)


def is_below(address: str) -> bool:
    """Whether the page that is open lies below another, whichever feature it belongs to."""
    return request.path.startswith(f"{address}/")
