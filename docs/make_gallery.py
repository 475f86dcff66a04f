"""Draws every picture of docs/gallery.md from solved examples.

    python docs/make_gallery.py [--out docs/gallery] [--only NAME ...]

Takes about a minute on two cores. Pictures in space are left out, with the reason, where nothing
can be rendered.
"""

from __future__ import annotations

import argparse
import functools
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from gallery_examples import (
    DIAMETERS,
    GOAL,
    QUICKSTART,
    SECTIONS,
    SPECTRUM,
    calibrated,
    design,
    family,
    modes,
    prediction,
)

from cavitydesign.design import load_design, parse_design
from cavitydesign.errors import MissingLibraryError
from cavitydesign.visualise.files import save_figure
from cavitydesign.visualise.theme import DARK
from cavitydesign.workflow.steps import find_modes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# pixels per inch: twice as many as a page of 80 shows, for screens that double them
DPI = 160


def cavity() -> Figure:
    """The section of the quickstart's cavity."""
    from cavitydesign.visualise.fields.cavity_view import draw_cavity

    return draw_cavity(design().cavity)


def deviation() -> Figure:
    """A doublet: an ellipse shifts it, ripples of 2 m waves and a particle split it."""
    import cavitydesign as cd
    from cavitydesign.visualise.spectra.deviation_view import draw_deviation

    mode = modes()[0]
    ripple = cd.Wave(2 * mode.m, 3e-7)
    given = cd.Deviation(ellipticity=0.003, waves=(ripple,), particle=cd.Particle(25.0))
    return draw_deviation(mode.deviation(given))


def beside_a_taper() -> Any:
    """A mode of a rough glass sphere beside a taper."""
    import cavitydesign as cd

    taper = {"kind": "taper", "diameter_um": 1.6, "gap_um": 1.2}
    glass = {"body": "silica", "roughness_nm": 2.0, "correlation_nm": 50.0}
    asked = {"wavelength_nm": 1550.0, "azimuthal_order": 110}
    ball = cd.sphere(diameter_um=40.0, **glass, **asked, coupling=taper)
    return cd.find_modes(ball)[0].coupling()


def coupling() -> Figure:
    """Q and transmission against the gap of a taper."""
    from cavitydesign.visualise.spectra.coupling import draw_coupling

    return draw_coupling(beside_a_taper())


def dip() -> Figure:
    """The dip in the taper's light, in its design's gap and in the critical one."""
    from cavitydesign.visualise.spectra.coupling import draw_dip

    return draw_dip(beside_a_taper())


def threshold_temperature() -> Figure:
    """Gain = loss of the quickstart against temperature; the laws of the gain are assumed."""
    from cavitydesign.visualise.lasers.threshold_temperature import draw_threshold_temperature
    from cavitydesign.workflow.steps import predict_lasing

    laws = {"gap_shift_mev_per_k": 0.2, "phonon_width_mev": 40.0, "phonon_mev": 19.0}
    table = {**laws, "activation_mev": 80.0, "valid_k": [280.0, 340.0]}
    kelvin = np.linspace(285.0, 330.0, 6)
    found = []
    for one in kelvin:
        warm = design().with_values(
            {f"temperature.{key}": value for key, value in {**table, "temperature_k": one}.items()}
        )
        found.append(predict_lasing(find_modes(warm), warm).thresholds.gain_equals_loss)
    return draw_threshold_temperature(kelvin, {"gain = loss": found})


def calibration() -> Figure:
    """Measured points within the bands of a calibration."""
    from cavitydesign.visualise.lasers.calibration import draw_calibrated_curves

    return draw_calibrated_curves(calibrated())


def calibrated_spectra() -> Figure:
    """The lines of a laser spectrum beside what a calibration predicts of them."""
    from cavitydesign.visualise.lasers.calibrated_spectra import draw_calibrated_spectra

    return draw_calibrated_spectra(calibrated("88 um", SPECTRUM))


def corner() -> Figure:
    """The constants of the same calibration in pairs."""
    from cavitydesign.visualise.lasers.calibration import draw_corner

    return draw_corner(calibrated())


def field() -> Figure:
    """Energy density of three families side by side."""
    from cavitydesign.visualise.fields.meridian_view import draw_meridian

    keys = {"radial_orders": 2, "axial_orders": 3}
    return draw_meridian(
        [family(15.0, p, q, **keys) for p, q in ((1, 0), (2, 0), (1, 2))], design().cavity
    )


