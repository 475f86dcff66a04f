"""Pictures of the gallery that show light: thresholds, curves, kinetics, calibrations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from gallery_examples import (
    QUICKSTART,
    SPECTRUM,
    calibrated,
    design,
    family,
    modes,
    prediction,
)

from cavitydesign.workflow.steps import find_modes

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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


def emission() -> Figure:
    """The light of a small cavity by angle from the fibre axis, with an objective of NA 0.5."""
    from cavitydesign.visualise.fields.emission_view import draw_emission

    return draw_emission(family(15.0, 1, 0).emission(), 0.5)


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


PICTURES = (
    threshold_temperature,
    calibration,
    calibrated_spectra,
    corner,
    light_curve,
    measured_curve,
    output_shares,
    waterfall,
    kinetics,
    bleaching,
    polariser,
    emission,
    series,
)
