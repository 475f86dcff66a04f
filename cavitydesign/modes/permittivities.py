"""Permittivities of a cavity's regions against wavenumber."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from ..arrays import Array, ComplexArray
from ..errors import InputError
from ..materials.material import Material
from ..units import wavelength_nm

_NODES = 14  # of a Chebyshev series of n(k) over the range of a comb
# relative difference at which the series is not believed, and the law itself is asked
_SMOOTH = 2e-14
_STEP = 5e-4  # of k, for the slope and the bend of an index: 4 % of either at 1 % of a data range


class HasRegions(Protocol):
    """A cavity of any kind: its regions with their media, the surround last."""

    @property
    def regions(self) -> tuple[tuple[str, Material], ...]: ...


@dataclass(frozen=True)
class Permittivities:
    """Relative permittivities by region at one wavelength.

    Attributes
    ----------
    ordinary, axial : (regions,) arrays
        Real parts n^2 - kappa^2, across and along z.
    loss : (regions,) array
        Imaginary part 2 n kappa, for exp(-i w t).
    index : (regions,) array
        Real index, ordinary.
    """

    ordinary: Array
    axial: Array
    loss: Array
    index: Array


def permittivities(cavity: HasRegions, k_per_um: float) -> Permittivities:
    """Permittivities of all regions at a vacuum wavenumber in um^-1.

    Raises
    ------
    InputError
        If the wavelength is outside the data of a material, or a medium is a metal.
    """
    at_nm = wavelength_nm(k_per_um)
    media = [material for _, material in cavity.regions]
    index = np.array([material.index(at_nm) for material in media])
    along = np.array([material.index_extraordinary(at_nm) for material in media])
    kappa = np.array([material.extinction(at_nm) for material in media])
    if np.any(kappa >= np.minimum(index, along)):
        name = media[int(np.argmax(kappa - index))].name
        raise InputError(
            f"material {name}: absorbs like a metal at {at_nm:.6g} nm (kappa >= n); not handled "
            "here"
        )
    return Permittivities(index**2 - kappa**2, along**2 - kappa**2, 2 * index * kappa, index)


@dataclass(frozen=True)
class MediaTable:
    """Permittivities over a range of wavenumbers: interpolated where the media are smooth to
    rounding, else taken each by itself.

    Attributes
    ----------
    low, high : float
        Range in um^-1.
    series : (nodes, 4, regions) array or None
        Chebyshev coefficients of ordinary, axial, loss and index.
    """

    cavity: HasRegions
    low: float
    high: float
    series: Array | None

    @classmethod
    def of(cls, cavity: HasRegions, low: float, high: float) -> MediaTable:
        """Table of a range; media whose data are not smooth (or end within it) are not
        interpolated.
        """
        try:
            ends = _rows(cavity, np.array([low, 0.7 * low + 0.3 * high, high]))
            if (ends == ends[0]).all():
                return cls(cavity, low, high, ends[:1])
            nodes = chebyshev.chebpts1(_NODES)
            samples = _rows(cavity, 0.5 * (low + high) + 0.5 * (high - low) * nodes)
            basis = chebyshev.chebvander(nodes, _NODES - 1)
            series = np.asarray(np.linalg.solve(basis, samples.reshape(_NODES, -1))).reshape(
                samples.shape
            )
        except InputError:
            return cls(cavity, low, high, None)
        table = cls(cavity, low, high, series)
        good = np.allclose(
            table._interpolated(np.array([low, 0.7 * low + 0.3 * high, high])),
            ends,
            rtol=_SMOOTH,
            atol=1e-16,
        )
        return table if good else cls(cavity, low, high, None)

    @property
    def dispersive(self) -> bool:
        """Whether any permittivity varies over the range."""
        return self.series is None or self.series.shape[0] > 1

    def at(self, k_per_um: NDArray[Any]) -> list[Permittivities]:
        """Permittivities at wavenumbers of shape (n,); real parts of media that do not absorb
        become complex at complex ones (the indices continued by their Taylor series).

        Raises
        ------
        InputError
            As `permittivities`.
        """
        if np.iscomplexobj(k_per_um):
            return self._continued(k_per_um.real, 1j * k_per_um.imag)
        if self.series is None or k_per_um.min() < self.low or k_per_um.max() > self.high:
            return [permittivities(self.cavity, float(k)) for k in k_per_um]
        if self.series.shape[0] == 1:
            return [Permittivities(*self.series[0])] * k_per_um.size
        return [Permittivities(*row) for row in self._interpolated(k_per_um)]

    def _continued(self, real: Array, off: ComplexArray) -> list[Permittivities]:
        """Permittivities at wavenumbers off the real axis."""
        if not self.dispersive or not off.any():
            return self.at(real)
        around = [self.at(real * (1.0 + side * _STEP)) for side in (-1, 0, 1)]
        return [
            _continued(
                (around[0][i], around[1][i], around[2][i]), complex(off[i]), _STEP * float(k)
            )
            for i, k in enumerate(real)
        ]

    def _interpolated(self, k_per_um: Array) -> Array:
        assert self.series is not None
        x = (2 * k_per_um - self.low - self.high) / (self.high - self.low)
        basis = chebyshev.chebvander(x, self.series.shape[0] - 1)
        return np.asarray(np.tensordot(basis, self.series, 1))


def _continued(
    around: tuple[Permittivities, Permittivities, Permittivities], shift: complex, step: float
) -> Permittivities:
    """Permittivities off the real axis by `shift`, from those at real wavenumbers a step apart.

    The indices are continued, as those of the exact resonances are; the extinction is that of the
    real wavenumber (of a constant absorption coefficient it varies with k, and where it was
    continued with n^2 - kappa^2, a mode of kappa / n = 0.09 and Q = 30 was 5e-7 off).
    """
    at, extinction = around[1], [0.5 * one.loss / one.index for one in around]

    def moved(low: Array, middle: Array, high: Array) -> Array:
        slope = 0.5 * (high - low) / step
        bend = (high - 2.0 * middle + low) / step**2
        return np.asarray(middle + shift * (slope + 0.5 * shift * bend))

    index = moved(*(one.index for one in around))
    along = moved(*(np.sqrt(one.axial + k**2) for one, k in zip(around, extinction, strict=True)))
    # the loss is that of the index at the real wavenumber
    kappa = extinction[1]
    more = 2j * kappa * (index - at.index) - kappa**2
    return replace(at, ordinary=index**2 + more, axial=along**2 + more)


def _rows(cavity: HasRegions, k_per_um: Array) -> Array:
    eps = [permittivities(cavity, float(k)) for k in k_per_um]
    return np.array([(one.ordinary, one.axial, one.loss, one.index) for one in eps])
