"""Words on axes: what a column of a table is called in a figure, and numbers with their errors."""

from __future__ import annotations

import math
import re

from ..units import unit_of

_TABLES = ("cavity", "modes", "gain", "pump", "lasing")
_UNITS = {
    "um": "µm",
    "um^2": "µm²",
    "um^3": "µm³",
    "deg": "°",
    "mJ/cm^2": "mJ/cm²",
    "cm^-1": "cm⁻¹",
    "um^-1": "µm⁻¹",
}
_ENDING = re.compile(r"_(per_cm|per_um|mj_cm2|um[23]?|nm|ps|fs|ev|mev|deg|db|k)$")
_OWN = {
    "fsr": "FSR",
    "q total": "Q",
    "log10 q": "log10 Q",
    "n eff": "n_eff",
    "at fluence": "fluence",
}
_MOST_DECIMALS = 6
MINUS = "\N{MINUS SIGN}"
TIMES = "\N{MULTIPLICATION SIGN}"


def axis_label(name: str) -> str:
    """Name of a column as an axis says it, with its unit: cavity.diameter_um is diameter (µm).

    Parameters
    ----------
    name : str
        Of a key of the design or of an outcome.
    """
    parts = name.split(".")
    if len(parts) > 1 and parts[0] in _TABLES:
        parts = parts[1:]
    unit = unit_of(name)
    words = [(_ENDING.sub("", part) if unit else part).replace("_", " ") for part in parts]
    told = ", ".join(_OWN.get(word, word) for word in words)
    if told.lower() == "q" and unit:
        # A quality factor has no unit, and an axial order neither: this is Q over a length.
        return f"Q per {_UNITS.get(unit.removesuffix('^-1'), unit.removesuffix('^-1'))}"
    return f"{told} ({_UNITS.get(unit, unit)})" if unit else told


def with_error(value: float, error: float) -> str:
    """A value to the digits that its error allows, with the error in two digits.

    Parameters
    ----------
    value : float
    error : float
        Not positive or not finite: the value alone.
    """
    if not math.isfinite(error) or error <= 0:
        return f"{value:.9g}"
    decimals = min(max(0, 1 - math.floor(math.log10(error))), 12)
    return f"{value:.{decimals}f} ± " + (
        f"{error:.{decimals}f}" if decimals <= _MOST_DECIMALS else f"{error:.1e}"
    )
