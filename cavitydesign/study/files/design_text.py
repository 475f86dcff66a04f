"""The canonical text of the designs of a study: the same but for a few numbers, so that a million
of them need not be made one by one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..expression import ExpressionError
from ..records.fingerprint import canonical, json_of_canonical, text_head

if TYPE_CHECKING:
    from ..study import Study

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
        marks = {key: _MARK * (1.0 + 0.01 * place) for place, key in enumerate(self.keys)}
        text = json_of_canonical(study.design_of(marks))
        places = {key: text.find(repr(mark)) for key, mark in marks.items()}
        # A key within another's table, or one that stands there twice, has no gap of its own.
        self.usable = len(marks) == len(self.keys) and all(
            text.count(repr(mark)) == 1 for mark in marks.values()
        )
        self._order = sorted(self.keys, key=places.__getitem__) if self.usable else []
        parts, start = [], 0
        for key in self._order:
            parts.append(text[start : places[key]])
            start = places[key] + len(repr(marks[key]))
        self._head, *self._between = [*parts, text[start:]]

    def fingerprints(
        self, study: Study, indices: Sequence[int]
    ) -> Iterator[tuple[int, str | None]]:
        """Fingerprints by the numbers of points; None where a value is no plain number."""
        head = hashlib.sha256(f"{text_head(study.task, study.version)}{self._head}".encode())
        end: str | None = None
        rows = [[_texts(row) for row in axis.rows] for axis in study.axes]
        names = [key for axis in study.axes for key in axis.keys]
        for index in indices:
            derived = bool(study.derived)
            cells = self._derived(study, index) if derived else _cells(names, rows, index)
            if cells is None:
                yield index, None
                continue
            if end is None:
                end = "".join(f"\n{one}" for one in study.digests_at(index))
            between = zip(self._order, self._between, strict=True)
            whole = head.copy()
            whole.update(("".join([cells[key] + part for key, part in between]) + end).encode())
            yield index, whole.hexdigest()[:32]

    def _derived(self, study: Study, index: int) -> Mapping[str, str] | None:
        try:
            values = study.point(index).values
        except ExpressionError:
            return None  # told by whoever makes the point itself
        texts = _texts([values[key] for key in self.keys])
        return None if texts is None else dict(zip(self.keys, texts, strict=True))


def _cells(
    names: Sequence[str], rows: Sequence[Sequence[list[str] | None]], index: int
) -> Mapping[str, str] | None:
    """Texts of the numbers of a point by their keys; the last axis runs fastest."""
    texts: list[str] = []
    for axis in reversed(rows):
        index, place = divmod(index, len(axis))
        row = axis[place]
        if row is None:
            return None
        texts = row + texts
    return dict(zip(names, texts, strict=True))


def _texts(row: Sequence[Any]) -> list[str] | None:
    """Numbers as their canonical texts; None where one is no plain number."""
    for value in row:
        if type(value) not in (int, float):
            return None
    return [repr(canonical(value)) for value in row]  # as JSON writes them
