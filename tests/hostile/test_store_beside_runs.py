"""A store that is deleted, cleaned, hidden or shared while runs are at work on it."""

import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from toy_points import SCHEMA, evaluate

from cavitydesign.errors import InputError
from cavitydesign.study import (
    Record,
    SerialExecutor,
    Store,
    load_study,
    run_study,
    study_status,
    study_table,
)
from cavitydesign.study.records.record import checksum
from cavitydesign.study.records.store import StoreError
from cavitydesign.study.study_run import PendingPoints, fingerprints
from cavitydesign.workflow.study_point import rows_of_point

RUNNER = Path(__file__).parents[1] / "unit" / "study" / "toy_run.py"


def study_in(folder, points, sleep_s=0.0):
    folder.mkdir(exist_ok=True)
    (folder / "design.toml").write_text(
        f'[cavity]\ndiameter_um = 20.0\nsleep_s = {sleep_s}\nbody = "x"\n'
    )
    (folder / "study.toml").write_text(
        'design = "design.toml"\n[axes]\n"cavity.diameter_um" = '
        f"{{ from = 1, to = {points}, points = {points} }}\n"
    )
    return load_study(folder / "study.toml", SCHEMA)


def started(folder, workers=1):
    command = [sys.executable, str(RUNNER), str(folder), str(workers)]
    environment = os.environ | {"TOY_LOG": str(folder / "log.txt")}
    with (folder / "errors.txt").open("w") as errors:
        return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=errors)


def waited(holds, seconds=30.0):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def test_clean_refuses_beside_a_run_from_its_first_moment(tmp_path, tally):
    """Before the run has stored anything, while it stores, and not once it is dead."""
    study = study_in(tmp_path / "s", 400, 0.02)
    run = started(tmp_path / "s")
    waited(lambda: list(study.store.glob("at-work/run-*")))
    for _ in range(2):
        with pytest.raises(StoreError, match="a run is at work on it"), Store(study.store).alone():
            raise AssertionError("clean began beside a run")
        waited(lambda: len(Store(study.store)) > 3)
    run.kill()
    run.wait()
    before = set(Store(study.store))
    with Store(study.store).alone():
        store = Store(study.store)
        assert store.compact() == 0
    assert before <= set(Store(study.store)) and not list(study.store.glob("at-work/*"))
    tally.add(3)


def test_a_run_refuses_beside_clean(tmp_path):
    study = study_in(tmp_path / "s", 3)
    run_study(study, evaluate, SerialExecutor(), indices=[0])
    with Store(study.store).alone(), pytest.raises(StoreError, match="study clean is at work"):
        run_study(study, evaluate, SerialExecutor())
    assert run_study(study, evaluate, SerialExecutor()).missing == 0


def test_a_record_that_comes_while_clean_works_is_kept(tmp_path):
    """Where no lock is seen (a file system without locks, another machine), sizes tell."""
    store = Store(tmp_path / "s")
    writer = store.writer()
    writer.append([Record("a" * 32, "ok", {})])
    cleaner = Store(tmp_path / "s")
    true = cleaner.each

    def each(names):
        yield from true(names)
        writer.append([Record("b" * 32, "ok", {})])

    cleaner.each = each
    with pytest.raises(StoreError, match="Nothing was deleted"):
        cleaner.compact()
    assert set(Store(tmp_path / "s")) == {"a" * 32, "b" * 32}


def test_a_store_deleted_under_a_run_is_told(tmp_path, tally):
    """Its own segment, and what others had stored."""
    study = study_in(tmp_path / "own", 400, 0.01)
    run = started(tmp_path / "own")
    waited(lambda: len(Store(study.store)) > 5)
    shutil.rmtree(study.store)
    assert run.wait(timeout=60) != 0
    assert "deleted while a run was at work" in (tmp_path / "own" / "errors.txt").read_text()

    study = study_in(tmp_path / "others", 10)
    run_study(study, evaluate, SerialExecutor(), indices=range(5))
    older = next((study.store / "segments").glob("*.jsonl"))

    def deletes(message, share):
        older.unlink(missing_ok=True)

    summary = run_study(study, evaluate, SerialExecutor(), progress=deletes)
    assert (summary.computed, summary.missing) == (5, 5)
    assert run_study(study, evaluate, SerialExecutor()).missing == 0
    tally.add(2)


