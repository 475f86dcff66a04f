"""What is sensed, and how well a wavelength can be read."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...errors import InputError, nearest

SURFACES = ("rim", "wall")


@dataclass(frozen=True)
class Sensing:
    """What is sensed; field names are the keys of the table [sensing].

    Parameters
    ----------
    region : str
        Whose index is to be measured: the surround, or the fibre of a hollow cavity, which is then
        the liquid inside.
    layer_nm : float
        Thickness of an adsorbed layer; 0: none.
    layer_index : float
    layer_on : {"rim", "wall"}
        The outer surface, or the one between fibre and body, inside a hollow cavity.
    linewidth_nm : float or None
        Full width of the measured line; None: that of the passive mode.
    snr_db : float
        Signal over noise of the spectrum, 10 log10 of a ratio of powers.
    noise_pm : float
        Further standard deviation of a wavelength: temperature, and steps of the spectrum.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> cd.Sensing(layer_nm=5.0).layer_on
    'rim'
    """

    region: str = "surround"
    layer_nm: float = 0.0
    layer_index: float = 1.45
    layer_on: str = "rim"
    linewidth_nm: float | None = None
    snr_db: float = 60.0
    noise_pm: float = 0.0

    def __post_init__(self) -> None:
        bounds = {
            "layer_nm": (0.0, 1000.0),
            "layer_index": (1.0, 5.0),
            "snr_db": (0.0, 200.0),
            "noise_pm": (0.0, math.inf),
        }
        for name, (low, high) in bounds.items():
            value = getattr(self, name)
            if not (math.isfinite(value) and low <= value <= high):
                upper = "" if math.isinf(high) else f" and at most {high:g}"
                raise InputError(f"sensing.{name}: {value!r} must be at least {low:g}{upper}")
        width = self.linewidth_nm
        if width is not None and not (math.isfinite(width) and width > 0.0):
            raise InputError(f"sensing.linewidth_nm: {width!r} must be above 0")
        if self.layer_on not in SURFACES:
            raise InputError(
                f"sensing.layer_on: {self.layer_on!r} is not allowed; {' or '.join(SURFACES)}"
                f"{nearest(self.layer_on, SURFACES)}"
            )
