"""What is asked of the lasing prediction."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import InputError, nearest, told
from ..gain.pump import FLUENCES, POWERS
from .competition.lasing_mode import EmpiricalQuality, quality_rule

# A light curve has 60 points and a comb 12 phases by default; 1e6 of either took over 5 GB.
MOST_FLUENCES = 10_000
# A thousand phases resolve the comb to a thousandth of its spacing, and take minutes.
MOST_COMB_PHASES = 1000
# Each exact threshold is a complex eigenvalue search of 10 to 100 ms.
MOST_EXACT_THRESHOLDS = 1000
# Beyond these every mode of a comb lasts or none; powers of them leave the range of floats.
_RANGES = {
    "regime_factor": (1e-3, 1e3),
    "single_mode_db": (1e-3, 300.0),
    "line_reach": (1e-3, 10.0),
}

PLACES = ("unknown", "computed")
OVERLAPS = ("fields", "uniform")
FAMILIES = ("all", "asked")


@dataclass(frozen=True)
class LasingRequest:
    """How the modes lase; field names are the keys of the table [lasing].

    Parameters
    ----------
    quality : "budget", {"per_um": number}, or number
        Passive Q of the modes: from the solved loss budget; empirical, proportional to the diameter
        (Q = 24 D for the published cavities); or one number for all.
    fluences : int
        Points of the light curve.
    at_fluence_mj_cm2 : float or None
        Where the regime is decided; None: at `regime_factor` times the lasing threshold, or, where
        there is none, the place of half of the greatest efficiency (no more than the range asked).
    at_power_uw : float or None
        The same under continuous light.
    regime_factor : float
    single_mode_db : float
        Side modes weaker than this in the accumulated spectrum do not count as lasing.
    families : {"all", "asked"}
        all: every family of low order that reaches gain = loss within the fluences asked takes
        part, solved on demand by the steps of a design; asked: only the modes given.
    comb_place : {"unknown", "computed"}
        For the single-mode probability: the comb phase is unknown (a change of the index by 1e-3
        moves the comb by half a nm), or as computed, give or take the spread of the diameter.
    diameter_sd_um : float
        Standard deviation of the diameter.
    comb_phases : int
        Phases of the comb that are tried; 0: no probability is computed.
    extend_comb : bool
        Continue the solved comb by its spacing until the emission line is covered.
    line_reach : float
        How far, in units of the line's full width at half maximum from its centre.
    exact_thresholds : int
        Modes, strongest first, whose threshold gain is also solved by the complex eigenproblem
        (some 50 ms each).
    overlap : {"fields", "uniform"}
        fields: where several families of modes compete, or the pump spot has a radius, their
        overlaps are computed from the fields; uniform: all emitters see every mode alike.
    coupled_waves : bool
        Scattering couples the clockwise and the counter-clockwise wave of every mode to standing
        waves, which burn holes along the circumference: each mode saturates itself 1.5 times as
        much as the others.
    relative_tolerance : float
        Of a step of the integrator.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> cd.LasingRequest(quality=1e5, families="asked").fluences
    60
    """

    quality: str | float | EmpiricalQuality | Mapping[str, float] = "budget"
    fluences: int = 60
    at_fluence_mj_cm2: float | None = None
    at_power_uw: float | None = None
    regime_factor: float = 1.1
    single_mode_db: float = 10.0
    families: str = "all"
    comb_place: str = "unknown"
    diameter_sd_um: float = 0.0
    comb_phases: int = 12
    extend_comb: bool = True
    line_reach: float = 0.65
    exact_thresholds: int = 12
    overlap: str = "fields"
    coupled_waves: bool = False
    relative_tolerance: float = 1e-4

    def comb_spread(self, wavelength_nm: float, spacing_nm: float, diameter_um: float) -> float:
        """Standard deviation of the comb phase by that of the diameter, in spacings; infinite where
        the phase is unknown.

        Parameters
        ----------
        wavelength_nm, spacing_nm : float
            Of the comb, in vacuum.
        diameter_um : float

        Returns
        -------
        float
            A share of the spacing, or infinity.
        """
        if self.comb_place == "unknown":
            return math.inf
        return self.diameter_sd_um / diameter_um * wavelength_nm / spacing_nm

    def __post_init__(self) -> None:
        object.__setattr__(self, "quality", quality_rule(self.quality))
        problems = []
        for key, words in (
            ("comb_place", PLACES),
            ("overlap", OVERLAPS),
            ("families", FAMILIES),
        ):
            value = getattr(self, key)
            if value not in words:
                near = nearest(str(value), words)
                problems.append(f"lasing.{key}: {value!r} is not allowed; {', '.join(words)}{near}")
        if not isinstance(self.fluences, int) or not 12 <= self.fluences <= MOST_FLUENCES:
            problems.append(
                f"lasing.fluences: {told(self.fluences)} must be a whole number of 12 or more, at "
                f"most {MOST_FLUENCES}"
            )
        if not isinstance(self.comb_phases, int) or (
            self.comb_phases != 0 and not 4 <= self.comb_phases <= MOST_COMB_PHASES
        ):
            problems.append(
                f"lasing.comb_phases: {told(self.comb_phases)} must be 0 or a whole number of 4 or "
                f"more, at most {MOST_COMB_PHASES}"
            )
        if (
            not isinstance(self.exact_thresholds, int)
            or not 0 <= self.exact_thresholds <= MOST_EXACT_THRESHOLDS
        ):
            problems.append(
                f"lasing.exact_thresholds: {told(self.exact_thresholds)} must be a whole number, 0 "
                f"or more, at most {MOST_EXACT_THRESHOLDS}"
            )
        for key, (least, most) in _RANGES.items():
            value = getattr(self, key)
            if not (math.isfinite(value) and value > 0):
                problems.append(f"lasing.{key}: {value!r} must be positive")
            elif not least <= value <= most:
                problems.append(f"lasing.{key}: {value!r} must lie from {least:g} to {most:g}")
        if not (math.isfinite(self.diameter_sd_um) and self.diameter_sd_um >= 0):
            problems.append(f"lasing.diameter_sd_um: {self.diameter_sd_um!r} must not be negative")
        if not 1e-10 <= self.relative_tolerance <= 1e-2:
            problems.append(
                f"lasing.relative_tolerance: {self.relative_tolerance!r} must lie from 1e-10 to "
                "1e-2"
            )
        if self.at_fluence_mj_cm2 is not None and not self.at_fluence_mj_cm2 > 0:
            problems.append(
                f"lasing.at_fluence_mj_cm2: {self.at_fluence_mj_cm2!r} must be positive"
            )
        elif (
            self.at_fluence_mj_cm2 is not None
            and not FLUENCES[0] <= self.at_fluence_mj_cm2 <= FLUENCES[1]
        ):
            problems.append(
                f"lasing.at_fluence_mj_cm2: {self.at_fluence_mj_cm2!r} must lie from "
                f"{FLUENCES[0]:g} to {FLUENCES[1]:g} mJ/cm2"
            )
        if self.at_power_uw is not None and not (
            math.isfinite(self.at_power_uw) and POWERS[0] <= self.at_power_uw <= POWERS[1]
        ):
            problems.append(
                f"lasing.at_power_uw: {self.at_power_uw!r} must lie from {POWERS[0]:g} to "
                f"{POWERS[1]:g} uW"
            )
        if not isinstance(self.coupled_waves, bool):
            problems.append(f"lasing.coupled_waves: {self.coupled_waves!r} must be true or false")
        if problems:
            raise InputError(problems)
