"""Modes followed through sweeps: labels kept by overlap, avoided crossings told from true ones,
gaps checked by direct solves.
"""

from __future__ import annotations

import numpy as np
import pytest

from cavitydesign.errors import InputError
from cavitydesign.geometry import Cavity, Cylinder, Parabola, Spheroid
from cavitydesign.materials import ConstantIndex, find_material
from cavitydesign.modes import ModeRequest, find_modes
from cavitydesign.modes.rim.order_spectrum import order_spectra
from cavitydesign.modes.track import Sweep, follow_modes, overlap_squares

GLASS, AIR = ConstantIndex.of(1.49), ConstantIndex.of(1.0)
BOTH = ModeRequest("both", 600.0, None, 80, axial_orders=2)


def spheroid(ratio: float) -> tuple[Cavity, int]:
    """A spheroid of given ratio of half axes, m = 80."""
    return Cavity(Spheroid(5.5, 5.5 * ratio), GLASS, AIR), 80


@pytest.fixture(scope="module")
def lengthening() -> Sweep:
    """A spheroid drawn out: the axial spacing falls below the splitting of TE and TM."""
    return follow_modes(spheroid, np.linspace(1.2, 1.6, 9), BOTH)


def test_te_and_tm_avoid_each_other_in_a_spheroid(lengthening: Sweep) -> None:
    """TM of q = 1 and TE of q = 0 have the same mirror symmetry. The axial spacing, 1/m
    sqrt(R/R_axial), equals the splitting of TE and TM, sqrt(n^2 - 1)/n of a spacing of the sphere,
    at an elongation near 1/0.74 = 1.35; there the two exchange places.
    """
    (crossing,) = [one for one in lengthening.crossings if "TM 80 1 1" in one.labels]
    assert crossing.avoided and set(crossing.labels) == {"TM 80 1 1", "TE 80 1 0"}
    assert abs(crossing.value - 1.35) < 0.08, crossing
    first, second = lengthening["TM 80 1 1"], lengthening["TE 80 1 0"]
    assert (first.points[0].character, first.points[-1].character) == ("TM 80 1 1", "TE 80 1 0")
    assert (second.points[0].character, second.points[-1].character) == ("TE 80 1 0", "TM 80 1 1")
    assert np.all(first.wavelengths_nm < second.wavelengths_nm), "levels that repel never meet"


def test_gap_of_the_avoided_crossing_by_direct_solves(lengthening: Sweep) -> None:
    """At the place found by the parabola of d^2 over steps of 0.05, solve: the distance is the gap,
    both modes are half TM.

    The coupling itself changes by a few per cent over a step, so the parabola has the gap to 1e-2
    and the place to 1e-2.
    """
    (crossing,) = [one for one in lengthening.crossings if "TM 80 1 1" in one.labels]
    distances = []
    for ratio in (crossing.value - 0.01, crossing.value, crossing.value + 0.01):
        cavity, m = spheroid(ratio)
        spectrum = order_spectra(cavity, BOTH, m)["magnetic"]
        pair = [spectrum.labels().index(label) for label in ("TM 80 1 1", "TE 80 1 0")]
        distances.append(abs(float(np.subtract(*spectrum.wavelengths_nm[pair]))))
        shares = [spectrum.identities[i].fractions[0] for i in pair]
        if ratio == crossing.value:
            assert max(abs(share - 0.5) for share in shares) < 0.05, shares
    assert abs(distances[1] / crossing.gap_nm - 1) < 1e-2, (distances, crossing.gap_nm)
    assert distances[1] < distances[0] * 1.01 and distances[1] < distances[2] * 1.01, distances


def coated(index: float, m: int = 60) -> dict[str, object]:
    """A core of given index in a cylinder; its radius is swept."""
    core = ConstantIndex.of(index)
    return {
        "setting": lambda radius: (
            Cavity(Cylinder(5.0), GLASS, AIR, fibre=core, fibre_radius_um=radius, sliced=True),
            m,
        )
    }


def test_core_and_rim_modes_of_one_polarisation_avoid_each_other() -> None:
    """A core that grows: its modes' wavelength rises through those at the rim. TM and TM couple
    through the barrier: core and rim exchange their energies though both labels (by nodes) stay; TM
    and TE of a slice do not couple and pass.
    """
    request = ModeRequest("TM", 600.0, None, 60, radial_orders=2)
    sweep = follow_modes(**coated(1.8), values=np.linspace(3.95, 4.3, 11), request=request)
    (crossing,) = sweep.crossings
    assert crossing.avoided and crossing.labels == ("TM 60 1 0", "TM 60 2 0")
    first = sweep["TM 60 1 0"]
    nearest = int(np.argmin(abs(first.values - crossing.value)))
    core = [point.region_shares[0] for point in first.points]
    assert core[0] < 0.1 and core[-1] > 0.8, core
    assert 0.3 < core[nearest] < 0.7, (crossing, core)


