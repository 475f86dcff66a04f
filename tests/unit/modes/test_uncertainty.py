"""Spreads carried by derivatives against solves at sampled inputs, and against closed forms."""

from __future__ import annotations

import math

import numpy as np
from scipy.stats import norm, qmc

from cavitydesign.design import parse_design
from cavitydesign.lasing.steady.static_outcomes import static_outcomes
from cavitydesign.modes import find_modes as solve
from cavitydesign.workflow.steps import find_modes, predict_lasing

VALUES = {
    "cavity.diameter_um": 15.0,
    "cavity.axial_radius_um": 60.0,
    "cavity.fibre_diameter_um": 13.2,
    "cavity.body.index": 1.49,
    "cavity.roughness_nm": 2.0,
}
SPREADS = {
    "cavity.diameter_um": 0.02,
    "cavity.axial_radius_um": 2.0,
    "cavity.fibre_diameter_um": 0.02,
    "cavity.body.index": 1e-3,
    "cavity.roughness_nm": 0.1,
}
SAMPLES = 24


def uncertain(key: str) -> dict[str, float]:
    """A number with its spread as the design file has it."""
    return {"value": VALUES[key], "sd": SPREADS[key]}


DESIGN = {
    "cavity": {
        "profile": "parabola",
        "diameter_um": uncertain("cavity.diameter_um"),
        "axial_radius_um": uncertain("cavity.axial_radius_um"),
        "fibre_diameter_um": uncertain("cavity.fibre_diameter_um"),
        "fibre": {"index": 1.45},
        "body": {"index": uncertain("cavity.body.index")},
        "roughness_nm": uncertain("cavity.roughness_nm"),
    },
    "modes": {"wavelength_nm": 538.0, "azimuthal_order": 122},
    "gain": {"medium": "CsPbBr3-PMMA"},
}


def independent_normals(count: int, inputs: int) -> np.ndarray:
    """Normal points whose sample means, variances and covariances are exactly 0, 1 and 0: no chance
    correlation of inputs.
    """
    points = norm.ppf(qmc.LatinHypercube(inputs, rng=7).random(count))
    points = points - points.mean(axis=0)
    return np.asarray(points @ np.linalg.inv(np.linalg.cholesky(np.cov(points.T))).T)


def test_spreads_agree_with_solves_at_sampled_inputs() -> None:
    """Five inputs at once, 24 solves. The sample's second moments are exact, so a linear outcome's
    standard deviation is too; what is left is the curvature of the outcome over a spread (log10 Q:
    1 % a spread of the index) and 1e-6 lambda of each solve.
    """
    (nominal,) = find_modes(parse_design(DESIGN))
    rows = []
    for point in independent_normals(SAMPLES, len(VALUES)):
        design = parse_design(
            DESIGN,
            overrides={
                key: VALUES[key] + SPREADS[key] * x for key, x in zip(VALUES, point, strict=True)
            },
        )
        (mode,) = solve(design.cavity, design.modes)
        rows.append(
            (mode.wavelength_nm, mode.fsr_nm, mode.losses.radiation, mode.losses.scattering)
        )
    names = ("wavelength_sd_nm", "fsr_sd_nm", "log10_q_radiation_sd", "log10_q_scattering_sd")
    for name, sampled in zip(names, np.array(rows, dtype=float).std(axis=0, ddof=1), strict=True):
        carried = nominal.extra[name]
        assert carried is not None
        assert abs(carried / sampled - 1) < 0.02, (
            f"{name}: carried {carried:.5g}, sampled {sampled:.5g}"
        )


def test_one_spread_is_the_derivative_times_it() -> None:
    """A sphere whose diameter alone is uncertain: sd of lambda is lambda sd / D, of Q nothing (the
    whole scales).
    """
    raw = {
        "cavity": {
            "profile": "spheroid",
            "diameter_um": {"value": 15.0, "sd": 0.1},
            "body": {"index": 1.49},
        },
        "modes": {"wavelength_nm": 500.0, "azimuthal_order": 120},
    }
    (mode,) = find_modes(parse_design(raw))
    assert mode.extra["wavelength_sd_nm"] is not None
    assert math.isclose(
        mode.extra["wavelength_sd_nm"], mode.wavelength_nm * 0.1 / 15.0, rel_tol=2e-6
    )
    assert mode.extra["log10_q_radiation_sd"] is not None
    assert mode.extra["log10_q_radiation_sd"] < 1e-4, "solves to 1e-6 on either side: 5e-6 seen"


