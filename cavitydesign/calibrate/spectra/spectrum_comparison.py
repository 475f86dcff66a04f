"""How well the modes' shares agree with the lines of a spectrum.

The logarithms of the lines' light are compared, up to the unknown factor that all lines share:
ratios of lines do not know the scale of the light, nor which part of it is collected. Deviations
follow Student's t as those of light curves do. A mode that was looked for and not seen counts with
the chance that its line lies below the floor.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from ...arrays import Array
from ..layout import Layout, scatter_name
from ..posterior.student import DEGREES, POINT_WORTH, log_density
from .spectrum_lines import PreparedSpectrum

# Turns in which lines that lie far off lose their pull on the common factor.
_TURNS = 6
_DARK = 1e-12  # of the laser light: what stands for none in logarithms
_LEAST_CHANCE = 1e-30  # of a mode that is far brighter than the floor


@dataclass(frozen=True, eq=False)
class LinesFit:
    """Lines of one spectrum beside those of k vectors.

    Attributes
    ----------
    deviation : (k, n) array
        Measured minus computed logarithm of each line, the common factor taken away.
    above_floor : (k, u) array
        Computed logarithm of each mode that was not seen, over the floor.
    width : (k,) array
        Scatter of a line with the error of the model.
    """

    deviation: Array
    above_floor: Array
    width: Array


@dataclass(frozen=True, eq=False)
class SpectrumComparison:
    """One spectrum against the shares of its modes.

    Attributes
    ----------
    ready : PreparedSpectrum
    layout : Layout
    """

    ready: PreparedSpectrum
    layout: Layout

    def log_lines(self, shares: Array) -> Array:
        """Logarithm of the share of each line, (k, n), of those of the modes (k, m)."""
        return np.asarray(np.log(np.maximum(shares @ self.ready.line_of.T, _DARK)))

    def centre_nm(self, shares: Array) -> Array:
        """Mean wavelength, weighed by the light, (k,)."""
        return np.asarray(shares @ self.ready.mode_nm / np.maximum(shares.sum(axis=1), _DARK))

    def scatter(self, z: Array) -> Array:
        """Of a line's light, relative, of (k, d) vectors."""
        index = self.layout.index_of(scatter_name(self.ready.spectrum))
        assert index is not None
        return self.layout.unknowns[index].prior.value(z[:, index])

    def fitted(self, z: Array, shares: Array, added_sd: float = 0.0) -> LinesFit:
        """Lines beside those of (k, d) vectors with shares (k, m)."""
        spectrum = self.ready.spectrum
        width = np.sqrt(self.scatter(z) ** 2 + spectrum.model_error**2 + added_sd**2)
        off = np.log(spectrum.light) - self.log_lines(shares)
        factor = np.median(off, axis=1, keepdims=True)
        for _ in range(_TURNS):
            far = ((off - factor) / width[:, None]) ** 2
            weight = (DEGREES + 1.0) / (DEGREES + far)
            factor = (weight * off).sum(axis=1, keepdims=True) / weight.sum(axis=1, keepdims=True)
        dark = np.log(np.maximum(shares[:, self.ready.unseen], _DARK))
        return LinesFit(off - factor, dark + factor - np.log(spectrum.floor), width)

    def log_likelihood(self, z: Array, shares: Array, added_sd: float = 0.0) -> Array:
        """Of (k, d) vectors with shares (k, m)."""
        spectrum, total = self.ready.spectrum, np.zeros(len(z))
        if spectrum.centre_nm is not None:
            off = (self.centre_nm(shares) - spectrum.centre_nm.value) / spectrum.centre_nm.sd
            total -= 0.5 * off**2
        if not len(spectrum.light):
            return total
        fit = self.fitted(z, shares, added_sd)
        total += POINT_WORTH * log_density(fit.deviation, fit.width[:, None]).sum(axis=1)
        # The common factor is fitted: its flat prior leaves one power of the width.
        total += np.log(fit.width)
        below = stdtr(DEGREES, -fit.above_floor / fit.width[:, None])
        return np.asarray(total + np.log(np.maximum(below, _LEAST_CHANCE)).sum(axis=1))
