"""Runs a toy study in a process of its own, which tests kill: folder, workers, scheduler."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from toy_points import SCHEMA, evaluate

from cavitydesign.study import ProcessExecutor, load_study, run_study
from cavitydesign.study.executors.dask_executor import DaskExecutor

if __name__ == "__main__":
    folder, workers, address = (
        Path(sys.argv[1]),
        int(sys.argv[2]),
        sys.argv[3] if len(sys.argv) > 3 else None,
    )
    executor = DaskExecutor(address) if address else ProcessExecutor(workers)
    study = load_study(folder / "study.toml", SCHEMA)
    run_study(study, evaluate, executor, progress=lambda message, share: print(message, flush=True))
