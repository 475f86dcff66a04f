"""What a measured mode spacing implies, where only the spacing was published.

    spacing = lambda(m) lambda(m+1) / (pi D n_g)

holds with the group index n_g; the formula without dispersion, lambda^2 / (pi D n), gives an
"index" that is really n_g.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...design.spread import split_spreads
from ...errors import InputError, SolverError
from ...optimisation.outcome import reference_mode
from ...study.executors.executor import Evaluate

_STEPS = 3  # Each shrinks the miss by the size of the correction, m^(-2/3) or less.
_SETTLED = 1e-5  # relative, far below the error of any published spacing


@dataclass(frozen=True)
class SpacingAnswer:
    """Measured and solved spacing side by side.

    Attributes
    ----------
    measured_nm, error_nm : float
    wavelength_nm : float
        Of the mode at which the spacing was solved.
    diameter_um : float
        Of the design.
    solved_nm, solved_group_index : float
        At the design's diameter.
    implied_diameter_um, implied_diameter_error_um : float
        At which the solved spacing is the measured one, everything else as designed.
    implied_group_index, implied_group_index_error : float
        With the design's diameter: what the formula without dispersion calls the effective index.
    """

    measured_nm: float
    error_nm: float
    wavelength_nm: float
    diameter_um: float
    solved_nm: float
    solved_group_index: float
    implied_diameter_um: float
    implied_diameter_error_um: float
    implied_group_index: float
    implied_group_index_error: float

    def to_json_dict(self) -> dict[str, Any]:
        """The JSON of ``fit --spacing``."""
        return {"schema": 1, **self.__dict__}


def implied_by_spacing(
    design: Mapping[str, Any],
    wavelength_nm: float,
    measured_nm: float,
    error_nm: float,
    evaluate: Evaluate,
) -> SpacingAnswer:
    """Fit the diameter, or the group index, to one spacing.

    Parameters
    ----------
    design : mapping
        Tables of the design file.
    wavelength_nm : float
        Where the spacing was measured; the fundamental mode nearest to it is taken.
    measured_nm, error_nm : float
    evaluate : callable
        Solves a design.

    Raises
    ------
    InputError
        If spacing or error are not above 0, or the design has no diameter.
    SolverError
        If no mode with a spacing is found.
    """
    for name, value in (("--spacing", measured_nm), ("--noise", error_nm)):
        if not (math.isfinite(value) and value > 0):
            raise InputError(f"{name} {value:g}: must be above 0 (nm)")
    if "diameter_um" not in design["cavity"]:
        raise InputError("fit: the design has no cavity.diameter_um, which is what is fitted")
    given = design["cavity"]["diameter_um"]
    diameter = float(given["value"] if isinstance(given, Mapping) else given)
    mode = _solved(design, diameter, wavelength_nm, evaluate)
    solved, implied = float(mode["fsr_nm"]), diameter
    spacing = solved
    for _ in range(_STEPS):
        # The spacing falls as 1/D but for a correction of order m^(-2/3).
        implied *= spacing / measured_nm
        if abs(spacing / measured_nm - 1) < _SETTLED:
            break
        spacing = float(_solved(design, implied, wavelength_nm, evaluate)["fsr_nm"])
    at, relative = float(mode["wavelength_nm"]), error_nm / measured_nm
    # lambda(m) lambda(m+1) with the measured spacing between the two.
    group_index = at * (at - measured_nm) / (1e3 * math.pi * diameter * measured_nm)
    return SpacingAnswer(
        measured_nm=measured_nm,
        error_nm=error_nm,
        wavelength_nm=at,
        diameter_um=diameter,
        solved_nm=solved,
        solved_group_index=float(mode["group_index"]),
        implied_diameter_um=implied,
        implied_diameter_error_um=implied * relative,
        implied_group_index=group_index,
        implied_group_index_error=group_index * relative,
    )


def _solved(
    design: Mapping[str, Any], diameter_um: float, wavelength_nm: float, evaluate: Evaluate
) -> Mapping[str, Any]:
    moved: dict[str, Any] = split_spreads(copy.deepcopy(dict(design)))[0]
    moved["cavity"]["diameter_um"] = diameter_um
    modes = moved["modes"]
    modes.pop("azimuthal_order", None)
    # Wide enough for one order of the fundamental comb, at any index above 1.
    modes.update(
        wavelength_nm=wavelength_nm, span_nm=1.1e-3 * wavelength_nm**2 / (math.pi * diameter_um)
    )
    mode = reference_mode(evaluate(moved, "modes")["modes"], wavelength_nm)
    if mode is None or not mode["fsr_nm"]:
        raise SolverError(
            f"fit: no mode with a spacing at {diameter_um:.5g} um near {wavelength_nm:g} nm"
        )
    return mode
