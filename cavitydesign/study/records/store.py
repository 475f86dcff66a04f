"""The store of a study: append-only segments, one for each writer, of checksummed records.

A segment belongs to the process that made it and is never changed by another, so that any number of
processes and machines write into one folder without waiting for each other. A record is one `write`
of one line. A line that was cut off by a killed writer, or damaged since, fails its checksum and
counts as missing: it is set aside and its point computed again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from .cells import CELLS
from .disk import StoreError, sync_folder, told, write_whole
from .index import INDEX
from .locations import RecordLocations
from .presence import CLEAN, RUN, Presence
from .record import OK
from .segment import SegmentWriter
from .store_mark import SEGMENTS, create_store
from .stored import Damage, StoredRecords

__all__ = ["Damage", "Store", "StoreError"]

_DAMAGED = "damaged"


@dataclass
class Store(StoredRecords):
    """Records by fingerprint in a folder.

    Parameters
    ----------
    folder : Path
        Made on first writing; a folder that is not there is an empty store.
    indexed : bool
        Take what the store's index says of segments that have not changed since: enough for a look,
        where each record is checked as it is read. Otherwise every byte is read.

    Raises
    ------
    InputError
        If the folder holds a store of another format, or something that is no store.
    """

    def writer(self) -> SegmentWriter:
        """A new writer with a segment of its own."""
        create_store(self.folder)
        return SegmentWriter(self.folder / SEGMENTS)

    @contextmanager
    def run_at_work(self) -> Iterator[Presence]:
        """Say that a run is at work on the store, for as long as the context lasts.

        Raises
        ------
        StoreError
            While the store is cleaned.
        """
        create_store(self.folder)
        with ExitStack() as stack:
            with told(self.folder):
                own = stack.enter_context(Presence(self.folder, RUN))
            if own.others(CLEAN):
                text = "study clean is at work on it; run again when it is done"
                raise StoreError(f"{self.folder}: {text}")
            yield own

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep runs away from the store, for as long as the context lasts.

        Raises
        ------
        StoreError
            If a run is at work on it, or another process cleans it.
        """
        with ExitStack() as stack:
            with told(self.folder):
                own = stack.enter_context(Presence(self.folder, CLEAN))
            if others := own.others(RUN) + own.others(CLEAN):
                text = (
                    "a run is at work on it; wait for its end or stop it. Nothing was changed. "
                    f"({others[0].name} in {others[0].parent.name}; delete it if nobody works "
                    "there)"
                )
                raise StoreError(f"{self.folder}: {text}")
            self.refresh()
            yield

    def set_damaged_aside(self) -> int:
        """Copy damaged lines into the folder ``damaged`` for inspection; returns their number."""
        for damage in self.damaged:
            target = self.folder / _DAMAGED / f"{damage.segment}-{damage.offset}.txt"
            if target.exists():
                continue
            with told(self.folder):
                target.parent.mkdir(exist_ok=True)
                with (self.folder / SEGMENTS / damage.segment).open("rb") as stream:
                    stream.seek(damage.offset)
                    write_whole(target, stream.read(damage.length))
        return len(self.damaged)

    def merge(self, other: Store) -> int:
        """Copy the records that only the other store has, or has whole; returns their number."""
        wanted = [
            name
            for name in other
            if self.status(name) != OK and (name not in self or other.status(name) == OK)
        ]
        with self.writer() as writer:
            for record in other.each(wanted):
                writer.append([] if record is None else [record])
        self.refresh()
        return len(wanted)

    def compact(self, keep: Iterable[str] | None = None) -> int:
        """Rewrite the store as one segment without damaged and, if `keep` is given, unwanted
        records.

        No other process may be writing (`alone` keeps runs away). Returns the number of records
        that were dropped.

        Raises
        ------
        StoreError
            If a segment grew since it was read; nothing is deleted then.
        """
        old = self._segment_paths()
        sizes = {path: path.stat().st_size for path in old}
        self.refresh()
        before = len(self)
        names = sorted(self if keep is None else set(keep).intersection(self))
        with self.writer() as writer:
            for record in self.each(names):
                writer.append([] if record is None else [record])
        if any(path.stat().st_size != size for path, size in sizes.items()):
            # Whoever writes keeps all of it; the copies do no harm.
            text = "a run is at work on it; wait for its end. Nothing was deleted"
            raise StoreError(f"{self.folder}: {text}")
        with told(self.folder):
            for path in old:
                path.unlink()
            sync_folder(self.folder / SEGMENTS)
            # And what a killed writer of the index left.
            made_again = (*self.folder.glob(f".{INDEX}.*"), *(self.folder / CELLS).glob("*.bin*"))
            for path in (self.folder / INDEX, *made_again, *(self.folder / CELLS).glob(".*.bin.*")):
                path.unlink(missing_ok=True)
            for path in (self.folder / _DAMAGED).glob("*.txt"):
                path.unlink()
        self._locations = RecordLocations()
        self._read_to.clear()
        self._stamps.clear()
        self.damaged.clear()
        self.refresh()
        return before - len(self)