def test_roughness_spread_moves_scattering_and_threshold_alone() -> None:
    """Q_scat ~ 1/sigma^2, g ~ 1/Q: relative sd of the threshold is twice that of the roughness; no
    wavelength moves.
    """
    raw = {
        "cavity": {
            "profile": "parabola",
            "diameter_um": 15.0,
            "axial_radius_um": 60.0,
            "body": "PMMA",
            "roughness_nm": {"value": 4.0, "sd": 0.02},
        },
        "modes": {"wavelength_nm": 538.0, "azimuthal_order": 122},
        "gain": {"medium": "CsPbBr3-PMMA"},
    }
    design = parse_design(raw)
    (mode,) = find_modes(design)
    sd = mode.extra["threshold_gain_sd_per_cm"]
    solved = solve(design.cavity, design.modes)
    (row,) = static_outcomes(solved, "budget", design.medium, design.pump, design.cavity).values()
    gain = row["threshold_gain_per_cm"]
    assert sd is not None
    assert math.isclose(sd / gain, 2 * 0.02 / 4.0, rel_tol=1e-6), (sd, gain)
    assert mode.extra["wavelength_sd_nm"] == 0.0


def test_design_without_spreads_gains_no_fields() -> None:
    """Nothing is computed and nothing is shown where nothing is uncertain."""
    raw = {
        "cavity": {"profile": "spheroid", "diameter_um": 15.0, "body": {"index": 1.49}},
        "modes": {"wavelength_nm": 500.0, "azimuthal_order": 120},
    }
    (mode,) = find_modes(parse_design(raw))
    assert not [name for name in mode.to_json_dict() if "_sd" in name]


def test_lasing_output_has_both_thresholds_and_the_spread() -> None:
    """per_mode of `lase`: first order, complex eigenproblem, and what the spread of the diameter
    leaves.
    """
    raw = {
        "cavity": {
            "profile": "parabola",
            "diameter_um": {"value": 15.0, "sd": 0.05},
            "axial_radius_um": 60.0,
            "body": "PMMA",
            "roughness_nm": 4.0,
        },
        "modes": {"wavelength_nm": 537.6, "span_nm": 6.0},
        "gain": {"medium": "CsPbBr3-PMMA"},
        "lasing": {"quality": {"per_um": 24.0}, "families": "asked"},
    }
    design = parse_design(raw)
    rows = [
        row
        for row in predict_lasing(find_modes(design), design).to_json_dict()["per_mode"]
        if not row["extended"]
    ]
    assert rows
    for row in rows:
        first, exact, sd = (row[f"threshold_gain{kind}_per_cm"] for kind in ("", "_exact", "_sd"))
        assert abs(exact / first - 1) < 1e-4, (
            f"{row['label']}: second order in kappa = 2e-3, {first} and {exact}"
        )
        assert row["gain_equals_loss_sd_mj_cm2"] > 0
        assert math.isclose(sd / first, 2 * 0.05 / 15.0, rel_tol=0.03), (
            f"{row['label']}: g ~ n_g / (lambda Q)"
        )


def test_threshold_fluence_at_both_ends_of_a_spread() -> None:
    """Fluence at which gain equals loss, solved anew one standard deviation of the diameter to
    either side: half the difference is the carried one, up to the gain line's change over the 0.2
    nm that the mode moves and the delays sampled (1.1 % measured).
    """
    raw = {
        "cavity": {
            "profile": "parabola",
            "diameter_um": {"value": 15.0, "sd": 0.005},
            "axial_radius_um": 60.0,
            "body": "PMMA",
        },
        "modes": {"wavelength_nm": 538.0, "azimuthal_order": 122},
        "gain": {"medium": "CsPbBr3-PMMA"},
        "lasing": {"quality": 400.0, "families": "asked"},
    }
    (nominal,) = find_modes(parse_design(raw))
    carried = nominal.extra["gain_equals_loss_sd_mj_cm2"]
    ends = []
    for diameter in (14.995, 15.005):
        design = parse_design(raw, overrides={"cavity.diameter_um": diameter})
        found = solve(design.cavity, design.modes)
        (row,) = static_outcomes(found, 400.0, design.medium, design.pump, design.cavity).values()
        ends.append(row["gain_equals_loss_mj_cm2"])
    assert carried is not None
    assert abs(carried / (0.5 * abs(ends[1] - ends[0])) - 1) < 0.02, (carried, ends)
