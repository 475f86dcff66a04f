"""The store: whole records or none, many writers, damage, versions, full and read-only disks."""

import json
import multiprocessing
import os
import subprocess
import sys
import textwrap

import pytest

from cavitydesign.errors import InputError
from cavitydesign.study import Record, Store
from cavitydesign.study.records.store import StoreError


def record(number, status="ok", **result):
    return Record(
        f"{number:032x}", status, {"number": number, **result}, "why" if status == "failed" else ""
    )


def stored(folder, *records):
    store = Store(folder)
    with store.writer() as writer:
        writer.append(records)
    return Store(folder)


def segment(folder):
    return next((folder / "segments").glob("*.jsonl"))


def test_records_come_back_as_they_were(tmp_path):
    first = record(1, text="line\nend, é", number_kept=0.1 + 0.2)
    store = stored(tmp_path / "s", first, record(2, "failed"))
    assert store.records([first.fingerprint]) == {first.fingerprint: first}
    assert store.status(f"{2:032x}") == "failed" and store.status(f"{3:032x}") is None


def test_a_cut_line_is_missing_and_does_no_harm(tmp_path):
    folder = tmp_path / "s"
    stored(folder, record(1), record(2))
    path = segment(folder)
    path.write_bytes(path.read_bytes()[:-20])
    store = Store(folder)
    assert set(store) == {f"{1:032x}"} and store.unfinished == 1 and store.damaged == []


@pytest.mark.parametrize("place", [3, 20, 60, 100])
def test_a_damaged_record_is_detected_and_set_aside(tmp_path, place):
    folder = tmp_path / "s"
    stored(folder, record(1, filler="x" * 50), record(2))
    path = segment(folder)
    content = bytearray(path.read_bytes())
    content[place] ^= 0x15
    path.write_bytes(content)
    store = Store(folder)
    assert set(store) == {f"{2:032x}"}
    assert store.set_damaged_aside() == 1
    kept = list((folder / "damaged").glob("*.txt"))
    assert len(kept) == 1 and kept[0].read_bytes() == bytes(content).splitlines()[0]


def test_a_good_record_takes_the_place_of_a_failed_one(tmp_path):
    folder = tmp_path / "s"
    stored(folder, record(1, "failed"))
    store = stored(folder, record(1))
    assert store.status(f"{1:032x}") == "ok"
    store = stored(folder, record(1, "failed"))
    assert store.status(f"{1:032x}") == "ok"


def _write_many(folder, start):
    with Store(folder).writer() as writer:
        for number in range(start, start + 200):
            writer.append([record(number, filler="y" * (number % 3000))])


def test_many_processes_write_at_once(tmp_path):
    folder = tmp_path / "s"
    context = multiprocessing.get_context("spawn")
    jobs = [context.Process(target=_write_many, args=(folder, 150 * j)) for j in range(3)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    store = Store(folder)
    assert len(store) == 500 and store.damaged == [] and store.unfinished == 0
    assert all(
        found.result["number"] == int(name, 16) for name, found in store.records(store).items()
    )


def test_refresh_takes_in_what_others_add(tmp_path):
    store = Store(tmp_path / "s")
    with Store(tmp_path / "s").writer() as writer:
        writer.append([record(1)])
        store.refresh()
        assert len(store) == 1
        writer.append([record(2)])
        store.refresh()
        assert len(store) == 2


def test_merge_and_compact(tmp_path):
    one = stored(tmp_path / "one", record(1), record(2, "failed"))
    two = stored(tmp_path / "two", record(2), record(3))
    assert one.merge(two) == 2
    assert len(one) == 3 and one.status(f"{2:032x}") == "ok"
    assert one.compact(keep=[f"{1:032x}", f"{3:032x}"]) == 1
    again = Store(tmp_path / "one")
    assert (
        set(again) == {f"{1:032x}", f"{3:032x}"}
        and len(list((tmp_path / "one" / "segments").iterdir())) == 1
    )


def test_a_store_of_another_format_is_left_alone(tmp_path):
    folder = tmp_path / "s"
    stored(folder, record(1))
    (folder / "store.json").write_text(json.dumps({"format": 99}))
    before = segment(folder).read_bytes()
    with pytest.raises(InputError, match="a store of format 99, this version reads format 1"):
        Store(folder)
    assert segment(folder).read_bytes() == before


def test_what_is_no_store_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="is a file"):
        Store(tmp_path / "file")
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "store.json").write_text("{")
    with pytest.raises(InputError, match="not the mark of a store"):
        Store(tmp_path / "s")


def test_a_full_disk_loses_nothing(tmp_path):
    """A limit on the file size stands for the full disk: the system refuses the write in the middle
    of a record.
    """
    script = textwrap.dedent(
        f"""
        import pathlib, resource
        from cavitydesign.study import Record, Store
        from cavitydesign.study.records.store import StoreError
        writer = Store(pathlib.Path({str(tmp_path / "s")!r})).writer()
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, resource.RLIM_INFINITY))
        try:
            for number in range(100):
                writer.append([Record(f"{{number:032x}}", "ok", {{"filler": "z" * 300}})])
        except StoreError as error:
            print(number, error)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    number, message = done.stdout.split(" ", 1)
    assert "the disk is full" in message
    store = Store(tmp_path / "s")
    assert len(store) == int(number) > 5 and store.damaged == [] and store.unfinished == 0


@pytest.mark.skipif(os.name == "nt", reason="permissions of another kind")
def test_a_read_only_store_is_told_and_stays_readable(tmp_path, monkeypatch):
    folder = tmp_path / "s"
    stored(folder, record(1))
    store = Store(folder)

    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    # Tests may run as root, whom permissions do not stop: the refusal itself is simulated.
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(StoreError, match="the store is read only"), store.writer() as writer:
        writer.append([record(2)])
    monkeypatch.undo()
    assert set(Store(folder)) == {f"{1:032x}"}
