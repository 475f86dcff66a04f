"""A store of made-up records and what looks at it: processor time and memory of `study status` and
of a filtered column of `study table`.

    python tests/benchmarks/million_records.py [points]

Each record is that of one solved point under another name. Needs 1.5 GB of disk for a million.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from study_throughput import study_in

COMMAND = [sys.executable, "-c", "from cavitydesign.cli.main import main; main()", "study"]


def filled(root: Path, points: int) -> Path:
    """The study, with all its points stored."""
    from cavitydesign.study import Record, Store, load_study
    from cavitydesign.study.study_run import each_fingerprint
    from cavitydesign.workflow.study_point import design_schema, evaluate_point

    file = study_in(root / "many", points)
    study = load_study(file, design_schema())
    result = evaluate_point(study.design_at(study.point(points // 2)), study.task)
    with Store(study.store).writer() as writer:
        writer.append(
            Record(name, "ok", result) for _, name in each_fingerprint(study, range(points))
        )
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


def main() -> None:
    """Print all figures."""
    points = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as root:
        # In a process of its own, which a command does not inherit the memory of.
        code = f"import million_records as m; m.filled(m.Path({root!r}), {points})"
        made = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parent, check=False)
        if made.returncode:
            sys.exit("the store could not be made")
        file = str(Path(root) / "many" / "study.toml")
        # The first of each makes what the next ones read: the index, the rows by column.
        for words in (["status"], ["status"], ["table"], ["table"]):
            more = ["--columns", "q_total", "--where", "q_total > 4e6", "--csv", f"{root}/t.csv"]
            measured([words[0], file, *(more if words == ["table"] else [])])


if __name__ == "__main__":
    main()