def field_logarithmic() -> Figure:
    """The same down to 1e-12, with the mesh."""
    from cavitydesign.visualise.fields.meridian_view import draw_meridian

    keys = {"radial_orders": 2, "axial_orders": 3}
    shown = [family(15.0, p, q, **keys) for p, q in ((1, 0), (2, 0), (1, 2))]
    return draw_meridian(shown, design().cavity, logarithmic=True, mesh=True)


def components() -> Figure:
    """The three components of a mode with two nodes along the rim."""
    from cavitydesign.visualise.fields.meridian_view import draw_components

    return draw_components(family(15.0, 1, 2, radial_orders=2, axial_orders=3), design().cavity)


def cuts() -> Figure:
    """First and second radial order at 33 and 88 um, as in the published figure."""
    from cavitydesign.visualise.fields.cuts import draw_cuts

    return draw_cuts(
        [family(diameter, p, 0, radial_orders=2) for diameter in (33.0, 88.0) for p in (1, 2)]
    )


def comb() -> Figure:
    """Comb of two radial orders under the gain at 1.1 times the threshold."""
    from cavitydesign.visualise.spectra.comb_view import draw_comb, gain_curve

    found, lasing = modes(15.0, span_nm=30.0, radial_orders=2), prediction(15.0)
    return draw_comb(found, gain_curve(lasing, design().medium, found.wavelength_range_nm))


def light_curve() -> Figure:
    """Light curve of the 88 um cavity, which the paper measured."""
    from cavitydesign.visualise.lasers.light_curve_view import draw_light_curve

    return draw_light_curve(prediction(88.0, span_nm=20.0))


def measured_curve() -> Figure:
    """A measured light curve of the made-up laboratory with its two breaks."""
    from cavitydesign.design.files.column_file import read_columns
    from cavitydesign.lasing.outcomes.break_count import count_breaks
    from cavitydesign.visualise.lasers.measured_curve import draw_measured_curve

    file = QUICKSTART.parents[1] / "made-up-laboratory" / "88um.csv"
    curve = tuple(read_columns(file, ("fluence_mj_cm2", "emission")).values())
    return draw_measured_curve(*curve, count_breaks(*curve))


def output_shares() -> Figure:
    """Which modes of the 33 um cavity share the output."""
    from cavitydesign.visualise.lasers.light_curve_view import draw_output_shares

    return draw_output_shares(prediction(33.0, span_nm=20.0))


def waterfall() -> Figure:
    """Spectra against fluence at 15 um, as a spectrometer of 0.15 nm shows them."""
    from cavitydesign.lasing.outcomes.emission_spectrum import shown_spectrum
    from cavitydesign.visualise.spectra.waterfall import draw_waterfall

    lasing = prediction(15.0)
    lines = [mode.wavelength_nm for mode in lasing.modes]
    wavelength = np.linspace(520.0, 556.0, 721)
    chosen = np.linspace(0, len(lasing.fluence_mj_cm2) - 1, 9).astype(int)
    spectra = []
    for place in chosen:
        laser = design().medium.laser_collection * lasing.mode_output[:, place]
        glow = max(float(lasing.emission[place] - laser.sum()), 0.0)
        width = lasing.transform_limit_nm or 0.2
        spectra.append(shown_spectrum(wavelength, lines, laser, width, 0.15, glow))
    fluences = [round(float(lasing.fluence_mj_cm2[place]), 2) for place in chosen]
    return draw_waterfall(
        wavelength,
        fluences,
        spectra,
        lasing_mj_cm2=lasing.thresholds.lasing,
        gain_mj_cm2=lasing.thresholds.gain_equals_loss,
    )


def loss_budget() -> Figure:
    """Loss budget of four radial orders of a small rough cavity whose body absorbs."""
    from cavitydesign.visualise.spectra.loss_budget import draw_loss_budget

    cavity = {
        "body": {"index": 1.495, "absorption_per_cm": 0.02},
        "fibre_diameter_um": 4.0,
        "roughness_nm": 1.0,
    }
    overrides = {
        "cavity.diameter_um": 10.0,
        "cavity.axial_radius_um": 40.0,
        "modes.radial_orders": 4,
        "modes.span_nm": 14.0,
    }
    one = load_design(
        QUICKSTART, overrides | {f"cavity.{key}": value for key, value in cavity.items()}
    )
    return draw_loss_budget(find_modes(one))


