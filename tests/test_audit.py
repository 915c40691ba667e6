"""bin/audit against registries of our own: a known hole fails, a silent registry only warns."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.audit import read_accepted

ROOT = Path(__file__).parent.parent
LOCK = f"old-thing==1.0 --hash=sha256:{'0' * 64}\nfine==2.0 --hash=sha256:{'1' * 64}\n"
OSV = {
    "id": "GHSA-aaaa-bbbb-cccc",
    "aliases": ["CVE-2026-1234"],
    "summary": "anybody may do anything",
    "affected": [
        {
            "package": {"name": "old-thing", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.1"}]}],
        }
    ],
}
ADVISORY = {
    "id": 7,
    "url": "https://github.com/advisories/GHSA-dddd-eeee-ffff",
    "title": "anybody may do anything",
    "severity": "high",
    "vulnerable_versions": "<1.1.0",
    "cwe": [],
    "cvss": {"score": 9.8, "vectorString": None},
}
PACKUMENT = {
    "name": "old-thing",
    "dist-tags": {"latest": "1.1.0"},
    "versions": {v: {"name": "old-thing", "version": v} for v in ("1.0.0", "1.1.0")},
}
PACKAGE = {"name": "x", "version": "1.0.0", "dependencies": {"old-thing": "1.0.0"}}
NODE_LOCK = {
    "name": "x",
    "version": "1.0.0",
    "lockfileVersion": 3,
    "packages": {"": PACKAGE, "node_modules/old-thing": {"version": "1.0.0"}},
}


@contextmanager
def registry(answer: Callable[[str, Any], Any]) -> Iterator[str]:
    """A server that answers JSON: to a path, and the JSON that was sent there."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(answer(self.path, None))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._say(answer(self.path, body))

        def _say(self, what: Any) -> None:
            self.send_response(404 if what is None else 200)
            self.end_headers()
            self.wfile.write(json.dumps(what).encode())

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def asked_osv(_path: str, body: Any) -> Any:
    old = json.loads(body)["package"]["name"] == "old-thing"
    return {"vulns": [OSV]} if old else {}


def asked_npm(path: str, _body: Any) -> Any:
    if path.endswith("/advisories/bulk"):
        return {"old-thing": [ADVISORY]}
    return PACKUMENT if path == "/old-thing" else None


def asked_mirror(_path: str, _body: Any) -> Any:
    return None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Locks that name something with a hole."""
    (tmp_path / "requirements-dev.txt").write_text(LOCK)
    (tmp_path / "package.json").write_text(json.dumps(PACKAGE))
    (tmp_path / "package-lock.json").write_text(json.dumps(NODE_LOCK))
    (tmp_path / "accepted-holes.toml").write_text("")
    return tmp_path


def audit(folder: Path, registry: str, which: str) -> tuple[int, str]:
    """The exit code of bin/audit, and what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.audit", "--folder", str(folder), which],
        cwd=ROOT,
        env=os.environ
        | {
            "INSPECTOR_AUDIT_OSV_URL": f"{registry}/v1/query",
            "npm_config_registry": f"{registry}/",
            "npm_config_cache": str(folder / "cache"),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_hole_of_a_python_package_fails_with_what_to_do(folder: Path) -> None:
    with registry(asked_osv) as url:
        code, said = audit(folder, url, "python")
    assert code == 1
    assert "old-thing 1.0 has a known hole: anybody may do anything" in said
    assert "GHSA-aaaa-bbbb-cccc" in said
    assert "What to do: bin/lock --upgrade: it is mended in 1.1" in said
    assert "fine" not in said


def test_a_hole_of_a_node_package_fails_with_what_to_do(folder: Path) -> None:
    with registry(asked_npm) as url:
        code, said = audit(folder, url, "node")
    assert code == 1
    assert "old-thing <1.1.0 has a known hole: anybody may do anything, high" in said
    assert "What to do: npm audit fix" in said


@pytest.mark.parametrize(
    ("which", "answer", "key"),
    [("python", asked_osv, "CVE-2026-1234"), ("node", asked_npm, "GHSA-dddd-eeee-ffff")],
)
def test_one_that_was_accepted_is_told_and_fails_again_from_its_day(
    folder: Path, which: str, answer: Callable[[str, Any], Any], key: str
) -> None:
    for until, expected in (("2999-01-01", 0), ("2026-11-01", 1)):
        entry = f'[[accepted]]\nid = "{key}"\nreason = "not used"\nuntil = {until}\n'
        (folder / "accepted-holes.toml").write_text(entry)
        with registry(answer) as url:
            code, said = audit(folder, url, which)
        assert code == expected
        assert ("accepted until" in said) == (expected == 0)


def test_without_a_reason_nothing_is_accepted(folder: Path) -> None:
    entry = '[[accepted]]\nid = "CVE-2026-1234"\nreason = ""\nuntil = 2999-01-01\n'
    (folder / "accepted-holes.toml").write_text(entry)
    code, said = audit(folder, "http://127.0.0.1:9", "python")
    assert code == 1
    assert "CVE-2026-1234 needs a reason and a day" in said


@pytest.mark.parametrize("which", ["python", "node"])
def test_a_registry_that_knows_nothing_or_is_not_there_is_a_warning(
    folder: Path, which: str
) -> None:
    with registry(asked_mirror) as url:
        mirror = audit(folder, url, which)
    for code, said in (mirror, audit(folder, "http://127.0.0.1:9", which)):
        assert code == 0
        assert said.startswith(f"warning: holes of the {which} packages are unknown: ")


def test_the_file_of_accepted_holes_can_be_read() -> None:
    read_accepted(ROOT / "accepted-holes.toml")
