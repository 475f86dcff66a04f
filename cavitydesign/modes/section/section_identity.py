"""Identities of modes of any section, from their fields on a grid around the ridge that their
energy follows, or around the centre of the body's outer face.

Of several bodies that share a mode, the one with most of its energy tells p and q. Between walls
all around a mode may lie mostly outside the body; then all media tell them.

The ridge is r = a + b z + c z^2 (the surface's own curvature); across it the dominant component is
nearly f(r - ridge) g(z). Where it is not, and the outer face is round, the mode is looked at in
polar coordinates too (`face_frame`), and has the name under which it is more of one polarisation
and more of a product.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...arrays import Array, BoolArray, Values
from ...fem.field import PointField, at_points, on_grid
from ...fem.legendre import gauss
from ..solver.identity import Identity, component_densities, extrema, polarisation_of
from .section_problem import SectionProblem
from .surveys.face_frame import FaceFrame, leaning

# Share of the energy in the body below which a field is no mode of it, and is not looked at; where
# nothing can leave, the share below which it is named by all media.
LEAST_INSIDE, _OF_THE_BODY = 0.25, 0.5
_GRID = 33  # points a direction: q up to 10 has three points a lobe
_POINTS = 6  # of an element a direction: shares of a per cent are enough
_WIDTHS = 3.2  # standard deviations of the energy on either side of its middle that are looked at
# The extrema of a mode differ by less than a factor of three; what is below a tenth is another
# family mixed in.
_NOISE = 0.1
# Dominance times purity above which the ridge has told the name: of 360 modes of spheres (l = 2 to
# 36, p = 1 to 3, q = 0 to 6) those that it told wrong had at most 0.80.
_CLEAR = 0.9


@dataclass(frozen=True)
class Ridge:
    """Where a mode's energy lies: r = a + b z + c z^2, its widths across and along.

    Attributes
    ----------
    line : (3,) array
        a, b, c in powers of z - middle.
    middle : float
        Mean z.
    across, along : float
        Standard deviations.
    """

    line: Array
    middle: float
    across: float
    along: float

    def r(self, z: Array) -> Array:
        """The ridge at heights z."""
        return np.asarray(
            np.polynomial.polynomial.polyval(z - self.middle, self.line), dtype=np.float64
        )


def belongs(problem: SectionProblem, identity: Identity) -> bool:
    """Whether a mode is the body's, or one of a cavity that nothing leaves."""
    return problem.cavity.ends.closed or identity.inside >= LEAST_INSIDE


def identify_section(
    problem: SectionProblem, vectors: Values, m: float | Array, permittivity: Array
) -> list[Identity]:
    """Identities of eigenvectors.

    Parameters
    ----------
    vectors : (n, k) array
    m : float or (k,) array
        Azimuthal order of all or of each.
    permittivity : (regions,) array
    """
    if not vectors.shape[1]:
        return []
    mesh = problem.mesh
    orders = np.broadcast_to(np.asarray(m, dtype=float), (vectors.shape[1],))
    x, w = gauss(_POINTS)
    plain_r, plain_z, *_ = mesh.positions(x, x)
    real = problem.lossless(plain_r, plain_z)
    field = on_grid(problem.space, vectors, orders, x, x)
    volume = np.outer(w, w) * permittivity[mesh.region][:, None, None]
    weight = volume * abs(field.det) * plain_r * real
    numbers = problem.body_numbers
    out = []
    for i in range(vectors.shape[1]):
        squares = component_densities(field, weight, i)
        parts = np.array([float(square.sum()) for square in squares])
        total = float(parts.sum())
        density = squares[0] + squares[1] + squares[2]
        by_body = [
            float(density[numbers == number].sum()) for number in range(problem.cavity.bodies)
        ]
        inside = sum(by_body) / total
        if problem.is_complex:
            inside = _own_share(field, volume * field.det * field.r, i, numbers >= 0)
        whole = problem.cavity.ends.closed and inside < _OF_THE_BODY
        if inside < LEAST_INSIDE and not whole:
            out.append(Identity(polarisation_of(parts), 0, 0, parts / total, 0.0, inside))
            continue
        body = np.ones(mesh.elements, bool) if whole else numbers == int(np.argmax(by_body))
        here = _Look(problem, vectors[:, [i]], float(orders[i]), body, permittivity)
        ridge = _ridge(plain_r[body], plain_z[body], density[body])
        polarisation = polarisation_of(parts)
        p, q, purity = here.orders_along(ridge, polarisation)
        one = Identity(polarisation, p, q, parts / total, purity, inside)
        frame = None if whole else problem.face_frames[int(np.argmax(by_body))]
        if frame is not None and one.dominance * purity < _CLEAR:
            other = _round(here, frame, field, (plain_r, plain_z), weight, density, i, one)
            if other.dominance * other.purity > one.dominance * purity:
                one = other
        out.append(one)
    return out


def _own_share(field: PointField, weight: Values, mode: int, bodies: BoolArray) -> float:
    """Share of the bodies in int eps E.E over all, absorbing layers included.

    What runs outwards grows with the distance, and a share of |E|^2 falls with the size of the box:
    of a sphere with Q = 4.4 it was 0.22. The product E.E over the stretched volume is that of the
    field which the layers continue, whatever they are (Sauvan et al., Phys. Rev. Lett. 110, 237401,
    2013): 0.8 for that mode, below 0.02 for the modes of the layers beside it.
    """
    square = field.e_r[mode] ** 2 + field.e_z[mode] ** 2 + field.e_azimuthal[mode] ** 2
    by_element = np.asarray((square * weight).sum(axis=(1, 2)))
    return float(abs(by_element[bodies].sum()) / max(abs(by_element.sum()), 1e-300))


