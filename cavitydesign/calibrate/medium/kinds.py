"""What the model says of each kind of measurement of the medium, point by point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from ...arrays import Array
from ...design import Design
from ...errors import InputError
from ...gain import GainMedium
from ...gain.ladder import Ladder
from ...gain.measured.gain_curve import pumped_gain_per_cm
from ...gain.measured.stripe import log_stripe_emission, modal_gain_per_cm
from ...gain.measured.z_scan import ZScan
from ...units import HC_EV_NM

FLUENCE = "fluence_mj_cm2"
CENTRE = "centre_mm"
# Wavelengths over which the greatest gain is looked for, within so many widths of the line.
_GAIN_WIDTHS, _GAIN_POINTS = 1.5, 121
# Size classes of spectra: their lines overlap however much of the width is theirs.
_CLASSES = 15
# Absorption over that of the line's peak, below which there is none to bleach: no instrument
# measures nine orders of magnitude.
_LEAST_ABSORPTION = 1e-9
# A cross-section holds at its own wavelength; Z-scans there are told within 1 %.
_SAME_WAVELENGTH = 0.01

Columns = Mapping[str, Array]
Numbers = Mapping[str, float]
Predict = Callable[[Design, float, Columns, Numbers], Array]
"""From a design, true over stated fluence, columns and numbers to what is measured at each point,
up to what the kind leaves free."""


@dataclass(frozen=True)
class Kind:
    """One kind of measurement.

    Attributes
    ----------
    columns : tuple of str
        Of its file; the last is what is measured.
    predict : callable
    numbers : mapping of str to float or None
        Further keys of its entry and their usual values; None where one must be given.
    scale, ground : bool
        Whether a factor and a constant background are unknown.
    logarithm : bool
        Whether deviations are relative to each point, not to the greatest of all.
    noise : float
        Usual scatter of a point.
    fewest : int
        Points that it needs.
    limit : str
        Where it has no prediction, for messages.
    """

    columns: tuple[str, ...]
    predict: Predict
    numbers: Mapping[str, float | None] = field(default_factory=dict)
    scale: bool = True
    ground: bool = False
    logarithm: bool = False
    noise: float = 0.02
    fewest: int = 12
    limit: str = ""


def _excitons(design: Design, scale: float, fluence_mj_cm2: float) -> float:
    per_unit = design.pump.excitons_per_unit(design.needed_medium().absorber)
    return float(per_unit * (scale * fluence_mj_cm2) ** design.pump.photons)


def _emission(design: Design, scale: float, columns: Columns, numbers: Numbers) -> Array:
    """Of the line for each nm, which is smaller than that for each eV by the square of the
    wavelength. The classes together are one line: few of them would have ripples that it has not.
    """
    wavelength_nm = columns["wavelength_nm"]
    whole = replace(design.needed_medium(), size_classes=1, inhomogeneous_sd_mev=0.0)
    lines = whole.class_lines(wavelength_nm)
    return np.asarray(lines.weight @ lines.emission * (wavelength_nm.mean() / wavelength_nm) ** 2)


def _absorption(design: Design, scale: float, columns: Columns, numbers: Numbers) -> Array:
    wavelength_nm = columns["wavelength_nm"]
    medium = design.needed_medium()
    _check_energies("absorption_spectrum", medium, wavelength_nm)
    return _lines(medium, wavelength_nm)[1]


def _lines(medium: GainMedium, wavelength_nm: Array) -> tuple[Array, Array]:
    """Emission and absorption of all emitters, by so many classes that they make no ripples."""
    if medium.size_classes > 1:
        medium = replace(medium, size_classes=_CLASSES)
    lines = medium.class_lines(wavelength_nm)
    return np.asarray(lines.weight @ lines.emission), np.asarray(lines.weight @ lines.absorption)


def _after_pulse(
    design: Design, scale: float, fluence_mj_cm2: float, delay_ps: Array
) -> tuple[Array, Ladder]:
    """Occupation of the rungs by relaxed emitters at each delay, (n, J + 1), and their ladder."""
    medium = design.needed_medium()
    excitons = _excitons(design, scale, fluence_mj_cm2)
    top = medium.ladder_top(excitons)
    ladder = medium.ladder(top)
    start = np.asarray(medium.occupation(excitons, top), dtype=np.float64).reshape(top + 1, 1)
    times, which = np.unique(delay_ps, return_inverse=True)
    return np.asarray(ladder.decayed(start, times)[which, :, 0]), ladder


def _bleaching(design: Design, scale: float, columns: Columns, numbers: Numbers) -> Array:
    """-da/a0 = 1 + g / (g_max A), with the kinetics and the lines of what lases; no number where
    nothing absorbs.
    """
    wavelength_nm = columns["wavelength_nm"]
    _check_energies("transient_absorption", design.needed_medium(), wavelength_nm)
    cool, ladder = _after_pulse(design, scale, numbers[FLUENCE], columns["delay_ps"])
    emission, absorption = _lines(design.needed_medium(), wavelength_nm)
    absorbed = np.where(absorption < _LEAST_ABSORPTION, np.nan, absorption)
    return np.asarray(1.0 + cool @ ladder.emission * emission / absorbed - cool @ ladder.absorption)


def _check_energies(kind: str, medium: GainMedium, wavelength_nm: Array) -> None:
    """No continuum of higher states is modelled."""
    highest = float(getattr(medium, "valid_below_ev", np.inf))
    beyond = int((HC_EV_NM / wavelength_nm > highest).sum())
    if beyond:
        raise InputError(
            f"{kind}: {beyond} of {len(wavelength_nm)} points lie above gain.valid_below_ev = "
            f"{highest:g} eV ({HC_EV_NM / highest:.1f} nm), where the model has no continuum; "
            "leave them out"
        )


def _decay(design: Design, scale: float, columns: Columns, numbers: Numbers) -> Array:
    """Photoluminescence of relaxed emitters after one pulse."""
    cool, ladder = _after_pulse(design, scale, numbers[FLUENCE], columns["time_ps"])
    light = cool @ ladder.radiative_per_ps
    return np.asarray(light / max(float(light.max()), 1e-300))


def _stripe(design: Design, scale: float, columns: Columns, numbers: Numbers) -> Array:
    """Logarithm of the light from the end, with the gain at its highest after the pulse."""
    medium = design.needed_medium()
    reach = _GAIN_WIDTHS * medium.emission_fwhm_nm
    centre = medium.emission_wavelength_nm
    grid = np.linspace(centre - reach, centre + reach, _GAIN_POINTS)
    gain, _ = pumped_gain_per_cm(medium, grid, _excitons(design, scale, numbers[FLUENCE]))
    net = modal_gain_per_cm(float(gain.max()), numbers["confinement"], numbers["loss_per_cm"])
    return log_stripe_emission(columns["length_um"], net)


def _z_scan(design: Design, scale: float, columns: Columns, numbers: Numbers) -> Array:
    photons = round(numbers["photons"])
    found = design.needed_medium().absorber.cross_section(photons)
    if found is None:
        raise InputError(f"z_scan: the medium has no cross-section of {photons} photons")
    sigma, wavelength = found
    if abs(numbers["wavelength_nm"] / wavelength - 1.0) > _SAME_WAVELENGTH:
        raise InputError(
            f"z_scan: wavelength_nm = {numbers['wavelength_nm']:g}: the medium's cross-section of "
            f"{photons} photons holds at {wavelength:g} nm"
        )
    scan = scan_of(numbers, scale)
    return scan.transmittance(columns["position_mm"], sigma, numbers[CENTRE])


def scan_of(numbers: Numbers, scale: float = 1.0) -> ZScan:
    """The experiment that an entry describes."""
    return ZScan(
        round(numbers["photons"]),
        numbers["wavelength_nm"],
        scale * numbers["energy_nj"],
        numbers["pulse_fs"],
        numbers["waist_um"],
        numbers["density_per_cm3"],
        numbers["thickness_mm"],
        numbers["linear_per_cm"],
    )


KINDS: Mapping[str, Kind] = {
    "emission_spectrum": Kind(("wavelength_nm", "intensity"), _emission, ground=True),
    "absorption_spectrum": Kind(("wavelength_nm", "absorption"), _absorption, ground=True),
    "transient_absorption": Kind(
        ("wavelength_nm", "delay_ps", "bleaching"),
        _bleaching,
        {FLUENCE: None},
        scale=False,
        fewest=3,
        limit=f" (the line absorbs less than {_LEAST_ABSORPTION:g} of its peak)",
    ),
    "decay": Kind(("time_ps", "signal"), _decay, {FLUENCE: None}, ground=True),
    "stripe_gain": Kind(
        ("length_um", "emission"),
        _stripe,
        {FLUENCE: None, "confinement": 1.0, "loss_per_cm": 0.0},
        logarithm=True,
        noise=0.05,
        fewest=4,
    ),
    "z_scan": Kind(
        ("position_mm", "transmittance"),
        _z_scan,
        {
            "photons": None,
            "wavelength_nm": None,
            "energy_nj": None,
            "pulse_fs": None,
            "waist_um": None,
            "density_per_cm3": None,
            "thickness_mm": None,
            "linear_per_cm": 0.0,
        },
        noise=0.01,
        fewest=5,
    ),
}
"""By the key of an entry that names its file."""