def test_the_command_ends_with_1_where_records_are_gone(tmp_path, monkeypatch, capsys):
    import typer

    from cavitydesign.cli.commands import study as command
    from cavitydesign.study import RunSummary

    study = study_in(tmp_path / "s", 3)
    monkeypatch.setattr(command, "loaded_study", lambda file, checked=True: study)
    summary = RunSummary(400, 0, 400, 331, 0, 0, 1.0)
    monkeypatch.setattr("cavitydesign.study.run_study", lambda *given: summary)
    with pytest.raises(typer.Exit) as left:
        from cavitydesign.cli.exit_codes import reported

        reported(command.run)(tmp_path / "s" / "study.toml", workers=1)
    assert left.value.exit_code == 1
    assert "331 of 400 points are not there" in capsys.readouterr().err


def test_a_folder_that_cannot_be_read_is_an_error(tmp_path, monkeypatch):
    """Not "0 done"."""
    study = study_in(tmp_path / "s", 3)
    run_study(study, evaluate, SerialExecutor())
    true = os.scandir

    def scandir(path):
        if Path(path).name == "segments":
            raise PermissionError(13, "Permission denied", str(path))
        return true(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(StoreError, match=r"cannot be read \(Permission denied\)"):
        study_status(study)


def forged(name: bytes, status: bytes, payload: bytes) -> bytes:
    """A line whose checksum is right: anybody can make one."""
    body = b" ".join((name, status, payload))
    return checksum(body) + b" " + body + b"\n"


def test_forged_stores_are_one_line_or_missing(tmp_path, tally):
    """Names and states of no program, payloads of other kinds, deep ones and no numbers; pipes."""
    study = study_in(tmp_path / "s", 2)
    run_study(study, evaluate, SerialExecutor())
    name = next(iter(dict(study.fingerprints([0])).values())).encode()
    segment = next(study.store.glob("segments/*.jsonl"))
    whole = b'{"result":{},"error":""}'
    for line in (
        forged(b"\xff" * 32, b"ok", whole),
        forged(name, b"done", whole),
        forged(name, b"ok", b"[]"),
        forged(name, b"ok", b'{"result":5,"error":""}'),
        forged(name, b"ok", b'{"result":{},"error":[]}'),
        forged(name, b"ok", b'{"result":{"a":NaN},"error":""}'),
        forged(name, b"ok", b'{"result":{"a":' + b"[" * 100_000),
        forged(name, b"ok", b"\xff"),
        forged(b"", b"", b""),
    ):
        segment.write_bytes(line)
        assert list(Store(study.store).each([name.decode()])) == [None]
        rows = study_table(study, lambda result, task: [result]).rows
        assert [row["status"] for row in rows] == ["missing", "missing"]
        tally.add()
    segment.write_bytes(forged(name, b"ok", b'{"result":{"modes":5},"error":""}'))
    with pytest.raises(InputError, match="is not what this task computes"):
        study_table(study, rows_of_point)
    mark = study.store / "store.json"
    mark.unlink()
    for content in ("[" * 100_000, "[1]", "{", "x" * 200_000):
        mark.write_text(content)
        with pytest.raises(InputError, match="nothing was changed"):
            Store(study.store)
        tally.add()
    if hasattr(os, "mkfifo"):
        mark.unlink()
        os.mkfifo(mark)
        with pytest.raises(InputError, match="nothing was changed"):
            Store(study.store)


def test_a_store_is_not_strewn_over_what_somebody_keeps(tmp_path):
    """A stranger's study names any folder; outside its own only a store or an empty folder will
    do, links followed.
    """
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "letters.txt").write_text("mine")
    study = study_in(tmp_path / "s", 2)
    file = tmp_path / "s" / "study.toml"
    (tmp_path / "s" / "link").symlink_to(kept)
    for name in ("../kept", str(kept), "../new", "link", "link/deeper"):
        file.write_text(f'store = "{name}"\n' + (text := file.read_text()))
        with pytest.raises(InputError, match="lies outside the folder of this file"):
            load_study(file, SCHEMA)
        file.write_text(text)
    for name in ("../empty", "../s/results", "within/deeper"):
        (tmp_path / "empty").mkdir(exist_ok=True)
        file.write_text(f'store = "{name}"\n' + text)
        study = load_study(file, SCHEMA)
        run_study(study, evaluate, SerialExecutor())
        assert len(Store(load_study(file, SCHEMA).store)) == 2
    assert [one.name for one in kept.iterdir()] == ["letters.txt"]


