"""A real Dask scheduler and two workers, each a process of its own, over TCP."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from toy_points import SCHEMA, evaluate, tabulate

from cavitydesign.study import SerialExecutor, Store, load_study, run_study, study_table
from cavitydesign.study.executors.dask_executor import DaskExecutor, SchedulerError, _Waiting
from cavitydesign.study.executors.executor import Batches, Task
from cavitydesign.study.files.table_export import csv_text

pytest.importorskip("distributed")
HERE = Path(__file__).parent


class Cluster:
    """Scheduler and workers started as a user starts them."""

    def __init__(self, folder):
        self.environment = os.environ | {"PYTHONPATH": str(HERE), "OMP_NUM_THREADS": "1"}
        note = folder / "scheduler.json"
        options = ["--port", "0", "--no-dashboard", "--scheduler-file", str(note)]
        self.scheduler = self.start("scheduler", *options)
        end = time.monotonic() + 30
        while not note.exists() or not note.read_text().endswith("}"):
            assert time.monotonic() < end, "the scheduler did not start"
            time.sleep(0.05)
        self.address = json.loads(note.read_text())["address"]
        worker = [
            self.address,
            "--nworkers",
            "1",
            "--nthreads",
            "1",
            "--no-dashboard",
            "--no-nanny",
            "--death-timeout",
            "5",
        ]
        self.workers = [self.start("worker", *worker) for _ in range(2)]

    def start(self, *arguments):
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def stop(self):
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path):
    running = Cluster(tmp_path)
    yield running
    running.stop()


def toy_study(folder, pause=0.0):
    folder.mkdir()
    (folder / "design.toml").write_text(f"[cavity]\ndiameter_um = 15.0\nsleep_s = {pause}\n")
    axis = '[axes]\n"cavity.diameter_um" = { from = 10.0, to = 49.0, points = 40 }\n'
    (folder / "study.toml").write_text(f'design = "design.toml"\n{axis}')
    return load_study(folder / "study.toml", SCHEMA)


def text_of(study):
    return csv_text(study_table(study, tabulate))


@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_dask_gives_the_table_of_serial_to_the_last_bit(tmp_path, cluster):
    calm = toy_study(tmp_path / "calm")
    run_study(calm, evaluate, SerialExecutor())
    study = toy_study(tmp_path / "dask")
    summary = run_study(study, evaluate, DaskExecutor(cluster.address))
    assert summary.computed == 40 and summary.failed == 0
    assert text_of(study) == text_of(calm)


@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_kill_9_of_the_scheduler_keeps_what_came_back(tmp_path, cluster):
    study = toy_study(tmp_path / "dask", pause=0.05)
    process = subprocess.Popen(
        [sys.executable, str(HERE / "toy_run.py"), str(tmp_path / "dask"), "1", cluster.address],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdout.readline()
    cluster.scheduler.send_signal(signal.SIGKILL)
    _, errors = process.communicate(timeout=90)
    assert process.returncode != 0 and SchedulerError.__name__ in errors, errors
    stored = len(Store(study.store))
    assert 0 < stored < 40
    calm = toy_study(tmp_path / "calm", pause=0.05)
    run_study(calm, evaluate, SerialExecutor())
    summary = run_study(study, evaluate, SerialExecutor())
    assert (summary.already_there, summary.computed) == (stored, 40 - stored)
    assert text_of(study) == text_of(calm)


@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
def test_a_scheduler_without_workers_is_told(tmp_path, cluster, monkeypatch):
    monkeypatch.setattr("cavitydesign.study.executors.dask_executor._LOOK_SECONDS", 0.2)
    monkeypatch.setattr("cavitydesign.study.executors.dask_executor._WORKERLESS_SECONDS", 1.0)
    for worker in cluster.workers:
        worker.kill()
        worker.wait()
    with pytest.raises(
        SchedulerError, match="has had no workers for 1 s; what came back is stored"
    ):
        run_study(toy_study(tmp_path / "dask"), evaluate, DaskExecutor(cluster.address))


def test_points_lost_beside_a_deadly_one_are_not_blamed():
    """The scheduler blames all that a lost worker had in line: here whatever is handed out together
    with point 5.
    """
    batches = Batches(Task(str(number), {}, "modes") for number in range(20))
    batches.learn(8, 1e-9)
    batches.learn(8, 1e-9)
    waiting, failed, done = _Waiting(batches), [], []
    handed = [waiting.next(idle=True)]
    while handed:
        # Up to three batches at once, of which all are lost with that of the deadly point.
        while len(handed) < 3 and (batch := waiting.next(idle=not handed)):
            handed.append(batch)
        deadly = any(task.fingerprint == "5" for batch in handed for task in batch)
        for batch in handed:
            if deadly:
                failed += waiting.take_back(batch)
            else:
                done += batch
        handed = [batch] if (batch := waiting.next(idle=True)) else []
    assert [record.fingerprint for record in failed] == ["5"]
    assert sorted(int(task.fingerprint) for task in done) == [
        number for number in range(20) if number != 5
    ]
