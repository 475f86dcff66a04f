"""Rows of records that were tabulated once and are kept beside their segments (`records/cells`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ..dotted import flattened, flattened_at
from .records.cells import (
    CELLS,
    KeptCells,
    cells_path,
    encoded_cells,
    names_kept,
    read_cells,
)
from .records.disk import write_whole
from .records.json_text import Parts
from .records.locations import RecordLocation
from .records.record import MADE_UP, Record, payload_decoder
from .records.store import Store
from .study_definition import Study

# A run that is at work writes every few seconds; what it adds makes what was kept useless.
_AT_REST_SECONDS = 60.0
Tabulate = Callable[[Mapping[str, Any], str], Sequence[Mapping[str, Any]]]
"""From a stored result and the task to its rows, nested tables; numbers, texts and booleans become
columns.
"""
PartsOf = Callable[[Sequence[str], str], Parts | None]
"""From the names of columns and the task to the parts of a result that `Tabulate` needs."""


@dataclass(frozen=True)
class KeptRows:
    """Rows of one record among those that are kept."""

    cells: KeptCells
    first: int
    end: int


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
        kept = kept or frozenset()
        wanted = kept | frozenset(["*"] if names is None else names)
        if "*" not in kept and wanted != kept:
            missing.setdefault(wanted, []).append(segment)
    for wanted, these in missing.items():
        needed = None if "*" in wanted else sorted(wanted)
        parts = parts_of(needed, task) if parts_of and needed is not None else None
        for segment, records in store.sound_of(these, payload_decoder(parts)):
            rows = _tabulated(records, tabulate, task, needed)
            # A store that takes none goes without, and so does a segment that has just gone.
            with suppress(OSError, ValueError):
                (store.folder / CELLS).mkdir(exist_ok=True)
                path = cells_path(store.folder, segment, task)
                write_whole(path, encoded_cells(rows, settled[segment], version, needed))


def kept_version(study: Study, of_tabulate: str) -> str:
    """Of all code that a study's rows follow from."""
    return f"{study.version} {of_tabulate}"


def kept_rows(
    store: Store, task: str, version: str, names: Sequence[str]
) -> Callable[[RecordLocation], KeptRows | None]:
    """From the location of a record to some cells of its rows; None where they are not kept."""
    sources = {
        segment: found
        for segment, stamp in store.settled.items()
        if (found := read_cells(cells_path(store.folder, segment, task), stamp, version, names))
    }

    def rows(location: RecordLocation) -> KeptRows | None:
        source = sources.get(location.segment)
        if source is None or (span := source.span(location.offset)) is None:
            return None
        return KeptRows(source, *span)

    return rows


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