def dispersion() -> Figure:
    """FSR and group index of two radial orders over 60 nm."""
    from cavitydesign.visualise.spectra.dispersion_view import draw_dispersion

    return draw_dispersion(modes(15.0, span_nm=60.0, radial_orders=2))


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


def kinetics() -> Figure:
    """The cascade after a pulse of 1.5 excitons a dot."""
    from cavitydesign.visualise.lasers.kinetics_view import draw_kinetics

    time_ps = np.linspace(0.0, 60.0, 300)
    names = ("hot pair", "relaxed pair", "one exciton", "empty")
    populations = design().medium.cascade.populations(1.5, time_ps)
    return draw_kinetics(time_ps, dict(zip(names, populations, strict=True)))


def bleaching() -> Figure:
    """Bleaching at 525 and 537 nm, 5 ps after the pulse."""
    from cavitydesign.gain import bleaching as computed
    from cavitydesign.visualise.lasers.kinetics_view import draw_bleaching

    medium, pump = design().medium, design().pump
    fluence = np.linspace(0.3, 4.0, 120)
    excitons = pump.excitons_per_unit(medium.absorber) * fluence**pump.photons
    return draw_bleaching(
        fluence, {f"{nm} nm": computed(medium, nm, excitons, 5.0) for nm in (525, 537)}
    )


def polariser() -> Figure:
    """Emission of the lasing 15 um cavity through a polariser."""
    from cavitydesign.lasing import lasing_modes
    from cavitydesign.lasing.competition.polariser import emitted_polarisation
    from cavitydesign.visualise.lasers.kinetics_view import draw_polariser

    one = design()
    solved = lasing_modes(
        modes().modes,
        one.lasing.quality,
        15.0,
        one.medium.doped_region,
        one.medium.host_group_index,
    )
    shares = {mode.label: mode.output_share for mode in prediction().modes}
    angle = np.arange(0.0, 361.0, 3.0)
    light = emitted_polarisation(solved, [shares[mode.label] for mode in solved]).behind_polariser(
        angle
    )
    return draw_polariser(angle, light)


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


def fit() -> Figure:
    """Peaks of a cavity of 15.04 um, with noise of 0.02 nm, found again from a design of 15 um."""
    from cavitydesign.spectrum_fit.comb_samples import solved_comb
    from cavitydesign.spectrum_fit.fit_peaks import fit_peaks
    from cavitydesign.spectrum_fit.fit_prior import FitPrior
    from cavitydesign.spectrum_fit.spectra.spectrum import Peaks
    from cavitydesign.study import ProcessExecutor
    from cavitydesign.visualise.spectra.fit_view import draw_fit
    from cavitydesign.workflow.study_point import WORKER_MODULES, evaluate_point

    one = design(15.0, span_nm=24.0, polarisation="both")
    true = find_modes(
        load_design(
            QUICKSTART,
            {"cavity.diameter_um": 15.04, "modes.span_nm": 24.0, "modes.polarisation": "both"},
        )
    )
    noise = np.random.default_rng(7).normal(0.0, 0.02, len(true.modes))
    places = np.array([mode.wavelength_nm for mode in true]) + noise
    peaks = Peaks(places, np.full(places.size, 0.02), tuple(mode.polarisation for mode in true))
    prior = FitPrior(0.1, 0.004, 0.1, 0.1, 1.0)
    window = (float(peaks.wavelength_nm[0]), float(peaks.wavelength_nm[-1]))
    evaluate = functools.partial(evaluate_point, folder=QUICKSTART.parent)
    model = solved_comb(
        one.raw,
        15.0,
        window,
        prior,
        evaluate,
        ProcessExecutor(1, WORKER_MODULES),
        lambda *told: None,
    )
    return draw_fit(fit_peaks(peaks, model, prior).to_json_dict())


def materials() -> Figure:
    """Dispersion of three media of the library."""
    from cavitydesign.materials import find_material
    from cavitydesign.visualise.spectra.material_view import draw_materials

    return draw_materials([find_material(name) for name in ("PMMA", "silica", "water")])


