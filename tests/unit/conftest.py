"""Synthetic modes for the tests of pictures, reports and the explorer: Airy layer times
Gaussian.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import ai_zeros, airy, eval_hermite

from cavitydesign.geometry.cavity import Cavity
from cavitydesign.geometry.parabola import Parabola
from cavitydesign.materials.material import ConstantIndex
from cavitydesign.modes.derived.sampled_field import FieldSamples
from cavitydesign.modes.losses.budget import LossBudget
from cavitydesign.modes.mode import Mode
from cavitydesign.modes.mode_set import ModeSet

MakeMode = Callable[..., Mode]

RADIUS_UM, AXIAL_RADIUS_UM, INDEX = 7.5, 60.0, 1.495


def synthetic_field(m: int, p: int, q: int, n_out: int, n_along: int) -> FieldSamples:
    """An Airy layer inside, an exponential tail outside, Hermite-Gauss along the rim; E mostly
    along z.
    """
    layer = RADIUS_UM * (2.0 / m**2) ** (1.0 / 3.0) * 2.0 ** (-1.0 / 3.0)
    decay = m / RADIUS_UM * np.sqrt(1.0 - 1.0 / INDEX**2)
    n_in = (3 * n_out) // 4
    inside, outside = np.linspace(-2.6, 0.0, n_in), np.linspace(0.0, 1.4, n_out - n_in)
    depth = np.concatenate([inside, outside])
    along = np.linspace(-5.0, 5.0, n_along)
    zero = ai_zeros(p)[0][-1]
    width = np.sqrt(np.sqrt(RADIUS_UM * AXIAL_RADIUS_UM) * RADIUS_UM / m)
    surface = airy(zero + 0.35)[0]
    radial = np.where(
        depth <= 0,
        airy(zero + 0.35 - depth / layer)[0],
        surface * np.exp(-decay * np.maximum(depth, 0)),
    )
    radial[:n_in] = airy(zero + 0.35 - inside / layer)[0]
    axial = eval_hermite(q, along / width) * np.exp(-0.5 * (along / width) ** 2)
    amplitude = radial[:, None] * axial[None, :]
    slope = -along / AXIAL_RADIUS_UM
    norm = np.sqrt(1 + slope**2)
    r = RADIUS_UM - along[None, :] ** 2 / (2 * AXIAL_RADIUS_UM) + depth[:, None] / norm[None, :]
    z = along[None, :] + depth[:, None] * (-slope / norm)[None, :]
    region = np.repeat(
        np.r_[np.zeros(n_in), np.ones(n_out - n_in)].astype(np.int64)[:, None], n_along, axis=1
    )
    rim = np.column_stack([RADIUS_UM - along**2 / (2 * AXIAL_RADIUS_UM), along])
    scale = np.abs(amplitude).max()
    return FieldSamples(
        r_um=r,
        z_um=z,
        e_r=0.05 * amplitude.astype(complex) / scale,
        e_phi=0.1j * amplitude / scale,
        e_z=amplitude.astype(complex) / scale,
        permittivity=np.where(region == 0, INDEX**2, 1.0),
        region=region,
        region_names=("body", "surround"),
        interfaces_um={"outline": rim},
        mesh_lines_um=(rim, rim - np.array([0.8, 0.0])),
    )


def synthetic_mode(
    m: int = 122,
    p: int = 1,
    q: int = 0,
    wavelength_nm: float | None = None,
    polarisation: str = "TM",
) -> Mode:
    """A mode with the synthetic field and a loss budget of three parts."""
    wavelength = (
        538.0 - 4.2 * (m - 122) - 14.0 * (p - 1) - 1.1 * q
        if wavelength_nm is None
        else wavelength_nm
    )
    inside = 0.985 - 0.01 * (p - 1)
    return Mode(
        polarisation=polarisation,
        m=m,
        p=p,
        q=q,
        wavelength_nm=wavelength,
        wavelength_error_nm=3e-7,
        n_eff=m * wavelength * 1e-3 / (np.pi * 2 * RADIUS_UM),
        group_index=1.47,
        fsr_nm=4.19 + 0.02 * (122 - m),
        energy_fraction={"axial": 0.98, "radial": 0.01, "azimuthal": 0.01},
        confinement={"body": inside, "surround": 1 - inside},
        confinement_error=1e-6,
        mode_volume_um3=210.0,
        losses=LossBudget(19.45 - 2.0 * (p - 1), 6.0, 5.3, 0.002),
        sample_field=lambda n_out, n_along: synthetic_field(m, p, q, n_out, n_along),
        extra={
            "fsr_error_nm": 1.5e-6,
            "sensitivity_error_nm_per_riu": 1e-3,
            "thermal_shift_pm_per_k": -25.0,
            "thermal_shift_error_pm_per_k": 1e-4,
            "d1_ghz": 4300.0,
            "d1_error_ghz": 0.1,
            "d2_mhz": -2000.0,
            "d2_error_mhz": 2.0,
            "d3_mhz": 50.0,
            "d3_error_mhz": 1.0,
        },
        sensitivity_nm_per_riu={"body": 350.0, "surround": 6.0},
    )


@pytest.fixture
def make_mode() -> MakeMode:
    """The maker of synthetic modes."""
    return synthetic_mode


@pytest.fixture
def mode_set() -> ModeSet:
    """Two families of three modes."""
    modes = [synthetic_mode(m, p, 0) for p in (1, 2) for m in (121, 122, 123)]
    modes.sort(key=lambda one: -one.wavelength_nm)
    seconds = {"mesh": 0.01, "assemble": 0.03, "solve": 0.04, "losses": 0.02, "total": 0.1}
    return ModeSet(tuple(modes), (515.0, 545.0), 6, True, seconds, 2 * RADIUS_UM)


@pytest.fixture
def cavity() -> Cavity:
    """A bottle of constant index in air."""
    return Cavity(
        Parabola(RADIUS_UM, AXIAL_RADIUS_UM),
        ConstantIndex.of(INDEX),
        ConstantIndex.of(1.0),
        roughness_nm=1.0,
    )


@pytest.fixture
def prediction_record() -> dict[str, object]:
    """A lasing prediction's JSON; its light curve is a broken power law (slopes 3, 6, 3; breaks
    2.0, 3.0).
    """
    fluence = np.geomspace(1.0, 6.0, 40)
    emission = np.where(fluence < 2.0, fluence**3, 8.0 * (fluence / 2.0) ** 6)
    emission = np.where(fluence > 3.0, 8.0 * 1.5**6 * (fluence / 3.0) ** 3, emission)
    return {
        "regime": "single",
        "modes_lasing": 1,
        "side_mode_suppression_db": 16.5,
        "single_mode_probability": 0.6,
        "threshold_mj_cm2": {"gain_equals_loss": 1.7, "ase": 2.0, "lasing": 2.2},
        "slopes": [3.0, 6.0, 3.0],
        "light_curve": {
            "fluence_mj_cm2": fluence.tolist(),
            "emission": emission.tolist(),
            "lower_break_mj_cm2": 2.0,
            "upper_break_mj_cm2": 3.0,
            "visibility": 3.0,
        },
        "per_mode": [
            {
                "label": f"TM {m} 1 0",
                "wavelength_nm": 538.0 - 4.2 * (m - 122),
                "threshold_gain_per_cm": 470.0 + 10.0 * abs(m - 122),
                "confinement": 0.985,
                "output_share": share,
            }
            for m, share in ((122, 0.97), (123, 0.02), (121, 0.01))
        ],
    }