def test_te_and_tm_of_a_slice_pass_through_each_other() -> None:
    """kz = 0: E_z and H_z are separate problems, so the core's TM line meets the rim's TE line
    where both have one wavelength.
    """
    request = ModeRequest("both", 600.0, None, 60, radial_orders=2)
    sweep = follow_modes(**coated(2.0), values=[3.5, 3.55, 3.6, 3.65, 3.7], request=request)
    mixed = [one for one in sweep.crossings if {label[:2] for label in one.labels} == {"TM", "TE"}]
    assert len(mixed) == 1 and not mixed[0].avoided, sweep.crossings
    rim = next(
        track
        for track in sweep.tracks
        if track.label[:2] == "TE" and abs(np.ptp(track.wavelengths_nm)) < 0.1
    )
    core = next(
        track
        for track in sweep.tracks
        if track.label[:2] == "TM" and abs(np.ptp(track.wavelengths_nm)) > 10.0
    )
    expected = float(np.interp(rim.wavelengths_nm[0], core.wavelengths_nm, core.values))
    assert abs(mixed[0].value - expected) < 1e-3, (mixed, expected)


def test_labels_through_azimuthal_orders_of_a_bottle() -> None:
    """No crossing between m = 116 and 128: every track keeps polarisation, p and q; wavelengths are
    those of find_modes (1e-7).
    """
    cavity = Cavity(Parabola(7.5, 60.0), find_material("PMMA"), AIR)
    request = ModeRequest("TM", 540.0, None, 122, axial_orders=3)
    sweep = follow_modes(
        lambda m: (cavity, round(m)), [116, 119, 122, 125, 128], request, halvings=0
    )
    assert [track.label for track in sweep.tracks] == [
        "TM 116 1 0",
        "TM 116 1 1",
        "TM 116 1 2",
    ] and not sweep.crossings
    solved = find_modes(
        cavity, ModeRequest("TM", 540.0, None, 122, axial_orders=3, relative_accuracy=1e-8)
    )
    for q, track in enumerate(sweep.tracks):
        assert {point.character.split()[0] + point.character[-4:] for point in track.points} == {
            f"TM 1 {q}"
        }
        assert min(point.overlap for point in track.points) > 0.99
        there = track.points[2].wavelength_nm
        expected = solved[f"TM 122 1 {q}"].wavelength_nm
        assert abs(there / expected - 1) < 1e-7, f"{track.label}: {there} against {expected}"


def test_overlap_of_a_spectrum_with_itself_is_the_identity() -> None:
    """Modes of one problem are orthogonal under eps (and a fixed m): quadrature over the window's
    two panels, 1e-3.
    """
    cavity, m = spheroid(1.4)
    for spectrum in order_spectra(cavity, BOTH, m).values():
        square = overlap_squares(spectrum, spectrum)
        assert abs(square - np.eye(len(square))).max() < 1e-3, square


def test_a_sweep_of_one_point_is_refused() -> None:
    """Nothing to follow."""
    with pytest.raises(InputError, match="at least two points"):
        follow_modes(spheroid, [1.2], BOTH)


@pytest.mark.parametrize("ratio", [1.404, 1.41, 1.415])
def test_find_modes_names_both_hybrids_of_an_avoided_crossing(ratio: float) -> None:
    """Where TE and TM mix half and half, both modes may carry more E_z than E_r; each label is
    still given once, none is lost.
    """
    cavity, m = spheroid(ratio)
    found = find_modes(cavity, BOTH)
    assert found.complete, found.warnings
    assert sorted(mode.label for mode in found) == sorted(
        f"{pol} {m} 1 {q}" for pol in ("TM", "TE") for q in (0, 1)
    )
    waves = sorted(mode.wavelength_nm for mode in found)
    assert min(np.diff(waves)) > 0.4, "no mode twice: the hybrids lie 0.468 nm apart"
    (warning,) = [line for line in found.warnings if "mix" in line]
    assert "TM 80 1 1" in warning and "TM 80 1 0" not in warning


def test_comb_through_a_crossing_has_every_branch_once() -> None:
    """TE of q = 0 and TM of q = 1 exchange near m = 80 here. The comb, from snapshots at both ends,
    against all modes counted at one m in the middle: each wavelength is there (1e-6 asked), no
    label and no branch twice.
    """
    cavity, _ = spheroid(1.41)
    request = ModeRequest("both", 590.0, 60.0, axial_orders=2)
    found = [mode for mode in find_modes(cavity, request) if mode.m == 80]
    spectra = order_spectra(cavity, BOTH, 80).values()
    waves = np.concatenate([spectrum.wavelengths_nm for spectrum in spectra])
    nearest = [int(np.argmin(abs(waves - mode.wavelength_nm))) for mode in found]
    assert len(set(nearest)) == len(found) == 4, [mode.label for mode in found]
    for mode, place in zip(found, nearest, strict=True):
        assert abs(waves[place] / mode.wavelength_nm - 1) < 1e-6, mode.label
