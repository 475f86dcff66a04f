"""The index of a store beside segments that change, damage of its own, two writers and kills: it is
never believed over the segments.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

from cavitydesign.study import Record, Store
from cavitydesign.study.records import index, stored
from cavitydesign.study.records.index import INDEX, Stamp, read_index

POINTS = 60


@pytest.fixture(autouse=True)
def small_stores_are_indexed(monkeypatch):
    monkeypatch.setattr(stored, "WORTH_AN_INDEX", 0)


def expected(number, status="ok"):
    return Record(f"{number:032x}", status, {"number": number} if status == "ok" else {})


def filled(folder, numbers=range(POINTS)):
    with Store(folder).writer() as writer:
        writer.append(map(expected, numbers))
    settle(folder)
    return folder


def settle(folder):
    """Segments as they stand a day later."""
    for path in (folder / "segments").iterdir():
        day = path.stat().st_mtime_ns - 86_400_000_000_123
        os.utime(path, ns=(day, day))


def told(store):
    """All that a store says."""
    damaged = sorted((one.segment, one.offset, one.length) for one in store.damaged)
    places = {name: store.status(name) for name in sorted(store)}
    return places, damaged, store.unfinished, store.records(sorted(store))


def same(folder):
    """With its index a store says what its segments say."""
    assert told(Store(folder, indexed=True)) == told(Store(folder))


def test_a_look_reads_the_index_and_not_the_segments(tmp_path, monkeypatch):
    folder = filled(tmp_path / "s")
    with (next((folder / "segments").iterdir())).open("ab") as stream:
        stream.write(b"damaged\ncut off")
    filled(folder, range(POINTS, POINTS + 5))
    same(folder)
    assert (folder / INDEX).stat().st_size > 65 * 45

    def read(*_):
        raise AssertionError("a segment was read")

    whole = told(Store(folder))
    with monkeypatch.context() as patched:
        patched.setattr(stored, "read_header", read)
        again = Store(folder, indexed=True)
    assert told(again) == whole and len(again) == POINTS + 5 and again.unfinished == 1


def test_whatever_happens_to_a_segment_is_seen(tmp_path, tally):
    """Grown, cut, a bit turned under the old times, swapped, deleted, new ones, copies."""
    chance = random.Random(5)
    folder = filled(tmp_path / "s")
    for turn in range(40):
        same(folder)
        path = chance.choice(sorted((folder / "segments").iterdir()))
        found, content = path.stat(), bytearray(path.read_bytes())
        what = chance.randrange(6)
        if what == 0:
            content += expected(1000 + turn).encoded()
        elif what == 1 and len(content) > 200:
            del content[chance.randrange(100, len(content)) :]
        elif what == 2 and content:
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        elif what == 3:
            shutil.copy(path, path.with_name(f"copy-{turn}.jsonl"))
        elif what == 4:
            filled(folder, range(2000 + turn, 2004 + turn))
        path.write_bytes(content)
        if what == 5:
            path.unlink()
            filled(folder)
        else:  # whoever restores the time of a file cannot restore that of its change
            os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
        tally.add()
    same(folder)


def test_a_segment_that_changed_within_a_tick_is_not_believed(tmp_path):
    """What changes in the moment of a look may bear the same times."""
    folder = filled(tmp_path / "s")
    segment = next((folder / "segments").iterdir())
    os.utime(segment)
    Store(folder, indexed=True)
    assert read_index(folder) == {}
    tick = 10**9
    assert not Stamp(1, 5 * tick, 5 * tick).settled(7 * tick)  # an old file system's two seconds
    assert Stamp(1, 5 * tick, 5 * tick).settled(8 * tick)
    assert not Stamp(1, 5 * tick + 1, 0).settled(5 * tick + 50_000_000)
    assert Stamp(1, 5 * tick + 1, 0).settled(6 * tick)


def test_a_damaged_index_is_none(tmp_path, tally):
    """Each byte of its head, bytes at random, cuts; a pipe, a folder and a link in its place."""
    folder = filled(tmp_path / "s")
    Store(folder, indexed=True)
    path = folder / INDEX
    whole, sound, chance = path.read_bytes(), told(Store(folder)), random.Random(1)
    assert set(read_index(folder))
    places = [*range(60), *(chance.randrange(len(whole)) for _ in range(60))]
    for place in places:
        content = bytearray(whole)
        content[place] ^= 1 << chance.randrange(8)
        path.write_bytes(content if chance.random() < 0.7 else whole[:place])
        assert read_index(folder) == {}
        tally.add()
    assert told(Store(folder, indexed=True)) == sound
    path.unlink()
    for make in (os.mkfifo, os.mkdir, lambda name: os.symlink("/dev/zero", name)):
        make(path)
        assert told(Store(folder, indexed=True)) == sound
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
        tally.add()


def test_an_index_that_somebody_made_up_gives_no_wrong_record(tmp_path):
    """Its checksum is right and its stamps are those of the segments, its places are not."""
    folder = filled(tmp_path / "s")
    Store(folder, indexed=True)
    [(name, one)] = read_index(folder).items()
    one.lines.names.reverse()
    index.write_index(folder, {name: one})
    assert read_index(folder)
    found = Store(folder, indexed=True).records(f"{n:032x}" for n in range(POINTS))
    assert found == {}
    for change in ([2**63] * POINTS, [0] * POINTS):
        one.lines.offsets[:] = type(one.lines.offsets)("Q", change)
        index.write_index(folder, {name: one})
        store = Store(folder, indexed=True)
        assert all(record == expected(int(n, 16)) for n, record in store.records(store).items())


def test_failed_points_and_doubles_count_as_without_it(tmp_path):
    """The first record that is "ok" counts, whichever segment it stands in."""
    folder = tmp_path / "s"
    chance = random.Random(2)
    for _ in range(5):
        with Store(folder).writer() as writer:
            for number in chance.sample(range(POINTS), 30):
                writer.append([expected(number, chance.choice(("ok", "failed")))])
    settle(folder)
    same(folder)
    assert len(read_index(folder)) == 5
    same(folder)


def test_names_of_other_kinds_are_not_indexed(tmp_path):
    folder = tmp_path / "s"
    with Store(folder).writer() as writer:
        writer.append([Record("short", "ok", {})])
    settle(folder)
    same(folder)
    assert read_index(folder) == {} and Store(folder, indexed=True).status("short") == "ok"


def test_a_store_that_takes_no_index_goes_without(tmp_path, monkeypatch):
    folder = filled(tmp_path / "s")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(index, "write_whole", full)
    same(folder)
    assert not (folder / INDEX).exists()


def test_clean_leaves_no_index_of_what_it_deleted(tmp_path):
    folder = filled(tmp_path / "s")
    Store(folder, indexed=True)
    (folder / f".{INDEX}.123-abcdef").write_bytes(b"of a killed writer")
    with Store(folder).alone():
        Store(folder).compact()
    assert not [path.name for path in folder.iterdir() if INDEX in path.name]
    same(folder)


LOOK = """import sys
from cavitydesign.study.records import stored
stored.WORTH_AN_INDEX = 0
stored.StoredRecords.write_index(store := stored.StoredRecords({folder!r}))
print("begun", flush=True)
while True:
    store.write_index()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_two_writers_of_the_index_and_kills(tmp_path, tally):
    """Whenever they are killed, the index is whole or not there, and right."""
    folder = filled(tmp_path / "s", range(3000))
    sound = told(Store(folder))
    code = LOOK.replace("{folder!r}", f"__import__('pathlib').Path({str(folder)!r})")
    command = [sys.executable, "-c", code]
    for turn in range(2):
        runs = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
        for run in runs:
            run.stdout.readline()
        for _ in range(10):
            found = read_index(folder)
            assert len(found) == 1, "half an index was read"
            tally.add()
            time.sleep(0.007 * (turn + 1))
        for run in runs:
            run.send_signal(signal.SIGKILL)
        for run in runs:
            run.wait()
            run.stdout.close()
        assert read_index(folder) and told(Store(folder, indexed=True)) == sound


def test_a_first_run_leaves_an_index(tmp_path, monkeypatch):
    """Of the segment that it wrote, which it reads at its end for the first time."""
    folder = tmp_path / "s"
    run = Store(folder)
    monkeypatch.setattr(stored, "WORTH_AN_INDEX", 100)
    with run.writer() as writer:
        writer.append(map(expected, range(POINTS)))
    run.take_in_own()
    assert len(read_index(folder)) == 1
    same(folder)
