"""Damaged files of every kind through the installed command: python
tests/benchmarks/fuzz_command.py [SEEDS] [FIRST] [KIND ...] [--forked].

Each damage of each kind of file with SEEDS seeds (1 by default) from FIRST (0) on, each in a process
of its own with 60 s of time and 2 GB of memory; with --forked in a fork of a process that has imported everything.
Files with an outcome that is neither a refusal nor the right answer are kept in a folder that is
named at the end.
"""

import collections
import functools
import itertools
import math
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "cli"))
sys.path.insert(0, str(Path(__file__).parents[1] / "hostile"))

from damaged_inputs import all_kinds, damages_of, outcome, sound_answer
from damaged_tables import measured_kinds
from forked_command import Command

LONGEST_SECONDS, MOST_GIGABYTES = 60.0, 2.0


class Forked:
    """The command in forks; what took too much memory is told as a failure."""

    def __init__(self, folder: Path) -> None:
        self._command, self.gigabytes = Command(folder), 0.0

    def __call__(self, arguments: list[str]) -> tuple[int, str, str]:
        done = self._command(arguments, seconds=LONGEST_SECONDS)
        self.gigabytes = max(self.gigabytes, done.gigabytes)
        if done.gigabytes > MOST_GIGABYTES:
            return 998, "", f"{done.gigabytes:.2f} GB"
        return done.code, done.out, done.err


def installed(arguments: list[str]) -> tuple[int, str, str]:
    """The installed command."""
    command = shutil.which("cavitydesign")
    assert command, "cavitydesign is not installed"
    try:
        done = subprocess.run(
            [command, *arguments],
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
            errors="replace",
        )
    except subprocess.TimeoutExpired:
        return 999, "", f"still running after {LONGEST_SECONDS:g} s"
    return done.returncode, done.stdout, done.stderr


def main() -> None:
    words = sys.argv[1:]
    numbers = [int(word) for word in words if word.isdigit()]
    seeds, first = (*numbers, *(1, 0)[len(numbers) :])
    wanted = [word for word in words if not word.isdigit() and not word.startswith("--")]
    folder = Path(tempfile.mkdtemp(prefix="damaged"))
    run = Forked(folder / "told") if "--forked" in words else installed
    total: collections.Counter[str] = collections.Counter()
    longest, bad = (0.0, ""), 0
    for number, kind in enumerate(itertools.chain(all_kinds(folder), measured_kinds())):
        if wanted and not any(word in kind.name for word in wanted):
            continue
        answer = functools.cache(
            functools.partial(sound_answer, kind, folder / f"sound{number}", run)
        )
        seen: collections.Counter[str] = collections.Counter()
        for damage in damages_of(kind):
            for seed in range(first, first + seeds):
                data = damage(random.Random(f"{kind.name} {damage.__name__} {seed}"), kind.sound)
                place = folder / f"{number}-{damage.__name__}-{seed}"
                start = time.perf_counter()
                told = outcome(kind, answer, place, data, run)
                longest = max(longest, (time.perf_counter() - start, place.name))
                seen[told.split(":")[0]] += 1
                if told not in ("refused", "right"):
                    bad += 1
                    print(f"  {place.name}: {told}", flush=True)
                else:
                    shutil.rmtree(place)
        total += seen
        print(
            f"{kind.name} ({kind.command[0]}): {dict(seen)}; longest so far {longest[0]:.1f} s, "
            f"most memory {getattr(run, 'gigabytes', math.nan):.2f} GB",
            flush=True,
        )
    print(
        f"{total.total()} files: {dict(total)}; {bad} neither refused nor right; longest "
        f"{longest[0]:.1f} s ({longest[1]})"
    )
    print(folder)
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
