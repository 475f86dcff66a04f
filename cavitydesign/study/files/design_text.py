"""The canonical text of the designs of a study: the same but for a few numbers, so that a million
of them need not be made one by one.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from ..expression import ExpressionError
from ..records.fingerprint import canonical, json_of_canonical, text_head

if TYPE_CHECKING:
    from ..study_definition import Study

# Numbers that no design holds: they mark in its text where the values of a point go.
_MARK = 1.234567890123e-290


class DesignText:
    """Text of a design with gaps, one for each key that a study sets.

    Parameters
    ----------
    study : Study
        At one of whose points every value is a plain number.
    """

    def __init__(self, study: Study) -> None:
        self.keys = study.keys
        marks = {key: _MARK * (1.0 + 0.01 * index) for index, key in enumerate(self.keys)}
        text = json_of_canonical(study.design_of(marks))
        starts = {key: text.find(repr(mark)) for key, mark in marks.items()}
        # A key within another's table, or one that stands there twice, has no gap of its own.
        self.usable = len(marks) == len(self.keys) and all(
            text.count(repr(mark)) == 1 for mark in marks.values()
        )
        self._order = sorted(self.keys, key=starts.__getitem__) if self.usable else []
        parts, start = [], 0
        for key in self._order:
            parts.append(text[start : starts[key]])
            start = starts[key] + len(repr(marks[key]))
        self._head, *self._between = [*parts, text[start:]]

    def fingerprints(
        self, study: Study, indices: Sequence[int]
    ) -> Iterator[tuple[int, str | None]]:
        """Fingerprints by the numbers of points; None where a value is no plain number."""
        head = hashlib.sha256(f"{text_head(study.task, study.version)}{self._head}".encode())
        end: bytes | None = None
        copied = head.copy
        for index, text in self._texts(study, indices):
            if text is None:
                yield index, None
                continue
            if end is None:
                end = "".join(f"\n{one}" for one in study.digests_at(index)).encode()
            whole = copied()
            whole.update(text + end)
            yield index, whole.hexdigest()[:32]

    def _texts(self, study: Study, indices: Sequence[int]) -> Iterator[tuple[int, bytes | None]]:
        """What stands in the text behind its head, by the numbers of points; None where a value is
        no plain number.
        """
        parts = [part.encode() for part in self._between]
        if study.derived:
            for index in indices:
                texts = self._derived(study, index)
                ordered = zip(self._order, parts, strict=True)
                yield (
                    index,
                    None if texts is None else b"".join(texts[key] + part for key, part in ordered),
                )
            return
        lengths = [len(axis) for axis in study.axes]
        homes = {
            key: (number, column)
            for number, axis in enumerate(study.axes)
            for column, key in enumerate(axis.keys)
        }
        # For each gap the number of its axis, and what stands there for each of its rows.
        gaps = []
        for key, part in zip(self._order, parts, strict=True):
            number, column = homes[key]
            texts_there = [_text(row[column]) for row in study.axes[number].rows]
            gaps.append((number, [None if one is None else one + part for one in texts_there]))
        # The last axis runs fastest.
        if indices == range(math.prod(lengths)):
            all_rows: Iterable[Sequence[int]] = product(*map(range, lengths))
        else:
            all_rows = (_axis_rows(index, lengths) for index in indices)
        if len(gaps) == 1:
            [(number, there)] = gaps
            for index, axis_rows in zip(indices, all_rows, strict=True):
                yield index, there[axis_rows[number]]
            return
        for index, axis_rows in zip(indices, all_rows, strict=True):
            cells = [there[axis_rows[number]] for number, there in gaps]
            yield index, None if None in cells else b"".join(cells)  # type: ignore[arg-type]

    def _derived(self, study: Study, index: int) -> Mapping[str, bytes] | None:
        try:
            values = study.point(index).values
        except ExpressionError:
            return None  # told by whoever makes the point itself
        texts = {key: _text(values[key]) for key in self.keys}
        return None if None in texts.values() else texts  # type: ignore[return-value]


def _axis_rows(index: int, lengths: Sequence[int]) -> list[int]:
    """Rows on the axes of the point of a number."""
    rows = [0] * len(lengths)
    for number in reversed(range(len(lengths))):
        index, rows[number] = divmod(index, lengths[number])
    return rows


def _text(value: Any) -> bytes | None:
    """A number as its canonical text, as JSON writes it; None where it is no plain number."""
    if type(value) is float and math.isfinite(value) and not value.is_integer():
        return repr(value).encode()  # most are; `canonical` says the same in more time
    return repr(canonical(value)).encode() if type(value) in (int, float) else None
