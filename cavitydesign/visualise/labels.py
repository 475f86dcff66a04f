"""Words on axes: what a column of a table is called in a figure."""

from __future__ import annotations

import re

from ..columns.cell_text import TIMES as TIMES
from ..columns.cell_text import with_error as with_error
from ..units import TYPESET_UNITS, unit_of

# Lengths that a scale bar may have, um: of 1, 2 and 5, as people read them
SCALE_BARS_UM = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
_TABLES = (
    *("cavity", "modes", "gain", "pump", "lasing", "coupling", "temperature", "collection"),
    *("sensing", "deviation"),
)
_ENDING = re.compile(
    r"_(nm_per_riu|pm_per_nm|pm_per_k|per_cm|per_um|mj_cm2|um[23]?|nm|pm|ps|fs|ev|mev|deg|db|k|riu"
    r"|ghz|mhz)$"
)
_OWN = {
    "fsr": "FSR",
    "q total": "Q",
    "log10 q": "log10 Q",
    "n eff": "n_eff",
    "at fluence": "fluence",
    "bulk": "sensitivity to the index",
    "layer": "shift by a layer",
    "splitting over linewidth": "splitting over line width",
}
MINUS = "\N{MINUS SIGN}"


def axis_label(name: str) -> str:
    """Name of a column as an axis says it, with its unit: cavity.diameter_um is diameter (µm).

    Parameters
    ----------
    name : str
        Of a key of the design or of an outcome.
    """
    parts = name.split(".")
    while len(parts) > 1 and parts[0] in _TABLES:
        parts = parts[1:]
    unit = unit_of(name)
    words = [(_ENDING.sub("", part) if unit else part).replace("_", " ") for part in parts]
    told = ", ".join(_OWN.get(word, word) for word in words)
    if told.lower() == "q" and unit:
        # A quality factor has no unit, and an axial order neither: this is Q over a length.
        return f"Q per {TYPESET_UNITS.get(unit.removesuffix('^-1'), unit.removesuffix('^-1'))}"
    return f"{told} ({TYPESET_UNITS.get(unit, unit)})" if unit else told
