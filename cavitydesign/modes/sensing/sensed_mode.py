"""What a mode senses, as a result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class SensedMode:
    """Sensitivities of a mode, and the least that it shows.

    Attributes
    ----------
    label, region : str
    bulk_nm_per_riu : float
        Shift of the wavelength with the index of the region.
    bulk_error_nm_per_riu : float
        Of the computation.
    linewidth_nm : float or None
        Of the line that is read; None without a loss and without a given width.
    figure_of_merit_per_riu : float or None
        Sensitivity over line width.
    resolution_pm : float
        Three standard deviations of a wavelength.
    detection_limit_riu : float or None
        Resolution over sensitivity; None where nothing is sensed.
    layer_shift_pm : float or None
        By the whole layer, solved with it; None without one.
    layer_error_pm : float or None
        Of the computation.
    layer_pm_per_nm : float or None
        That shift over the thickness.
    layer_detection_limit_pm : float or None
        Thickness of the layer that moves the line by the resolution, in picometres of thickness.
    """

    label: str
    region: str
    bulk_nm_per_riu: float
    bulk_error_nm_per_riu: float
    linewidth_nm: float | None
    figure_of_merit_per_riu: float | None
    resolution_pm: float
    detection_limit_riu: float | None
    layer_shift_pm: float | None = None
    layer_error_pm: float | None = None
    layer_pm_per_nm: float | None = None
    layer_detection_limit_pm: float | None = None

    def to_json_dict(self) -> dict[str, Any]:
        """The object `sensing` of a mode in the JSON."""
        return {name: value for name, value in vars(self).items() if name != "label"}
