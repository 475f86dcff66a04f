"""Whether the lines of a laser spectrum deviate smoothly over the wavelengths: the sign of a medium
whose line has another shape than the model's.

A wrong shape leaves a smooth misfit of the logarithms of the lines. The residuals r are parted into
orthogonal polynomials of the wavelength: their coefficients c_k of order 1 to K = 5 hold it, order
0 is the common factor, and the rest holds scatter alone. Of a right model c_k^2 / w^2 has the mean
1, with w^2 the squares of a line's scatter and of the model's error, but for what the constants
take up: they move the line's place and width, two directions of the five (of 31 made-up
laboratories the sum over the five has the mean 3.2). So sum c_k^2 / w^2 follows chi^2 of K - 2
degrees of freedom.

What w is the rest tells, with the prior of the scatter s: p(s | rest) ~ p(s) w^-nu exp(-|rest|^2 /
(2 w^2)), w^2 = s^2 + m^2, m the error of the model. The chance of a right model is the mean of the
tail of chi^2 over it (a posterior predictive check: D. B. Rubin, Ann. Statist. 12, 1151 (1984)). A
noise that was stated wrongly accuses no right model so, and the size of the misfit counts, which
ranks of neighbours leave out. A line far off in the middle joins the rest; the outermost one alone
tells nothing from a shape, and is told as one.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import chi2

from ...arrays import Array
from ..layout import SCATTER_FACTOR

_ORDERS = 5  # A Lorentzian over a Gaussian has four zeros: its misfit is of order four and beyond.
_LINES_A_ORDER = 3  # Two thirds of the lines are left to tell the scatter.
# Scatters, in units of the prior's width: where neither the prior nor the rest is near 0.
_SCATTERS = np.linspace(-6.0, 8.0, 281)


def chance_of_smooth(
    wavelength_nm: Array, residual: Array, stated_noise: float, model_error: float, taken: int
) -> float:
    """Chance that lines of a right model deviate as smoothly and as much.

    Parameters
    ----------
    wavelength_nm, residual : (n,) arrays
        Of each line; measured minus computed logarithm of its light.
    stated_noise, model_error : float
        Usual scatter of a line, and what lines of a right model differ by beside it.
    taken : int
        Directions of the residuals that the constants take up, at most two count.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(530.0, 545.0, 20)
    >>> scatter = 0.07 * np.random.default_rng(0).standard_normal(20)
    >>> chance_of_smooth(x, scatter, 0.05, 0.05, 2) > 0.02
    True
    >>> chance_of_smooth(x, scatter + 0.2 * np.cos(x), 0.05, 0.05, 2) < 0.02
    True
    """
    orders = min(_ORDERS, len(residual) // _LINES_A_ORDER)
    middle, half = 0.5 * (wavelength_nm.min() + wavelength_nm.max()), np.ptp(wavelength_nm) / 2.0
    axes, _ = np.linalg.qr(np.vander((wavelength_nm - middle) / half, orders + 1, increasing=True))
    along = axes.T @ residual
    rest = float(((residual - axes @ along) ** 2).sum())
    width = np.hypot(stated_noise * SCATTER_FACTOR**_SCATTERS, model_error)
    level = -0.5 * rest / width**2 - (len(residual) - orders - 1) * np.log(width)
    level -= 0.5 * _SCATTERS**2
    weight = np.exp(level - level.max())
    degrees = max(orders - min(taken, 2), 1)
    tail = chi2.sf(float((along[1:] ** 2).sum()) / width**2, degrees)
    return float((weight * tail).sum() / weight.sum())
