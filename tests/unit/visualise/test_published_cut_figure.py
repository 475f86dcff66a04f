"""Radial and axial cuts of solved modes, first and second radial order at 33 and 88 um, as in the
published figure.
"""

from __future__ import annotations

import numpy as np
import pytest

from cavitydesign.design import parse_design
from cavitydesign.modes.mode import Mode
from cavitydesign.visualise.fields.cuts import draw_cuts
from cavitydesign.workflow.steps import find_modes

INDEX = 1.4933


def solved(diameter_um: float) -> list[Mode]:
    """The mode nearest to 537.6 nm of the first and of the second radial order."""
    cavity = {
        "profile": "parabola",
        "diameter_um": diameter_um,
        "axial_radius_um": 4.0 * diameter_um,
        "fibre_diameter_um": diameter_um / 2,
        "fibre": "silica",
        "body": {"index": INDEX},
    }
    modes = {
        "wavelength_nm": 537.6,
        "span_nm": 4.0 * 62.0 / diameter_um,
        "radial_orders": 2,
        "relative_accuracy": 1e-6,
    }
    found = find_modes(parse_design({"cavity": cavity, "modes": modes}))
    return [
        min((one for one in found if one.p == p), key=lambda one: abs(one.wavelength_nm - 537.6))
        for p in (1, 2)
    ]


def maxima(density: np.ndarray) -> int:
    """Peaks above a thousandth of the largest."""
    inner = density[1:-1]
    return int(((inner > density[:-2]) & (inner >= density[2:]) & (inner > 1e-3)).sum())


def test_cuts_show_lobes_jump_and_shares() -> None:
    """TM: E_z is continuous, so that eps|E|^2 falls by 1/n^2 at the rim, up to the share of E_r
    (below 2 %).

    The published figure states up to 99 % of the energy inside; larger cavities hold more, the
    second order lies deeper.
    """
    modes = [mode for diameter in (33.0, 88.0) for mode in solved(diameter)]
    figure = draw_cuts(modes)
    for row, (mode, radius) in enumerate(zip(modes, (16.5, 16.5, 44.0, 44.0), strict=True)):
        radial, axial = figure.axes[2 * row], figure.axes[2 * row + 1]
        (line,) = [one for one in radial.get_lines() if one.get_label() == mode.label]
        r, density = (np.asarray(values) for values in line.get_data())
        assert maxima(density) == mode.p, f"{mode.label}: {maxima(density)} maxima"
        assert density.max() == pytest.approx(1.0, abs=1e-9)
        inside, outside = density[r < radius - 1e-9][-1], density[r > radius + 1e-9][0]
        at_rim = np.flatnonzero(np.isclose(r, radius, atol=1e-6))
        assert len(at_rim) == 2, "the rim has a point on either side"
        jump = density[at_rim[1]] / density[at_rim[0]]
        assert jump == pytest.approx(1.0 / INDEX**2, rel=0.03), (
            f"{mode.label}: {jump:.4f}, {inside:.4f} -> {outside:.4f}"
        )
        (along,) = [one for one in axial.get_lines() if one.get_label() == mode.label]
        assert maxima(np.asarray(along.get_ydata())) == 1, "q = 0 has one lobe along the rim"
        words = " ".join(text.get_text().replace("\n", " ") for text in radial.texts)
        assert f"body {100 * mode.confinement['body']:.4g} %" in words
        assert f"surround {100 * mode.confinement['surround']:.3g} %" in words
        assert 0.99 < mode.confinement["body"] < 0.9995
    assert modes[2].confinement["body"] > modes[0].confinement["body"]
    peaks = [figure.axes[2 * row].get_lines()[0].get_data() for row in range(4)]
    strongest = [float(np.asarray(r)[int(np.argmax(density))]) for r, density in peaks]
    assert strongest[1] < strongest[0] and strongest[3] < strongest[2], (
        "the second order lies deeper"
    )
