"""What a calibration is asked: cavities with their measurements, and the numbers that are free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..arrays import Array
from ..gain import Pump
from .posterior.prior import Prior

FIGURES = ("lower_break_mj_cm2", "upper_break_mj_cm2", "slope_1", "slope_2", "slope_3")
"""Published figures of a light curve that can stand for the curve itself: breaks and slopes of a
continuous power law of three pieces."""


@dataclass(frozen=True, eq=False)
class MeasuredCurve:
    """Points of a light curve.

    Attributes
    ----------
    fluence_mj_cm2, emission : (n,) arrays
        Rising fluences; light in any unit, positive.
    """

    fluence_mj_cm2: Array
    emission: Array


@dataclass(frozen=True)
class Figure:
    """A published number with the standard deviation that it is given."""

    value: float
    sd: float


@dataclass(frozen=True, eq=False)
class MeasuredSpectrum:
    """Light of single lines of a laser at one fluence.

    Attributes
    ----------
    name : str
        Of its cavity and fluence, as tables tell it.
    fluence_mj_cm2 : float
    wavelength_nm : (n,) array
        Rising; not-a-number where a line is known by its mode alone. Without lines only the centre
        counts.
    modes : tuple of str
        Label of each line's mode, empty where the wavelength finds it.
    light : (n,) array
        In any unit, positive.
    floor : float
        Light, in the same unit, below which a line is not seen.
    range_nm : tuple of two floats or None
        Wavelengths that were looked at; None: all modes.
    resolution_nm : float
        Modes so near to each other are one line.
    relative_noise : float
        Usual scatter of a line's light, relative; the scatter itself is fitted.
    model_error : float
        What lines of a right model differ by beside that, such as a Q of each mode, relative.
    centre_nm : Figure or None
        Mean wavelength, weighted by the light.
    file : str
        Where the lines stand, for messages.
    """

    name: str
    fluence_mj_cm2: float
    wavelength_nm: Array
    modes: tuple[str, ...]
    light: Array
    floor: float
    range_nm: tuple[float, float] | None = None
    resolution_nm: float = 0.05
    relative_noise: float = 0.05
    model_error: float = 0.05
    centre_nm: Figure | None = None
    file: str = ""


@dataclass(frozen=True, eq=False)
class MeasuredCavity:
    """One cavity of the laboratory.

    Attributes
    ----------
    name : str
    design : mapping
        Its design, nested tables as in the file.
    session : str
        Cavities of one session share the error of the fluence scale.
    curve : MeasuredCurve or None
    relative_noise : float
        Usual scatter of a point of the curve, relative; the scatter itself is fitted.
    figures : mapping of str to Figure
        Of `FIGURES`, instead of a curve.
    dark_up_to_mj_cm2 : float or None
        The cavity did not lase up to this fluence.
    cold_line_width_nm : Figure or None
        Full width at half maximum of a line of the cavity without gain or absorption by emitters.
    spectra : tuple of MeasuredSpectrum
    """

    name: str
    design: Mapping[str, Any]
    session: str
    curve: MeasuredCurve | None = None
    relative_noise: float = 0.05
    figures: Mapping[str, Figure] = field(default_factory=dict)
    dark_up_to_mj_cm2: float | None = None
    cold_line_width_nm: Figure | None = None
    spectra: tuple[MeasuredSpectrum, ...] = ()

    @property
    def fluences(self) -> tuple[float, float]:
        """Lowest and highest fluence (mJ/cm2) that its data speak of."""
        told: list[float] = []
        if self.curve is not None:
            told += [float(self.curve.fluence_mj_cm2[0]), float(self.curve.fluence_mj_cm2[-1])]
        if self.dark_up_to_mj_cm2 is not None:
            told.append(self.dark_up_to_mj_cm2)
        told += [each.fluence_mj_cm2 for each in self.spectra]
        if self.figures or not told:
            pump = self.design.get("pump", {})
            told += map(float, pump.get("fluence_mj_cm2", Pump().fluence_mj_cm2))
        return min(told), max(told)


@dataclass(frozen=True, eq=False)
class MediumMeasurement:
    """A measurement of the medium itself.

    Attributes
    ----------
    name : str
    kind : str
        Of `medium.kinds.KINDS`.
    design : mapping
        Whose medium and pump were measured, nested tables as in the file.
    session : str
        Shares the error of its fluence scale.
    columns : mapping of str to (n,) array
        As its kind names them.
    relative_noise : float
        Usual scatter of a point, over the greatest value; relative to each point where the kind
        compares logarithms.
    numbers : mapping of str to float
        What else its kind needs.
    file : str
        Name of the file of the columns, for messages.
    lines : tuple of int
        Where each point stands there.
    """

    name: str
    kind: str
    design: Mapping[str, Any]
    session: str
    columns: Mapping[str, Array]
    relative_noise: float
    numbers: Mapping[str, float] = field(default_factory=dict)
    file: str = ""
    lines: tuple[int, ...] = ()


Measured = MeasuredCavity | MediumMeasurement
"""Whatever has a name, a session, and a design whose keys may be free."""


@dataclass(frozen=True)
class FreeNumber:
    """A design key that the calibration sets.

    Attributes
    ----------
    key : str
        Dotted design key, such as "gain.peak_gain_per_cm".
    prior : Prior
    each : {"", "cavity", "session"}
        One value for all cavities, or one for each cavity or session.
    """

    key: str
    prior: Prior
    each: str = ""


@dataclass(frozen=True, eq=False)
class NextMeasurement:
    """What is to be predicted better, and what could be measured for it.

    Attributes
    ----------
    predict : MeasuredCavity
        Its threshold is asked; it has no data.
    candidates : tuple of MeasuredCavity
        Each a light curve that could be measured over the fluences of its design.
    """

    predict: MeasuredCavity
    candidates: tuple[MeasuredCavity, ...]


@dataclass(frozen=True, eq=False)
class Calibration:
    """What is calibrated on what.

    Attributes
    ----------
    name : str
    cavities : tuple of MeasuredCavity
    numbers : tuple of FreeNumber
    fluence_scale_sd : mapping of str to float
        Relative standard deviation of the fluence scale of each session.
    solves : int
        Pulses are solved for so many values of the free numbers, for each cavity.
    samples : int
        Draws that the answer holds, each solved exactly.
    seed : int
    store : Path
        Folder of what was computed.
    folder : Path
        Where file names in the designs start.
    next : NextMeasurement or None
    measurements : tuple of MediumMeasurement
    """

    name: str
    cavities: tuple[MeasuredCavity, ...]
    numbers: tuple[FreeNumber, ...]
    fluence_scale_sd: Mapping[str, float]
    solves: int
    samples: int
    seed: int
    store: Path
    folder: Path
    next: NextMeasurement | None = None
    measurements: tuple[MediumMeasurement, ...] = ()
