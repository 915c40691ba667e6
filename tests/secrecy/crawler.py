"""Everything that a person can get out of the app: by following what pages offer, and by filling
every address that there is with every key of the database."""

import contextvars
import hashlib
import html
import io
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit
from zipfile import ZipFile

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import String, Uuid, text
from werkzeug.routing import Rule

from inspector.db import db
from inspector.spreadsheets import TYPES
from tests.secrecy.needles import Needles, Trace
from tests.secrecy.reading import headers_of, parts_of

HREF = re.compile(
    r"""\s(?:href|src|srcset|poster|action|cite|hx-get|hx-push-url|data-[a-z-]+)\s*=\s*"([^"]*)\"""",
    re.I,
)
FORM = re.compile(r"<form\b(?P<head>[^>]*)>(?P<body>.*?)</form>", re.S | re.I)
FIELD = re.compile(
    r"""<(?:input|textarea)\b[^>]*\bname="(?P<name>[^"]+)"[^>]*"""
    r"""|<select\b[^>]*\bname="(?P<chosen>[^"]+)"[^>]*>(?P<options>.*?)</select>""",
    re.S | re.I,
)
VALUE = re.compile(r"""\bvalue="([^"]*)\"""", re.I)
FEW = 8
"""As many of the options of one field are chosen, from the first to the last."""
MANY = {"answer", "operation", "event", "item", "section", "delivery", "document_series"}
"""Tables of which the keys are too many to try each: some stand for all."""
SOME = 3
NAMED = {
    "code": ("YA", "YA01", "YA03", "YA0102", "YA0301", "YA0302", "MYSTERY"),
    "quarter": ("2026Q3", "2026Q4"),
}
"""Arguments that are no keys, and what they are tried with."""
REFUSED = 4
"""A rule that refuses a role (403) this often refuses it whatever the key."""
CSRF = re.compile(rb'name="csrf_token" value="[^"]*"')
WRITTEN = re.compile(rb"<dcterms:(created|modified)\b[^>]*>[^<]*")
TOO_MANY = 4000
"""Pages of one person: a crawl that finds more goes round in a circle."""
QUESTIONS = (
    "/visits?stage=nonsense",
    "/findings?only=nonsense&issue=LOB.GREET",
    "/findings?quarter=2026Q4",
    "/findings?quarter=nonsense",
    "/findings?under=YA03",
    "/notices?only=held",
    "/ledger?stage=held&q=柜",
    "/ledger.pdf?stage=held",
    "/ledger.csv?stage=all&kind=mystery&sort=visited",
    "/ledger?stage=all&repeat=not_carried_out",
    "/reminders?before=nonsense",
    "/nowhere",
    "/visits/nowhere",
    "/visits/00000000-0000-0000-0000-000000000000",
    "/papers/ABCDEF012345",
)
"""What no page offers, but anybody can type."""


@dataclass(frozen=True)
class Page:
    """One answer, without what is another each time: the form's token, the session's cookie; and a
    workbook as what is in it, without when it was written, which is now."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def without(self, url: str) -> "Page":
        """The same but for its own address, which whoever asked knows already."""
        return replace(self, body=self.body.replace(html.escape(url).encode(), b""))

    def traces(self, needles: Needles) -> Iterator[tuple[str, Trace]]:
        """What it gives away, and where."""
        for where, said in headers_of(self.headers):
            for trace in traces_in(said.encode(), needles):
                yield where, trace[1]
        yield from traces_in(self.body, needles)


@dataclass
class Crawler:
    """One person's client, and every page that it has got."""

    client: FlaskClient
    pages: dict[str, Page] = field(default_factory=dict)
    _asked: set[tuple[str, str]] = field(default_factory=set)

    def get(self, url: str) -> Page:
        """The answer to one address, asked once."""
        if url not in self.pages:
            self.pages[url] = ask(self.client, url)
        return self.pages[url]

    def follow(self, *starts: str) -> None:
        """Get what can be reached from here by links, images, forms and scripts' attributes. Of a
        page that can be narrowed in many ways at once, each way is followed, but not all together
        with all others: that would be thousands."""
        waiting = list(starts or ("/",))
        while waiting:
            url = waiting.pop()
            if url in self.pages or not self._asks_anew(url):
                continue
            assert len(self.pages) < TOO_MANY, f"a crawl without end: {url} {self.most()}"
            waiting += offered(url, self.get(url))

    def _asks_anew(self, url: str) -> bool:
        """Whether something in an address was not asked of its page before."""
        path, _, query = url.partition("?")
        asked = {(path, one) for one in query.split("&")}
        new = asked - self._asked
        self._asked |= asked
        return bool(new)

    def most(self) -> list[tuple[str, int]]:
        """The pages that were asked in the most ways."""
        return Counter(url.partition("?")[0] for url in self.pages).most_common(5)

    def try_every(self, addresses: Mapping[str, list[str]]) -> None:
        """Get addresses that nobody offered; those of each rule until it has refused the role."""
        for urls in addresses.values():
            refused = 0
            for url in urls:
                refused += self.get(url).status == 403
                if refused == REFUSED:
                    break

    def traces(self, needles: Needles) -> list[str]:
        """All that was given away, each once, for a person to read."""
        found = {
            f"{url}: {where}: {trace.what}: …{trace.near}…"
            for url, page in self.pages.items()
            for where, trace in page.without(url).traces(needles)
        }
        return sorted(found)


