"""Pictures of the gallery that show cavities, modes and their spectra."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
from gallery_examples import (
    QUICKSTART,
    SECTIONS,
    design,
    family,
    modes,
    prediction,
)

from cavitydesign.design import load_design
from cavitydesign.visualise.theme import DARK
from cavitydesign.workflow.steps import find_modes

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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


def line() -> Figure:
    """The size of E in dB along the radius through the equator, from the fibre to the air."""
    from cavitydesign.visualise.fields.line import draw_line

    mode = family(15.0, 1, 0)
    return draw_line(mode.line((6.2, 0.0), (8.2, 0.0), 301), decibels=True)


def comb_dispersion() -> Figure:
    """Integrated dispersion of the bottle's comb over 80 nm."""
    from cavitydesign.visualise.spectra.comb_dispersion_view import draw_comb_dispersion

    return draw_comb_dispersion(modes(15.0, span_nm=80.0, relative_accuracy=1e-8).dispersion())


def mode_convergence() -> Figure:
    """Wavelength and Q of one mode against the polynomial degree."""
    from cavitydesign.visualise.studies.mode_convergence import draw_mode_convergence

    return draw_mode_convergence(family(15.0, 1, 0, relative_accuracy=1e-8))


def dark_comb() -> Figure:
    """Every view on a dark ground too."""
    from cavitydesign.visualise.spectra.comb_view import draw_comb, gain_curve

    found = modes(33.0, span_nm=20.0)
    curve = gain_curve(prediction(33.0, span_nm=20.0), design().medium, found.wavelength_range_nm)
    return draw_comb(found, curve, theme=DARK)


PICTURES = (
    cavity,
    deviation,
    coupling,
    dip,
    field,
    field_logarithmic,
    components,
    cuts,
    comb,
    loss_budget,
    dispersion,
    fit,
    materials,
    section,
    micrograph,
    line,
    comb_dispersion,
    mode_convergence,
    dark_comb,
)
