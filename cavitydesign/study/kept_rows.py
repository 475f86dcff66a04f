"""Rows of records that were tabulated once and are kept beside their segments (`records/cells`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..dotted import flattened, flattened_at
from .records.cells import (
    CELLS,
    CellsEncoder,
    KeptCells,
    cells_path,
    encoded_cells,
    names_kept,
    read_cells,
)
from .records.disk import write_whole
from .records.index import Stamp
from .records.json_text import Parts
from .records.record import MADE_UP, Record, payload_decoder, read_checked
from .records.store import Store
from .records.store_mark import SEGMENTS
from .records.stored import Seen
from .study_definition import Study

# A run that is at work writes every few seconds; what it adds makes what was kept useless.
_AT_REST_SECONDS = 60.0
# Columns of segments that are tabulated while they are read: of a million records each has some
# dozen MB. More of them go through a file.
_MOST_IN_PASSING = 8
# Of cells that are kept nowhere: no segment has it.
_NO_STAMP = Stamp(0, 0, 0)
Tabulate = Callable[[Mapping[str, Any], str], Sequence[Mapping[str, Any]]]
"""From a stored result and the task to its rows, nested tables; numbers, texts and booleans become
columns.
"""
PartsOf = Callable[[Sequence[str], str], Parts | None]
"""From the names of columns and the task to the parts of a result that `Tabulate` needs."""


class RowsInPassing:
    """Some cells of the records of a store, tabulated while its segments are read for the first
    time: each record is read, checked and decoded once.

    Parameters
    ----------
    store : Path
        Its folder.
    tabulate, task, version, names, parts_of
        As in `keep_rows`.
    """

    def __init__(
        self,
        store: Path,
        tabulate: Tabulate,
        task: str,
        version: str,
        names: Sequence[str],
        parts_of: PartsOf | None = None,
    ) -> None:
        self._store, self._tabulate, self._task = store, tabulate, task
        self._version, self._names, self._parts_of = version, tuple(names), parts_of
        self._made: dict[str, tuple[CellsEncoder, list[bytes], frozenset[str]]] = {}

    def __call__(self, segment: str) -> Seen | None:
        """Who is to see the lines of a segment; nobody where its cells are kept."""
        with suppress(OSError):
            stamp = Stamp.of((self._store / SEGMENTS / segment).stat())
            kept = names_kept(cells_path(self._store, segment, self._task), stamp, self._version)
            wanted = _lacking(kept, self._names)
            if wanted is None or len(wanted) > _MOST_IN_PASSING:
                return None
            encoder, file = CellsEncoder(), list[bytes]()
            self._made[segment] = encoder, file, wanted
            names, task, tabulate = sorted(wanted), self._task, self._tabulate
            decode = payload_decoder(self._parts_of(names, task) if self._parts_of else None)

            def seen(offset: int, line: bytes, header: tuple[str, str]) -> None:
                record = read_checked(line, header, decode)
                if record is not None:
                    with suppress(*MADE_UP):  # told where somebody asks for it
                        rows = tabulate(record.result, task) or [{}]
                        file.extend(encoder.add(offset, [flattened_at(row, names) for row in rows]))

            return seen
        return None

    def end(self, store: Store) -> dict[str, KeptCells]:
        """Cells by segment; those of segments at rest are kept beside them."""
        found, rest = {}, set(store.at_rest(_AT_REST_SECONDS))
        for segment, (encoder, file, wanted) in self._made.items():
            stamp = store.settled.get(segment, _NO_STAMP)
            content = b"".join([*file, *encoder.end(stamp, self._version, wanted)])
            file.clear()
            cells = read_cells(content, stamp, self._version, self._names)
            if cells is not None:
                found[segment] = cells
            if segment in rest:
                _write(store, segment, self._task, [content])
        return found


def keep_rows(
    store: Store,
    tabulate: Tabulate,
    task: str,
    version: str,
    segments: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
    parts_of: PartsOf | None = None,
) -> None:
    """Tabulate what has settled in the segments of a store and is not kept yet.

    Parameters
    ----------
    store : Store
    tabulate : callable
        From a stored result to its rows.
    task : str
        What the records hold; those of other tasks are left out.
    version : str
        Of the code of `tabulate`.
    segments : sequence of str, optional
        Only these; by default those that nobody has written to for a minute.
    names : sequence of str, optional
        Only these cells, beside those that are kept already; all by default.
    parts_of : callable, optional
        The parts of a result that some cells need: the rest is not read.
    """
    settled = store.settled
    chosen = store.at_rest(_AT_REST_SECONDS) if segments is None else settled.keys() & segments
    missing: dict[frozenset[str], list[str]] = {}
    for segment in sorted(chosen):
        kept = names_kept(cells_path(store.folder, segment, task), settled[segment], version)
        wanted = _lacking(kept, names)
        if wanted is not None:
            missing.setdefault(wanted, []).append(segment)
    for wanted, these in missing.items():
        needed = None if "*" in wanted else sorted(wanted)
        parts = parts_of(needed, task) if parts_of and needed is not None else None
        for segment, records in store.sound_of(these, payload_decoder(parts)):
            rows = _tabulated(records, tabulate, task, needed)
            _write(store, segment, task, encoded_cells(rows, settled[segment], version, needed))


def kept_version(study: Study, of_tabulate: str) -> str:
    """Of all code that a study's rows follow from."""
    return f"{study.version} {of_tabulate}"


def kept_rows(
    store: Store, task: str, version: str, names: Sequence[str], made: Mapping[str, KeptCells]
) -> dict[str, KeptCells]:
    """Some cells of the segments of a store, as far as they are kept, beside those just made."""
    found = dict(made)
    for segment in store.settled.keys() - made:
        path = cells_path(store.folder, segment, task)
        if cells := read_cells(path, store.settled[segment], version, names):
            found[segment] = cells
    return found


def _lacking(kept: frozenset[str] | None, names: Sequence[str] | None) -> frozenset[str] | None:
    """The cells to keep where some are kept; None where these will do."""
    have = kept or frozenset()
    wanted = have | frozenset(["*"] if names is None else names)
    return None if "*" in have or (kept is not None and wanted == have) else wanted


def _write(store: Store, segment: str, task: str, parts: Iterable[bytes]) -> None:
    """Keep the cells of a segment; a store that takes none goes without, and so does a segment that
    has just gone.
    """
    with suppress(OSError, ValueError):
        (store.folder / CELLS).mkdir(exist_ok=True)
        write_whole(cells_path(store.folder, segment, task), parts)


def _tabulated(
    records: Iterator[tuple[int, Record]],
    tabulate: Tabulate,
    task: str,
    names: Sequence[str] | None,
) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    for offset, record in records:
        # Of another task, or made up: told where somebody asks for it.
        with suppress(*MADE_UP):
            rows = tabulate(record.result, task) or [{}]
            if names is None:
                yield offset, [flattened(row) for row in rows]
            else:
                yield offset, [flattened_at(row, names) for row in rows]
