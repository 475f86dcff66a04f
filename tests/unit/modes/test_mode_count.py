"""The count of eigenvalues by inertia does not rely on the list: a mode taken from the list is
missed.
"""

from dataclasses import replace

import numpy as np
import pytest

from cavitydesign.geometry import Cavity, Parabola
from cavitydesign.materials import ConstantIndex
from cavitydesign.modes import ModeRequest, find_modes
from cavitydesign.modes.estimates.seeds import family_seed
from cavitydesign.modes.rim.rim_discretisation import RIM
from cavitydesign.modes.rim.window_problem import WindowProblem
from cavitydesign.modes.solver.count import count_modes, counted_modes
from cavitydesign.modes.solver.discretisation import first_snapshot
from cavitydesign.modes.solver.snapshot import Snapshot

CAVITY = Cavity(Parabola(7.5, 60.0), ConstantIndex.of(1.49), ConstantIndex.of(1.0))
REQUEST = ModeRequest("TM", 540.0, None, 122, 1, 3, 1e-5)
EVEN = [0, 2]


@pytest.fixture(scope="module")
def solved() -> tuple[WindowProblem, Snapshot]:
    """The mirror class of even q in the window that `find_modes` chose."""
    problem = find_modes(CAVITY, REQUEST).modes[0].raw.problem
    return problem, first_snapshot(RIM, problem, family_seed(CAVITY, REQUEST, "TM", 1), 122, EVEN)


def test_list_and_count_agree(solved: tuple[WindowProblem, Snapshot]) -> None:
    problem, snapshot = solved
    assert sorted(snapshot.chosen) == EVEN
    counted, complete, note = count_modes(problem, snapshot)
    assert complete and counted >= len(EVEN), note


def test_a_mode_taken_from_the_list_is_missed(solved: tuple[WindowProblem, Snapshot]) -> None:
    """Whichever eigenpair within the range is left out, count and list differ by one and the note
    says so.
    """
    problem, snapshot = solved
    lowest = min(snapshot.values[column].real for column in snapshot.chosen.values())
    within = np.flatnonzero(
        (snapshot.values.real >= lowest * (1 - 1e-9)) & (snapshot.values.real < snapshot.shift)
    )
    counted = count_modes(problem, snapshot)[0]
    taken = [i for i in within if i != snapshot.chosen[0]]
    assert taken, "nothing but the lowest mode in the range: nothing to take"
    for i in taken:
        kept = np.delete(np.arange(snapshot.values.size), i)
        chosen = {
            q: int(np.searchsorted(kept, column))
            for q, column in snapshot.chosen.items()
            if column != i
        }
        poorer = replace(
            snapshot, values=snapshot.values[kept], vectors=snapshot.vectors[:, kept], chosen=chosen
        )
        again, complete, note = count_modes(problem, poorer)
        assert not complete
        assert (
            again == counted and f"{counted} eigenvalues" in note and f"{counted - 1} found" in note
        )
        assert counted_modes(problem, poorer)[:2] == (counted, True), (
            "one more search brings it back"
        )
