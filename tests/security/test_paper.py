"""What people write ends as text on paper: in every text of every paper, and on a real one."""

import dataclasses
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import html5lib
import pypdf
import pytest

from inspector.notices.papers.drawing import Record, document_html
from inspector.notices.papers.freezing import papers_of
from inspector.storage import storage
from tests import cast as make
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.notices.paper import PAGE_FOOT
from tests.pdf.specimens import specimens

pytestmark = pytest.mark.one_engine

EVIL = (
    '"><img src="file:///etc/passwd"><link rel=attachment href="http://127.0.0.1:9/x">'
    "<style>@import 'http://127.0.0.1:9/y'</style><script>x</script></p></td></table>"
    "<svg><image href='ftp://x/'/></svg>{{ 7*7 }}{% raw %}&lt;b&gt;&#60;i&#62;<!--"
)
SVG = "{http://www.w3.org/2000/svg}"
DRAWING = {"svg", "g", "path", "text", "title", "desc", "defs", "clipPath", "rect", "use"}
FIXED = re.compile(
    r"[0-9a-f]{64}|\d{4}-\d\d(-\d\d)?|onsite|offsite|mystery|major|minor|https?://.*"
)
"""Not from people: hashes, months, words of ours, the address of the QR code."""


def poisoned(value: Any) -> Any:
    """The same record with the evil text behind each text of people."""
    if isinstance(value, str):
        return value + EVIL if value and not FIXED.fullmatch(value) else value
    if isinstance(value, tuple):
        return tuple(map(poisoned, value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value) if f.init}
        changed = {name: poisoned(said) for name, said in fields.items()}
        for name in ("sha256", "notice_url", "acknowledge_url", "url"):
            if name in fields:
                changed[name] = fields[name]
        return dataclasses.replace(value, **changed)
    return value


def elements(html: str) -> list[tuple[str, ...]]:
    """All elements of a page with the names of their attributes, but for lines of long texts. A
    plot makes room for its labels: of it, that it draws and does nothing else."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    return list(_within(tree))


def _within(element: Any) -> Iterator[tuple[str, ...]]:
    if not isinstance(element.tag, str):
        return  # a comment
    yield (element.tag, *sorted(set(map(str, element.attrib)) - {"class", "d"}))
    if element.tag == SVG + "svg":
        for part in element.iter():
            assert part.tag.removeprefix(SVG) in DRAWING
            assert not [name for name in part.attrib if re.search("^on|style", name)]
            assert all(said[0] == "#" for name, said in part.attrib.items() if "href" in name)
        return
    for child in element:
        yield from _within(child)


@pytest.mark.parametrize("specimen", [s for s in specimens() if "short" in s.name], ids=str)
def test_no_text_of_a_paper_becomes_more_than_text(specimen: Any) -> None:
    record: Record = specimen.record
    bad = poisoned(record)
    assert bad != record
    assert elements(document_html(bad)) == elements(document_html(record))


def test_on_a_real_paper_it_stands_to_be_read_and_nothing_was_fetched(
    cast: Cast, client_of: ClientOf
) -> None:
    notice = make.acknowledged(cast)
    words = {name: f"{name} {EVIL}" for name in ("cause", "measure", "result")}
    form = make.report_form(photos=1) | words
    client = client_of(cast.outlet)
    assert client.post(f"/notices/{notice.id}/reports", data=form).status_code == 303
    (filed,) = [p for p in papers_of(notice).values() if p.kind == "report"]
    pdf = pypdf.PdfReader(io.BytesIO(storage().get(filed.pdf_sha256)))
    text = "".join(page.extract_text() for page in pdf.pages)
    read = PAGE_FOOT.sub("", re.sub(r"\s", "", text))
    for word in words.values():
        assert re.sub(r"\s", "", word) in read
    assert "root:" not in read
    assert set(pdf.attachments) == {"record.json"}
    record = json.loads(pdf.attachments["record.json"][0])
    assert record["cause"].startswith(words["cause"][:20])
    links = [a for page in pdf.pages for a in page.get("/Annots") or []]
    for link in links:
        address = str(link.get_object().get("/A", {}).get("/URI", ""))
        assert "127.0.0.1:9" not in address
        assert "passwd" not in address


def test_a_page_shows_it_as_text_too(cast: Cast, client_of: ClientOf) -> None:
    notice = make.reported(cast)
    before = client_of(cast.channel).get(f"/notices/{notice.id}").text
    report = notice.rectification.reports[0]
    report.cause, report.measure, report.result = EVIL, EVIL, EVIL
    after = client_of(cast.channel).get(f"/notices/{notice.id}").text
    assert [e for e in elements(after) if e[0] in {"script", "img", "style", "svg"}] == [
        e for e in elements(before) if e[0] in {"script", "img", "style", "svg"}
    ]
    assert EVIL not in after
