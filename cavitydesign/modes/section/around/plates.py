"""Between two plates that are open at the side: the energy that turns back farther out than
r = m / (k n).

Plates a distance L apart make waves of the surround, each with its own b along z: a whole number of
half waves over L between plates of one kind, half of one more between metal and a mirror. Such a
wave has the radial wavenumber h, h^2 = k^2 n^2 - b^2, and runs outwards from r = m / h on; where
h^2 is not positive it never does. All waves count up to m / (k n), where those with b = 0 turn, or
to where absorbing layers begin before that. What they hold from there to their own m / h is found
from E_z and (curl E)_z at that radius:
E_z and curl E / i of wave b are

    E_z = e Z(z),  C_z = c Y(z),  e and c ~ f(r),  f = H_m(h r) or K_m(|h| r)
    h^2 E_r = -s b e' - m c / r,         h^2 E_phi = -s b m e / r - c'          (times Y)
    h^2 C_r = s b c' + k^2 eps m e / r,  h^2 C_phi = -s b m c / r - k^2 eps e'  (times Z)

with Z = cos and Y = sin of b times the height above the lower plate and s = 1, where that is metal,
and Z = sin, Y = cos, s = -1 where it is a mirror. Waves of different b are orthogonal over the
height.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.integrate import solve_ivp
from scipy.special import h1vp, hankel1

from ....arrays import Array, Values
from ....fem.field import at_points
from ....fem.legendre import gauss
from ...permittivities import Permittivities
from ..section_problem import SectionProblem
from .tail import Tail

# Beyond those that turn at all: waves of more nodes fall off within a thousandth of the height.
_MORE_WAVES = 12
_POINTS_PER_WAVE = 6  # of a rule over the height, for each half wave: rounding is left
# Of log f(r0) / f(r), beyond which no energy is left: that falls with the square, 2e-16 there. As
# f' / f is above m / r and |h| of K_m, f falls at least by m log(r / r0) and by |h| (r - r0).
_DEPTH = 18.0
_RADIAL_POINTS = 60  # Gauss points between both radii, over a fall by e^-36 at most: 1e-12
_RELATIVE = 1e-10  # of the radial functions
_BEFORE = 1e-9  # of its radius: so near to an absorbing layer waves are counted one by one
_NOTHING = 1e-12  # of the strongest wave: what discretisation leaves holds no energy
_AT_CUTOFF = 1e-9  # least |h^2| of k^2 eps: at h = 0 the formulas have no value, their limit has
_INSIDE = 1e-12  # of the section's size, that the plates lie beyond the first and last point


@dataclass(frozen=True, eq=False)
class OpenPlates:
    """A mode between plates with the surround alone outside, in units of its vector.

    Attributes
    ----------
    m, k_per_um : float
    """

    problem: SectionProblem
    vector: Values
    m: float
    k_per_um: float
    eps: Permittivities

    @property
    def _there(self) -> bool:
        """Whether plates bound the section below and above, and nothing but the surround is at its
        open side.
        """
        ends, walls = self.problem.cavity.ends, ("electric", "magnetic")
        surround = len(self.problem.cavity.regions) - 1
        return (
            not ends.closed
            and ends.lower in walls
            and ends.upper in walls
            and ends.regions == (surround,)
        )

    def beyond(self, r_um: float) -> tuple[Tail, float]:
        """Energy of each wave from a radius, or from where absorbing layers begin before that, to
        where it turns; and (k n / h)^2 of those that run out at last, on average.

        Nothing and 1 where there are no plates, or where the field at that radius is not known or
        in other matter.
        """
        tail = Tail.nothing(len(self.problem.cavity.regions))
        components, magnetic, leaky, weighted = np.zeros(3), 0.0, 0.0, 0.0
        wave = self.k_per_um**2 * float(self.eps.ordinary[-1].real)
        box = self.problem.stretch
        r_um = r_um if box is None else min(r_um, (1.0 - _BEFORE) * box.r_um)
        waves = self._waves(r_um) if self._there else []
        strength = [abs(e) ** 2 + abs(c) ** 2 / wave for _, e, c, _ in waves]
        for (b, electric, curl, norms), own_strength in zip(waves, strength, strict=True):
            if own_strength < _NOTHING * max(strength):
                continue
            own, of_curl = self._energy(r_um, b, electric, curl, norms)
            components, magnetic = components + own, magnetic + of_curl
            if wave - b**2 > _AT_CUTOFF * wave:
                leaky += float(own.sum())
                weighted += float(own.sum()) * wave / (wave - b**2)
        tail.regions[-1] = components.sum()
        slowness = weighted / leaky if leaky > 0.0 else 1.0
        return Tail(components, tail.regions, magnetic), slowness

    @property
    def _sign(self) -> float:
        return 1.0 if self.problem.cavity.ends.lower == "electric" else -1.0

    def _waves(self, r_um: float) -> list[tuple[float, complex, complex, tuple[float, float]]]:
        """b, E_z, (curl E)_z / i and the integrals of Z^2 and Y^2 of all waves at a radius."""
        ends = self.problem.cavity.ends
        _, _, low, high = self.problem.cavity.mesh.extent_um
        height, slack = high - low, _INSIDE * (high - low)
        half = 0.0 if ends.lower == ends.upper else 0.5
        turning = self.k_per_um * math.sqrt(float(self.eps.ordinary[-1].real)) * height / math.pi
        number = np.arange(int(turning) + 1 + _MORE_WAVES)
        x, w = gauss(_POINTS_PER_WAVE * number.size)
        above = np.clip(0.5 * height * (x + 1.0), slack, height - slack)
        element, s, t, region = self.problem.located(np.full(x.size, r_um), low + above)
        if (element < 0).any() or (region != len(self.problem.cavity.regions) - 1).any():
            return []
        field = at_points(self.problem.space, self.vector, self.m, element, s, t)
        of_z = {1.0: np.cos, -1.0: np.sin}[self._sign]
        of_y = {1.0: np.sin, -1.0: np.cos}[self._sign]
        waves = []
        for b in ((number + half) * math.pi / height).tolist():
            parts = [(field.e_z[0], of_z(b * above)), (field.curl_z[0], of_y(b * above))]
            norms = [float(0.5 * height * (w * shape**2).sum()) for _, shape in parts]
            e, c = (
                complex(0.5 * height * (w * shape * part).sum() / norm) if norm > slack else 0j
                for (part, shape), norm in zip(parts, norms, strict=True)
            )
            waves.append((b, e, c, (norms[0], norms[1])))
        return waves

    def _energy(
        self, r_um: float, b: float, e: complex, c: complex, norms: tuple[float, float]
    ) -> tuple[Array, float]:
        """eps |E|^2 of E_z, E_r and E_phi, and |curl E|^2, of one wave beyond a radius."""
        eps, m = float(self.eps.ordinary[-1].real), self.m
        wave = self.k_per_um**2 * eps
        square = wave - b**2
        if abs(square) < _AT_CUTOFF * wave:
            square = math.copysign(_AT_CUTOFF * wave, square)
        size, depth = math.sqrt(abs(square)) * r_um, _DEPTH / m
        if square > 0.0:
            depth = min(depth, math.log(max(m / size, 1.0)))
        else:
            depth = min(depth, math.log1p(_DEPTH / size))
        if depth <= 0.0:
            return np.zeros(3), 0.0
        x, w = gauss(_RADIAL_POINTS)
        x = 0.5 * depth * (x + 1.0)
        f, slope = _radial(m, square * r_um**2, depth, x)
        r = r_um * np.exp(x)
        weight = 0.5 * depth * w * r**2
        slope = slope / r
        turned = self._sign * b
        across = (-turned * e * slope - m / r * c * f) / square
        around = (-turned * m / r * e * f - c * slope) / square
        curl_r = (turned * c * slope + wave * m / r * e * f) / square
        curl_around = (-turned * m / r * c * f - wave * e * slope) / square
        of_z, of_y = norms
        along = float(self.eps.axial[-1].real)
        parts = [along * of_z * abs(e * f) ** 2, eps * of_y * abs(across) ** 2]
        parts.append(eps * of_y * abs(around) ** 2)
        curl = of_z * (abs(curl_r) ** 2 + abs(curl_around) ** 2) + of_y * abs(c * f) ** 2
        return np.array([(weight * part).sum() for part in parts]), float((weight * curl).sum())


def _radial(m: float, square: float, depth: float, x: Array) -> tuple[Values, Values]:
    """H_m or K_m and its derivative by x, of r = r0 exp(x), over its value at r0.

    Parameters
    ----------
    square : float
        (h r0)^2, negative for K_m.
    depth : float
        Largest x, not beyond the turning radius.
    x : array
    """

    def rate(y: float, state: Values) -> list[complex]:
        # f'' = (m^2 - h^2 r^2) f by x = log r; of its solutions the one that grows inwards is kept
        return [m**2 - square * math.exp(2.0 * y) - state[0] ** 2, state[0]]

    fall = m**2 - square * math.exp(2.0 * depth)
    at_turning = square > 0.0 and depth < _DEPTH / m
    first = m * h1vp(m, m) / hankel1(m, m) if at_turning else -math.sqrt(max(fall, 0.0))
    points = np.append(x[::-1], 0.0)
    solved = solve_ivp(
        rate,
        (depth, 0.0),
        np.array([first, 0.0], dtype=complex),
        "DOP853",
        points,
        rtol=_RELATIVE,
        atol=_RELATIVE,
    )
    slope, logarithm = solved.y[0][:-1][::-1], solved.y[1][:-1][::-1] - solved.y[1][-1]
    f = np.exp(logarithm)
    return f, slope * f
