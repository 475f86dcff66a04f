"""A store under faults: short writes, full and failing disks, failed fsyncs and truncations, killed
writers, cut and damaged segments, up to three writers. After the faults one undisturbed run must
give the undisturbed table, and at no time may a wrong record be read.
"""

import errno
import os
import random
from types import SimpleNamespace

import pytest

from cavitydesign.study import Record, Store
from cavitydesign.study.records import disk, segment
from cavitydesign.study.records.store import StoreError

POINTS = 40


class Killed(BaseException):
    """The writer's process ended here."""


class FaultyOs:
    """The calls of `os` that a writer makes; some of them go wrong."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.faults, self.armed = chance, 0, False

    def __getattr__(self, name):
        return getattr(os, name)

    def _fault(self, share):
        hit = self.armed and self.chance.random() < share
        self.faults += hit
        return hit

    def write(self, descriptor, content):
        if not self._fault(0.5):
            return os.write(descriptor, content)
        part = os.write(descriptor, content[: self.chance.randrange(len(content) + 1)])
        kind = self.chance.randrange(4)
        if kind == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        if kind == 1:
            raise OSError(errno.EIO, "Input/output error")
        if kind == 2:
            raise Killed
        return part

    def ftruncate(self, descriptor, length):
        if self._fault(0.3):
            raise OSError(errno.EIO, "Input/output error")
        os.ftruncate(descriptor, length)

    def fsync(self, descriptor):
        if self._fault(0.05):
            raise OSError(errno.EIO, "Input/output error")

    def open(self, *given):
        if self._fault(0.05):
            raise OSError(self.chance.choice((errno.ENOSPC, errno.EIO, errno.EMFILE)), "no")
        return os.open(*given)


def expected(number):
    return Record(f"{number:032x}", "ok", {"number": number, "text": "x" * (37 * number % 400)})


def damaged(folder, chance):
    """Cut a segment short, or change one of its bytes."""
    paths = sorted((folder / "segments").glob("*.jsonl"))
    path = chance.choice(paths)
    content = bytearray(path.read_bytes())
    if not content:
        return 0
    place = chance.randrange(len(content))
    if chance.random() < 0.5:
        del content[place:]
    else:
        content[place] ^= 1 << chance.randrange(8)
    path.write_bytes(content)
    return 1


def checked(store):
    """What is read is right, whatever happened."""
    for name, found in store.records(store).items():
        assert found == expected(int(name, 16))


@pytest.mark.parametrize("faults", [800, pytest.param(10_000, marks=pytest.mark.slow)])
def test_faults_end_with_the_undisturbed_table(tmp_path, monkeypatch, tally, faults):
    chance = random.Random(faults)
    system = FaultyOs(chance)
    monkeypatch.setattr(segment, "os", system)
    monkeypatch.setattr(disk, "os", system)
    monkeypatch.setattr(segment, "_SYNC_SECONDS", 0.0)
    done, rounds = 0, 0
    while done < faults:
        rounds += 1
        folder = tmp_path / f"s{rounds}"
        done += attacked(folder, system, chance)
        store = Store(folder)
        checked(store)
        names = {number: expected(number).fingerprint for number in range(POINTS)}
        with store.writer() as writer:
            store.set_damaged_aside()
            for number, name in names.items():
                if store.status(name) != "ok":
                    writer.append([expected(number)])
        again = Store(folder)
        whole = again.records(names.values())
        assert whole == {expected(number).fingerprint: expected(number) for number in names}
        again.compact()
        assert Store(folder).records(names.values()) == whole and not Store(folder).damaged
    tally.add(done)
    print(f"{done} faults in {rounds} stores: every table is the undisturbed one")


def attacked(folder, system, chance):
    """Runs of one to three writers with faults; number of faults."""
    before, changes = system.faults, 0
    Store(folder).writer()
    for _ in range(4):
        stores = [Store(folder) for _ in range(chance.randint(1, 3))]
        writers = [store.writer() for store in stores]
        system.armed = True
        for number in chance.sample(range(POINTS), POINTS):
            if not writers:
                break
            place = chance.randrange(len(writers))
            try:
                if stores[place].status(expected(number).fingerprint) is None:
                    writers[place].append([expected(number)])
                if chance.random() < 0.05:
                    stores[place].refresh()
            except StoreError as error:
                assert len(str(error).splitlines()) == 1
                if chance.random() < 0.5:  # its run ends, or goes on all the same
                    writers.pop(place)
                    stores.pop(place)
            except Killed:
                writers.pop(place)
                stores.pop(place)
        for writer in writers:
            try:
                writer.close()
            except StoreError:
                continue
        system.armed = False
        if chance.random() < 0.5:
            changes += damaged(folder, chance) if any(folder.glob("segments/*")) else 0
        checked(Store(folder))
    return system.faults - before + changes


def test_a_segment_is_written_in_binary(tmp_path, monkeypatch):
    """Windows puts a carriage return before every line's end unless told not to."""
    seen = []
    binary = 1 << 30

    def opened(path, flags, mode=0o777):
        seen.append(flags & binary)
        return os.open(path, flags & ~binary, mode)

    calls = {name: getattr(os, name) for name in dir(os) if not name.startswith("__")}
    fake = SimpleNamespace(**calls | {"open": opened, "O_BINARY": binary})
    monkeypatch.setattr(segment, "os", fake)
    with Store(tmp_path / "s").writer() as writer:
        writer.append([expected(1)])
    assert seen == [binary]


@pytest.mark.skipif(not hasattr(os, "O_DIRECTORY"), reason="POSIX folders")
def test_folders_are_brought_to_the_disk(tmp_path, monkeypatch):
    """A file that is synchronised in a folder that is not may be nameless after a power cut."""
    synced = []
    true = os.fsync

    def fsync(descriptor):
        synced.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        true(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    folder = tmp_path / "s"
    with Store(folder).writer() as writer:
        writer.append([expected(1)])
    assert {str(folder), str(folder / "segments")} <= set(synced)