@pytest.mark.parametrize("hours", [-1, 1, 24])
def test_a_clock_that_goes_wrong_sees_its_neighbours(tmp_path, monkeypatch, hours):
    store = Store(tmp_path / "s")
    with store.writer() as writer:
        writer.append([Record("a" * 32, "ok", {})])
    true = time.time
    monkeypatch.setattr(time, "time", lambda: true() + 3600 * hours)
    assert store.written_within(60.0)
    segment = next((tmp_path / "s" / "segments").glob("*.jsonl"))
    os.utime(segment, (true() - 120, true() - 120))
    assert not store.written_within(60.0)


def test_three_processes_share_a_short_study(tmp_path):
    """60 points of 20 ms, of which 56 were computed twice, then 10 to 35: the runs did not know
    what stood in the lines of the others, and a run that was kept waiting by a busy machine held
    points there for long.

    Now each tells it. What is left: at the end a run may take what the two others have in hand, two
    batches of one point each, 12 in all; and a few before the first look, a tenth of a second after
    the start. 4 to 6 were seen on two cores with a load of 12.
    """
    study = study_in(tmp_path / "s", 60, 0.02)
    runs = [started(tmp_path / "s") for _ in range(3)]
    for run in runs:
        assert run.wait(timeout=60) == 0, (tmp_path / "s" / "errors.txt").read_text()
    computed = Counter((tmp_path / "s" / "log.txt").read_text().split())
    twice = sum(computed.values()) - 60
    print(f"{twice} of 60 points were computed twice")
    assert len(computed) == 60 and len(Store(study.store)) == 60
    assert twice <= 20


def test_runs_beside_one_that_hangs_with_all_in_hand_share_them(tmp_path):
    """Two such runs went through its points in one order and computed each of them twice; now each
    begins anywhere, and leaves for last what a third run has in hand too.
    """
    study = study_in(tmp_path / "s", 40)
    store = Store(study.store)
    names = fingerprints(study, range(40))
    firsts = set()
    with store.run_at_work() as hanging, store.run_at_work() as third:
        hanging.take(names.values())
        for _ in range(8):
            with store.run_at_work() as own:
                third.take([])
                pending = PendingPoints(study, store, names, ("ok",), "", own)
                order = [task.fingerprint for task in pending]
                assert sorted(order) == sorted(names.values())
                firsts.add(order[0])
                third.take(order[:5])
                other = PendingPoints(study, store, names, ("ok",), "", own)
                later = [task.fingerprint for task in other]
                assert set(later[-5:]) == set(order[:5]) and len(later) == 40
    # eight draws of one in 40 are alike in one of 40^7 cases
    assert len(firsts) > 1


def test_what_another_run_has_in_hand_is_taken_last(tmp_path):
    """Whichever way it is said: whole, in part, or by what is no list; a dead run's is free."""
    study = study_in(tmp_path / "s", 40)
    names = fingerprints(study, range(40))
    store = Store(study.store)
    with store.run_at_work() as other, store.run_at_work() as own:
        other.take([names[3], names[7], names[7] + "x", names[8][:31]])
        pending = PendingPoints(study, store, names, ("ok",), "own.jsonl", own)
        order = [task.fingerprint for task in pending]
        assert sorted(order) == sorted(names.values())
        assert set(order[-2:]) == {names[3], names[7]}
        assert set(other.taken()) == set(order) and set(own.taken()) >= {names[3], names[7]}
        other.take([])
        assert not own.taken()
        other_file = next(one for one in own.others("run"))
        other_file.write_bytes(b"\xff" * 3_000_000)
        assert len(own.taken()) == 1 and len(list(pending)) == 40
    assert not list(study.store.glob("at-work/*"))
