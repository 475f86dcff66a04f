"""Every command with something else than a file where it reads one, and with files that are none of
what it reads: an answer or short lines, in bounded time and memory, and nothing that acts.
"""

from __future__ import annotations

import random
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import pytest
from door_attacks import CSVS, NAMES, PLACES, TEXTS, TOMLS
from forked_command import Command, Outcome
from small_folder import DESIGN

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks, pipes and limits of Linux")
SCAN = (
    "--photons 2 --wavelength 800 --energy 50 --pulse 100 --waist 20 --density 1e18 --thickness 1"
)
# Commands by what they read: FILE is the attacked one, DESIGN a sound design.
OF_TOML = (
    *("modes FILE", "lase FILE", "run FILE --out out", "materials FILE", "design FILE"),
    *("calibrate FILE --out out", "study run FILE --workers 1", "study status FILE"),
    *("study table FILE", "study plot FILE", "study clean FILE --yes", "study verify FILE"),
    *("study slurm FILE", "study fields FILE --point 0 --out f.npz", "study merge FILE other"),
    "fit FILE peaks.csv",
)
OF_CSV = (
    *(
        "fit design.toml FILE --workers 1",
        "measure light-curve FILE",
        f"measure z-scan FILE {SCAN}",
    ),
    *("measure emission FILE", "measure decay FILE", "measure stripe FILE"),
    *("measure spacings FILE", "measure temperature FILE", "measure series FILE"),
)
OTHERS = ("view FILE --no-browser", "study merge study.toml FILE", "new study --folder FILE")
MOST_SECONDS, MOST_GIGABYTES = 60.0, 2.0
T = TypeVar("T")


def forms(commands: tuple[str, ...]) -> list:
    """Each command with a few of the attacks; in the long form with all."""
    long = [pytest.param(words, True, marks=pytest.mark.slow) for words in commands]
    return [*((words, False) for words in commands), *long]


def some(attacks: Mapping[str, T] | Sequence[T], words: str, whole: bool, share: int) -> list:
    """Of the attacks, one in so many, others for each command."""
    chosen = list(attacks.items() if isinstance(attacks, Mapping) else attacks)
    return chosen if whole else random.Random(words).sample(chosen, len(chosen) // share)


@pytest.fixture
def here(tmp_path: Path) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "design.toml").write_text(DESIGN)
    (folder / "peaks.csv").write_text("wavelength_nm\n527.888\n537.4\n")
    (folder / "study.toml").write_text(
        'design = "design.toml"\n[axes]\n"cavity.diameter_um" = [5.9, 6.0]\n'
    )
    return folder


def wrong(done: Outcome, name: str, folder: Path) -> list[str]:
    """What is wrong with how an attacked command ended."""
    found = []
    if done.code not in (0, 1, 2):
        found.append(f"exit code {done.code}")
    if "Traceback" in done.err or "Traceback" in done.out:
        found.append(f"a traceback: {done.err.strip().splitlines()[-1]!r:.200}")
    if done.code == 2 and done.out:
        found.append(f"a refusal beside an answer: {done.out!r:.80}")
    lines = done.err.splitlines()
    if done.code and not lines:
        found.append("nothing is said")
    if len(lines) > 45 or any(len(line) > 1500 + len(str(folder)) for line in lines):
        found.append(f"{len(lines)} lines, the longest of {max(map(len, lines))} letters")
    acting = {one for one in done.out + done.err if not one.isprintable()} - set("\n\t\r")
    if acting:
        found.append(f"letters that act: {sorted(acting)!a}")
    if done.seconds > MOST_SECONDS or done.gigabytes > MOST_GIGABYTES:
        found.append(f"{done.seconds:.0f} s, {done.gigabytes:.2f} GB")
    hidden = [path.name for path in folder.rglob(".*") if path.name != name]
    if hidden:
        found.append(f"left behind: {hidden}")
    if (folder / "pwned").exists():
        found.append("a name was run")
    return found


def attack(command: Command, words: str, name: str, folder: Path) -> list[str]:
    """Run a command on the file of a name, and judge it."""
    given = [name if word == "FILE" else word for word in words.split()]
    if name.startswith("-"):
        given.insert(given.index(name), "--")
    done = command(given, cwd=folder, seconds=MOST_SECONDS)
    said = wrong(done, name, folder)
    print(f"{words}, {name!a:.40}: {done.code}, {done.seconds:.1f} s, {done.gigabytes:.2f} GB")
    print(
        "   ",
        *[
            line[:300].encode("ascii", "backslashreplace").decode()
            for line in done.err.splitlines()[:3]
        ],
    )
    return [f"{words}: {', '.join(said)}"] if said else []


def emptied(folder: Path, *names: str) -> None:
    for name in (*names, "out", "f.npz", "results", "study-results", "other"):
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


@pytest.mark.parametrize(("words", "whole"), forms((*OF_TOML, *OF_CSV, *OTHERS)))
def test_what_is_no_file(command: Command, here: Path, tally, words: str, whole: bool) -> None:
    """A pipe, a device, a link that goes round, where a file is read."""
    name = "given.csv" if words in OF_CSV else "given.toml"
    broken = []
    for kind, make in some(PLACES, words, whole, 3):
        if words.startswith("new") and kind in ("nothing", "a folder"):
            continue
        make(here / name)
        broken += [f"{kind}: {one}" for one in attack(command, words, name, here)]
        emptied(here, name)
        tally.add()
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize(("words", "whole"), forms((*OF_TOML, *OF_CSV)))
def test_files_that_are_none(command: Command, here: Path, tally, words: str, whole: bool) -> None:
    """Contents of other kinds, of other spellings, and of a size."""
    name, more = ("given.csv", CSVS) if words in OF_CSV else ("given.toml", TOMLS)
    broken = []
    for kind, content in some(TEXTS | more, words, whole, 4):
        (here / name).write_bytes(content.replace(b"ITSELF", name.encode()))
        broken += [f"{kind}: {one}" for one in attack(command, words, name, here)]
        emptied(here, name)
        tally.add()
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize(("words", "whole"), forms((*OF_TOML, *OF_CSV, *OTHERS)))
def test_names_that_act(command: Command, here: Path, tally, words: str, whole: bool) -> None:
    """Of files that are not there, and of files that are."""
    broken = []
    for name in some(NAMES, words, whole, 4):
        broken += attack(command, words, name, here)
        emptied(here, name[:255])  # `new` makes the folder
        if len(name) < 255:
            (here / name).write_bytes(b"\x00")
            broken += attack(command, words, name, here)
            emptied(here, name)
            tally.add()
        tally.add()
    assert not broken, "\n".join(broken)
