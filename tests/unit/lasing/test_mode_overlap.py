"""Zones, overlap with the pump spot and cross-saturation, on fields whose overlaps are known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from cavitydesign.errors import InputError
from cavitydesign.gain import DotMedium, Pump
from cavitydesign.lasing import LasingMode, LasingRequest, ModeOverlap, mode_overlap, predict_lasing
from cavitydesign.lasing.competition.overlap import overlap_of_modes
from cavitydesign.lasing.pulses.integrate import StepControl
from cavitydesign.lasing.pulses.pulse_solver import PulseSolver
from cavitydesign.modes.derived.sampled_field import FieldSamples
from cavitydesign.modes.losses.budget import LossBudget
from cavitydesign.modes.mode import Mode

RADIUS, DEPTH, WIDTH = 40.0, 0.5, 2.0


def _field(along: Callable[[np.ndarray], np.ndarray]) -> FieldSamples:
    """A thin shell at the rim: uniform outwards over DEPTH, the given amplitude along z; outside it
    nothing.
    """
    r, z = np.meshgrid(
        np.linspace(RADIUS - DEPTH, RADIUS + 0.2, 120), np.linspace(-8, 8, 400), indexing="ij"
    )
    inside = r <= RADIUS
    amplitude = np.where(inside, along(z), 0.0).astype(complex)
    zero = np.zeros_like(amplitude)
    return FieldSamples(
        r_um=r, z_um=z, e_r=zero, e_phi=zero, e_z=amplitude / np.abs(amplitude).max(), permittivity=np.where(inside, 2.235, 1.0),
        region=np.where(inside, 0, 1).astype(np.int64), region_names=("body", "surround"), interfaces_um={},
    )  # fmt: skip


def _gauss(z: np.ndarray) -> np.ndarray:
    return np.exp(-0.5 * (z / WIDTH) ** 2)


def _first(z: np.ndarray) -> np.ndarray:
    return z / WIDTH * np.exp(-0.5 * (z / WIDTH) ** 2)


def test_cross_saturation_of_hermite_gauss_modes() -> None:
    """<u0 u1> / sqrt(<u0^2><u1^2>) of |H0|^4-type integrals is 1/sqrt 3 = 0.577; 12 zones resolve
    it to 2 %.
    """
    zones = mode_overlap(
        [_field(_gauss), _field(_first)], zones=12, cells=(1, 60), energy_share=0.9999
    )
    matrix = zones.cross_saturation
    assert np.diag(matrix) == pytest.approx([1.0, 1.0], rel=1e-12)
    assert matrix[0, 1] == pytest.approx(1 / np.sqrt(3), rel=0.02)
    assert matrix[0, 1] == pytest.approx(matrix[1, 0], rel=1e-12)


def test_overlap_with_a_gaussian_spot() -> None:
    """<exp(-2 n z^2 / w^2)> over |H0|^2 = 1 / sqrt(1 + 2 n W^2 / w^2), n = 3 photons; 1 % from the
    zones.
    """
    spot = 6.0
    zones = mode_overlap(
        [_field(_gauss)],
        photons=3,
        spot_radius_um=spot,
        zones=20,
        cells=(1, 60),
        energy_share=0.9999,
    )
    assert zones.overlap[0] == pytest.approx(1 / np.sqrt(1 + 6 * (WIDTH / spot) ** 2), rel=0.01)


def test_intensities_average_to_one_and_volume_is_the_shells() -> None:
    zones = mode_overlap([_field(_gauss), _field(_first)])
    assert zones.intensity @ zones.weight == pytest.approx([1.0, 1.0], rel=1e-12)
    assert zones.weight.sum() == pytest.approx(1.0)
    assert 100 < zones.volume_um3 < 2 * np.pi * RADIUS * DEPTH * 16


def test_uniform_zones_change_nothing(make_comb) -> None:
    """Zones that all see the same light are the model without zones: 1e-5, the integrator's
    tolerance.
    """
    comb = make_comb(33.0, span_nm=8.0)
    flat = ModeOverlap(np.full(3, 1 / 3), np.ones(3), np.ones((len(comb), 3)), 100.0)
    mean = np.array([2.0, 6.0, 12.0])
    plain = PulseSolver(comb, DotMedium(), 4e7, StepControl()).outcomes(mean)
    zoned = PulseSolver(comb, DotMedium(), 4e7, StepControl(), flat).outcomes(mean)
    assert zoned.collected(DotMedium()) == pytest.approx(plain.collected(DotMedium()), rel=1e-5)
    assert zoned.emitted[:, 2] == pytest.approx(plain.emitted[:, 2], rel=2e-3)


def test_modes_apart_lase_together_modes_alike_compete() -> None:
    """Two modes, one 1.5 nm off the peak: feeding on the same emitters the weaker is suppressed
    more than on its own ones.
    """
    pair = [
        LasingMode(f"TM {k} 1 {q}", place, 0.99, 1.525, 360.0, m=k, q=q)
        for k, q, place in ((122, 0, 538.0), (122, 1, 541.5))
    ]
    weight = np.array([0.5, 0.5])
    alike = ModeOverlap(weight, np.ones(2), np.ones((2, 2)), 100.0)
    apart = ModeOverlap(weight, np.ones(2), np.array([[1.9, 0.1], [0.1, 1.9]]), 100.0)
    mean = np.array([10.0])
    ratio = {}
    for name, zones in (("alike", alike), ("apart", apart)):
        light = (
            PulseSolver(pair, DotMedium(), 2e7, StepControl(), zones).outcomes(mean).emitted[:, 0]
        )
        ratio[name] = light.min() / light.max()
    assert ratio["apart"] > 3 * ratio["alike"], ratio


def test_from_modes_one_field_for_each_family() -> None:
    calls = []

    def sampler(along: Callable[[np.ndarray], np.ndarray]) -> Callable[[int, int], FieldSamples]:
        def sample(n: int, k: int) -> FieldSamples:
            calls.append((n, k))
            return _field(along)

        return sample

    modes = [
        Mode(
            "TM", m, 1, q, 538.0 - 4 * (m - 122), 1e-6, 1.4, 1.5, 4.0, {"axial": 1.0}, {"body": 0.99}, 1e-6, 50.0, LossBudget(9.0),
            sample_field=sampler(along),
        )
        for m in (121, 122)
        for q, along in ((0, _gauss), (1, _first))
    ]  # fmt: skip
    zones = overlap_of_modes(modes)
    assert zones.participation == pytest.approx(
        np.diag((zones.intensity * zones.weight) @ zones.intensity.T)
    )
    assert len(calls) == 2
    assert zones.intensity.shape[0] == 4
    assert np.array_equal(zones.intensity[0], zones.intensity[2])
    request = LasingRequest(quality=400.0, comb_phases=0, fluences=12, extend_comb=False)
    given = predict_lasing(modes, DotMedium(), Pump(), request, 15.0, overlap=zones)
    own = predict_lasing(modes, DotMedium(), Pump(), request, 15.0)
    assert len(own.modes) == 4
    assert own.balance_error < 5e-4
    assert own.emission == pytest.approx(given.emission, rel=1e-9), (
        "several families: the fields are used unasked"
    )
    plain = LasingRequest(
        quality=400.0, comb_phases=0, fluences=12, extend_comb=False, overlap="uniform"
    )
    alike = predict_lasing(modes, DotMedium(), Pump(), plain, 15.0)
    shares = [np.array([mode.output_share for mode in found.modes]) for found in (own, alike)]
    assert np.abs(shares[0] - shares[1]).max() > 0.01


def test_a_spot_of_given_radius_is_used_for_one_family_too() -> None:
    """A narrow spot leaves the wings of the mode unpumped: more fluence is needed."""
    mode = Mode(
        "TM", 122, 1, 0, 538.0, 1e-6, 1.4, 1.5, 4.0, {"axial": 1.0}, {"body": 0.99}, 1e-6, 50.0, LossBudget(9.0),
        sample_field=lambda n, k: _field(_gauss),
    )  # fmt: skip
    request = LasingRequest(quality=400.0, comb_phases=0, fluences=20, extend_comb=False)
    found = [
        predict_lasing(
            [mode], DotMedium(), Pump(spot_radius_um=radius), request, 15.0
        ).thresholds.gain_equals_loss
        for radius in (3.0, 100.0)
    ]
    assert found[0] is not None
    assert found[1] is not None
    assert found[0] > 1.1 * found[1], found


def test_bad_input() -> None:
    with pytest.raises(InputError, match="one mode at least"):
        mode_overlap([])
    with pytest.raises(InputError, match="not a region of the field; body, surround"):
        mode_overlap([_field(_gauss)], doped_region="shell")
    bare = Mode(
        "TM", 122, 1, 0, 538.0, 1e-6, 1.4, 1.5, 4.0, {}, {"body": 1.0}, 0.0, 50.0, LossBudget(9.0)
    )
    with pytest.raises(InputError, match="no field at hand"):
        overlap_of_modes([bare])


def test_a_spot_of_a_metre_is_a_flat_spot() -> None:
    """One family: its outcomes go over into those of a uniform pump. Gain = loss follows from the
    spot alone, 4e-12 of which a metre leaves; steps of the integration add 2e-9 of the threshold
    and 3e-9 of the fitted breaks at most, which may be a few times as much by other roundings.
    """
    mode = Mode(
        "TM", 122, 1, 0, 538.0, 1e-6, 1.4, 1.5, 4.0, {"axial": 1.0}, {"body": 0.99}, 1e-6, 50.0, LossBudget(9.0),
        sample_field=lambda n, k: _field(_gauss),
    )  # fmt: skip
    request = LasingRequest(quality=400.0, comb_phases=0, fluences=12)
    flat, metre, small = (
        predict_lasing([mode], DotMedium(), Pump(fluence_mj_cm2=(1.0, 9.0), **keys), request, 15.0)
        for keys in ({"spot": "flat"}, {"spot_radius_um": 1e6}, {"spot_radius_um": 8.0})
    )
    static = flat.thresholds.gain_equals_loss
    assert metre.thresholds.gain_equals_loss == pytest.approx(static, rel=1e-11)
    assert metre.thresholds.lasing == pytest.approx(flat.thresholds.lasing, rel=1e-8)
    assert metre.breaks.upper_mj_cm2 == pytest.approx(flat.breaks.upper_mj_cm2, rel=1e-7)
    assert small.thresholds.lasing > 1.01 * flat.thresholds.lasing
