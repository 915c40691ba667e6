"""A file that is not the one that was written is refused with a sentence, before anything is
touched."""

import hashlib
import re
import tarfile
from itertools import starmap
from pathlib import Path
from random import Random

import pytest

from inspector.backup.manifest import Seal, header
from tests.backup.conftest import Place, Town, run
from tests.backup.town import contents


@pytest.fixture
def damaged(town: Town, tmp_path: Path) -> Path:
    """A copy, to be damaged."""
    copy = tmp_path / "damaged.backup"
    copy.write_bytes(town.file.read_bytes())
    return copy


def refused(town: Town, file: Path) -> str:
    """The sentence with which `--check` refuses a file."""
    result = run(town.app, "backup", "--check", file)
    assert result.exit_code == 1, result.output
    assert re.fullmatch(r"Error: [A-Z].*\n", result.output), result.output
    return result.output


def member(name: str, data: bytes) -> bytes:
    return header(name, len(data)) + data + bytes(-len(data) % 512)


def sealed(parts: list[tuple[str, bytes]]) -> bytes:
    """A file of these members, sealed by somebody who has the secret key."""
    data = b"".join(starmap(member, parts))
    seal = Seal.of(hashlib.sha256(data).hexdigest(), "for tests only")
    return data + member("seal.json", seal.model_dump_json().encode()) + bytes(1024)


def test_a_whole_one_says_what_is_in_it(town: Town) -> None:
    result = run(town.app, "backup", "--check", town.file)
    assert result.exit_code == 0
    assert re.match(r"whole: \d+ rows of \d+ tables, \d+ files of [\d.]+ MB; ", result.output)


def test_any_tool_for_tars_can_look_into_it(town: Town) -> None:
    with tarfile.open(town.file) as tar:
        names = tar.getnames()
    assert names[-2:] == ["manifest.json", "seal.json"]
    assert {name.split("/")[0] for name in names[:-2]} == {"bytes", "rows"}


@pytest.mark.parametrize("part", [0.0, 0.1, 0.5, 0.999, 1.0])
def test_one_that_is_cut_off(town: Town, damaged: Path, part: float) -> None:
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[: int((len(whole) - 1) * part)])
    assert "cut off" in refused(town, damaged)


def test_one_with_a_single_bit_flipped_wherever_it_is(town: Town, damaged: Path) -> None:
    whole, random = damaged.read_bytes(), Random(20261128)  # noqa: S311
    ends = [*range(0, 512, 37), *range(len(whole) - 3000, len(whole), 97)]
    for position in [*ends, *(random.randrange(len(whole)) for _ in range(60))]:
        flipped = bytearray(whole)
        flipped[position] ^= 1 << random.randrange(8)
        damaged.write_bytes(flipped)
        refused(town, damaged)


def test_one_that_lacks_a_member_though_its_seal_is_right(town: Town, damaged: Path) -> None:
    for gone in ("bytes/", "rows/finding/", "rows/person/", "manifest.json", "seal.json"):
        with tarfile.open(town.file) as tar:
            kept = [m for m in tar if not m.name.startswith((gone, "seal.json"))]
            parts = [(m.name, tar.extractfile(m).read()) for m in kept]  # type: ignore[union-attr]
        damaged.write_bytes(
            sealed(parts) if gone != "seal.json" else b"".join(starmap(member, parts))
        )
        refused(town, damaged)


def test_one_with_other_rows_though_its_seal_is_right(town: Town, damaged: Path) -> None:
    with tarfile.open(town.file) as tar:
        parts = [(m.name, tar.extractfile(m).read()) for m in tar]  # type: ignore[union-attr]
    other = [(name, data.replace(b"1", b"2") if "person" in name else data) for name, data in parts]
    damaged.write_bytes(sealed(parts[:-1]))
    assert run(town.app, "backup", "--check", damaged).exit_code == 0
    damaged.write_bytes(sealed(other[:-1]))
    assert "Rows of person are" in refused(town, damaged)


@pytest.mark.parametrize(
    "name",
    [
        "bytes/" + "0" * 64,
        "rows/person/0002",
        "rows/nothing/0001",
        "../../etc/passwd",
        "/etc/x",
        "",
    ],
)
def test_one_with_a_member_too_many(town: Town, damaged: Path, name: str) -> None:
    whole = damaged.read_bytes()
    extra = member(name, b"[1]\n")
    damaged.write_bytes(extra + whole)
    refused(town, damaged)
    damaged.write_bytes(whole[:-1024] + extra + bytes(1024))
    refused(town, damaged)
    damaged.write_bytes(whole + extra)
    refused(town, damaged)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, b"L", b"x"])
def test_one_with_something_else_than_a_file(town: Town, damaged: Path, kind: bytes) -> None:
    trick = tarfile.TarInfo("bytes/" + "0" * 64)
    trick.type, trick.linkname = kind, "/etc/passwd"
    damaged.write_bytes(trick.tobuf() + damaged.read_bytes())
    assert "not ours" in refused(town, damaged)


def test_what_is_no_backup_at_all(town: Town, tmp_path: Path) -> None:
    for data in (b"", b"PK\3\4" + bytes(5000), bytes(10240)):
        file = tmp_path / "x"
        file.write_bytes(data)
        refused(town, file)
    assert run(town.app, "backup", "--check", tmp_path / "nothing").exit_code == 1


def test_restoring_a_damaged_one_touches_nothing(town: Town, damaged: Path, place: Place) -> None:
    whole = bytearray(damaged.read_bytes())
    whole[len(whole) // 2] ^= 1
    damaged.write_bytes(whole)
    there = place("sqlite")
    result = run(there, "restore", damaged)
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert list(Path(there.config["STORAGE"]).glob("**/*")) == []
    assert run(there, "restore", town.file).exit_code == 0
    assert contents(there)["notice"] == contents(town.app)["notice"]
