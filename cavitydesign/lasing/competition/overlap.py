"""Where modes and pump overlap: zones of the doped region with the intensity of each mode and of
the pump.

Modes of different p and q feed on different emitters. The doped region is cut into zones; in each,
every mode has its mean intensity relative to its mean over all zones. Emitters of a zone are a
class of their own in the rate equations, so that hole burning, cross-saturation and competition
follow without a further constant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array
from ...errors import InputError
from ...modes.derived.sampled_field import FieldSamples
from ...modes.mode import Mode
from .patterns import Patterns

# Strips between the outermost points, on which the energy of the modes is summed to find where the
# grid of cells ends: its ends are known to 1e-4 of its width then.
_STRIPS = 4096


@dataclass(frozen=True)
class ModeOverlap:
    """Zones of the doped region.

    Attributes
    ----------
    weight : (K,) array
        Share of the doped volume; sums to 1.
    pump : (K,) array
        Excitons relative to the peak of the pump spot.
    intensity : (M, K) array
        Intensity of each mode; its weighted mean is 1.
    volume_um3 : float
        Volume of all zones, for the number of emitters.
    patterns : Patterns or None
        Of standing waves, where zones are runs of their patterns.
    """

    weight: Array
    pump: Array
    intensity: Array
    volume_um3: float
    patterns: Patterns | None = None

    @property
    def overlap(self) -> Array:
        """(M,) excitons that each mode sees, relative to the peak of the spot."""
        return np.asarray(self.intensity @ (self.weight * self.pump))

    @property
    def participation(self) -> Array:
        """(M,) mean square intensity: 1 / the share of the zones' volume that a mode fills."""
        return np.asarray((self.intensity**2) @ self.weight)

    @property
    def cross_saturation(self) -> Array:
        """(M, M) matrix <u_m u_n> / sqrt(<u_m^2> <u_n^2>): 1 where two modes burn the same hole."""
        product = (self.intensity * self.weight) @ self.intensity.T
        norm = np.sqrt(np.diag(product))
        return np.asarray(product / np.outer(norm, norm))

    def alike(self) -> ModeOverlap:
        """The pump spot as the first mode sees it, all emitters seeing every mode alike.

        Each zone counts by the mode's energy in it. A wide spot is then a uniform one.
        """
        weight = self.weight * self.intensity[0]
        return ModeOverlap(weight, self.pump, np.ones_like(self.intensity), self.volume_um3)

    def repeated(self, order: Sequence[int]) -> ModeOverlap:
        """The overlap of a list of modes, each given by its index in this one; zones stay."""
        patterns = None if self.patterns is None else self.patterns.repeated(order)
        intensity = self.intensity[list(order)]
        return ModeOverlap(self.weight, self.pump, intensity, self.volume_um3, patterns)


def mode_overlap(
    fields: Sequence[FieldSamples],
    doped_region: str = "body",
    photons: int = 3,
    spot_radius_um: float | None = None,
    zones: int = 8,
    cells: tuple[int, int] = (24, 32),
    energy_share: float = 0.995,
) -> ModeOverlap:
    """Zones from the fields of modes.

    Parameters
    ----------
    fields : sequence of FieldSamples
        One for each mode; the grids may differ.
    doped_region : str
    photons : int
        The excitons of a Gaussian spot follow the n-th power of its intensity.
    spot_radius_um : float or None
        1/e^2 intensity radius along the axis, centred on the equator; None: uniform.
    zones : int
        Number of zones: cells in which all modes and the pump have like intensities are put
        together.
    cells : tuple of int
        Cells outwards and along the axis.
    energy_share : float
        Share of the modes' energy in the doped region that the zones hold.

    Raises
    ------
    InputError
        Without fields or without such a region.
    """
    if not fields:
        raise InputError("overlap: needs the field of one mode at least")
    points = [_doped_points(field, doped_region) for field in fields]
    r_edges, z_edges = _edges(points, cells, 0.5 * (1.0 - energy_share))
    cells_of = [_Cells.of(r, z, r_edges, z_edges) for r, z, _, _ in points]
    energy = np.stack(
        [
            cell.summed(volume * density)
            for cell, (_, _, volume, density) in zip(cells_of, points, strict=True)
        ]
    )
    volume = np.max(
        [cell.summed(volume) for cell, (_, _, volume, _) in zip(cells_of, points, strict=True)],
        axis=0,
    )
    # Cells beyond a curved boundary hold no point, and an intensity there would be 0 / 0.
    held = volume > 1e-9 * volume.max()
    energy, volume = energy[:, held], volume[held]
    weight = volume / volume.sum()
    share = energy / energy.sum(axis=1, keepdims=True)
    pump = np.ones_like(weight)
    if spot_radius_um is not None:
        pump = _pump(points, cells_of, photons, spot_radius_um)[held]
    intensity = share / weight
    # The pump counts like one more mode, on the scale of the strongest intensity.
    member = _alike(np.concatenate([intensity, pump[None] * intensity.max()]), weight, zones)
    joined = member @ weight
    return ModeOverlap(
        joined,
        (member @ (weight * pump)) / joined,
        (intensity * weight) @ member.T / joined,
        float(volume.sum()),
    )


def overlap_of_modes(
    modes: Sequence[Mode],
    doped_region: str = "body",
    photons: int = 3,
    spot_radius_um: float | None = None,
    zones: int = 8,
    samples: tuple[int, int] = (160, 160),
) -> ModeOverlap:
    """Zones from solved modes; one field is sampled for each family, since neighbours in m look
    alike.

    Raises
    ------
    InputError
        Without modes, or where a mode came without its field.
    """
    if not modes:
        raise InputError("overlap: needs one mode at least")
    families = {(mode.polarisation, mode.p, mode.q): mode for mode in modes}
    fields = []
    for mode in families.values():
        if mode.sample_field is None:
            raise InputError(
                f"mode {mode.label}: no field at hand; solve with fields to compute overlaps"
            )
        fields.append(mode.sample_field(*samples))
    shared = mode_overlap(fields, doped_region, photons, spot_radius_um, zones)
    index_of = {family: index for index, family in enumerate(families)}
    return shared.repeated([index_of[mode.polarisation, mode.p, mode.q] for mode in modes])


