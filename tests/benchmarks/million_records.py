"""A store of made-up records and what looks at it: processor time and memory of a run that stores
them, of `study status` and of a filtered column of `study table`, with what the run left beside the
records and without.

    python tests/benchmarks/million_records.py [points]

Each record is that of one solved point under another name. Needs 4 GB of disk for a million.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from study_throughput import study_in

COMMAND = [sys.executable, "-c", "from cavitydesign.cli.main import main; main()", "study"]
# A run ends; a minute later its segment is at rest.
_REST_SECONDS = 61


def filled(root: Path, points: int) -> Path:
    """The study, with all its points stored by a run that computes nothing."""
    from cavitydesign.cli.commands.study import _keeper, loaded_study
    from cavitydesign.study import Executor, Record, run_study
    from cavitydesign.workflow.study_point import evaluate_point

    class MadeUp(Executor):
        def run(self, evaluate, tasks):
            batch = []
            for task in tasks:
                batch.append(Record(task.fingerprint, "ok", result))
                if len(batch) == 100:
                    yield batch
                    batch = []
            yield batch

    file = study_in(root / "many", points)
    study = loaded_study(file)
    result = evaluate_point(study.design_at(study.point(points // 2)), study.task)
    start = time.process_time()
    run_study(study, evaluate_point, MadeUp(), keep=_keeper(study))
    used = time.process_time() - start
    print(f"run: {used:.1f} s of processor time, {1e6 * used / points:.0f} us a point", flush=True)
    return file


def measured(words: list[str]) -> None:
    """Print what a command of `study` takes, itself alone."""
    start = time.perf_counter()
    run = subprocess.Popen([*COMMAND, *words], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(run.pid, 0)
    run.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    print(
        f"{words[0]}: {used.ru_utime + used.ru_stime:.1f} s of processor time, {wall:.1f} s, "
        f"at most {used.ru_maxrss / 1e6:.2f} GB, exit code {run.returncode}",
        flush=True,
    )


def looked_at(file: Path, store: Path) -> None:
    """Print what commands take: as the run left the store, and with its records alone."""
    more = ["--columns", "q_total", "--where", "q_total > 4e6", "--csv", f"{file.parent}/t.csv"]
    status, table = ["status", str(file)], ["table", str(file), *more]
    print("as a run left it:", flush=True)
    for words in (status, table):
        measured(words)
    for first in (status, table):
        print("records alone, and again:", flush=True)
        (store / "index.bin").unlink()
        shutil.rmtree(store / "cells", ignore_errors=True)
        for words in (first, first):
            measured(words)


def main() -> None:
    """Print all figures."""
    points = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as root:
        # In a process of its own, which a command does not inherit the memory of.
        code = f"import million_records as m; m.filled(m.Path({root!r}), {points})"
        made = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parent, check=False)
        if made.returncode:
            sys.exit("the store could not be made")
        time.sleep(_REST_SECONDS)
        looked_at(Path(root) / "many" / "study.toml", Path(root) / "many" / "results")


if __name__ == "__main__":
    main()
