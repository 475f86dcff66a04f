"""Script of a SLURM job array: one shard of the study a job, all on the same store."""

from __future__ import annotations

import shlex

from ...errors import InputError

_SCRIPT = """#!/bin/bash
#SBATCH --job-name={name}
#SBATCH --array=1-{shards}
#SBATCH --ntasks=1
#SBATCH --cpus-per-task={workers}
#SBATCH --time={time}
#SBATCH --output=slurm-%A_%a.out
{partition}
# Each job computes one point in {shards}. Any job may be killed and submitted again: it goes on
# where it stopped.
set -euo pipefail
cd {folder}
srun cavitydesign study run {study} --shard "${{SLURM_ARRAY_TASK_ID}}/{shards}" \\
  --workers "${{SLURM_CPUS_PER_TASK}}"
"""


def slurm_script(
    folder: str,
    study: str,
    name: str,
    shards: int,
    workers: int = 1,
    time: str = "04:00:00",
    partition: str = "",
) -> str:
    """Text of the script.

    Parameters
    ----------
    folder, study : str
        Folder of the study file and its name.
    name : str
        Name of the job.
    shards : int
        Number of jobs.
    workers : int
        Processes in each.
    time : str
        Limit of each job as SLURM reads it.
    partition : str
        Left to the cluster if empty.

    Raises
    ------
    InputError
        If a number is below 1.
    """
    for label, number in (("--shards", shards), ("--workers", workers)):
        if number < 1:
            raise InputError(f"{label} = {number}: at least 1 is needed")
    return _SCRIPT.format(
        name="".join(c if c.isalnum() or c in "-_" else "-" for c in name),
        shards=shards,
        workers=workers,
        time=time,
        partition=f"#SBATCH --partition={partition}\n" if partition else "",
        folder=shlex.quote(folder),
        study=shlex.quote(study),
    )


def parse_shard(text: str) -> tuple[int, int]:
    """Part and number of parts of ``i/n``.

    Raises
    ------
    InputError
        If it is not of that form, or i is not between 1 and n.
    """
    part, slash, parts = text.partition("/")
    if not slash or not part.isdigit() or not parts.isdigit() or not 1 <= int(part) <= int(parts):
        raise InputError(f"--shard = {text!r}: i/n with 1 <= i <= n is needed, such as 3/32")
    return int(part), int(parts)
