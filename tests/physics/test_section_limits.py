"""What sections are counted over, and what they may take of memory."""

from dataclasses import replace

import numpy as np
import pytest
from grid_sections import two_disks

from cavitydesign.errors import InputError, SolverError
from cavitydesign.fem.stretch import BoxStretch, Layer
from cavitydesign.materials import ConstantIndex
from cavitydesign.mesh.section_cavity import SectionCavity
from cavitydesign.modes import ModeRequest, find_modes, stopwatch
from cavitydesign.modes.section import limits, solve_section
from cavitydesign.modes.section.asked_modes import _with_layers, searched
from cavitydesign.modes.section.range_count import counted_over_range
from cavitydesign.modes.section.section_discretisation import SECTION
from cavitydesign.modes.section.section_problem import SectionProblem
from cavitydesign.modes.section.seed import section_seeds
from cavitydesign.modes.solver.discretisation import first_snapshot
from cavitydesign.modes.stopwatch import Stopwatch

REQUEST = ModeRequest("TE", 1090.0, None, 45, relative_accuracy=1e-4)


def test_a_supermode_taken_from_the_list_is_missed() -> None:
    """Both eigenvalues are found, but where one has no label, the list is not complete."""
    cavity = two_disks()
    surveyed = searched(cavity, REQUEST, Stopwatch())[1]
    (seed,) = section_seeds(REQUEST, surveyed, cavity.bodies)
    finer = SectionProblem.build(cavity, cavity.mesh, 5)
    snapshot = first_snapshot(SECTION, finer, seed, 45, [0, 1])
    assert counted_over_range(finer, snapshot, seed, REQUEST) == (2, True, "")
    for q in (0, 1):
        poorer = replace(snapshot, chosen={q: snapshot.chosen[q]})
        over = replace(REQUEST, azimuthal_order=None, span_nm=20.0)
        counted, complete, note = counted_over_range(finer, poorer, seed, over)
        assert counted == 2 and not complete and "not in the list" in note, (q, counted, note)


@pytest.mark.parametrize("layers", [False, True])
def test_bytes_are_those_of_the_matrices(layers: bool) -> None:
    """Known before they are made, elements of several orders; with absorbing layers outside r = 6.2
    and |z| = 1.75 um only what lies in them is complex.
    """
    cavity = two_disks()
    orders = np.arange(cavity.mesh.elements) % 2 + 3
    layer = Layer(1.0, 2.5 + 2.5j)
    stretch = BoxStretch(6.2, -1.75, 1.75, layer, layer, layer) if layers else None
    parts = SectionProblem.build(cavity, cavity.mesh, orders, stretch).forms.parts
    made = sum(block.nbytes for part in parts for block in part.blocks.values())
    assert limits.matrix_bytes(cavity, cavity.mesh, orders, stretch) == made
    kinds = {part.blocks["curl"].dtype.kind for part in parts}
    assert kinds == ({"c", "f"} if layers else {"f"})


def test_a_solve_stops_at_the_limit_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a limit that holds few orders the error stated grows and still covers the true one:
    1084.88846 nm, solved to 1e-7.
    """
    for module in (solve_section, limits):
        monkeypatch.setattr(module, "MOST_BYTES", 1.2e7)
    found = find_modes(two_disks(), replace(REQUEST, relative_accuracy=1e-8))
    mode = found["TE 45 1 1"]
    assert any("memory" in line for line in found.warnings) and not mode.accuracy_met
    off = abs(mode.wavelength_nm - 1084.88846)
    assert off < 3 * mode.wavelength_error_nm, (off, mode.wavelength_error_nm)


def test_a_section_of_too_many_elements_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line, with what would do: here a limit that a hundred elements pass."""
    monkeypatch.setattr(limits, "MOST_BYTES", 1e6)
    with pytest.raises(InputError, match="elements are too many"):
        searched(two_disks(), REQUEST, Stopwatch())


def test_layers_of_too_many_elements_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A section that can be surveyed within walls may pass the limit with its absorbing layers,
    where matrices are complex and elements are added: it was solved all the same.
    """
    cavity = two_disks()
    most = 1.1 * limits.matrix_bytes(cavity, cavity.mesh, 3, None)
    monkeypatch.setattr(limits, "MOST_BYTES", most)
    limits.check_survey(cavity, 3)
    with pytest.raises(InputError, match=r"elements, with the absorbing layers .* too many"):
        _with_layers(cavity, 2e3 * np.pi / 1090.0, 3)


def test_a_search_stops_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is solved: one line. After the first solve: its modes, whose errors cover
    1084.88846 nm, and what was left undone.
    """
    monkeypatch.setenv("CAVITYDESIGN_MOST_SECONDS", "0")
    with pytest.raises(SolverError, match="stopped after 0 s of computing, before the TE modes"):
        find_modes(two_disks(), REQUEST)
    monkeypatch.setattr(Stopwatch, "may_go_on", lambda self, doing: True)
    found = find_modes(two_disks(), replace(REQUEST, relative_accuracy=1e-8))
    mode = found["TE 45 1 1"]
    assert not found.complete and any("left undone" in line for line in found.warnings)
    off = abs(mode.wavelength_nm - 1084.88846)
    digits = 5e-6  # of the value told above
    assert off < 3 * mode.wavelength_error_nm + digits, (off, mode.wavelength_error_nm)


def test_a_survey_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within its share of the time, in one line that says so and how to ask for the other
    polarisation: a thin disk without TM modes took minutes.
    """
    monkeypatch.setenv("CAVITYDESIGN_MOST_SECONDS", "0")
    monkeypatch.setattr(stopwatch, "_LEAST_SURVEYING_S", 0.0)
    with pytest.raises(SolverError, match="no TE mode of azimuthal order 45 was seen") as told:
        find_modes(two_disks(), REQUEST)
    assert 'modes.polarisation = "both" asks for TM as well' in str(told.value)


def test_a_lost_supermode_ends_the_completeness() -> None:
    """A supermode that no search saw is named, though all eigenvalues counted are listed."""
    cavity = two_disks()
    surveyed = searched(cavity, REQUEST, Stopwatch())[1]
    (seed,) = section_seeds(REQUEST, surveyed, cavity.bodies)
    result = solve_section._solve_family(
        SectionProblem.build(cavity, cavity.mesh, 3), REQUEST, seed, Stopwatch()
    )
    (parted,) = solve_section._with_lost(REQUEST, 2, [("TE", 1, 1)], [result])
    assert result.complete and not parted.complete and "q = 1: not seen" in parted.notes[-1]


@pytest.mark.parametrize("index", [1.0, 0.9])
def test_media_that_hold_no_light_are_refused(index: float) -> None:
    """A body of the surround's index or less, at once and in one line: it had been searched for
    minutes.
    """
    air, body = ConstantIndex.of(1.0), ConstantIndex.of(index)
    mesh = two_disks().mesh
    section = SectionCavity.of(mesh, {"body": body, "upper": body, "surround": air})
    with pytest.raises(InputError, match=f"index {index:g}, the surround 1: .* exchanged"):
        find_modes(section, REQUEST)
