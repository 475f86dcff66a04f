"""kill -9 of real studies, as a user starts them: nothing stored is computed twice, and the table
is that of a calm run.

Seeds are printed, so that a failure can be repeated. The same with points that cost nothing is in
tests/unit/study.
"""

import collections
import csv
import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

DESIGN = """[cavity]
profile = "parabola"
diameter_um = 33.0
axial_radius_um = 130.0
fibre_diameter_um = 15.0
body = "PMMA"
fibre = "silica"
roughness_nm = 1.0
[modes]
polarisation = "TM"
wavelength_nm = 537.6
span_nm = 4.0
"""
COMMAND = [sys.executable, "-c", "from cavitydesign.cli.main import main; main()", "study"]
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}
POINTS = 600
KILLS = 20


def study_in(folder, points=POINTS):
    folder.mkdir()
    (folder / "design.toml").write_text(DESIGN)
    axis = f'"cavity.diameter_um" = {{ from = 20.0, to = 60.0, points = {points} }}'
    (folder / "study.toml").write_text(
        f'design = "design.toml"\ntask = "threshold"\n[axes]\n{axis}\n'
    )
    return folder


def started(folder, *options):
    return subprocess.Popen(
        [*COMMAND, "run", "study.toml", *options],
        cwd=folder,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def told(folder, *arguments):
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def finished(folder, *options):
    """The rest of a study, and that it computed exactly what the store did not have."""
    missing = json.loads(told(folder, "status", "study.toml", "--json"))["missing"]
    summary = json.loads(told(folder, "run", "study.toml", "--json", *options))
    assert summary["computed"] == missing, (
        f"{missing} points were missing, {summary['computed']} were computed"
    )
    return missing


def table_of(folder):
    told(folder, "table", "study.toml", "--csv", "table.csv")
    return (folder / "table.csv").read_text()


def stored_identities(folder):
    """Identity of each whole record of all segments."""
    lines = [
        line
        for path in (folder / "results" / "segments").iterdir()
        for line in path.read_bytes().split(b"\n")[:-1]
    ]
    return [line.split(b" ", 2)[1] for line in lines]


def wait_for_more(folder, records, process):
    """Until a run has stored so many more records: a slow machine would be killed in its start each
    time otherwise.
    """
    home = folder / "results" / "segments"
    before = len(stored_identities(folder)) if home.is_dir() else 0
    while records and process.poll() is None:
        if home.is_dir() and len(stored_identities(folder)) >= before + records:
            return
        time.sleep(0.01)


def descendants(root):
    children = collections.defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                children[int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])].append(
                    int(entry.name)
                )
            except OSError:
                continue
    found, pending = [], [root]
    while pending:
        pending += (new := children[pending.pop()])
        found += new
    return found


def workers_of(process):
    """Children of the fork server: the processes that compute."""
    found = []
    for pid in descendants(process.pid):
        try:
            server = b"forkserver" in Path(f"/proc/{pid}/cmdline").read_bytes()
            parent = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        if server and parent != process.pid:
            found.append(pid)
    return found


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    """The table of an undisturbed run."""
    folder = study_in(tmp_path_factory.mktemp("calm") / "study")
    assert finished(folder, "--workers", "2") == POINTS
    table = table_of(folder)
    rows = list(csv.DictReader(io.StringIO(table)))
    assert len({row["point"] for row in rows}) == POINTS and {row["status"] for row in rows} == {
        "ok"
    }
    return table


@pytest.mark.slow
def test_the_run_killed_at_twenty_random_moments(tmp_path, calm):
    folder, moment = study_in(tmp_path / "storm"), random.Random(20)
    kills, stored = 0, []
    while kills < KILLS:
        process = started(folder, "--workers", "2")
        wait_for_more(folder, moment.choice([0, 0, 1, 4, 16, 32]), process)
        time.sleep(moment.uniform(0.0, 1.0))
        os.killpg(process.pid, signal.SIGKILL)
        if process.wait() == -signal.SIGKILL:
            kills += 1
        stored.append(
            POINTS - json.loads(told(folder, "status", "study.toml", "--json"))["missing"]
        )
        assert stored[-1] < POINTS, f"the study was over after {kills} kills: {stored}"
    print(f"stored after each kill: {stored}")
    assert stored == sorted(stored) and stored[-1] > 0
    finished(folder, "--workers", "2")
    twice = [
        name for name, count in collections.Counter(stored_identities(folder)).items() if count > 1
    ]
    assert not twice, f"{len(twice)} points were computed twice"
    assert table_of(folder) == calm


@pytest.mark.slow
def test_workers_killed_at_random_moments(tmp_path, calm):
    """The run goes on without its dead workers' help and ends by itself."""
    folder, moment = study_in(tmp_path / "storm"), random.Random(21)
    process, kills = started(folder, "--workers", "2"), 0
    while kills < KILLS and process.poll() is None:
        time.sleep(moment.uniform(0.2, 1.0))
        workers = workers_of(process)
        if workers:
            os.kill(moment.choice(workers), signal.SIGKILL)
            kills += 1
    assert process.wait() == 0
    assert kills >= 5, f"the study was over after {kills} kills"
    assert finished(folder) == 0
    assert len(set(stored_identities(folder))) == len(stored_identities(folder)) == POINTS
    assert table_of(folder) == calm


class Cluster:
    """A Dask scheduler and two workers, each a process of its own, over TCP."""

    def __init__(self, folder):
        note = folder / f"scheduler-{time.monotonic_ns()}.json"
        self.scheduler = self._started(
            "scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(note)
        )
        end = time.monotonic() + 60
        while not note.exists() or not note.read_text().endswith("}"):
            assert time.monotonic() < end, "the scheduler did not start"
            time.sleep(0.05)
        self.address = json.loads(note.read_text())["address"]
        options = [
            "--nworkers",
            "1",
            "--nthreads",
            "1",
            "--no-dashboard",
            "--no-nanny",
            "--death-timeout",
            "5",
        ]
        self.workers = [self._started("worker", self.address, *options) for _ in range(2)]

    def _started(self, *arguments):
        line = [sys.executable, "-m", "dask", *arguments]
        return subprocess.Popen(
            line, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def stop(self):
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.mark.slow
def test_the_scheduler_and_its_workers_killed_at_random_moments(tmp_path, calm):
    pytest.importorskip("distributed")
    folder, moment = study_in(tmp_path / "storm"), random.Random(22)
    kills = 0
    for _ in range(5):
        cluster = Cluster(tmp_path)
        try:
            process = started(folder, "--scheduler", cluster.address)
            time.sleep(moment.uniform(3.0, 6.0))
            if kills % 2:
                # A lone worker first: its points go to the other.
                cluster.workers[0].kill()
                time.sleep(moment.uniform(0.5, 1.5))
            cluster.scheduler.send_signal(signal.SIGKILL)
            kills += process.wait(timeout=120) == 1
        finally:
            cluster.stop()
    assert kills >= 3, f"the study was over after {kills} kills"
    cluster = Cluster(tmp_path)
    try:
        finished(folder, "--scheduler", cluster.address)
    finally:
        cluster.stop()
    assert len(set(stored_identities(folder))) == len(stored_identities(folder)) == POINTS
    assert table_of(folder) == calm
