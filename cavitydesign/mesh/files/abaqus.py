"""What meshio does not know of Abaqus files: the elements of axisymmetric and plane problems, which
are those of a section; and that a set whose name stands more than once, as it does where triangles
and quadrilaterals share a region, is all its parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from ...arrays import IntArray

Sets = dict[str, list[IntArray]]
_FAMILIES = ("AC2D", "ACAX", "CAX", "CGAX", "CPE", "CPEG", "CPS", "DC2D", "DCAX", "M3D")
_CELLS = {"3": "triangle", "4": "quad", "6": "triangle6", "8": "quad8"}
_VARIANTS = ("", "E", "H", "I", "IH", "M", "MH", "P", "R", "RH", "RP", "RT", "T")


def know_plane_elements() -> None:
    """Add the elements of plane and axisymmetric problems to those that meshio reads."""
    from meshio.abaqus._abaqus import abaqus_to_meshio_type as known

    for family in _FAMILIES:
        for nodes, cell in _CELLS.items():
            for variant in _VARIANTS:
                known.setdefault(f"{family}{nodes}{variant}", cell)


def abaqus_sets(path: Path, shapes: Sequence[tuple[int, int]]) -> Sets | None:
    """Cells of each set, by block; None where the file has blocks that it does not hold itself.

    Parameters
    ----------
    path : Path
    shapes : sequence of (cells, nodes of a cell)
        Blocks as meshio reads them: one for each *ELEMENT.
    """
    # Block and row of each element by its own number in the file.
    row_of: dict[int, tuple[int, int]] = {}
    members: dict[str, set[int]] = {}
    block = 0
    for keyword, options, rows in _cards(path):
        name = options.get("ELSET", "")
        if keyword == "ELEMENT":
            if block == len(shapes):
                return None
            numbers = np.array([int(one) for row in rows for one in row], dtype=np.int64)
            count, nodes = shapes[block]
            # Each row is the element's number and its nodes; another length means that rows stand
            # in an included file.
            if numbers.size != count * (nodes + 1):
                return None
            own = numbers.reshape(count, nodes + 1)[:, 0]
            row_of |= {int(one): (block, row) for row, one in enumerate(own)}
            if name:
                members.setdefault(name, set()).update(int(one) for one in own)
            block += 1
        elif keyword == "ELSET" and name:
            found = members.setdefault(name, set())
            for row in rows:
                if "GENERATE" in options:
                    first, last, *step = (int(one) for one in row)
                    found.update(range(first, last + 1, *step))
                    continue
                for one in row:
                    found.update({int(one)} if one.isdigit() else members.get(one, set()))
    if block != len(shapes):
        return None
    out: Sets = {}
    for name, elements in members.items():
        rows_of: list[list[int]] = [[] for _ in shapes]
        for element in elements & row_of.keys():
            number, row_of_block = row_of[element]
            rows_of[number].append(row_of_block)
        out[name] = [np.array(sorted(one), dtype=np.int64) for one in rows_of]
    return out


def _cards(path: Path) -> Iterator[tuple[str, dict[str, str], list[list[str]]]]:
    """Keyword, options and rows of each card."""
    keyword, options, rows = "", dict[str, str](), list[list[str]]()
    for line in path.read_text(errors="replace").splitlines():
        text = line.strip()
        if text.startswith("**") or not text:
            continue
        if not text.startswith("*"):
            rows.append([one for part in text.split(",") if (one := part.strip())])
            continue
        yield keyword, options, rows
        head, *rest = text[1:].split(",")
        keyword, rows = head.strip().upper(), []
        pairs = [part.partition("=") for part in rest]
        options = {key.strip().upper(): value.strip() for key, _, value in pairs}
    yield keyword, options, rows