def section() -> Figure:
    """A meshed section of the library, as it is solved."""
    from cavitydesign.visualise.fields.section_view import draw_section, element_outlines

    cavity: Any = load_design(SECTIONS / "microtoroid.toml").cavity
    mesh, names = cavity.mesh, [name for name, _ in cavity.regions]
    return draw_section(
        mesh.nodes.reshape(-1, 2),
        np.zeros((0, 3), dtype=int),
        [names[number] for number in mesh.region],
        outlines_um=element_outlines(mesh),
        title="microtoroid: elements with curved edges",
    )


def micrograph() -> Figure:
    """A drop drawn from its known shape, with blur and noise, and the outline that is read
    from it.
    """
    from scipy.ndimage import gaussian_filter

    from cavitydesign.geometry import droplet_of, outline_from_points
    from cavitydesign.geometry.micrograph import outline_of_image
    from cavitydesign.visualise.fields.micrograph_view import draw_micrograph

    um_per_pixel, rows, columns = 0.08, 240, 560
    drop = droplet_of(8.0, diameter_um=15.0, contact_angle_deg=15.0)
    y, x = (
        np.mgrid[0:rows, 0:columns] - np.array([rows / 2 + 3.3, columns / 2 - 7.7])[:, None, None]
    )
    r, z = drop.point(np.linspace(*drop.reach_um, 4000))
    inside = np.abs(y) * um_per_pixel < np.maximum(
        np.interp(x * um_per_pixel, z, r, left=0.0, right=0.0), 4.0
    )
    grey = (
        200.0
        - 140.0 * gaussian_filter(inside.astype(float), 1.2)
        + np.random.default_rng(0).normal(0, 4, inside.shape)
    )
    points = outline_of_image(grey, um_per_pixel)
    return draw_micrograph(grey, points, outline_from_points(points.z_um, points.r_um, 4.0))


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


def line() -> Figure:
    """The size of E in dB along the radius through the equator, from the fibre to the air."""
    from cavitydesign.visualise.fields.line import draw_line

    mode = family(15.0, 1, 0)
    return draw_line(mode.line((6.2, 0.0), (8.2, 0.0), 301), decibels=True)


def emission() -> Figure:
    """The light of a small cavity by angle from the fibre axis, with an objective of NA 0.5."""
    from cavitydesign.visualise.fields.emission_view import draw_emission

    return draw_emission(family(15.0, 1, 0).emission(), 0.5)


def comb_dispersion() -> Figure:
    """Integrated dispersion of the bottle's comb over 80 nm."""
    from cavitydesign.visualise.spectra.comb_dispersion_view import draw_comb_dispersion

    return draw_comb_dispersion(modes(15.0, span_nm=80.0, relative_accuracy=1e-8).dispersion())


def mode_convergence() -> Figure:
    """Wavelength and Q of one mode against the polynomial degree."""
    from cavitydesign.visualise.studies.mode_convergence import draw_mode_convergence

    return draw_mode_convergence(family(15.0, 1, 0, relative_accuracy=1e-8))


def series() -> Figure:
    """Computed spectra of the 33 um cavity at fourteen fluences, with noise, followed as measured
    ones are.
    """
    import tempfile

    from cavitydesign.lasing.outcomes.emission_spectrum import shown_spectrum
    from cavitydesign.spectrum_fit.spectra.series import measured_series
    from cavitydesign.spectrum_fit.spectra.series_file import load_series
    from cavitydesign.visualise.spectra.series_view import draw_series

    lasing = prediction(33.0, span_nm=20.0)
    lines = [mode.wavelength_nm for mode in lasing.modes]
    wavelength = np.linspace(522.0, 553.0, 900)
    noise = np.random.default_rng(3)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for place in np.linspace(0, len(lasing.fluence_mj_cm2) - 1, 14).astype(int):
            laser = design().medium.laser_collection * lasing.mode_output[:, place]
            glow = max(float(lasing.emission[place] - laser.sum()), 0.0)
            light = shown_spectrum(wavelength, lines, laser, 0.15, 0.15, glow)
            counts = noise.poisson(np.maximum(2e5 * light, 0.0) + 40.0)
            rows = "\n".join(f"{x:.4f},{y}" for x, y in zip(wavelength, counts, strict=True))
            fluence = lasing.fluence_mj_cm2[place]
            (folder / f"{fluence:.4f}mJ.csv").write_text(f"wavelength_nm,intensity\n{rows}\n")
        loaded = load_series(folder)
    spectra = [(shot.fluence_mj_cm2, shot.wavelength_nm, shot.light) for shot in loaded.shots]
    return draw_series(measured_series(loaded).to_json_dict(), spectra)


