"""Every verb that the code records has words in both languages, and so has every thing."""

import ast
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale

from inspector import templating
from inspector.words import WORDS, act

ROOT = Path(templating.__file__).parent
CALCULATED = {
    "findings/models.py": {"close", "return"},
    "notices/extensions.py": {"grant_extension", "refuse_extension"},
    "offline/placing.py": {"accepted", "dismissed"},
    "trail/notes.py": {"verify_trail", "note_head"},
}
"""Verbs that are no literal where they are recorded; nowhere else may a verb be calculated."""


def recorded() -> set[str]:
    """The verbs of all calls of record(…) and of all Event(verb=…)."""
    found = set[str]()
    for file in sorted(ROOT.rglob("*.py")):
        name = file.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            verb = verb_of(node)
            if verb is None or name == "history/models.py":
                continue
            literals = {n.value for n in ast.walk(verb) if isinstance(n, ast.Constant)}
            texts = {value for value in literals if isinstance(value, str)}
            assert texts or name in CALCULATED, f"{name}:{verb.lineno} calculates a verb"
            found |= texts or CALCULATED[name]
    return found


def verb_of(node: ast.AST) -> ast.expr | None:
    """What stands for the verb in a call that records."""
    if not isinstance(node, ast.Call):
        return None
    called = (
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    )
    if called == "record" and len(node.args) >= 4:
        return node.args[1]
    if called == "Event":
        return next((k.value for k in node.keywords if k.arg == "verb"), None)
    return None


def test_every_recorded_verb_has_words(app: Flask) -> None:
    verbs = recorded()
    assert {"plan", "sign", "refuse_signature", "receive", "return", "sign_in"} <= verbs
    known = {*WORDS["verb"], *WORDS["people_verb"], *WORDS["branches_verb"]}
    lacking = verbs - known
    assert lacking == set()


@pytest.mark.parametrize("group", ["verb", "act", "people_verb", "branches_verb", "thing"])
def test_the_words_are_chinese_and_english(app: Flask, group: str) -> None:
    for value in WORDS[group]:
        with app.test_request_context(), force_locale("zh_CN"):
            chinese = templating.word(group, value)
        with app.test_request_context(), force_locale("en"):
            english = templating.word(group, value)
        assert english == WORDS[group][value]
        assert any("一" <= letter <= "鿿" for letter in chinese), f"{value}: {chinese}"


def test_the_same_verb_may_say_more_of_one_thing_than_of_another() -> None:
    assert act("visit", "confirm") != act("finding", "confirm")
    assert act("person", "reopen") != act("rectification", "reopen")
    assert act("person", "sign_in") == "signed in"
