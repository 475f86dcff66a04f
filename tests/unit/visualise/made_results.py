"""Made-up results that the views are drawn of: a doublet, a calibration, a spectrum, a series."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from cavitydesign.modes.coupling.coupled_mode import CoupledMode
from cavitydesign.modes.coupling.external_coupling import ExternalCoupling
from cavitydesign.modes.coupling.gap_law import GapLaw
from cavitydesign.modes.deviation.deviated_mode import DeviatedMode, Mixed


def made_doublet() -> DeviatedMode:
    """Two standing waves 0.4 pm apart with a neighbour mixed in."""
    return DeviatedMode(
        "TM 122 1 0",
        (541.0004, 541.0),
        (6.5, 6.6),
        0.5,
        0.4,
        2.0,
        1.0,
        0.001,
        3.0,
        1e-6,
        (Mixed("TM 120 1 0", 0.01), Mixed("m = 124, others", 0.002)),
        True,
        0.1,
    )


def made_calibration() -> dict[str, Any]:
    """The JSON of a calibration of two constants on one curve."""
    fluence = np.geomspace(1.2, 5.0, 20)
    light = 1e3 * fluence**3
    band = {f"p{p}": (light * (1 + 0.01 * (p - 50))).tolist() for p in (5, 16, 50, 84, 95)}
    quantiles = {"p5": 0.8, "p16": 0.9, "p50": 1.0, "p84": 1.1, "p95": 1.2}
    names = ("gain.peak_gain_per_cm", "lasing.quality.per_um")
    draws = 1.0 + 0.1 * np.random.default_rng(0).standard_normal((60, 2))
    return {
        "constants": [{"name": name, "key": name, "quantiles": quantiles} for name in names],
        "draws": {"names": list(names), "values": draws.tolist()},
        "cavities": [
            {
                "name": "88 um",
                "fluence_mj_cm2": fluence.tolist(),
                "measured": light.tolist(),
                "predicted": {"fluence_mj_cm2": fluence.tolist(), **band},
                "residual": (0.05 * np.sin(np.arange(20))).tolist(),
                "relative_scatter": 0.05,
                "threshold_mj_cm2": {name: 2.0 * value for name, value in quantiles.items()},
                "spectra": [made_spectrum()],
            }
        ],
    }


def made_spectrum() -> dict[str, Any]:
    """The JSON of a laser spectrum of seven lines in a calibration, with one that was not seen."""
    place = 537.0 + 0.68 * np.arange(-3.0, 4.0)
    light = 1e4 * np.exp(-(((place - 537.0) / 1.2) ** 2))
    return {
        "name": "88 um at 3.8 mJ/cm2",
        "wavelength_nm": place.tolist(),
        "measured": light.tolist(),
        "predicted": {f"p{p}": (light * (1 + 0.002 * (p - 50))).tolist() for p in (5, 50, 95)},
        "residual": (0.05 * np.sin(np.arange(7))).tolist(),
        "width": 0.06,
        "detection_floor": 15.0,
        "unseen": [{"wavelength_nm": 539.8, "predicted": 30.0}],
    }


def made_series() -> tuple[dict[str, Any], list[tuple[float, Any, Any]]]:
    """The JSON of a power series of one line, and its spectra."""
    fluence = np.geomspace(1.5, 5.0, 6)
    place = np.linspace(530.0, 545.0, 200)
    shape = np.exp(-(((place - 537.0) / 0.4) ** 2))
    spectra = [(float(f), place, 50.0 + f**5 * shape) for f in fluence]
    line = {
        "label": "TM 122 1 0",
        "wavelength_nm": [537.0] * 6,
        "light": (0.7 * fluence**5).tolist(),
    }
    whole = (20.0 + 0.7 * fluence**5).tolist()
    return {"fluence_mj_cm2": fluence.tolist(), "light": whole, "lines": [line]}, spectra


def made_pattern() -> Any:
    """The light of dipoles along the axis."""
    angle = np.linspace(0.0, 180.0, 181)
    power = 3.0 / (8.0 * np.pi) * np.sin(np.deg2rad(angle)) ** 2
    return SimpleNamespace(
        label="TM 122 1 0",
        polar_angle_deg=angle,
        axial=power,
        azimuthal=0.01 * power,
        surround_index=1.0,
        collected=lambda *_: 0.094,
    )


def made_beside() -> CoupledMode:
    """A mode of Q = 1e6 beside a guide of one wave."""
    law = GapLaw(np.array([[10.0**-2]]), np.array([[5.0]]))
    return CoupledMode(
        "TM 122 1 0", 537.6, "taper", 0.3, 6.0, ExternalCoupling(law, 0.1, 1.2, True)
    )
