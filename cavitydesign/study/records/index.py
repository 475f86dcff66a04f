"""The index of a store: where each record of its segments stands, so that a look at a million of
them need not read gigabytes.

It is a copy of what the segments say and is never believed over them. It counts for a segment only
while the system tells the same size and times of it as when it was read; a segment that changed is
read again, and an index that is cut off, damaged, of another version or not there is as none.
Whoever reads a record still checks the record's own checksum. A byte that the disk itself loses
moves no time: ``study run``, ``verify`` and ``clean`` read every segment whole.
"""

from __future__ import annotations

import json
import os
from array import array
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path
from typing import Any

from ...texts import Refused, read_bytes
from .disk import write_whole
from .locations import Columns
from .packed import bytes_of, numbers_of

INDEX = "index.bin"
_HEAD = b"cavitydesign index 1 "
_NAME = 32  # letters of a fingerprint
_LINE_BYTES = _NAME + 8 + 4 + 1  # fingerprint, offset, length and status of a record
# Of an index: one of a million records has 45 MB.
_MOST_BYTES = 1_000_000_000
# Times of files are told to some milliseconds, and by old file systems to two seconds. What changes
# within that time of being read may bear the same time, so such a segment is not believed.
_TICK_NS, _COARSE_TICK_NS = 100_000_000, 2_100_000_000
# Just above `_TICK_NS`: then a segment's time is told apart from a later write.
SETTLING_SECONDS = 0.15
# Of a line, as `Store` reads them.
_MOST_LINE_BYTES = 64_000_000


@dataclass(frozen=True)
class Stamp:
    """By what a changed segment is known."""

    size: int
    modified_ns: int
    changed_ns: int

    @classmethod
    def of(cls, found: os.stat_result) -> Stamp:
        """That of a file as it stands."""
        return cls(found.st_size, found.st_mtime_ns, found.st_ctime_ns)

    def settled(self, now_ns: int) -> bool:
        """Whether a later change would show, if it is so late by the file system's clock."""
        coarse = self.modified_ns % 1_000_000_000 == 0
        return now_ns - self.modified_ns > (_COARSE_TICK_NS if coarse else _TICK_NS)


@dataclass(frozen=True)
class IndexedSegment:
    """What a segment held when it had its stamp.

    Attributes
    ----------
    stamp : Stamp
    read_to : int
        Behind its last whole line.
    damaged : list of tuple
        Offset and length of lines that failed their checksum.
    lines : Columns
    """

    stamp: Stamp
    read_to: int
    damaged: list[tuple[int, int]]
    lines: Columns


def read_index(store: Path) -> dict[str, IndexedSegment]:
    """Segments of the index by name; none where it is not whole."""
    try:
        content = read_bytes(store / INDEX, _MOST_BYTES)
        return _parsed(content)
    except (OSError, Refused, ValueError, KeyError, TypeError, RecursionError, OverflowError):
        return {}


def write_index(store: Path, segments: Mapping[str, IndexedSegment]) -> None:
    """Write the index, whole or not at all; a store that takes none goes without."""
    kept = {
        name: one
        for name, one in segments.items()
        if all(len(line) == _NAME and line.isascii() for line in one.lines.names)
    }
    head = [
        {
            "name": name,
            "stamp": [one.stamp.size, one.stamp.modified_ns, one.stamp.changed_ns],
            "read_to": one.read_to,
            "damaged": one.damaged,
            "lines": len(one.lines),
        }
        for name, one in kept.items()
    ]
    parts = [json.dumps(head).encode() + b"\n"]
    for one in kept.values():
        parts += [
            "".join(one.lines.names).encode(),
            bytes_of(array("Q", one.lines.offsets)),
            bytes_of(array("I", one.lines.lengths)),
            bytes(one.lines.ok),
        ]
    digest = blake2b(digest_size=16)
    for part in parts:
        digest.update(part)
    with suppress(OSError):
        write_whole(store / INDEX, [_HEAD + digest.hexdigest().encode() + b"\n", *parts])


def _parsed(content: bytes) -> dict[str, IndexedSegment]:
    start = len(_HEAD) + 33
    told = content[len(_HEAD) : start - 1]
    view = memoryview(content)
    if content[: len(_HEAD)] != _HEAD or content[start - 1 : start] != b"\n":
        raise ValueError("another version")
    if blake2b(view[start:], digest_size=16).hexdigest().encode() != told:
        raise ValueError("damaged")
    end = content.index(b"\n", start) + 1
    head: list[dict[str, Any]] = json.loads(content[start:end])
    if any(not isinstance(one["lines"], int) or one["lines"] < 0 for one in head):
        raise ValueError("no count")
    ends = list(accumulate((one["lines"] * _LINE_BYTES for one in head), initial=end))
    if ends[-1] != len(content):
        raise ValueError("another length")
    made = {}
    for one, cursor in zip(head, ends, strict=False):
        lines, count = Columns(), one["lines"]
        names = content[cursor : cursor + _NAME * count].decode("ascii")
        lines.names = [names[n : n + _NAME] for n in range(0, _NAME * count, _NAME)]
        cursor += _NAME * count
        stamp = Stamp(*map(int, one["stamp"]))
        lines.offsets = numbers_of("Q", content[cursor : cursor + 8 * count])
        cursor += 8 * count
        lines.lengths = array("L", numbers_of("I", content[cursor : cursor + 4 * count]))
        cursor += 4 * count
        lines.ok = bytearray(content[cursor : cursor + count])
        damaged = [(int(offset), int(length)) for offset, length in one["damaged"]]
        if count and (max(lines.offsets) > stamp.size or max(lines.lengths) > _MOST_LINE_BYTES):
            raise ValueError("lines beyond the segment")
        made[str(one["name"])] = IndexedSegment(stamp, int(one["read_to"]), damaged, lines)
    return made
