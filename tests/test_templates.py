"""Every template compiles, and every sentence of ours is said in Chinese too."""

import gettext
import io
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from flask import Flask

from inspector import create_app

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted(
    str(path.relative_to(ROOT / "templates")) for path in (ROOT / "templates").rglob("*.html")
)
PAPER = "notices/document/"
"""Drawn by an environment of its own, which sees nothing of the application."""

CATALOGUE = ROOT / "inspector" / "translations" / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {
    "_": None,
    "N_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}


@pytest.mark.parametrize("name", [name for name in TEMPLATES if not name.startswith(PAPER)])
def test_every_template_compiles(app_without_database: Flask, name: str) -> None:
    app_without_database.jinja_env.get_template(name)


@pytest.fixture(scope="module")
def app_without_database() -> Flask:
    """The app, for its templates only."""
    return create_app(SECRET_KEY="for tests only")


@cache
def said() -> Catalog:
    """All message ids of Python files and templates, by the project's own mapping file."""
    mapping = io.StringIO((ROOT / "babel.cfg").read_text())
    methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]
    catalogue = Catalog()
    for file, line, message, comments, context in extract_from_dir(
        str(ROOT), methods, options, keywords=KEYWORDS, directory_filter=ours
    ):
        catalogue.add(message, None, [(file, line)], auto_comments=comments, context=context)
    return catalogue


def ours(folder: str | Path) -> bool:
    """Whether a folder can hold a sentence of ours."""
    inside = Path(folder).relative_to(ROOT)
    return not inside.parts or inside.parts[0] in {"inspector", "templates"}


@cache
def translated() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, abort_invalid=True)


def entries(catalogue: Catalog) -> dict[tuple[str, str | None], Message]:
    """The messages of a catalogue, but for its head, by id and context."""
    return {
        (message.id if isinstance(message.id, str) else message.id[0], message.context): message
        for message in catalogue
        if message.id
    }


def test_every_sentence_has_its_chinese_and_no_other_is_translated() -> None:
    here, there = entries(said()).keys(), entries(translated()).keys()
    assert len(here) > 100
    assert sorted(map(str, here - there)) == [], "not translated"
    assert sorted(map(str, there - here)) == [], "said by nobody"
    assert not translated().obsolete


def test_no_translation_is_empty_or_uncertain() -> None:
    bad = [
        message.id
        for message in entries(translated()).values()
        if message.fuzzy or not texts(message) or not all(texts(message))
    ]
    assert bad == []


def test_a_translation_keeps_the_fields_of_its_sentence() -> None:
    wrong = [
        (message.id, [str(error) for error in message.check(translated())])
        for message in entries(translated()).values()
        if message.python_format and any(message.check(translated()))
    ]
    assert wrong == []


def test_the_catalogue_is_compiled_from_what_it_says() -> None:
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    stale = [
        message.id
        for message in entries(translated()).values()
        if isinstance(message.id, str)
        and not message.context
        and compiled.gettext(message.id) != message.string
    ]
    assert stale == []


def texts(message: Message) -> list[str]:
    """The translation: one text, or one for each plural form."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())