def needed_overlap(
    modes: Sequence[object], doped_region: str, photons: int, spot_radius_um: float | None
) -> ModeOverlap | None:
    """The overlap of modes of several families, or with a spot of given size; None where one family
    sees a uniform pump.

    One family alone sees the emitters of a spot as it sees those of a uniform pump, all alike, so
    that a spot of any size goes over into a flat one. None as well where a mode came without its
    field.
    """
    solved = [mode for mode in modes if isinstance(mode, Mode) and mode.sample_field is not None]
    several = len({(mode.polarisation, mode.p, mode.q) for mode in solved}) > 1
    if len(solved) < len(modes) or not (several or (solved and spot_radius_um is not None)):
        return None
    found = overlap_of_modes(solved, doped_region, photons, spot_radius_um)
    return found if several else found.alike()


def _doped_points(field: FieldSamples, region: str) -> tuple[Array, Array, Array, Array]:
    """Positions, volumes and energy densities of the grid points in the doped region."""
    if region not in field.region_names:
        raise InputError(
            f"gain.doped_region: {region!r} is not a region of the field; "
            f"{', '.join(field.region_names)}"
        )
    r, z = field.r_um, field.z_um
    # The grid is bent along the outline: the area of a cell is the Jacobian of its two indices.
    dr_out, dz_out = np.gradient(r, axis=0), np.gradient(z, axis=0)
    dr_along, dz_along = np.gradient(r, axis=1), np.gradient(z, axis=1)
    volume = 2.0 * np.pi * r * np.abs(dr_out * dz_along - dr_along * dz_out)
    inside = field.region == field.region_names.index(region)
    return r[inside], z[inside], volume[inside], field.energy_density[inside]


def _edges(
    points: Sequence[tuple[Array, Array, Array, Array]], zones: tuple[int, int], tail: float
) -> tuple[Array, Array]:
    energy = np.concatenate(
        [volume * density / np.sum(volume * density) for _, _, volume, density in points]
    )
    edges = []
    # All modes count alike, so that none with a smaller field falls outside the grid.
    for axis, count in enumerate(zones):
        position = np.concatenate([point[axis] for point in points])
        held, strip_edges = np.histogram(position, _STRIPS, weights=energy)
        rising = np.append(0.0, np.cumsum(held)) / energy.sum()
        low, high = np.interp([tail, 1.0 - tail], rising, strip_edges)
        edges.append(np.linspace(low, high, count + 1))
    return edges[0], edges[1]


@dataclass(frozen=True)
class _Cells:
    """The cell of a grid in which each point lies.

    Attributes
    ----------
    cell : (n,) array of int
        Index of the cell of each point; `count` for points outside the grid.
    count : int
        Number of cells.
    """

    cell: NDArray[np.int64]
    count: int

    @classmethod
    def of(cls, r: Array, z: Array, r_edges: Array, z_edges: Array) -> _Cells:
        rows, columns = len(r_edges) - 1, len(z_edges) - 1
        row = np.searchsorted(r_edges, r, side="right") - 1
        column = np.searchsorted(z_edges, z, side="right") - 1
        within = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
        return cls(np.where(within, row * columns + column, rows * columns), rows * columns)

    def summed(self, amount: Array) -> Array:
        """(count,) sums of an amount over the points of each cell."""
        return np.asarray(np.bincount(self.cell, amount, self.count + 1)[:-1], dtype=float)


def _alike(features: Array, weight: Array, zones: int) -> Array:
    """(zones, cells) membership by weighted k-means: least variance of the intensities within a
    zone.

    What a zone smears out of <u_m u_n> is just that variance. Started from the farthest cells in
    turn, so without chance.
    """
    count = min(zones, features.shape[1])
    start = [int(np.argmax((features**2).sum(axis=0)))]
    distance = np.full(features.shape[1], np.inf)
    for _ in range(count - 1):
        distance = np.minimum(distance, ((features - features[:, start[-1:]]) ** 2).sum(axis=0))
        start.append(int(np.argmax(distance * weight)))
    centres = features[:, start]
    label = np.full(features.shape[1], -1)
    # Each round lowers the variance, so that the labels come to rest; the bound is a safeguard.
    for _ in range(200):
        nearest = ((features[:, :, None] - centres[:, None, :]) ** 2).sum(axis=0).argmin(axis=1)
        if np.array_equal(nearest, label):
            break
        label = nearest
        for zone in np.unique(label):
            inside = label == zone
            centres[:, zone] = features[:, inside] @ weight[inside] / weight[inside].sum()
    return np.asarray(label == np.unique(label)[:, None], dtype=np.float64)


def _pump(
    points: Sequence[tuple[Array, Array, Array, Array]],
    cells: Sequence[_Cells],
    photons: int,
    radius: float,
) -> Array:
    total, weight = np.zeros(cells[0].count), np.zeros(cells[0].count)
    for cell, (_, z, volume, _) in zip(cells, points, strict=True):
        # The spot's intensity exp(-2 z^2 / w^2), to the power of the photons of one excitation.
        total += cell.summed(volume * np.exp(-2.0 * photons * (z / radius) ** 2))
        weight += cell.summed(volume)
    return total / np.where(weight > 0, weight, 1.0)
