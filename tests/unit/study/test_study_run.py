"""Runs: resume, every executor alike, failures kept, workers and runs killed at any moment."""

import collections
import itertools
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from toy_points import SCHEMA, evaluate, tabulate

from cavitydesign.errors import InputError
from cavitydesign.study import (
    ProcessExecutor,
    SerialExecutor,
    Store,
    estimated,
    load_study,
    run_study,
    study_status,
    study_table,
)
from cavitydesign.study.executors.dask_executor import DaskExecutor
from cavitydesign.study.executors.executor import Executor, computed
from cavitydesign.study.executors.slurm import parse_shard, slurm_script
from cavitydesign.study.files.table_export import csv_text
from cavitydesign.study.records.record import OK
from cavitydesign.study.study_run import PendingPoints, fingerprints

TOY_RUN = Path(__file__).with_name("toy_run.py")


def toy_study(folder, points=30, extra="", design=""):
    folder.mkdir(exist_ok=True)
    (folder / "design.toml").write_text(f'[cavity]\ndiameter_um = 15.0\nbody = "PMMA"\n{design}\n')
    axis = f'[axes]\n"cavity.diameter_um" = {{ from = 10.0, to = 39.0, points = {points} }}\n'
    (folder / "study.toml").write_text(f'design = "design.toml"\n{axis}{extra}')
    return load_study(folder / "study.toml", SCHEMA)


def text_of(study):
    return csv_text(study_table(study, tabulate))


@pytest.fixture
def undisturbed(tmp_path):
    study = toy_study(tmp_path / "undisturbed")
    run_study(study, evaluate, SerialExecutor())
    return text_of(study)


def test_resume_computes_only_the_missing(tmp_path, undisturbed):
    study = toy_study(tmp_path / "a")
    first = run_study(study, evaluate, SerialExecutor(), indices=range(0, 30, 3))
    assert (first.computed, first.already_there) == (10, 0)
    status = study_status(study)
    assert (status.done, status.missing, status.failed) == (10, 20, 0)
    second = run_study(study, evaluate, SerialExecutor())
    assert (second.computed, second.already_there) == (20, 10)
    assert run_study(study, evaluate, SerialExecutor()).computed == 0
    assert text_of(study) == undisturbed


def test_processes_give_the_same_table(tmp_path, undisturbed):
    study = toy_study(tmp_path / "a")
    summary = run_study(study, evaluate, ProcessExecutor(2))
    assert summary.computed == 30 and text_of(study) == undisturbed


def test_equal_points_of_another_study_are_not_computed_again(tmp_path):
    run_study(toy_study(tmp_path / "a"), evaluate, SerialExecutor())
    finer = toy_study(tmp_path / "a", points=59)
    assert run_study(finer, evaluate, SerialExecutor()).already_there == 30


def test_another_version_computes_anew(tmp_path):
    study = toy_study(tmp_path / "a")
    run_study(study, evaluate, SerialExecutor())
    newer = load_study(
        tmp_path / "a" / "study.toml",
        type(SCHEMA)(SCHEMA.read_toml, SCHEMA.read, SCHEMA.key_problem, SCHEMA.tasks, "toy 2"),
    )
    status = study_status(newer)
    assert (status.done, status.others) == (0, 30)


def test_what_is_in_a_named_file_belongs_to_the_identity(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "outline.csv").write_text("z_um,r_um\n0,1\n")
    study = toy_study(tmp_path / "a", design='file = "outline.csv"')
    before = study.point_fingerprint(study.point(0))
    (tmp_path / "a" / "outline.csv").write_text("z_um,r_um\n0,2\n")
    study = toy_study(tmp_path / "a", design='file = "outline.csv"')
    assert study.point_fingerprint(study.point(0)) != before


def test_failed_points_keep_their_reason(tmp_path):
    study = toy_study(tmp_path / "a", design="thickest_um = 36.5")
    summary = run_study(study, evaluate, SerialExecutor())
    assert (summary.computed, summary.failed) == (30, 3)
    table = study_table(study, tabulate)
    assert table.columns[-2:] == ("status", "error")
    assert [row["error"] for row in table.rows if row["status"] == "failed"] == [
        f"cavity.diameter_um = {d}: too thick" for d in (37, 38, 39)
    ]
    assert run_study(study, evaluate, SerialExecutor()).computed == 0
    assert run_study(study, evaluate, SerialExecutor(), retry_failed=True).computed == 3


