"""What the solve of a section may take: memory, known before the matrices are made, and time."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from ...arrays import IntArray
from ...errors import InputError
from ...fem.stretch import BoxStretch
from ...mesh.section import SectionMesh
from ...mesh.section_cavity import SectionCavity
from ..solver.problem import RecalledFactor
from ..solver.snapshot import Snapshot
from ..solver.solved import SolvedClass
from .orders import LEAST_ORDER
from .section_problem import SectionProblem
from .seed import SectionSeed

# bytes; of the element matrices of one solve. The whole process then stays below 2 GB: with what
# the lower order, the factors and the interpreter take, its peak is 0.3 GB and at most four times
# the matrices (rings, disks and cans of degree 8 to 12, real and complex).
MOST_BYTES = 0.36e9
_LONG_S = 60.0  # s of CPU time; what takes longer says so while it runs
CRAMPED = (
    "the orders of the elements were kept at what 2 GB of memory hold: the errors stated are what "
    "that leaves; "
    "a smaller section, or fewer elements away from the rim, leave more for the mode"
)


def matrix_bytes(
    cavity: SectionCavity, mesh: SectionMesh, orders: int | IntArray, stretch: BoxStretch | None
) -> float:
    """Bytes of the element matrices of a section at given orders of its elements."""
    p = np.broadcast_to(np.asarray(orders, dtype=np.float64), (mesh.elements,))
    vector, scalar = 2 * p * (p + 1), (p + 1) ** 2
    planes = 3 if cavity.uniaxial else 2
    values = planes * vector**2 + (vector + scalar) ** 2 + scalar**2
    return float((values * np.where(_in_layer(mesh, stretch), 16.0, 8.0)).sum())


def within_memory(
    cavity: SectionCavity, mesh: SectionMesh, orders: IntArray, stretch: BoxStretch | None
) -> IntArray:
    """The orders, all lowered alike until their matrices stay within the limit."""
    while matrix_bytes(cavity, mesh, orders, stretch) > MOST_BYTES and orders.max() > LEAST_ORDER:
        orders = np.maximum(orders - 1, LEAST_ORDER)
    return orders


def make_room(snapshot: Snapshot) -> None:
    """Let go the factors of a snapshot, which take as much memory as the matrices."""
    if isinstance(snapshot.factor, RecalledFactor):
        snapshot.factor.let_go()


def make_all_room(solved: SolvedClass) -> None:
    """Let go the factors and matrices of a family, where another one is solved after it."""
    for end in solved.ends:
        make_room(end.snapshot)
        end.snapshot.pencil.let_go()
    problem = solved.family.problem
    if isinstance(problem, SectionProblem):
        problem.let_go()


def check_survey(cavity: SectionCavity, order: int, stretch: BoxStretch | None = None) -> None:
    """Refuse a mesh that is too fine to be surveyed, alone or with absorbing layers and the
    elements added for them.

    Raises
    ------
    InputError
        If the matrices of the whole section pass the limit at the survey's order.
    """
    needed = matrix_bytes(cavity, cavity.mesh, order, stretch)
    if needed > MOST_BYTES:
        layers = "" if stretch is None else ", with the absorbing layers that a leak needs,"
        raise InputError(
            f"{cavity.source}: {cavity.mesh.elements} elements{layers} are too many: "
            f"{needed * 5e-9:.1f} GB, more than 2; about"
            f" {MOST_BYTES / needed * cavity.mesh.elements:.0f} would do: coarser elements away "
            "from the rim, a smaller section,"
            " or one without its middle"
        )


def and_later(seeds: Sequence[SectionSeed]) -> str:
    """What is left of the families, in words."""
    first, more = seeds[0], len(seeds) - 1
    which = f"the {first.polarisation} modes of p = {first.p}"
    return which + (f" and {more} more families" if more else "")


def rest_of(began: float, done: int, families: int) -> str:
    """What the rest is likely to take, where the whole takes long; from the CPU time of the
    beginning.
    """
    if not done:
        return ""
    each = (time.process_time() - began) / done
    if each * families < _LONG_S:
        return ""
    return (
        f" ({done} of {families} done, about {each * (families - done):.0f} s more; Ctrl-C stops)"
    )


def _in_layer(
    mesh: SectionMesh, stretch: BoxStretch | None
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    if stretch is None:
        return np.zeros(mesh.elements, dtype=bool)
    r, z = mesh.nodes[..., 0], mesh.nodes[..., 1]
    return np.asarray(stretch.beyond(r, z).any(axis=(1, 2)))