def ask(client: FlaskClient, url: str, method: str = "GET", **what: Any) -> Page:
    """One answer, as a request of its own."""
    answer = contextvars.Context().run(
        FlaskClient.open, client, url, method=method, buffered=True, **what
    )
    kept = tuple((k, v) for k, v in answer.headers if k not in {"Set-Cookie", "Date"})
    cookies = tuple(
        ("Set-Cookie", cookie.split("=", 1)[0]) for cookie in answer.headers.getlist("Set-Cookie")
    )
    body = _unpacked(answer.data) if answer.mimetype == TYPES["xlsx"] else answer.data
    page = Page(answer.status_code, (*kept, *cookies), CSRF.sub(b"", body))
    answer.close()
    return page


def _unpacked(workbook: bytes) -> bytes:
    with ZipFile(io.BytesIO(workbook)) as parts:
        said = [name.encode() + b"\n" + parts.read(name) for name in parts.namelist()]
    return WRITTEN.sub(b"", b"\n".join(said))


def traces_in(body: bytes, needles: Needles) -> list[tuple[str, Trace]]:
    """What a body gives away; the same body is looked through once."""
    key = hashlib.sha256(body).digest()
    if key not in needles.looked_through:
        found = []
        for where, said in parts_of("body", body):
            found += [(where, trace) for trace in needles.in_part(where, said)]
        needles.looked_through[key] = found
    return needles.looked_through[key]


def offered(url: str, page: Page) -> list[str]:
    """The addresses that an answer leads to, on our own site."""
    found = [value for name, value in page.headers if name in {"Location", "HX-Redirect"}]
    kind = dict(page.headers).get("Content-Type", "")
    if kind.startswith("text/html"):
        source = page.body.decode()
        found += [html.unescape(match[1]) for match in HREF.finditer(source)]
        for form in FORM.finditer(source):
            found += _asked(form["head"], form["body"])
    ours = (urlsplit(urljoin(f"http://localhost{url}", one)) for one in found if _is_address(one))
    return [
        parts.path + (f"?{parts.query}" if parts.query else "")
        for parts in ours
        if parts.netloc == "localhost" and not parts.path.startswith("/static/dist/")
    ]


def _is_address(value: str) -> bool:
    return value.startswith(("/", "http://localhost", "?", "./", "../"))


def _asked(head: str, body: str) -> Iterator[str]:
    """A form that asks for a page: with each of its fields once filled in."""
    if re.search(r"""method="post\"""", head, re.I) or "hx-post" in head:
        return
    action = re.search(r"""action="([^"]*)\"""", head)
    for found in FIELD.finditer(body):
        values = VALUE.findall(found["options"] or found[0]) or [""]
        for value in values[:: max(len(values) // FEW, 1)]:
            asked = urlencode({found["name"] or found["chosen"]: html.unescape(value)})
            yield f"{html.unescape(action[1]) if action else '?'}?{asked}"


def keys_by_table() -> dict[str, list[str]]:
    """Every key of the database; of large tables some."""
    found = {}
    for table in db.metadata.sorted_tables:
        keys = [column for column in table.primary_key if isinstance(column.type, Uuid | String)]
        if not keys:
            continue
        rows = db.session.execute(text(f"SELECT {keys[0].name} FROM {table.name} ORDER BY 1"))
        found[table.name] = list(dict.fromkeys(_written(row[0]) for row in rows))
        if table.name in MANY:
            found[table.name] = found[table.name][:SOME]
    db.session.rollback()
    return found


def addresses(app: Flask, method: str = "GET") -> dict[str, list[str]]:
    """Every rule of the app with every key that could fit, and some of the other tables."""
    keys = keys_by_table()
    urls = {"": list(QUESTIONS)} if method == "GET" else {}
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and rule.endpoint != "static":
            urls[f"{method} {rule.rule}"] = list(dict.fromkeys(_filled(rule, keys)))
    return urls


def _filled(rule: Rule, keys: dict[str, list[str]]) -> Iterator[str]:
    arguments = _arguments(rule)
    choices = [_choices(name, keys, len(arguments) == 1) for _, name in arguments]
    for values in itertools.product(*choices):
        path = rule.rule
        for (written, _), value in zip(arguments, values, strict=True):
            path = path.replace(written, quote(value))
        yield path


def _arguments(rule: Rule) -> list[tuple[str, str]]:
    return re.findall(r"(<(?:\w+:)?(\w+)>)", rule.rule)


def _choices(name: str, keys: dict[str, list[str]], alone: bool) -> list[str]:
    """What an argument is tried with: the keys of the table that it names; when it is the only one,
    also some of all tables."""
    if name == "sha256":
        return [*keys["picture"][:: max(len(keys["picture"]) // 5, 1)], "0" * 64]
    if name == "system_code":
        return [key.replace("-", "")[:12].upper() for key in keys["notice"]] + ["0" * 12]
    if name in NAMED:
        return [*NAMED[name]]
    table = {"op_id": "operation", "version_id": "checklist_version"}.get(name)
    own = keys.get(table or name.removesuffix("_id"), [])
    others = (key for of_table in keys.values() for key in of_table[:SOME])
    return list(dict.fromkeys([*own, *(others if alone else ())]))


def _written(key: Any) -> str:
    value = str(key)
    if re.fullmatch(r"[0-9a-f]{32}", value):  # as SQLite keeps a UUID
        return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"
    return value