def test_a_damaged_record_is_computed_again(tmp_path, undisturbed):
    study = toy_study(tmp_path / "a")
    run_study(study, evaluate, SerialExecutor())
    path = next((study.store / "segments").iterdir())
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    summary = run_study(study, evaluate, SerialExecutor())
    assert (summary.computed, summary.damaged) == (1, 1)
    assert text_of(study) == undisturbed and len(list((study.store / "damaged").iterdir())) == 1


def spawn(folder, *arguments, **environment):
    return subprocess.Popen(
        [sys.executable, str(TOY_RUN), str(folder), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
        env=os.environ | environment,
    )


def test_a_point_that_kills_its_worker_is_named_and_the_others_survive(tmp_path):
    """In a process of its own, whose end is looked at too."""
    study = toy_study(tmp_path / "a", points=12, design="deadly_um = 10")
    process = spawn(tmp_path / "a", "2")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    table = study_table(study, tabulate)
    assert "died 6 times" in table.rows[0]["error"] and {
        row["status"] for row in table.rows[1:]
    } == {"ok"}


def test_kill_9_of_the_run_at_random_moments(tmp_path):
    """Whole records survive; the resumed run computes exactly the points without one."""
    study = toy_study(tmp_path / "a", 90, design="sleep_s = 0.04")
    calm = toy_study(tmp_path / "calm", 90, design="sleep_s = 0.04")
    run_study(calm, evaluate, SerialExecutor())
    random_moment = random.Random(7)
    kills = 0
    for _ in range(4):
        process = spawn(tmp_path / "a", "2")
        process.stdout.readline()
        time.sleep(random_moment.uniform(0.0, 0.15))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        kills += process.returncode == -signal.SIGKILL
    assert kills >= 2, "the study was over before it was killed"
    stored = len(Store(study.store))
    summary = run_study(study, evaluate, ProcessExecutor(2))
    assert 0 < stored < 90 and summary.already_there == stored and summary.computed == 90 - stored
    assert text_of(study) == text_of(calm)


def test_kill_9_of_the_run_alone_ends_its_workers(tmp_path):
    toy_study(tmp_path / "a", design="sleep_s = 0.05")
    log = tmp_path / "log"
    process = spawn(tmp_path / "a", "2", TOY_LOG=str(log))
    process.stdout.readline()
    process.kill()
    process.communicate()
    time.sleep(1.0)
    points = len(log.read_text().splitlines())
    time.sleep(0.5)
    assert len(log.read_text().splitlines()) == points < 30


def test_kill_9_of_a_worker_costs_nothing(tmp_path):
    study = toy_study(tmp_path / "a", design="sleep_s = 0.03")
    process = spawn(tmp_path / "a", "2")
    process.stdout.readline()
    workers = [pid for pid in descendants(process.pid) if "forkserver" in command_of(pid)]
    os.kill(max(workers), signal.SIGKILL)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert study_status(study).done == 30


def descendants(root):
    children = collections.defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            children[int(fields[1])].append(int(entry.name))
    found, pending = [], [root]
    while pending:
        pending += (new := children[pending.pop()])
        found += new
    return found


def command_of(pid):
    return Path(f"/proc/{pid}/cmdline").read_bytes().decode().replace("\0", " ")


def test_interrupted_run_keeps_what_is_done(tmp_path):
    study = toy_study(tmp_path / "a", design="sleep_s = 0.05")
    process = spawn(tmp_path / "a", "2")
    process.stdout.readline()
    time.sleep(0.2)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert "KeyboardInterrupt" in errors and process.returncode != 0
    assert 0 < study_status(study).done < 30


def test_two_runs_on_one_store(tmp_path):
    study = toy_study(tmp_path / "a", design="sleep_s = 0.02")
    both = [spawn(tmp_path / "a", "1") for _ in range(2)]
    for process in both:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    calm = toy_study(tmp_path / "calm", design="sleep_s = 0.02")
    run_study(calm, evaluate, SerialExecutor())
    assert text_of(study) == text_of(calm)


class InTurn(Executor):
    """Computes one point whenever it is asked to."""

    def run(self, evaluate, tasks):
        for task in tasks:
            yield [computed(evaluate, task)]


def test_two_runs_that_begin_together_share_the_points(tmp_path, monkeypatch):
    """Neither has stored anything when the other begins; in step, they would compute every point
    twice.

    A point takes a hundredth of a second of a clock of the test's own, and each run looks about
    once a second.
    """
    study, clock = toy_study(tmp_path / "a", points=3000), itertools.count()
    monkeypatch.setattr("cavitydesign.study.study_run.time.monotonic", lambda: 0.005 * next(clock))
    monkeypatch.setattr("cavitydesign.study.study_run.random", random.Random(7))
    stores = [Store(study.store) for _ in range(2)]
    names = fingerprints(study, range(len(study)))
    with stores[0].writer() as first, stores[1].writer() as second:
        runs = [
            (
                writer,
                iter(
                    InTurn().run(
                        evaluate, PendingPoints(study, store, names, (OK,), writer.path.name)
                    )
                ),
            )
            for store, writer in zip(stores, (first, second), strict=True)
        ]
        computed_by = [0, 0]
        while runs:
            for number, (writer, records) in enumerate(list(runs)):
                found = next(records, None)
                if found is None:
                    runs = [run for run in runs if run[0] is not writer]
                    continue
                writer.append(found)
                computed_by[number] += 1
    assert study_status(study).done == 3000
    # Twice: the first second of a hundred points, the last, and where two stretches of a second
    # cross by chance.
    assert sum(computed_by) < 1.25 * 3000, f"{computed_by} of 3000"


def test_shards_share_the_points(tmp_path, undisturbed):
    study = toy_study(tmp_path / "a")
    counts = [
        run_study(study, evaluate, SerialExecutor(), indices=study.shard(part, 4)).computed
        for part in (1, 2, 3, 4)
    ]
    assert counts == [8, 8, 7, 7] and text_of(study) == undisturbed


def test_shard_text_and_slurm_script(tmp_path):
    assert parse_shard("3/32") == (3, 32)
    for wrong in ("0/3", "4/3", "a/b", "3"):
        with pytest.raises(InputError, match="1 <= i <= n"):
            parse_shard(wrong)
    script = slurm_script("/data/my study", "study.toml", "my study", shards=4, workers=2)
    path = tmp_path / "job.sh"
    path.write_text(script)
    assert subprocess.run(["bash", "-n", str(path)], check=False).returncode == 0
    assert (
        "#SBATCH --array=1-4" in script
        and "cd '/data/my study'" in script
        and '--shard "${SLURM_ARRAY_TASK_ID}/4"' in script
    )


def test_estimate_counts_and_times_without_storing(tmp_path):
    study = toy_study(tmp_path / "a", design="sleep_s = 0.02")
    estimate = estimated(study, evaluate, workers=2)
    assert (estimate.points, estimate.missing, estimate.probes) == (30, 30, 3)
    assert 0.02 <= estimate.seconds_per_point < 0.2
    assert estimate.seconds == pytest.approx(15 * estimate.seconds_per_point, rel=1e-12)
    assert not study.store.exists()


def test_a_result_that_json_cannot_hold_fails_its_point(tmp_path):
    study = toy_study(tmp_path / "a", points=2)
    summary = run_study(study, lambda design, task: {"x": float("nan")}, SerialExecutor())
    assert summary.failed == 2
    assert "not JSON compliant" in study_table(study, tabulate).rows[0]["error"]


def test_a_scheduler_that_is_not_there(tmp_path, monkeypatch):
    monkeypatch.setattr("cavitydesign.study.executors.dask_executor._CONNECT_SECONDS", 1)
    study = toy_study(tmp_path / "a", points=2)
    with pytest.raises(Exception, match="cannot be reached"):
        run_study(study, evaluate, DaskExecutor("tcp://127.0.0.1:9"))
