"""Rows of records that were tabulated once and are kept beside their segments (`records/cells`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from ..dotted import flattened
from .records.cells import CELLS, are_kept, cells_path, encoded_cells, read_cells
from .records.disk import write_whole
from .records.places import Place
from .records.record import MADE_UP, Record
from .records.store import Store
from .study import Study

# A run that is at work writes every few seconds; what it adds makes what was kept useless.
_AT_REST_SECONDS = 60.0
Tabulate = Callable[[Mapping[str, Any], str], Sequence[Mapping[str, Any]]]
"""From a stored result and the task to its rows, nested tables; numbers, texts and booleans become
columns.
"""


def keep_rows(
    store: Store,
    tabulate: Tabulate,
    task: str,
    version: str,
    segments: Sequence[str] | None = None,
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
    """
    settled = store.settled
    chosen = store.at_rest(_AT_REST_SECONDS) if segments is None else settled.keys() & segments
    missing = [
        segment
        for segment in sorted(chosen)
        if not are_kept(cells_path(store.folder, segment, task), settled[segment], version)
    ]
    for segment, records in store.sound_of(missing) if missing else ():
        rows = _tabulated(records, tabulate, task)
        # A store that takes none goes without, and so does a segment that has just gone.
        with suppress(OSError, ValueError):
            (store.folder / CELLS).mkdir(exist_ok=True)
            path = cells_path(store.folder, segment, task)
            write_whole(path, encoded_cells(rows, settled[segment], version))


def kept_version(study: Study, of_tabulate: str) -> str:
    """Of all code that a study's rows follow from."""
    return f"{study.version} {of_tabulate}"


def kept_rows(
    store: Store, task: str, version: str, names: Sequence[str]
) -> Callable[[Place], list[dict[str, Any]] | None]:
    """From the place of a record to some cells of its rows; None where they are not kept."""
    sources = {
        segment: found
        for segment, stamp in store.settled.items()
        if (found := read_cells(cells_path(store.folder, segment, task), stamp, version, names))
    }

    def rows(place: Place) -> list[dict[str, Any]] | None:
        source = sources.get(place.segment)
        return None if source is None else source(place.offset)

    return rows


def _tabulated(
    records: Iterator[tuple[int, Record]], tabulate: Tabulate, task: str
) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    for offset, record in records:
        # Of another task, or made up: told where somebody asks for it.
        with suppress(*MADE_UP):
            yield offset, [flattened(row) for row in tabulate(record.result, task) or [{}]]