def _ridge(r: Array, z: Array, density: Array) -> Ridge:
    """Least-squares parabola through the energy inside the body."""
    share = (density / density.sum()).ravel()
    r, z = r.ravel(), z.ravel()
    middle = float(share @ z)
    along = math.sqrt(max(float(share @ (z - middle) ** 2), 1e-30))
    powers = np.stack([np.ones_like(z), (z - middle) / along, ((z - middle) / along) ** 2], axis=1)
    normal = powers.T @ (share[:, None] * powers) + 1e-12 * np.eye(3)
    line = np.linalg.solve(normal, powers.T @ (share * r)) / along ** np.arange(3)
    across = math.sqrt(
        max(float(share @ (r - np.polynomial.polynomial.polyval(z - middle, line)) ** 2), 1e-30)
    )
    return Ridge(line, middle, across, along)


@dataclass(frozen=True)
class _Look:
    """One mode, to be looked at inside the elements of a body.

    Across the face D is looked at instead of E: it has no step where a coating begins.
    """

    problem: SectionProblem
    vector: Values
    m: float
    body: BoolArray
    permittivity: Array

    def orders_along(self, ridge: Ridge, polarisation: str) -> tuple[int, int, float]:
        """p, q and the share of the leading product, on a grid of points around a ridge."""
        steps = np.linspace(-_WIDTHS, _WIDTHS, _GRID)
        z = ridge.middle + ridge.along * steps
        r = ridge.r(z) + ridge.across * steps[:, None]
        z = np.broadcast_to(z, r.shape)
        of_r, of_z, permittivity = self._field(r, z)
        component = of_z if polarisation == "TM" else of_r * permittivity
        return _counted(component * np.sqrt(np.maximum(r, 0.0)))

    def orders_around(
        self, frame: FaceFrame, rho: Array, angle: Array, polarisation: str
    ) -> tuple[int, int, float]:
        """The same on a grid of polar coordinates.

        The powers of r and rho give the lobes of a sphere's modes one height: E along the face is
        P_l^m j_l / sin, across it P_l^m j_l / rho.
        """
        rho, angle = rho[:, None], angle[None]
        r, z = frame.plain(rho, angle)
        of_r, of_z, permittivity = self._field(r, z)
        across, along = frame.turned(of_r, of_z, r, z)
        component = along * r if polarisation == "TM" else across * permittivity * rho**2
        return _counted(component * np.sqrt(np.maximum(r, 0.0) / rho))

    def _field(self, r: Array, z: Array) -> tuple[Values, Values, Array]:
        """E_r and E_z at points, zero outside the body and in absorbing layers, and the
        permittivity.
        """
        problem = self.problem
        flat_r, flat_z = r.ravel(), z.ravel()
        element, s, t = problem.locator.find(flat_r, flat_z)
        hit = (element >= 0) & self.body[element] & problem.lossless(flat_r, flat_z)
        parts = np.zeros((2, flat_r.size), dtype=self.vector.dtype)
        if hit.any():
            field = at_points(problem.space, self.vector, self.m, element[hit], s[hit], t[hit])
            parts[:, hit] = field.e_r[0], field.e_z[0]
        there = self.permittivity[problem.mesh.region[element]]
        return parts[0].reshape(r.shape), parts[1].reshape(r.shape), there.reshape(r.shape)


def _counted(component: Values) -> tuple[int, int, float]:
    if not component.any():
        return 0, 0, 0.0
    p, along, purity = extrema(component, _NOISE)
    return p, along - 1, purity


def _round(
    here: _Look,
    frame: FaceFrame,
    field: PointField,
    points: tuple[Array, Array],
    weight: Array,
    density: Array,
    i: int,
    plain: Identity,
) -> Identity:
    """The identity of a mode in polar coordinates around the centre of its body's face."""
    body = here.body
    r, z, weight = points[0][body], points[1][body], weight[body]
    curl_weight = abs(field.det[body]) * r * (weight > 0.0)
    e = frame.turned(field.e_r[i][body], field.e_z[i][body], r, z)
    h = frame.turned(field.curl_r[i][body], field.curl_z[i][body], r, z)
    across, along = (
        (float((abs(e[k]) ** 2 * weight).sum()), float((abs(h[k]) ** 2 * curl_weight).sum()))
        for k in (0, 1)
    )
    lean = leaning(across, along)
    share = density[body] / density[body].sum()
    grids = []
    for values in frame.polar(r, z):
        mean = float((values * share).sum())
        width = math.sqrt(max(float(((values - mean) ** 2 * share).sum()), 1e-30))
        grids.append(mean + _WIDTHS * width * np.linspace(-1.0, 1.0, _GRID))
    rho, angle = grids[0][grids[0] > 0.0], grids[1][abs(grids[1]) < math.pi]
    polarisation = "TM" if lean >= 0.0 else "TE"
    p, q, purity = here.orders_around(frame, rho, angle, polarisation)
    shares = 0.5 * np.array([1.0 + lean, 1.0 - lean, 0.0])
    return Identity(polarisation, p, q, plain.fractions, purity, plain.inside, shares)
