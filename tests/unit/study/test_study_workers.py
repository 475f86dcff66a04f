"""Workers that die: which point is to blame, and that no other is."""

import os
import random
import signal
import threading
import time
from contextlib import suppress

import pytest
from test_study_run import command_of, descendants, spawn, text_of, toy_study
from toy_points import evaluate, tabulate

from cavitydesign.errors import InputError
from cavitydesign.study import ProcessExecutor, SerialExecutor, run_study, study_status, study_table
from cavitydesign.study.executors.process_executor import WorkerError


def failures(study):
    return {
        row["cavity.diameter_um"]: row["error"]
        for row in study_table(study, tabulate).rows
        if row["status"] == "failed"
    }


def test_neighbours_of_a_deadly_point_are_not_blamed(tmp_path):
    """Two workers: whatever stands beside or behind the deadly point is computed, again only where
    it shared its batch.
    """
    study = toy_study(tmp_path / "a", points=30, design="deadly_um = 17\nsleep_s = 0.005")
    log = tmp_path / "log"
    process = spawn(tmp_path / "a", "2", TOY_LOG=str(log))
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert (study_status(study).done, list(failures(study))) == (29, [17.0])
    tried = [float(line) for line in log.read_text().splitlines()]
    again = {diameter: tried.count(diameter) for diameter in tried if tried.count(diameter) > 1}
    assert again.pop(17.0) in (6, 7) and set(again.values()) <= {2}, (
        f"tried more than once: {again}"
    )


def test_any_number_of_kills_costs_no_point(tmp_path):
    """Up to forty kills at random moments, of workers and at last of the process that forks them,
    in a run of some seconds.
    """
    calm = toy_study(tmp_path / "calm", points=16, design="sleep_s = 0.1")
    run_study(calm, evaluate, SerialExecutor())
    study = toy_study(tmp_path / "a", points=16, design="sleep_s = 0.1")
    moment, kills, over = random.Random(6), [], threading.Event()

    def kill():
        while len(kills) < 40 and not over.wait(moment.expovariate(12.0)):
            with suppress(OSError):
                server, *workers = [
                    pid for pid in descendants(os.getpid()) if "forkserver" in command_of(pid)
                ] or [0]
                if workers:
                    os.kill(moment.choice(workers), signal.SIGKILL)
                    kills.append(time.monotonic())
                    if len(kills) == 8:
                        os.kill(server, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        summary = run_study(study, evaluate, ProcessExecutor(2))
    finally:
        over.set()
        killer.join()
    assert len(kills) >= 5, f"the study was over after {len(kills)} kills"
    assert (summary.computed, summary.failed, failures(study)) == (16, 0, {})
    assert text_of(study) == text_of(calm)


def greedy(design, task):
    if design["cavity"]["diameter_um"] == 12:
        raise MemoryError("Unable to allocate 7.5 PiB")
    return evaluate(design, task)


@pytest.mark.parametrize("executor", [SerialExecutor(), ProcessExecutor(2)])
def test_a_point_that_is_too_large_for_the_memory_is_named(tmp_path, executor):
    study = toy_study(tmp_path / "a")
    assert run_study(study, greedy, executor).computed == 30
    assert failures(study)[12.0].startswith(
        "out of memory Unable to allocate 7.5 PiB; fewer workers may help"
    )


def broken(design, task):
    raise ImportError("no module of that name")


class _Unreadable(InputError):
    """An error that cannot be sent from one process to another."""

    def __init__(self, first, second):
        super().__init__(f"{first} {second}")


def unreadable(design, task):
    if design["cavity"]["diameter_um"] == 12:
        raise _Unreadable("too", "thick")
    return evaluate(design, task)


def test_a_machine_that_fails_ends_the_run_and_is_not_held_against_the_point(tmp_path):
    study = toy_study(tmp_path / "a")
    with pytest.raises(ImportError, match="no module of that name"):
        run_study(study, broken, ProcessExecutor(2))
    assert study_status(study).missing == 30
    assert run_study(study, unreadable, ProcessExecutor(2)).failed == 1
    assert failures(study) == {12.0: "too thick"}


def dead_on_arrival():
    os._exit(3)


class DeadOnArrival:
    """Ends every process that reads it."""

    def __reduce__(self):
        return dead_on_arrival, ()


def test_workers_that_cannot_start_end_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr("cavitydesign.study.executors.process_executor._FALSE_STARTS", 3)
    with pytest.raises(WorkerError, match="end as they start"):
        run_study(toy_study(tmp_path / "a"), DeadOnArrival(), ProcessExecutor(2))
