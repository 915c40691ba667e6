"""Known holes in what the locks name: what bin/audit runs.

A registry that cannot be asked is told and no failure: the machines of a bank often reach nothing
but a mirror, and a mirror answers as if no package had ever had a hole.
"""

import argparse
import json
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
LOCK = "requirements-dev.txt"
"""All of requirements.txt is in it."""
SECONDS = 60.0
"""How long a registry has for its answers."""


class Silent(Exception):
    """Why a registry could not be asked."""


@dataclass(frozen=True)
class Hole:
    """One hole of one package, and how to be rid of it."""

    package: str
    ids: tuple[str, ...]
    title: str
    remedy: str


@dataclass(frozen=True)
class Accepted:
    """A hole that somebody has decided to live with, up to a day."""

    id: str
    reason: str
    until: date


def main() -> int:
    """Ask, tell, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("registries", nargs="*", metavar="python|node", default=[*REGISTRIES])
    parser.add_argument("--folder", type=Path, default=ROOT, help="where the locks are")
    asked = parser.parse_args()
    accepted = read_accepted(asked.folder / "accepted-holes.toml")
    failed = False
    for name in asked.registries:
        try:
            failed |= told(REGISTRIES[name](asked.folder), accepted)
        except Silent as silent:
            print(f"warning: holes of the {name} packages are unknown: {silent}")
    return int(failed)


def told(holes: Iterable[Hole], accepted: dict[str, Accepted]) -> bool:
    """Print the holes; whether there is one that is not accepted."""
    failed = False
    for hole in holes:
        known = next((accepted[key] for key in hole.ids if key in accepted), None)
        if known and date.today() < known.until:
            print(f"accepted until {known.until}: {hole.package} {known.id}: {known.reason}")
        else:
            failed = True
            print(f"{hole.package} has a known hole: {hole.title} ({', '.join(hole.ids)})")
            print(
                f"    What to do: {hole.remedy}; or say in accepted-holes.toml why it does no harm."
            )
    return failed


def read_accepted(file: Path) -> dict[str, Accepted]:
    """What the file names, by id. An entry without a reason or a day is a mistake in it."""
    entries = [Accepted(**entry) for entry in tomllib.loads(file.read_text()).get("accepted", [])]
    for entry in entries:
        if not entry.reason.strip() or not isinstance(entry.until, date):
            raise ValueError(f"{file.name}: {entry.id} needs a reason and a day")
    return {entry.id: entry for entry in entries}


def python_holes(folder: Path) -> list[Hole]:
    """By pip-audit: from PyPI, or where that has no list of holes, from OSV."""
    osv = os.environ.get("INSPECTOR_AUDIT_OSV_URL", "")
    services = [["osv", "--osv-url", osv]] if osv else [["pypi"], ["osv"]]
    deadline, reasons = time.monotonic() + SECONDS, []
    for service in services:
        try:
            return _asked(folder / LOCK, service, deadline - time.monotonic())
        except Silent as silent:
            reasons.append(str(silent))
    raise Silent("; ".join(reasons))


def _asked(lock: Path, service: list[str], seconds: float) -> list[Hole]:
    command = ["pip-audit", "--requirement", str(lock), "--require-hashes", "--disable-pip"]
    command += ["--vulnerability-service", *service, "--timeout", "10"]
    command += ["--format", "json", "--progress-spinner", "off"]
    packages = _json(command, seconds).get("dependencies", [])
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    if skipped and len(skipped) == len(packages):
        raise Silent(f"{service[0]} knows none of them")
    if skipped:
        print(f"warning: {service[0]} has nothing about {', '.join(skipped)}")
    return [
        Hole(
            package=f"{package['name']} {package['version']}",
            ids=(hole["id"], *hole.get("aliases", ())),
            title=hole.get("description", "")[:200],
            remedy="bin/lock --upgrade: it is mended in " + " and ".join(hole["fix_versions"])
            if hole["fix_versions"]
            else "nothing mends it yet: do without the package",
        )
        for package in packages
        for hole in package.get("vulns", ())
    ]


def node_holes(folder: Path) -> list[Hole]:
    """By npm audit."""
    command = ["npm", "audit", "--json", "--package-lock-only", "--prefix", str(folder)]
    answer = _json(command, SECONDS)
    if "auditReportVersion" not in answer:
        raise Silent(str(answer.get("message") or answer.get("error") or answer))
    return [
        Hole(
            package=f"{name} {hole['range']}",
            ids=(hole["url"].rsplit("/", 1)[-1],),
            title=f"{hole['title']}, {hole['severity']}",
            remedy="npm audit fix" if package["fixAvailable"] else "nothing mends it yet",
        )
        for name, package in answer["vulnerabilities"].items()
        for hole in package["via"]
        if isinstance(hole, dict)  # else it is another package, which has its own line
    ]


def _json(command: list[str], seconds: float) -> dict[str, Any]:
    """What a command prints; its exit code says only whether there are holes."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=max(seconds, 1), cwd=ROOT, check=False
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise Silent(f"no answer within {seconds:.0f} seconds") from None
    except ValueError:
        last = (done.stderr.strip() or "it said nothing").splitlines()[-1]
        raise Silent(f"{command[0]}: {last[:200]}") from None
    return answer


REGISTRIES: dict[str, Callable[[Path], list[Hole]]] = {"python": python_holes, "node": node_holes}

if __name__ == "__main__":
    sys.exit(main())