def dark_comb() -> Figure:
    """Every view on a dark ground too."""
    from cavitydesign.visualise.spectra.comb_view import draw_comb, gain_curve

    found = modes(33.0, span_nm=20.0)
    curve = gain_curve(prediction(33.0, span_nm=20.0), design().medium, found.wavelength_range_nm)
    return draw_comb(found, curve, theme=DARK)


def _in_space(view: str, folder: Path) -> None:
    from cavitydesign.visualise.three_d.space import save_space, save_turntable

    mode, cavity = family(15.0, 1, 0), design().cavity
    if view == "vtk":
        _as_paraview_shows_it(mode, folder / "vtk.png")
    elif view == "turntable":
        save_turntable(mode, cavity, folder / "turntable.gif", frames=12, size=(420, 340))
    else:
        save_space(mode, cavity, folder / f"{view}.png", view=view, size=(1200, 930))


def _as_paraview_shows_it(mode: Any, picture: Path) -> None:
    """The file for ParaView, opened by VTK itself: an arc coloured by E along the fibre."""
    import tempfile

    import pyvista

    from cavitydesign.visualise.three_d.vtk_file import save_vtk

    with tempfile.TemporaryDirectory() as folder:
        arc = pyvista.read(save_vtk(mode, Path(folder) / "field.vts", periods=8.0))
    arc["E_z (V/m)"] = arc["E real (V/m)"][:, 2]
    plotter = pyvista.Plotter(off_screen=True, window_size=(1000, 760))
    plotter.background_color = "white"
    largest = float(np.abs(arc["E_z (V/m)"]).max())
    bar = {
        "color": "black",
        "title": "E_z (V/m),\none photon\n",
        "fmt": "%.0f",
        "n_labels": 3,
        "vertical": True,
        "title_font_size": 24,
        "label_font_size": 22,
        "position_x": 0.78,
        "position_y": 0.1,
        "width": 0.12,
        "height": 0.55,
    }
    half = arc.clip("z", origin=(0.0, 0.0, 0.0))
    plotter.add_mesh(
        half,
        scalars="E_z (V/m)",
        cmap="RdBu_r",
        clim=(-largest, largest),
        scalar_bar_args=bar,
        lighting=False,
    )
    plotter.add_mesh(half.extract_feature_edges(), color="grey", lighting=False)
    plotter.camera_position = [(13.0, -5.0, 9.0), (7.0, 0.0, -1.6), (0.0, 0.0, 1.0)]
    plotter.screenshot(picture)
    plotter.close()


PICTURES: dict[str, Callable[[], Figure]] = {
    made.__name__: made
    for made in (
        cavity,
        field,
        field_logarithmic,
        components,
        deviation,
        cuts,
        comb,
        light_curve,
        measured_curve,
        output_shares,
        waterfall,
        loss_budget,
        dispersion,
        against_diameter,
        regime_map,
        kinetics,
        bleaching,
        polariser,
        calibration,
        calibrated_spectra,
        corner,
        tornado,
        pareto,
        convergence,
        study,
        panels,
        fit,
        goal,
        materials,
        section,
        micrograph,
        line,
        emission,
        comb_dispersion,
        mode_convergence,
        series,
        dark_comb,
        coupling,
        dip,
        threshold_temperature,
    )
}
IN_SPACE = ("ring", "arc", "turntable", "vtk")


def main() -> int:
    """Draw what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "gallery")
    parser.add_argument("--only", nargs="*", choices=[*PICTURES, *IN_SPACE])
    chosen = parser.parse_args()
    for name in chosen.only or [*PICTURES, *IN_SPACE]:
        start = time.perf_counter()
        try:
            if name in PICTURES:
                save_figure(PICTURES[name](), chosen.out / f"{name}.png", DPI)
            else:
                _in_space(name, chosen.out)
        except MissingLibraryError as error:
            print(f"{name}: left out, {error}", file=sys.stderr)
            continue
        print(f"{name}: {time.perf_counter() - start:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
