"""Pictures of the gallery that show studies, searches and designs."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from gallery_examples import (
    DIAMETERS,
    GOAL,
    QUICKSTART,
    design,
    family,
    modes,
    prediction,
)

from cavitydesign.design import load_design, parse_design
from cavitydesign.workflow.steps import find_modes

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def against_diameter() -> Figure:
    """Spacing and Q against diameter with the published points."""
    from cavitydesign.visualise.spectra.dispersion_view import draw_against_diameter

    found = [family(diameter, 1, 0) for diameter in DIAMETERS]
    quality = {
        name: [getattr(mode.losses, name) for mode in found]
        for name in ("radiation", "scattering", "total")
    }
    return draw_against_diameter(DIAMETERS, [mode.fsr_nm for mode in found], quality)


def regime_map() -> Figure:
    """Number of lasing modes over diameter and fluence, solved combs at twenty diameters."""
    from cavitydesign.lasing.outcomes.regime_map import regime_map as predicted_map
    from cavitydesign.visualise.studies.map import draw_regime_map

    diameters = np.round(np.geomspace(13.0, 90.0, 20), 2).tolist()
    cavities = [(diameter, modes(diameter, span_nm=20.0).modes) for diameter in diameters]
    one = design()
    answer = predicted_map(cavities, one.medium, one.pump, one.lasing)
    return draw_regime_map(
        answer.diameter_um.tolist(),
        answer.fluence_mj_cm2.tolist(),
        answer.modes_lasing,
        answer.thresholds_mj_cm2,
    )


def tornado() -> Figure:
    """What the spreads of fabrication do to the wavelength of a mode, by full solves."""
    from cavitydesign.visualise.studies.decision import draw_tornado

    order = family(15.0, 1, 0).m
    spreads = {
        "cavity.diameter_um": (15.0, 0.02),
        "cavity.axial_radius_um": (60.0, 5.0),
        "cavity.fibre_diameter_um": (8.0, 1.0),
    }

    def wavelength_nm(changed: dict[str, float]) -> float:
        found = find_modes(load_design(QUICKSTART, {"modes.relative_accuracy": 1e-7, **changed}))
        return next(float(mode.wavelength_nm) for mode in found if mode.m == order)

    base = wavelength_nm({})
    swings = {
        f"{key.split('.')[1].removesuffix('_um').replace('_', ' ')} ± {spread:g} µm": (
            wavelength_nm({key: value - spread}),
            wavelength_nm({key: value + spread}),
        )
        for key, (value, spread) in spreads.items()
    }
    return draw_tornado(base, swings, "wavelength (nm)")


def pareto() -> Figure:
    """Lasing threshold against the probability of a single mode, by diameter."""
    from cavitydesign.visualise.studies.decision import draw_pareto

    found = [
        prediction(diameter, span_nm=20.0)
        for diameter in (13.0, 14.0, 15.0, 16.0, 17.5, 20.0, 23.0, 27.0, 33.0)
    ]
    points = [
        [one.thresholds.lasing, one.single_mode_probability or 0.0]
        for one in found
        if one.thresholds.lasing
    ]
    return draw_pareto(
        points,
        ("lasing threshold (mJ/cm²)", "probability of a single mode"),
        maximise=(False, True),
        chosen=0,
    )


def convergence() -> Figure:
    """True and stated error of the solver against the exact sphere."""
    from cavitydesign.analytic.exact_cases import exact_cases
    from cavitydesign.visualise.studies.convergence_view import draw_convergence

    case = next(
        one
        for one in exact_cases()
        if one.name == "sphere 15 um" and (one.polarisation, one.p) == ("TM", 1)
    )
    body, surround = ({"index": complex(index).real} for index in case.indices)
    cavity = {
        "profile": "spheroid",
        "diameter_um": 2 * case.radii_um[0],
        "body": body,
        "surround": surround,
    }
    unknowns, error, stated = [], [], []
    for accuracy in (1e-3, 1e-5, 1e-6, 1e-7, 1e-8):
        wanted = {
            "wavelength_nm": case.wavelength_nm,
            "azimuthal_order": case.m,
            "relative_accuracy": accuracy,
        }
        answer = find_modes(parse_design({"cavity": cavity, "modes": wanted}))
        mode = answer.modes[0]
        if answer.statistics["unknowns"] in unknowns:
            continue  # the same problem met a finer request too
        unknowns.append(answer.statistics["unknowns"])
        error.append(abs(mode.wavelength_nm / case.wavelength_nm - 1.0))
        stated.append(mode.wavelength_error_nm / mode.wavelength_nm)
    name = f"sphere 15 µm, {mode.label}"
    return draw_convergence({name: (unknowns, error)}, asked=1e-8, stated={name: stated})


def study() -> Figure:
    """One column of a study against another."""
    from cavitydesign.visualise.studies.study_view import draw_study

    volumes = [family(diameter, 1, 0).mode_volume_um3 for diameter in DIAMETERS]
    return draw_study(DIAMETERS, volumes, "cavity.diameter_um", "mode_volume_um3")


def panels() -> Figure:
    """Spacing and Q of a study against diameter, with the published points."""
    from cavitydesign.study.files.plot_spec import PlotSpec
    from cavitydesign.study.table import Table
    from cavitydesign.visualise.studies.study_panels import draw_panels

    columns = ("cavity.diameter_um", "p", "fsr_nm", "q_total")
    rows = [
        {"cavity.diameter_um": diameter, "p": p, "fsr_nm": mode.fsr_nm, "q_total": mode.q_total}
        for diameter in (*DIAMETERS, 22.0, 55.0)
        for p in (1, 2)
        for mode in [family(diameter, p, 0, radial_orders=2)]
    ]
    published = [
        {"cavity.diameter_um": 15.0, "fsr_nm": 4.2},
        {"cavity.diameter_um": 88.0, "fsr_nm": 0.75},
    ]
    spec = PlotSpec(y=("fsr_nm", "q_total"), by="p", log=columns, title="bottles of one shape")
    table = Table(
        "study",
        columns,
        columns[:1],
        tuple(sorted(rows, key=lambda row: row["cavity.diameter_um"])),
    )
    return draw_panels(
        table, spec, [{**point, "label": "measured (paper A)"} for point in published]
    )


def goal() -> Figure:
    """Which diameter gives a spacing of 4.2 nm, and what the spreads of fabrication make of it."""
    import tempfile

    from cavitydesign.optimisation.goal_file import load_goal
    from cavitydesign.optimisation.models.linear import linearised
    from cavitydesign.optimisation.optimum import answered
    from cavitydesign.optimisation.trials import Solver
    from cavitydesign.study import ProcessExecutor
    from cavitydesign.visualise.studies.goal_view import draw_goal
    from cavitydesign.workflow.study_point import WORKER_MODULES, design_schema, evaluate_point

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "design.toml").write_bytes(QUICKSTART.read_bytes())
        (folder / "goal.toml").write_text(GOAL)
        asked = load_goal(folder / "goal.toml", design_schema())
        evaluate, linearise = (
            functools.partial(one, folder=folder) for one in (evaluate_point, linearised)
        )
        executor = ProcessExecutor(1, WORKER_MODULES)
        return draw_goal(
            answered(
                Solver(asked, evaluate, executor, linearise, lambda *told: None)
            ).to_json_dict()
        )


PICTURES = (
    against_diameter,
    regime_map,
    tornado,
    pareto,
    convergence,
    study,
    panels,
    goal,
)
