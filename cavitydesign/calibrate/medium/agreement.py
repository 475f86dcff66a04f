"""How a measurement of the medium agrees with the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array
from .kinds import KINDS
from .left_over import left_over
from .prepared import PreparedMeasurement, target_of


@dataclass(frozen=True, eq=False)
class MeasurementFit:
    """One measurement beside what the answer predicts of it.

    Attributes
    ----------
    name, kind : str
    columns : mapping of str to list of float
        As they were measured.
    residual : (n,) array
        Measured minus median, over the greatest value, or relative where logarithms are compared.
    scatter, stated_noise : float
        Of a point, in the same units: the median of what was fitted, and what was stated.
    smooth : float
        Root mean square of what neighbouring residuals share, in the same units.
    """

    name: str
    kind: str
    columns: dict[str, list[float]]
    residual: Array
    scatter: float
    stated_noise: float
    smooth: float

    @property
    def relative(self) -> bool:
        """Whether deviations are relative to each point."""
        return KINDS[self.kind].logarithm

    def to_json_dict(self) -> dict[str, Any]:
        """The agreement as JSON holds it."""
        return {
            "name": self.name,
            "kind": self.kind,
            **self.columns,
            "residual": self.residual.tolist(),
            "scatter": self.scatter,
            "stated_noise": self.stated_noise,
            "smooth_residual": self.smooth,
        }


def measurement_fit(one: PreparedMeasurement, z: Array, rows: NDArray[np.int64]) -> MeasurementFit:
    """How one measurement agrees with draws.

    Parameters
    ----------
    one : PreparedMeasurement
    z : (k, d) array
        Draws.
    rows : (n,) array of int
        Indices of equal draws among them.
    """
    scatter = one.scatter(z)
    kind = KINDS[one.measurement.kind]
    left = left_over(kind, target_of(one.measurement), one.exact(z), scatter)
    residual = np.median(left[rows], axis=0)
    columns = {name: values.tolist() for name, values in one.measurement.columns.items()}
    return MeasurementFit(
        one.measurement.name,
        one.measurement.kind,
        columns,
        residual,
        float(np.median(scatter[rows])),
        one.measurement.relative_noise,
        smooth_part(residual),
    )


def smooth_part(residual: Array) -> float:
    """Root mean square of what neighbours share: white noise has none.

    The product of neighbours has the mean zero for white noise, and the square of what they share
    otherwise; an outlier has no neighbour like it.

    Examples
    --------
    >>> import numpy as np
    >>> round(smooth_part(np.sin(np.linspace(0.0, 6.28, 400))), 2)
    0.71
    """
    return float(np.sqrt(max(float((residual[1:] * residual[:-1]).mean()), 0.0)))
