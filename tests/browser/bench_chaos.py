"""Many schedules of chaos.py on several processors, added up: what bin/bench chaos runs.

What became of each schedule is written down as it ends, so that a run that was stopped goes on
where it was; another seed, or other code, begins anew.
"""

import argparse
import hashlib
import json
import multiprocessing
import queue
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Error, sync_playwright

from tests.browser.chaos import SEED, Lab

ROOT: Final = Path(__file__).parent.parent.parent
CODE: Final = (
    *("inspector/**/*.py", "static/js/**/*.js", "templates/**/*.html"),
    *(f"tests/browser/{name}.*" for name in ("chaos", "device", "faults", "look", "witness")),
)
"""What a schedule's outcome depends on."""
SILENCE: Final = 600
"""After so many seconds without an outcome nobody is at work any more."""


def main() -> None:
    """Run them, say of each what went wrong, and print the sums as `name value unit`."""
    parser = argparse.ArgumentParser(prog="bin/bench chaos", description=__doc__)
    parser.add_argument("--schedules", type=int, default=1000, metavar="N")
    parser.add_argument("--seed", type=int, default=SEED, metavar="S")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="number of the first")
    parser.add_argument("--workers", type=int, default=4, metavar="N", help="how many at once")
    parser.add_argument("--minutes", type=float, default=0, metavar="M", help="stop after so long")
    parser.add_argument("--fresh", action="store_true", help="forget what was run before")
    asked = parser.parse_args()
    log = ROOT / ".setup" / f"chaos-{asked.seed}-{fingerprint()}.jsonl"
    if asked.fresh:
        log.unlink(missing_ok=True)
    wanted = range(asked.first, asked.first + asked.schedules)
    done = {row["number"]: row for row in read(log) if row["number"] in wanted}
    start = time.monotonic()
    until = start + asked.minutes * 60 if asked.minutes else None
    todo = [number for number in wanted if number not in done]
    with log.open("a") as lines:
        for row in outcomes(asked.seed, todo, asked.workers, until):
            print(json.dumps(row), file=lines, flush=True)
            done[row["number"]] = row
            for fault in faults_of(row):
                print(f"seed {asked.seed} schedule {row['number']}: {fault}", flush=True)
    bad = report(asked.seed, list(done.values()), time.monotonic() - start)
    raise SystemExit(1 if bad or len(done) < asked.schedules else 0)


def fingerprint() -> str:
    """Of the code that is put to the proof."""
    found = hashlib.sha256()
    for file in sorted(file for pattern in CODE for file in ROOT.glob(pattern)):
        found.update(file.read_bytes())
    return found.hexdigest()[:8]


def read(log: Path) -> Iterator[dict[str, Any]]:
    """What was run before."""
    if log.exists():
        yield from map(json.loads, log.read_text().splitlines())


def faults_of(row: dict[str, Any]) -> list[str]:
    """What went wrong in a schedule, in words."""
    return [*row["lost"], *row["twice"], *filter(None, [row["broken"]])]


def report(seed: int, rows: list[dict[str, Any]], seconds: float) -> int:
    """Print the sums. Returns how many entries and photos were lost or came twice, and how many
    schedules broke off."""
    met: Counter[str] = Counter()
    for row in rows:
        met.update(row["met"])
    for name, times in sorted(met.items()):
        print(f"chaos.met.{name.replace(' ', '_')} {times} count")
    lost, twice = (sum(len(row[what]) for row in rows) for what in ("lost", "twice"))
    broken = sum(bool(row["broken"]) for row in rows)
    print(f"chaos.seed {seed} number")
    print(f"chaos.schedules {len(rows)} count")
    print(f"chaos.operations {sum(row['operations'] for row in rows)} count")
    print(f"chaos.broken {broken} count")
    print(f"chaos.lost {lost} count")
    print(f"chaos.twice {twice} count")
    print(f"chaos.seconds {seconds:.0f} s")
    return lost + twice + broken


def outcomes(
    seed: int, numbers: list[int], workers: int, until: float | None
) -> Iterator[dict[str, Any]]:
    """What became of each, as they end; none is begun after `until`."""
    spawn = multiprocessing.get_context("spawn")
    todo: Queue[int] = spawn.Queue()
    results: Queue[dict[str, Any]] = spawn.Queue()
    for number in numbers:
        todo.put(number)
    given = (seed, todo, results, until)
    hands: list[BaseProcess] = [
        spawn.Process(target=_run, args=given) for _ in range(min(workers, len(numbers)))
    ]
    for hand in hands:
        hand.start()
    heard = time.monotonic()
    while any(hand.is_alive() for hand in hands) and time.monotonic() - heard < SILENCE:
        try:
            yield results.get(timeout=2)
        except queue.Empty:
            continue
        heard = time.monotonic()
    while not results.empty():
        yield results.get()
    for hand in hands:
        hand.terminate()
    todo.cancel_join_thread()


def _run(
    seed: int, todo: "Queue[int]", results: "Queue[dict[str, Any]]", until: float | None
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        Lab(playwright, Path(folder)) as lab,
    ):
        while until is None or time.monotonic() < until:
            try:
                number = todo.get(timeout=1)
            except queue.Empty:
                return
            results.put(_outcome(lab, seed, number))


def _outcome(lab: Lab, seed: int, number: int) -> dict[str, Any]:
    try:
        return vars(lab.run(seed, number)) | {"broken": ""}
    except (AssertionError, Error, RuntimeError) as error:
        nothing: dict[str, Any] = {"lost": [], "twice": [], "met": {}, "operations": 0}
        return nothing | {"number": number, "broken": f"broke off: {error}"}


if __name__ == "__main__":
    main()
