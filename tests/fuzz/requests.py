"""Bad requests: of every endpoint and method, with keys of others, broken bodies and strange heads.
Half of what each is made of is right, so that it gets further than the door."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st
from werkzeug.routing import Rule

from tests.cast import MEMBERS
from tests.fuzz.town import Town

PEOPLE = ["stranger", *MEMBERS]
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "get")

NASTY = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ufeff\u202e\u200b",
    "\r\nSet-Cookie: a=b",
    "%s%n{0}{{7*7}}${7*7}",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "../../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "//evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    "=1+1",
    "-1",
    "0",
    "1e999",
    "NaN",
    "9" * 400,
    "2026-02-30",
    "9999-12-31",
    "0001-01-01",
    "2026-11-30",
    "None",
    "null",
    "true",
    "[]",
    "{}",
    "网点" * 40,
    "x" * 501,
    "长" * 2001,
    "x" * 100_000,
    "𝕏👩‍👩‍👧‍👦",
)
WORDS = st.one_of(st.sampled_from(NASTY), st.text(max_size=20))

FIELDS = (
    *("reason", "day", "remark", "kept", "of", "form", "visit", "batch", "seen", "username"),
    *("password", "next", "language", "quarter", "name", "publish_on", "branch", "version"),
    *("inspector", "planned_on", "post", "cause", "measure", "result", "done_on", "ground"),
    *("statement", "outcome", "person_1", "person_2", "department_1", "department_2"),
    *("csrf_token", "email", "code", "name_zh", "name_en", "digest", "value", "new", "again"),
)
GOOD = {
    "reason": "理由",
    "remark": "备注",
    "day": "2026-12-20",
    "done_on": "2026-11-24",
    "kept": "earlier",
    "of": "filter:all",
    "form": "zip",
    "language": "en",
    "next": "/visits",
    "username": "channel",
    "password": "wrong",
    "quarter": "2026Q4",
    "publish_on": "2026-12-01",
    "planned_on": "2026-12-01",
    "post": "outlet_head",
    "cause": "换季",
    "measure": "检查",
    "result": "已换",
    "ground": "fact",
    "statement": "正在更换",
    "outcome": "upheld",
    "department_1": "行领导",
    "department_2": "内控合规部",
}
QUERIES = (
    "only",
    "stage",
    "size",
    "inspector",
    "day",
    "before",
    "next",
    "page",
    "q",
    "format",
    "of",
    "language",
)

HEADERS: dict[str, st.SearchStrategy[str]] = {
    "HX-Request": st.just("true"),
    "HX-Current-URL": st.sampled_from(
        (
            "//evil.example/x",
            "javascript:alert(1)",
            "http://[",
            "\\\\evil",
            "/visits",
            "http://a:b/",
        )
    ),
    "Referer": st.sampled_from(("http://evil.example/", "http://localhost/desk", "http://[", "x")),
    "Accept-Language": st.sampled_from(("en", "x" * 5000, "zh;q=9,*;q=a", "-")),
    "Range": st.sampled_from(("bytes=0-", "bytes=-1", "bytes=9-1", "bytes=a-b", "lines=1")),
    "If-None-Match": st.sampled_from(("*", '"x"', 'W/"', "x" * 3000)),
    "If-Modified-Since": st.sampled_from(("yesterday", "Sun, 99 Nov 9999 99:99:99 GMT")),
    "If-Range": st.sampled_from(('"x"', "Sun, 99")),
    "X-Inspector": st.just("1"),
    "Sec-Fetch-Site": st.sampled_from(("cross-site", "same-origin", "none")),
    "X-Forwarded-Host": st.just("evil.example"),
    "X-Forwarded-For": st.just("1.2.3.4, x"),
    "X-HTTP-Method-Override": st.just("DELETE"),
    "Host": st.sampled_from(("evil.example", "localhost", "localhost:99999", "[::1]", "a b")),
    "Authorization": st.sampled_from(("Basic !!", "Bearer x")),
    "Cookie": st.sampled_from(("session=x", "session=.eJw.a.b", "=;;=", "remember_token=1|2")),
    "Content-Encoding": st.just("gzip"),
    "Expect": st.just("x"),
}
TYPES = (
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "multipart/form-data; boundary=" + "y" * 300,
    "text/plain",
    "text/html; charset=nope",
    "application/json; charset=utf-16",
    "image/svg+xml",
    "",
    "a/b;;;=",
)
PARTS = (
    b"",
    b"--x\r\n",
    b"--x\r\nContent-Disposition: form-data; name=reason\r\n\r\nno end",
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a\x00.jpg"\r\n\r\n\xff\r\n--x',
    b'--x\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\n\r\nz\r\n--x--\r\n',
    b"--x\r\n" * 5000 + b"--x--",
    b"\xff\xfe\x00",
    b"a=%zz&b=%ff%00&=&&==",
    b"&".join(b"k%d=v" % n for n in range(2000)),
)
FILES = (
    b"",
    b"GIF89a",
    b"%PDF-1.7",
    b"PK\x03\x04",
    b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    b"\xff\xd8\xff\xe0\x00\x10JFIF",
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xff\xff\xff\xff\xff\xff\xff\x08\x02\x00\x00\x00",
)
DEEP = (b"[" * 100_000, b'{"a":' * 50_000 + b"1" + b"}" * 50_000, b"[[[[[[[[[[1]]]]]]]]]")

HALF = st.just("\ud800")
"""Half a character: only JSON can carry it."""
LEAVES = st.one_of(
    HALF,
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**400),
    st.just(2**63),
    st.floats(),
    st.sampled_from(NASTY),
    st.text(max_size=10),
)
SHAPES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)


@dataclass
class Bad:
    """One request, and by whom."""

    who: str
    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    data: Any = None
    content_type: str | None = None

    def __str__(self) -> str:
        said = f"{self.method} {self.path[:200]!r} by {self.who}"
        more = {
            k: str(v)[:300]
            for k, v in vars(self).items()
            if v and k not in {"who", "method", "path"}
        }
        return f"{said} {more}"


@st.composite
def requests(draw: Callable[..., Any], town: Town) -> Bad:
    """Any bad request."""
    rule: Rule = draw(st.sampled_from(town.rules))
    proper = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    method = draw(st.sampled_from(proper * 4 + [draw(st.sampled_from(METHODS))]))
    bad = Bad(draw(st.sampled_from(PEOPLE)), method, _path(draw, rule, town))
    if draw(st.integers(0, 3)) == 0:
        bad.query = draw(st.dictionaries(st.sampled_from(QUERIES), _value(town), max_size=3))
    ours = rule.rule.startswith("/api/")
    if ours and draw(st.integers(0, 9)):
        bad.headers["X-Inspector"] = "1"
    for name in draw(st.lists(st.sampled_from(sorted(HEADERS)), max_size=2)):
        if draw(st.booleans()):
            bad.headers[name] = draw(HEADERS[name])
    if method not in {"GET", "HEAD"} or draw(st.integers(0, 20)) == 0:
        _fill(draw, bad, rule, town)
    return bad


def _path(draw: Callable[..., Any], rule: Rule, town: Town) -> str:
    path = rule.rule
    for name in rule.arguments:
        own = town.keys.get(name) or [""]
        others = town.keys[draw(st.sampled_from(sorted(town.keys)))] or [""]
        right = st.sampled_from(own)
        value = draw(st.one_of(right, right, right, st.sampled_from(others), st.uuids().map(str)))
        if draw(st.integers(0, 15)) == 0:
            value = draw(WORDS)
        path = _put(path, name, quote(value, safe="/%;:@\\"))
    if draw(st.integers(0, 15)) == 0:
        path += draw(
            st.sampled_from(("/", "//", "/..", "/%00", "/%ff", ";x", "/" + "a" * 3000, "%2e"))
        )
    return path


def _put(path: str, name: str, value: str) -> str:
    start, _, rest = path.partition("<")
    inside, _, end = rest.partition(">")
    if inside.split(":")[-1] == name:
        return start + value + end
    return start + "<" + inside + ">" + _put(end, name, value)


def _value(town: Town) -> st.SearchStrategy[str]:
    every = [key for keys in town.keys.values() for key in keys]
    return st.one_of(WORDS, st.sampled_from(every))


def _fill(draw: Callable[..., Any], bad: Bad, rule: Rule, town: Town) -> None:
    """A body: mostly of the kind that the endpoint reads."""
    is_api = rule.rule.startswith("/api/")
    kind = draw(
        st.sampled_from(["json"] * 5 + ["raw"] if is_api else ["form"] * 6 + ["json", "raw"])
    )
    if kind == "form":
        bad.data = {name: GOOD.get(name, "") for name in FIELDS}
        for name in ("branch", "version", "inspector", "visit", "batch", "person_1", "person_2"):
            bad.data[name] = draw(_value(town))
        for name in draw(st.lists(st.sampled_from(FIELDS), max_size=3)):
            bad.data[name] = draw(WORDS)
        if draw(st.integers(0, 3)) == 0:
            file = draw(st.sampled_from(FILES))
            name = draw(st.sampled_from(("a.jpg", "../../a", "", "a.svg", "长" * 300)))
            bad.data[draw(st.sampled_from(("photos", "file")))] = (io.BytesIO(file), name)
    elif kind == "json":
        said = draw(st.one_of(SHAPES, _batches(town), _beats(town), _others(town)))
        bad.data = json.dumps(said)
        bad.content_type = "application/json"
    else:
        bad.data = draw(st.sampled_from((*PARTS, *FILES, *DEEP)))
        bad.content_type = draw(st.sampled_from(TYPES))


PAYLOADS: dict[str, dict[str, Any]] = {
    "visit.start": {},
    "visit.submit": {},
    "visit.begin": {"branch": "YA0302", "checklist": "ONSITE", "version": "1.0"},
    "answer.set": {"item": "ON-ENV-01", "value": "no", "base": 0},
    "note.set": {"item": "ON-ENV-01", "field": "note", "text": "x", "base": 0},
    "correction.set": {"item": "ON-ENV-01", "corrected": True, "base": 0},
    "photo.add": {"photo": "", "sha256": "0" * 64, "item": "ON-ENV-01", "stage": "before",
                  "taken_at": "2026-11-23T09:30:00+08:00"},
    "photo.caption": {"photo": "", "caption": "x"},
    "photo.remove": {"photo": ""},
    "entry.discard": {"entry": "", "reason": "x", "content": "y"},
    "practice.set": {"practice": "", "text": "x"},
    "practice.remove": {"practice": ""},
    "visit.sign": {"signature": "", "name": "x", "findings": [], "practices": [],
                   "signed_at": "2026-11-23T09:30:00+08:00"},
}  # fmt: skip


@st.composite
def _batches(draw: Callable[..., Any], town: Town) -> Any:
    """A batch of operations, good but for something."""
    stream = draw(st.one_of(st.uuids().map(str), st.sampled_from(town.keys["stream"])))
    ops = []
    for seq in range(1, draw(st.integers(1, 3)) + 1):
        kind = draw(st.sampled_from(sorted(PAYLOADS)))
        payload = {
            name: value or draw(st.uuids().map(str)) for name, value in PAYLOADS[kind].items()
        }
        entry = {
            "op_id": draw(st.one_of(st.uuids().map(str), st.sampled_from(town.keys["op_id"]))),
            "stream": stream,
            "seq": seq,
            "v": 1,
            "kind": kind,
            "visit": draw(st.sampled_from(town.keys["visit_id"])),
            "payload": payload,
            "at": "2026-11-23T09:30:00+08:00",
            "tz": -480,
            "tpl": "ONSITE 1.0",
        }
        if draw(st.booleans()):
            where = draw(st.sampled_from((entry, payload)))
            if where:
                where[draw(st.sampled_from(sorted(where)))] = draw(SHAPES)
        ops.append(entry)
    return {"stream": stream, "ops": ops, "sent_at": draw(st.sampled_from(TIMES))}


TIMES = (
    None,
    "2026-11-23T09:30:00+08:00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
)


@st.composite
def _beats(draw: Callable[..., Any], town: Town) -> Any:
    """What a tablet says of itself."""
    waiting = {
        "stream": draw(st.sampled_from(town.keys["stream"])),
        "person": draw(st.one_of(st.none(), st.sampled_from(town.keys["person_id"]))),
        "entries": draw(st.sampled_from((0, 1_000_000, -1, 2**70))),
        "photos": 0,
        "bytes": draw(st.sampled_from((0, 2**53, 2**53 + 1))),
        "oldest_at": draw(st.sampled_from(TIMES)),
    }
    return {"sent_at": draw(st.sampled_from(TIMES)), "version": "x", "streams": [waiting]}


@st.composite
def _others(draw: Callable[..., Any], town: Town) -> Any:
    """The small bodies: a gap, a device."""
    number = st.sampled_from((0, 1, -1, 2**31 - 1, 2**31, "1", None))
    device = st.one_of(st.uuids().map(str), WORDS, st.integers())
    return (
        {"first": draw(number), "last": draw(number)}
        if draw(st.booleans())
        else {"device": draw(device)}
    )
