"""The pump pulse and how many excitations it leaves in an emitter: n-photon absorption, n = 1, 2,
3.

    <N> = (sigma_n / c) (F / h nu)^n s_n / tau^(n-1)

with tau the intensity FWHM, s_n the number of the pulse shape, and c = n where sigma_n counts
photons removed (as a Z-scan does), c = 1 where it counts excitations.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import Array
from ..errors import InputError, nearest, told
from .absorber import Absorber
from .pulse_shape import SHAPES, photons_per_cm2, shape_number
from .resonance_table import Resonance

CONVENTIONS = ("photons", "excitations")
KINDS = ("pulsed", "continuous")
CALIBRATIONS = ("published", "cross_section", "reference")
SPOTS = ("gaussian", "flat")
# mJ/cm2; at 1e-12 no medium is excited that a laser needs, at 1e3 matter is ionised; cubes of these
# stay within floats.
FLUENCES = (1e-12, 1e6)
# uW; a photon a second is 1e-13, and a kilowatt in a microcavity is none
POWERS = (1e-12, 1e9)
# fs; calibrations of several photons were measured with pulses shorter than a picosecond
_FEMTOSECONDS = 1000.0
# Of the excitations, and so 5 % of the energy with three photons: chosen with the other constants
# for the published light curves, which alone leave it anywhere from 0.03 to 0.43.
_EXCITATION_JITTER = 0.15
_ONE_PHOTON_JITTER = 0.05  # Of the energy: the same laser as with three photons.


@dataclass(frozen=True)
class Pump:
    """A pump pulse, or continuous light; field names are the keys of the table [pump].

    Parameters
    ----------
    kind : {"pulsed", "continuous"}
        continuous: steady light of `power_uw`, absorbed one photon at a time; what speaks of
        fluences, pulses and their calibration does not count then (a design that gives fluences is
        refused).
    power_uw : tuple of float
        Range of the continuous light curve.
    absorbed_share : float
        Share of that power which the emitters in reach of the modes absorb while they are at rest;
        it falls as they fill. 1: powers are those that would be absorbed.
    photons : {1, 2, 3}
        Photons absorbed for one excitation.
    wavelength_nm : float
        Vacuum wavelength.
    fluence_mj_cm2 : tuple of float
        Range of the light curve (peak fluence at the spot's centre).
    calibration : {"published", "cross_section", "reference"}
        published: the medium's own calibration <N> = N0 (F/F0)^n where it has one (a fit; it
        overrides sigma_n), its cross-section otherwise; cross_section: sigma_n with pulse length,
        shape and convention; reference: `reference_excitons` at `reference_fluence_mj_cm2` and this
        wavelength.
    cross_section : float or None
        sigma_n in cm^(2n) s^(n-1) at this wavelength; None: the medium's.
    pulse_fs : float
        Intensity FWHM. Not published for these dots; 100 fs is usual for the amplifiers in
        question.
    shape : {"gaussian", "sech2", "square"}
    convention : {"photons", "excitations"}
        What sigma_n counts: photons removed (c = n) or excitations (c = 1).
    resonance_nm, resonance_strength : tuples of float
        Table of relative sigma_n against pump wavelength (any scale), linear between the points.
        Empty: flat, with a warning away from the wavelength of the calibration or cross-section.
    spot : {"gaussian", "flat"}
        gaussian: the emission is averaged over axial slices of a Gaussian spot.
    spot_radius_um : float or None
        1/e^2 intensity radius along the axis; only the overlap of single modes with the spot needs
        it.
    energy_jitter : float or None
        Relative standard deviation of the pulse energy. None: that which makes the excitation
        jitter by 15 % (fitted with the default medium), 5 % with three photons, 7.5 % with two:
        like the spot's slices, the same in excitons. With one photon, where nothing was fitted, 5
        %.
    repetition_rate_hz : float
        For the heat load only.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> cd.Pump(photons=2, wavelength_nm=800.0, fluence_mj_cm2=(0.1, 2.0)).photons
    2
    """

    kind: str = "pulsed"
    power_uw: tuple[float, float] = (1.0, 1000.0)
    absorbed_share: float = 1.0
    photons: int = 3
    wavelength_nm: float = 1500.0
    fluence_mj_cm2: tuple[float, float] = (1.0, 6.0)
    calibration: str = "published"
    cross_section: float | None = None
    reference_excitons: float | None = None
    reference_fluence_mj_cm2: float | None = None
    pulse_fs: float = 100.0
    shape: str = "gaussian"
    convention: str = "photons"
    resonance_nm: tuple[float, ...] = ()
    resonance_strength: tuple[float, ...] = ()
    spot: str = "gaussian"
    spot_radius_um: float | None = None
    energy_jitter: float | None = None
    repetition_rate_hz: float = 1000.0

    @property
    def pulse_jitter(self) -> float:
        """Relative standard deviation of the pulse energy, given or from the fitted jitter of the
        excitation.
        """
        if self.energy_jitter is not None:
            return self.energy_jitter
        return _EXCITATION_JITTER / self.photons if self.photons > 1 else _ONE_PHOTON_JITTER

    def __post_init__(self) -> None:
        problems = [*_word_problems(self), *_number_problems(self)]
        if problems:
            raise InputError(problems)

    @property
    def resonance(self) -> Resonance | None:
        """The table of relative cross-sections, None if none was given."""
        return Resonance(self.resonance_nm, self.resonance_strength) if self.resonance_nm else None

    def excitons(self, fluence_mj_cm2: ArrayLike, absorber: Absorber) -> Array:
        """Mean excitations of an emitter at the given fluences.

        Parameters
        ----------
        fluence_mj_cm2 : (n,) array_like or float
            In mJ/cm^2.
        absorber : Absorber
            What takes the photons up, such as a `GainMedium.absorber`.

        Returns
        -------
        (n,) array or float
            Excitations, a pure number.

        Raises
        ------
        InputError
            If neither a calibration nor a cross-section is at hand, or the wavelength is outside
            the resonance table.
        """
        return (
            self.excitons_per_unit(absorber)
            * np.asarray(fluence_mj_cm2, dtype=float) ** self.photons
        )

    def excitons_per_unit(self, absorber: Absorber) -> float:
        """Mean excitations at 1 mJ/cm2; they grow as the n-th power of the fluence.

        Parameters
        ----------
        absorber : Absorber
            What takes the photons up, such as a `GainMedium.absorber`.

        Returns
        -------
        float
            Excitations at 1 mJ/cm^2.

        Raises
        ------
        InputError
            As `excitons`.
        """
        if (
            self.calibration == "reference"
            and self.reference_excitons
            and self.reference_fluence_mj_cm2
        ):
            return self.reference_excitons / self.reference_fluence_mj_cm2**self.photons
        published = absorber.calibration(self.photons)
        if self.calibration == "published" and published is not None and self.cross_section is None:
            mean, dose, published_nm = published
            # the photon number at a given fluence grows with the wavelength
            dispersion = (
                self.wavelength_nm / published_nm
            ) ** self.photons * self._relative_strength(published_nm)
            return mean / dose**self.photons * dispersion
        return self._from_cross_section(absorber)

    def _from_cross_section(self, absorber: Absorber) -> float:
        sigma = self.cross_section
        if sigma is None:
            known = absorber.cross_section(self.photons)
            if known is None:
                raise InputError(
                    f"pump.photons: {self.photons} has no cross-section in this medium; give "
                    "pump.cross_section"
                )
            sigma = known[0] * self._relative_strength(known[1])
        divisor = self.photons if self.convention == "photons" else 1
        flux = float(photons_per_cm2(1.0, self.wavelength_nm)) ** self.photons
        return (
            sigma
            / divisor
            * flux
            * shape_number(self.shape, self.photons)
            / (self.pulse_fs * 1e-15) ** (self.photons - 1)
        )

    def _relative_strength(self, published_nm: float) -> float:
        table = self.resonance
        return 1.0 if table is None else table.ratio(self.wavelength_nm, published_nm)

    def warnings(self, absorber: Absorber) -> tuple[str, ...]:
        """What the user must know of the pump model.

        Parameters
        ----------
        absorber : Absorber
            What takes the photons up, such as a `GainMedium.absorber`.

        Returns
        -------
        tuple of str
            One line each; empty where there is nothing to know.
        """
        published = absorber.calibration(self.photons)
        calibrated = (
            self.calibration == "published" and published is not None and self.cross_section is None
        )
        found = []
        if calibrated and published is not None:
            mean, dose, _ = published
            found.append(
                f"pump: calibration <N> = {mean:.3g} (F / {dose:g} mJ/cm2)^{self.photons} (a fit) "
                "overrides the cross-section"
            )
            if self.photons > 1 and self.pulse_fs > _FEMTOSECONDS:
                found.append(
                    f"pump: the calibration is of femtosecond pulses and does not follow pulse_fs "
                    f"= {self.pulse_fs:g}; take calibration = 'cross_section'"
                )
        known = absorber.cross_section(self.photons)
        known_nm = (
            published[2]
            if calibrated and published is not None
            else known[1]
            if known is not None
            else None
        )
        own = self.calibration == "reference" or self.cross_section is not None
        if (
            known_nm is not None
            and not own
            and not self.resonance_nm
            and abs(self.wavelength_nm - known_nm) > 0.5
        ):
            found.append(
                f"pump: no resonance table, sigma_{self.photons} at {self.wavelength_nm:g} nm "
                f"taken as at {known_nm:g} nm"
            )
        return tuple(found)


def _word_problems(pump: Pump) -> list[str]:
    allowed = {
        "kind": KINDS,
        "shape": SHAPES,
        "convention": CONVENTIONS,
        "calibration": CALIBRATIONS,
        "spot": SPOTS,
    }
    given = {key: str(getattr(pump, key)) for key in allowed}
    return [
        f"pump.{key}: {given[key]!r} is not allowed; {', '.join(words)}{nearest(given[key], words)}"
        for key, words in allowed.items()
        if given[key] not in words
    ]


def _number_problems(pump: Pump) -> list[str]:
    found = []
    if pump.photons not in (1, 2, 3):
        found.append(f"pump.photons: {pump.photons!r} is not allowed; 1, 2 or 3")
    if pump.kind == "continuous":
        found += _continuous_problems(pump)
    for key in ("wavelength_nm", "pulse_fs", "repetition_rate_hz"):
        if not (math.isfinite(getattr(pump, key)) and getattr(pump, key) > 0):
            found.append(f"pump.{key}: {getattr(pump, key)!r} must be positive")
    for key in (
        "cross_section",
        "spot_radius_um",
        "reference_excitons",
        "reference_fluence_mj_cm2",
    ):
        value = getattr(pump, key)
        if value is not None and not (math.isfinite(value) and value > 0):
            found.append(f"pump.{key}: {value!r} must be positive")
    if pump.energy_jitter is not None and not 0 <= pump.energy_jitter <= 0.3:
        found.append(f"pump.energy_jitter: {pump.energy_jitter!r} must lie from 0 to 0.3")
    span = pump.fluence_mj_cm2
    if len(span) != 2 or not all(math.isfinite(v) for v in span) or not 0 < span[0] < span[1]:
        found.append(
            f"pump.fluence_mj_cm2: {told(list(span))} must be two rising positive numbers, such "
            "as [1.0, 6.0]"
        )
    elif not FLUENCES[0] <= span[0] < span[1] <= FLUENCES[1]:
        found.append(
            f"pump.fluence_mj_cm2: {list(span)!r} must lie from {FLUENCES[0]:g} to {FLUENCES[1]:g} "
            "mJ/cm2, between what excites nothing and what ionises everything"
        )
    if pump.calibration == "reference" and (
        pump.reference_excitons is None or pump.reference_fluence_mj_cm2 is None
    ):
        found.append(
            "pump.calibration: 'reference' needs reference_excitons and reference_fluence_mj_cm2"
        )
    if len(pump.resonance_nm) != len(pump.resonance_strength):
        found.append("pump.resonance_strength: must have as many numbers as resonance_nm")
    return found


def _continuous_problems(pump: Pump) -> list[str]:
    found = []
    if pump.photons != 1:
        found.append(
            f"pump.photons: {pump.photons!r} is not allowed with kind = 'continuous'; write "
            "photons = 1"
        )
    if not 0 < pump.absorbed_share <= 1:
        found.append(f"pump.absorbed_share: {pump.absorbed_share!r} must be positive and at most 1")
    span = pump.power_uw
    if len(span) != 2 or not POWERS[0] <= span[0] < span[1] <= POWERS[1]:
        found.append(
            f"pump.power_uw: {told(list(span))} must be two rising numbers from {POWERS[0]:g} to "
            f"{POWERS[1]:g} uW, such as [1.0, 100.0]"
        )
    return found
