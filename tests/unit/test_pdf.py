"""The renderer behind its shut door."""

import re

import pytest

from inspector import pdf

HEAD = """<html lang="zh-CN"><title>x</title><meta name="dcterms.created" content="2026-11-02">"""


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/hostname",
        "http://127.0.0.1:9/pixel.png",
        "https://inspect.example/pixel.png",
        "data:image/png;base64,AAAA",
        "pixel.png",
        "photo:0000",
    ],
)
@pytest.mark.parametrize(
    "html",
    [
        '<img src="{}">',
        '<link rel="stylesheet" href="{}">',
        "<style>@import '{}';</style>",
        "<style>p {{ background: url('{}') }}</style><p>x",
        '<svg viewBox="0 0 1 1"><image href="{}" width="1" height="1"/></svg>',
    ],
)
def test_the_renderer_fetches_nothing_but_what_it_was_given(html: str, address: str) -> None:
    with pytest.raises(pdf.Refused, match=re.escape(address)):
        pdf.render(HEAD + html.format(address), {"photo:1111": pdf.Asset(b"", "image/jpeg")}, {})


def test_a_given_asset_is_used() -> None:
    html = HEAD + '<link rel="stylesheet" href="asset:a.css"><p>x'
    plain = pdf.render(HEAD + "<p>x", {}, {})
    css = pdf.Asset(b"p { color: red }", "text/css")
    assert pdf.render(html, {"asset:a.css": css}, {}) != plain


@pytest.mark.parametrize("lost", [' lang="zh-CN"', "<title>x</title>", "dcterms.created"])
def test_a_paper_without_language_title_or_date_is_not_made(lost: str) -> None:
    with pytest.raises(ValueError, match="needs a language, a title"):
        pdf.render(HEAD.replace(lost, "") + "<p>x", {}, {})
